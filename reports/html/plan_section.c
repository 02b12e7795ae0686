#include <stdlib.h>

#include "findings/plan.h"
#include "spillscope/escape.h"
#include "html/markup.h"
#include "html/sections.h"

#define STEP_LIMIT 40
#define FUNCTION_LIMIT 4

static const char entities_sql[] =
    "SELECT holder, count(DISTINCT CASE fate WHEN 'to the client' THEN state_id END), count(DISTINCT CASE fate WHEN 'soft' THEN state_id END), "
    "count(DISTINCT CASE fate WHEN 'hardware' THEN state_id END), count(DISTINCT CASE fate WHEN 'declared' THEN state_id END), count(DISTINCT CASE "
    "fate "
    "WHEN 'common' THEN state_id END), count(DISTINCT CASE WHEN declared IS NULL THEN txn_id || '/' || state_id END), count(DISTINCT CASE WHEN "
    "declared IS "
    "NULL AND fate = 'common' THEN txn_id || '/' || state_id END) FROM v_plan GROUP BY holder ORDER BY holder";

static const char steps_sql[] = "SELECT rank, root, holder, removed, pairs, functions, pairs_left FROM v_plan_step ORDER BY rank;\n"
                                "SELECT DISTINCT holder, root, function, file, line FROM v_plan_function; -- the functions to change";

static void append_entities(struct text *out, const struct plan *plan) {
    text_append(
        out,
        "<h3>Where the states of each entity could go</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"where states could "
        "go\"><table><thead><tr><th scope=\"col\">entity</th>");
    for (int fate = 0; fate < PLAN_FATE_COUNT; fate++) {
        text_append_format(out, "<th scope=\"col\" class=\"number\">%s</th>", plan_fate_name((enum plan_fate)fate));
    }
    text_append(out, "<th scope=\"col\" class=\"number\">pairs today</th><th scope=\"col\" class=\"number\">predicted</th></tr></thead><tbody>\n");
    for (size_t index = 0; index < plan->entity_count; index++) {
        const struct plan_entity *entity = &plan->entities[index];
        text_append(out, "<tr>");
        markup_cell(out, entity->name);
        for (size_t fate = 0; fate < PLAN_FATE_COUNT; fate++) {
            markup_number(out, (int64_t)entity->states[fate]);
        }
        markup_number(out, (int64_t)entity->pairs);
        markup_number(out, (int64_t)entity->predicted);
        text_append(out, "</tr>\n");
    }
    text_append(out, "</tbody></table></div>\n<ul class=\"about\">\n");
    for (int fate = 0; fate < PLAN_FATE_COUNT; fate++) {
        text_append_format(out, "<li><i>%s</i>: %s</li>\n", plan_fate_name((enum plan_fate)fate), plan_fate_words((enum plan_fate)fate));
    }
    text_append(out, "</ul>\n");
}

static void append_step(struct text *out, const struct plan *plan, const struct plan_step *step) {
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    text_append(out, "<tr>");
    markup_code_cell(out, step->root);
    markup_cell(out, step->owner);
    text_append_format(out, "<td class=\"number\">%zu of %zu</td>", step->removed, step->pairs);
    markup_number(out, (int64_t)step->functions);
    markup_number(out, (int64_t)step->pairs_left);
    text_append(out, "<td>");
    escape_html(out, plan_remedy(step));
    text_append(out, "</td>");
    plan_holders(&words, plan, step);
    markup_cell(out, text_string(&words));
    text_clear(&words);
    plan_functions(&words, plan, step, FUNCTION_LIMIT);
    markup_code_cell(out, text_string(&words));
    text_append(out, "</tr>\n");
}

struct error *section_plan(struct text *out, const struct pages *pages) {
    struct plan plan = {0};
    struct error *error = plan_make(pages->findings, &plan);
    if (error) {
        return error;
    }
    if (!plan.count) {
        text_append(out, "<p>Nothing to do: no undeclared spill.</p>\n");
        plan_deinit(&plan);
        return NULL;
    }
    text_append_format(
        out,
        "<p class=\"about\">The plan would leave <b>%zu</b> of <b>%zu</b> undeclared (transaction, state) pairs: those of states that no one "
        "client can hold. <code>spillscope compare</code> of this database with one of the redesigned kernel holds the prediction against "
        "what is measured then.</p>\n",
        plan.predicted, plan.pairs);
    append_entities(out, &plan);
    markup_query(out, entities_sql);
    text_append(
        out,
        "<h3>What to change, best first</h3>\n<p class=\"about\">Objects by pairs removed for each function that has to change: the last one of a "
        "server on the way to a store; \"left\" predicts "
        "the "
        "pairs of the whole kernel when this step and those above it are done.</p>\n<div class=\"scroll plan\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"plan\"><table><thead><tr><th scope=\"col\">object</th><th scope=\"col\">entity</th><th scope=\"col\" class=\"number\">pairs "
        "removed</th><th scope=\"col\" class=\"number\">functions</th><th scope=\"col\" class=\"number\">left</th><th scope=\"col\">what a redesign "
        "could do</th><th scope=\"col\">held then by</th><th scope=\"col\">functions to change</th></tr></thead><tbody>\n");
    for (size_t index = 0; index < plan.count && index < STEP_LIMIT; index++) {
        append_step(out, &plan, &plan.steps[index]);
    }
    text_append(out, "</tbody></table></div>\n");
    if (plan.count > STEP_LIMIT) {
        text_append_format(out, "<p class=\"notice\">%zu more objects are not shown; <code>spillscope explain plan --json</code> has all.</p>\n",
                           plan.count - STEP_LIMIT);
    }
    markup_query(out, steps_sql);
    plan_deinit(&plan);
    return NULL;
}
