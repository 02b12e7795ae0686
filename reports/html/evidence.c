#include "html/evidence.h"

#include <stdlib.h>

#include "findings/plan.h"
#include "findings/wording.h"
#include "spillscope/escape.h"
#include "html/markup.h"

static void append_example(struct text *out, const struct finding_example *example) {
    if (!example) {
        return;
    }
    text_append(out, "<dt>first seen</dt><dd>");
    pages_change(out, example);
    text_append_format(out, ", observation %lld", (long long)example->sequence);
    if (*example->client) {
        text_append(out, ", client <code>");
        escape_html(out, example->client);
        text_append(out, "</code>");
    }
    text_append(out, "</dd>");
}

static struct error *append_harms(struct text *out, struct store *store, struct findings *findings, const struct finding *finding) {
    struct finding_harm *harms SCOPE_FREE = NULL;
    size_t count = 0;
    struct error *error = finding_harms(store, findings, finding, &harms, &count);
    for (size_t index = 0; index < count; index++) {
        text_append(out, index ? ", " : "<dt>litmus</dt><dd>");
        escape_html(out, harms[index].action);
        text_append(out, ": ");
        escape_html(out, harms[index].outcome);
        text_append_format(out, " (%lld)", (long long)harms[index].times);
    }
    text_append(out, count ? "</dd>" : "");
    return error;
}

static void append_chain(struct text *out, const struct finding_step *steps, size_t count, struct source_cache *sources) {
    text_append(out, "<h3>Call chain</h3>\n<ol class=\"chain\">\n");
    for (size_t index = 0; index < count; index++) {
        text_append(out, "<li><code>");
        escape_html(out, steps[index].function);
        text_append(out, "</code> <span class=\"dim\">");
        escape_html(out, steps[index].file);
        text_append_format(out, ":%lld</span> ", (long long)steps[index].line);
        escape_html(out, steps[index].why);
        /* The entry's and the store's source say most; the steps between are a click away in an editor. */
        if (index == 0 || index + 1 == count) {
            source_write(sources, steps[index].file, steps[index].line, out);
        }
        text_append(out, "</li>\n");
    }
    text_append(out, "</ol>\n");
}

struct error *evidence_write(struct text *out, const struct pages *pages, const struct finding *finding) {
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = finding_witness(pages->store, pages->findings, finding, &steps, &count);
    if (error) {
        return error;
    }
    text_append_format(out, "<details class=\"finding\" id=\"f-%.*s\"><summary><code>", FINGERPRINT_ANCHOR, finding->fingerprint);
    escape_html(out, finding->key);
    text_append(out, "</code> ← <code>");
    escape_html(out, finding->transaction);
    text_append_format(out, "</code> <span class=\"tag %s\">%s</span></summary>\n<dl class=\"facts\"><dt>see</dt><dd>",
                       finding_kind_name(finding->kind), finding_kind_name(finding->kind));
    pages_link(out, &pages->states, 's', finding->state_id, "this state");
    text_append(out, ", ");
    pages_link(out, &pages->transactions, 't', finding->txn_id, "this transaction");
    text_append(out, "</dd>");
    markup_fact(out, "held by", finding->owner);
    markup_fact(out, "entity called", finding->entity);
    markup_fact(out, "type", finding->type);
    text_append_format(out, "<dt>certainty</dt><dd>%s", finding_certainty_name(finding->certainty));
    if (finding->certainty == FINDING_OBSERVED) {
        text_append_format(out, ", in %lld of %lld observations", (long long)finding->observed, (long long)finding->txn_observed);
    }
    text_append(out, finding->shared ? "; an overlapping task or interrupt cannot be excluded</dd>" : "</dd>");
    wording_size(&words, finding);
    markup_fact(out, "size", text_string(&words));
    text_clear(&words);
    state_readers_words(&words, &pages->readers, finding->state_id, PAGE_READERS);
    markup_fact(out, "read by", text_string(&words));
    append_example(out, first_changes_find(&pages->changes, finding));
    error = append_harms(out, pages->store, pages->findings, finding);
    for (int pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        if (finding->patterns >> pattern & 1) {
            text_append_format(out, "<dt>%s</dt><dd>", pattern_name((enum finding_pattern)pattern));
            escape_html(out, finding->evidence[pattern]);
            text_append(out, "</dd>");
        }
    }
    text_clear(&words);
    wording_goals(&words, finding->goals);
    markup_fact(out, "in the way of", text_string(&words));
    text_clear(&words);
    text_append_format(&words, "%s: %s", plan_fate_name(plan_fate(finding)), plan_fate_words(plan_fate(finding)));
    markup_fact(out, "in a redesign", text_string(&words));
    if (*finding->declared) {
        text_clear(&words);
        text_append_format(&words, "%s: %s", finding->declared, finding->declared_reason);
        markup_fact(out, "declared", text_string(&words));
    }
    text_append_format(out, "<dt>fingerprint</dt><dd><code>%s</code></dd></dl>\n", finding->fingerprint);
    if (count) {
        append_chain(out, steps, count, pages->sources);
    } else {
        text_append(out, "<p class=\"dim\">No call chain: the whitelist has no witness for this pair.</p>\n");
    }
    text_append(out, "</details>\n");
    return words.failed ? error_out_of_memory() : error;
}
