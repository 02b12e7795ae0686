#include "gate/gate_formats.h"

#include <stdlib.h>
#include <string.h>

#include "findings/fingerprint.h"
#include "findings/wording.h"
#include "spillscope/escape.h"

#define TEXT_LIMIT 50 /* findings shown; the other formats have all */

const char *const gate_formats[] = {"text", "json", "sarif", "sarif-github", "gitlab", "junit", "markdown", "annotations", NULL};

struct error *gate_write(const struct gate *gate, const struct gate_output *output, struct text *out) {
    static const gate_writer writers[] = {gate_write_text,   gate_write_json,  gate_write_sarif,    gate_write_sarif_github,
                                          gate_write_gitlab, gate_write_junit, gate_write_markdown, gate_write_annotations};
    struct text known __attribute__((cleanup(text_deinit))) = {0};
    for (size_t index = 0; gate_formats[index]; index++) {
        if (strcmp(gate_formats[index], output->format) == 0) {
            struct error *error = writers[index](gate, output, out);
            return error ? error : out->failed ? error_out_of_memory() : NULL;
        }
        text_append_format(&known, "%s%s", index ? ", " : "", gate_formats[index]);
    }
    return error_create(ERROR_USAGE, "there is no format '%s'; there are %s", output->format, text_string(&known));
}

const struct finding *gate_entry_finding(const struct gate_entry *entry) {
    return entry->head ? entry->head : entry->base;
}

bool gate_entry_fails(const struct gate_entry *entry) {
    return !entry->suppressed && (entry->change == GATE_NEW || entry->change == GATE_GROWN);
}

int gate_entry_weight(const struct gate_entry *entry) {
    const struct finding *finding = gate_entry_finding(entry);
    return (finding->certainty == FINDING_OBSERVED ? 0 : 2) + (finding->kind == FINDING_SECONDARY ? 0 : 1);
}

struct error *gate_entry_witness(const struct gate *gate, const struct gate_output *output, const struct gate_entry *entry,
                                 struct finding_step **out_steps, size_t *out_count) {
    *out_steps = NULL;
    *out_count = 0;
    return entry->head && output->head_store ? finding_witness(output->head_store, gate->head, entry->head, out_steps, out_count) : NULL;
}

/* "kernel revision", whatever of it is known. */
static void append_version(struct text *out, const struct findings *findings) {
    const char *name = *findings->kernel ? findings->kernel : "?";
    escape_terminal(out, name);
    if (*findings->revision) {
        text_append_char(out, ' ');
        escape_terminal(out, findings->revision);
    }
}

static void append_share(struct text *out, int64_t from, int64_t to) {
    text_append_format(out, "%lld -> %lld", (long long)from, (long long)to);
    if (from) {
        text_append_format(out, " (%+.2f%%)", 100.0 * ((double)to - (double)from) / (double)from);
    }
}

/* A word of a command that is shown: quoted where a shell needs it. */
static void append_shell_word(struct text *out, const char *word) {
    struct text quoted __attribute__((cleanup(text_deinit))) = {0};
    bool plain = *word && word[0] != '-' && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:+@%-")];
    if (plain) {
        text_append(&quoted, word);
    } else {
        text_append_shell_word(&quoted, word);
    }
    escape_terminal(out, text_string(&quoted));
}

static struct error *append_entry(struct text *out, const struct gate *gate, const struct gate_output *output, const struct gate_entry *entry) {
    const struct finding *finding = gate_entry_finding(entry);
    struct finding_step *steps SCOPE_FREE = NULL;
    size_t count = 0;
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = gate_entry_witness(gate, output, entry, &steps, &count);
    if (error) {
        return error;
    }
    text_append(out, output->colour ? (gate_entry_fails(entry) ? "\033[1;31m>>\033[0m " : "\033[32m>>\033[0m ") : ">> ");
    escape_terminal(out, *finding->file ? finding->file : "?");
    text_append_format(out, ":%lld: %s: ", (long long)finding->line, gate_change_name(entry->change));
    wording_message(&words, finding);
    escape_terminal(out, text_string(&words));
    text_append(out, " [");
    text_clear(&words);
    wording_patterns(&words, finding);
    text_append_format(out, "%s%s%.*s, %s, code %s", text_string(&words), words.length ? ", " : "", FINGERPRINT_SHORT, finding->fingerprint,
                       finding_certainty_name(finding->certainty), gate_code_name(entry->code));
    if (entry->base && entry->head) {
        text_append_format(out, ", matched: %s", entry->tier);
    }
    if (entry->declared) {
        text_append_format(out, ", declared %s: ", entry->declared->declared);
        escape_terminal(out, entry->declared->declared_reason);
    }
    text_append(out, entry->suppressed ? ", suppressed]\n" : "]\n");
    if (count) {
        text_clear(&words);
        wording_chain(&words, steps, count);
        text_append(out, "     ");
        escape_terminal(out, text_string(&words));
        text_append(out, "\n");
    }
    if (gate_entry_fails(entry)) {
        text_append_format(out, "     explain: spillscope explain %.*s --db ", FINGERPRINT_SHORT, finding->fingerprint);
        append_shell_word(out, output->head_path);
        text_append_format(out, "\n     accept: spillscope suppress %.*s --db ", FINGERPRINT_SHORT, finding->fingerprint);
        append_shell_word(out, output->head_path);
        text_append(out, " --policy ");
        append_shell_word(out, output->policy_path ? output->policy_path : "FILE");
        text_append(out, " --owner NAME --reason '...'\n");
    }
    return NULL;
}

static void append_head(struct text *out, const struct gate *gate, const struct gate_output *output) {
    static const char *const words[] = {"PASS", "FAIL", "INCOMPLETE"};
    static const char *const colours[] = {"\033[1;32m", "\033[1;31m", "\033[1;33m"};
    text_append(out, "spillscope gate: ");
    text_append(out, output->colour ? colours[gate->verdict] : "");
    text_append(out, words[gate->verdict]);
    text_append(out, gate->failed && gate->is_incomplete ? " and INCOMPLETE" : "");
    text_append(out, output->colour ? "\033[0m" : "");
    text_append(out, "  base=");
    append_version(out, gate->base);
    text_append(out, "  head=");
    append_version(out, gate->head);
    if (*gate->head->configuration) {
        text_append(out, "  ");
        escape_terminal(out, gate->head->configuration);
    }
    text_append_format(out, "  (%s)\n", gate->mode == GATE_STATIC ? "static: whitelist pairs" : "observed by probe runs");
    text_append_format(out, "new/resolved: %zu/%zu", gate->counts[GATE_NEW], gate->counts[GATE_RESOLVED]);
    if (gate->declared) {
        text_append_format(out, " (%zu of them only declared now)", gate->declared);
    }
    text_append_format(out, "   grow/shrink: %zu/%zu   states: ", gate->counts[GATE_GROWN], gate->counts[GATE_SHRUNK]);
    append_share(out, gate->base_states, gate->head_states);
    text_append_format(out, "\n%zu suppressed, %zu stale; %lld/%lld translation units analysed\n", gate->suppressed, gate->stale,
                       (long long)(gate->head->units - gate->head->units_failed), (long long)gate->head->units);
    text_append(out, "known findings by identity:");
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        text_append_format(out, "%s %zu %s", tier ? "," : "", gate->matched[tier], fingerprint_tier_name((enum fingerprint_tier)tier));
    }
    text_append(out, "\n");
    if (gate->mode == GATE_OBSERVED && (gate->first_seen || gate->not_observed)) {
        text_append_format(
            out, "%zu seen for the first time (known to the baseline as possible); %zu not resolved: the head's runs never entered the transaction\n",
            gate->first_seen, gate->not_observed);
    }
}

static void append_policy(struct text *out, const struct gate *gate) {
    for (size_t index = 0; index < gate->budget_count; index++) {
        const struct gate_budget *budget = &gate->budgets[index];
        text_append(out, budget->idle ? "!! budget of no entity: " : budget->count > budget->limit ? "!! over budget: " : "budget: ");
        escape_terminal(out, budget->entity);
        text_append_format(out, " %lld of %lld (", (long long)budget->count, (long long)budget->limit);
        escape_terminal(out, budget->origin);
        text_append(out, ")\n");
    }
    for (size_t index = 0; index < gate->suppression_count; index++) {
        const struct gate_suppression *suppression = &gate->suppressions[index];
        if (suppression->expired || !suppression->matched) {
            text_append(out, "!! stale suppression ");
            if (*suppression->fingerprint) {
                text_append_format(out, "%.*s", FINGERPRINT_SHORT, suppression->fingerprint);
            } else {
                text_append(out, "of ");
                escape_terminal(out, gate_suppression_subject(suppression));
            }
            text_append(out, " (");
            escape_terminal(out, suppression->origin);
            text_append(out, ", owner ");
            escape_terminal(out, suppression->owner);
            text_append(out, "): ");
            text_append(out, suppression->matched ? "expired on " : "covers no finding: remove it");
            text_append(out, suppression->matched ? suppression->expires : "");
            text_append(out, "\n");
        }
    }
}

static void append_entities(struct text *out, const struct gate *gate) {
    for (size_t index = 0; index < gate->entity_count; index++) {
        const struct gate_entity *entity = &gate->entities[index];
        if (entity->base != entity->head) {
            text_append(out, "entity ");
            escape_terminal(out, entity->name);
            text_append(out, ": ");
            append_share(out, entity->base, entity->head);
            text_append(out, "\n");
        }
    }
}

static void append_unknowns(struct text *out, const struct gate *gate) {
    for (size_t index = 0; index < gate->unknown_count && index < TEXT_LIMIT; index++) {
        const struct gate_unknown *unknown = &gate->unknowns[index];
        text_append(out, gate->unknowns_fail ? "!! " : "?? ");
        escape_terminal(out, unknown->file);
        text_append_format(out, ":%lld: new unknown in ", (long long)unknown->line);
        escape_terminal(out, unknown->transaction);
        text_append(out, "(): ");
        escape_terminal(out, unknown->cause);
        text_append(out, " ");
        escape_terminal(out, unknown->detail);
        text_append(out, "\n");
    }
    if (gate->unknown_count > TEXT_LIMIT) {
        text_append_format(out, "   %zu more new unknowns: --format json has all\n", gate->unknown_count - TEXT_LIMIT);
    }
}

struct error *gate_write_text(const struct gate *gate, const struct gate_output *output, struct text *out) {
    append_head(out, gate, output);
    for (size_t index = 0; index < gate->reason_count; index++) {
        text_append(out, "!! incomplete: ");
        escape_terminal(out, gate->reasons[index]);
        text_append(out, "\n");
    }
    append_policy(out, gate);
    append_entities(out, gate);
    struct error *error = NULL;
    for (size_t index = 0; index < gate->entry_count && index < TEXT_LIMIT && !error; index++) {
        error = append_entry(out, gate, output, &gate->entries[index]);
    }
    if (gate->entry_count > TEXT_LIMIT) {
        text_append_format(out, "   %zu more findings: --format json has all\n", gate->entry_count - TEXT_LIMIT);
    }
    append_unknowns(out, gate);
    return error;
}
