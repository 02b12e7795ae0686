#include "gate/reasons.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "findings/pool.h"

#define OPTIONS_SHOWN 3

struct error *gate_reason_add(struct gate *gate, const char *format, ...) {
    va_list arguments;
    char buffer[1024];
    va_start(arguments, format);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    const char **grown = realloc((void *)gate->reasons, (gate->reason_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    gate->reasons = grown;
    gate->reasons[gate->reason_count++] = pool_intern(gate->head->pool, length < 0 ? "unprintable reason" : buffer);
    return NULL;
}

/* One fact about both databases; NULL where a database does not tell. */
struct facts_of_both {
    char *base;
    char *head;
};

static void facts_of_both_deinit(struct facts_of_both *facts) {
    free(facts->base);
    free(facts->head);
}

static struct error *facts_of_both_load(struct store *base, struct store *head, const char *key, struct facts_of_both *facts) {
    struct error *error = store_meta_get(base, key, &facts->base);
    return error ? error : store_meta_get(head, key, &facts->head);
}

static bool facts_differ(const struct facts_of_both *facts) {
    return facts->base && facts->head && strcmp(facts->base, facts->head) != 0;
}

static struct error *compare_scope(struct gate *gate, struct store *head, struct store *base) {
    struct facts_of_both scope __attribute__((cleanup(facts_of_both_deinit))) = {0};
    struct error *error = facts_of_both_load(base, head, "scope", &scope);
    if (error || !facts_differ(&scope)) {
        return error;
    }
    for (char *side = scope.base; side; side = side == scope.base ? scope.head : NULL) {
        for (char *end = side; (end = strchr(end, '\n')) != NULL;) {
            *end = ' ';
        }
    }
    return gate_reason_add(gate, "another part of the source was analysed: %.400s (baseline) and %.400s (head)",
                           *scope.base ? scope.base : "all of it", *scope.head ? scope.head : "all of it");
}

/* Appends the sorted lines that only `one` has, the first few of them; gives how many there are. */
static size_t append_only(struct text *out, const char *one, const char *other, const char *side) {
    size_t only = 0;
    while (*one) {
        size_t length = strcspn(one, "\n") + 1;
        size_t other_length = *other ? strcspn(other, "\n") + 1 : 0;
        int order = *other ? memcmp(one, other, length < other_length ? length : other_length) : -1;
        if (order < 0) {
            if (only++ < OPTIONS_SHOWN) {
                text_append(out, out->length ? ", " : "");
                text_append_bytes(out, one, length - 1);
                text_append_format(out, " only in the %s", side);
            }
        }
        one += order <= 0 ? length : 0;
        other += order >= 0 ? other_length : 0;
    }
    return only;
}

static struct error *compare_build(struct gate *gate, struct store *head, struct store *base) {
    struct facts_of_both options __attribute__((cleanup(facts_of_both_deinit))) = {0};
    struct facts_of_both kconfig __attribute__((cleanup(facts_of_both_deinit))) = {0};
    struct text words __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = facts_of_both_load(base, head, "options", &options);
    if (!error && facts_differ(&options)) {
        size_t only = append_only(&words, options.base, options.head, "baseline");
        size_t shown = only < OPTIONS_SHOWN ? only : OPTIONS_SHOWN;
        size_t more = append_only(&words, options.head, options.base, "head");
        shown += more < OPTIONS_SHOWN ? more : OPTIONS_SHOWN;
        if (only + more > shown) {
            text_append_format(&words, " and %zu more", only + more - shown);
        }
        error = words.failed ? error_out_of_memory()
                             : gate_reason_add(gate, "the build differs: all units are compiled with %.900s", text_string(&words));
    }
    if (!error) {
        error = facts_of_both_load(base, head, "kconfig", &kconfig);
    }
    return error || !facts_differ(&kconfig) ? error
                                            : gate_reason_add(gate, "the build differs: Kconfig chose otherwise (include/generated/autoconf.h)");
}

struct error *gate_reasons(struct gate *gate, struct store *head, struct store *base) {
    struct error *error = NULL;
    for (size_t index = 0; index < gate->head->incomplete_count && !error; index++) {
        error = gate_reason_add(gate, "head: %s", gate->head->incomplete[index]);
    }
    for (size_t index = 0; index < gate->base->incomplete_count && !error; index++) {
        error = gate_reason_add(gate, "baseline: %s", gate->base->incomplete[index]);
    }
    if (!error && strcmp(gate->head->configuration, gate->base->configuration) != 0) {
        error =
            gate_reason_add(gate, "the configuration differs: '%s' (baseline) and '%s' (head)", gate->base->configuration, gate->head->configuration);
    }
    if (!error) {
        error = compare_scope(gate, head, base);
    }
    if (!error) {
        error = compare_build(gate, head, base);
    }
    if (!error && gate->mode == GATE_STATIC && !gate->head->transaction_count) {
        error = gate_reason_add(gate, "the head has no transaction");
    }
    return error;
}

bool gate_head_has_file(const struct gate *gate, const char *path) {
    struct text file __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&file, "%s/%s", gate->head->source_root, path);
    return !file.failed && path[0] != '/' && gate->head->source_root[0] == '/' && access(text_string(&file), F_OK) == 0;
}

struct error *gate_coverage(struct gate *gate) {
    struct error *error = NULL;
    for (size_t index = 0; index < gate->base->transaction_count && !error; index++) {
        const struct finding_transaction *then = &gate->base->transactions[index];
        for (size_t at = 0; at < gate->head->transaction_count && then->observed && !error; at++) {
            const struct finding_transaction *now = &gate->head->transactions[at];
            if (strcmp(now->common_name, then->common_name) == 0 && !now->observed) {
                error = gate_reason_add(gate, "coverage: transaction %s was observed in the baseline and never in the head", now->common_name);
            }
        }
    }
    return error;
}
