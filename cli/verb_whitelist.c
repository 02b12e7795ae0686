#include <inttypes.h>
#include <stdio.h>
#include "spillscope/escape.h"
#include "spillscope/store.h"
#include "spillscope/text.h"
#include "verb.h"

/* Queries of one output, prepared once. */
struct whitelist {
    struct store *store;
    struct query *transactions; /* ?1 = name or alias, NULL = all */
    struct query *states;       /* ?1 = txn */
    struct query *witness;      /* ?1 = may_modify */
    struct query *unknowns;     /* ?1 = txn */
    bool complete;
};

static void whitelist_close(struct whitelist *whitelist) {
    query_destroy(whitelist->transactions);
    query_destroy(whitelist->states);
    query_destroy(whitelist->witness);
    query_destroy(whitelist->unknowns);
    store_close(whitelist->store);
}

static struct error *whitelist_open(const char *path, struct whitelist *whitelist) {
    struct error *error = store_open(path, STORE_READ, &whitelist->store);
    int64_t complete = 0;
    if (!error) {
        error = store_scalar(whitelist->store, "SELECT value = '1' FROM meta WHERE key = 'complete'", &complete);
    }
    whitelist->complete = complete != 0;
    if (!error) {
        error = store_prepare(whitelist->store,
                              "SELECT t.id, e.name, t.name, t.common_name FROM txn t JOIN entity e ON e.id = t.entity_id "
                              "WHERE ?1 IS NULL OR t.name = ?1 OR EXISTS (SELECT 1 FROM txn_alias a WHERE a.txn_id = t.id AND a.name = ?1) ORDER BY "
                              "e.name, t.name, t.id",
                              &whitelist->transactions);
    }
    if (!error) {
        error = store_prepare(
            whitelist->store,
            "SELECT m.id, s.key, m.phase, m.by_unknown, s.leaves, s.type, m.narrowed FROM may_modify m JOIN state s ON s.id = m.state_id "
            "WHERE m.txn_id = ?1 ORDER BY s.key",
            &whitelist->states);
    }
    if (!error) {
        error = store_prepare(whitelist->store, "SELECT function, file, line, why FROM v_witness WHERE may_modify_id = ?1 ORDER BY step",
                              &whitelist->witness);
    }
    if (!error) {
        error =
            store_prepare(whitelist->store,
                          "SELECT cause, detail, function, file, line FROM v_unknown WHERE txn_id = ?1 ORDER BY cause, file, line, detail, function",
                          &whitelist->unknowns);
    }
    return error;
}

static void json_pair(struct text *text, const char *name, const char *value) {
    text_append_format(text, "\"%s\":", name);
    if (value) {
        text_append_json_string(text, value);
    } else {
        text_append(text, "null");
    }
}

static struct error *append_witness(struct whitelist *whitelist, int64_t row, bool json, struct text *text) {
    query_bind_int(whitelist->witness, 1, row);
    bool has = false;
    struct error *error = query_step(whitelist->witness, &has);
    for (int step = 0; !error && has; step++) {
        const char *function = query_text(whitelist->witness, 0);
        const char *file = query_text(whitelist->witness, 1);
        int64_t line = query_int(whitelist->witness, 2);
        const char *why = query_text(whitelist->witness, 3);
        if (json) {
            text_append(text, step ? ",{" : "{");
            json_pair(text, "function", function);
            text_append_char(text, ',');
            json_pair(text, "file", file);
            text_append_format(text, ",\"line\":%" PRId64 ",", line);
            json_pair(text, "why", why);
            text_append_char(text, '}');
        } else {
            text_append(text, "        ");
            escape_terminal(text, function);
            text_append(text, "  ");
            escape_terminal(text, file);
            text_append_format(text, ":%" PRId64 "  ", line);
            escape_terminal(text, why);
            text_append_char(text, '\n');
        }
        error = query_step(whitelist->witness, &has);
    }
    return error;
}

static struct error *append_states(struct whitelist *whitelist, int64_t transaction, bool json, struct text *text) {
    query_bind_int(whitelist->states, 1, transaction);
    bool has = false;
    struct error *error = query_step(whitelist->states, &has);
    for (int count = 0; !error && has; count++) {
        int64_t row = query_int(whitelist->states, 0);
        const char *phase = query_text(whitelist->states, 2);
        bool by_unknown = query_int(whitelist->states, 3) != 0;
        bool narrowed = query_int(whitelist->states, 6) != 0;
        int64_t leaves = query_int(whitelist->states, 4);
        if (json) {
            text_append(text, count ? ",\n  {" : "\n  {");
            json_pair(text, "key", query_text(whitelist->states, 1));
            text_append_char(text, ',');
            json_pair(text, "phase", phase);
            text_append_format(text, ",\"by_unknown\":%s,\"narrowed\":%s,\"leaves\":%" PRId64 ",", by_unknown ? "true" : "false",
                               narrowed ? "true" : "false", leaves);
            json_pair(text, "type", query_text(whitelist->states, 5));
            text_append(text, ",\"witness\":[");
            error = append_witness(whitelist, row, true, text);
            text_append(text, "]}");
        } else {
            text_append(text, "    ");
            escape_terminal(text, query_text(whitelist->states, 1));
            text_append_format(text, "%s%s%s", phase[0] == 'i' ? "  [init]" : "", by_unknown ? "  [by unknown]" : "",
                               narrowed ? "  [only by calls never observed]" : "");
            if (leaves > 1) {
                text_append_format(text, "  (%" PRId64 " leaves)", leaves);
            }
            text_append_char(text, '\n');
            error = append_witness(whitelist, row, false, text);
        }
        if (!error) {
            error = query_step(whitelist->states, &has);
        }
    }
    return error;
}

static struct error *append_unknowns(struct whitelist *whitelist, int64_t transaction, bool json, struct text *text) {
    query_bind_int(whitelist->unknowns, 1, transaction);
    bool has = false;
    struct error *error = query_step(whitelist->unknowns, &has);
    for (int count = 0; !error && has; count++) {
        int64_t line = query_int(whitelist->unknowns, 4);
        if (json) {
            text_append(text, count ? ",\n  {" : "\n  {");
            json_pair(text, "cause", query_text(whitelist->unknowns, 0));
            text_append_char(text, ',');
            json_pair(text, "detail", query_text(whitelist->unknowns, 1));
            text_append_char(text, ',');
            json_pair(text, "function", query_text(whitelist->unknowns, 2));
            text_append_char(text, ',');
            json_pair(text, "file", query_text(whitelist->unknowns, 3));
            text_append_format(text, ",\"line\":%" PRId64 "}", line);
        } else {
            text_append(text, "    unknown: ");
            escape_terminal(text, query_text(whitelist->unknowns, 0));
            text_append_char(text, ' ');
            escape_terminal(text, query_text(whitelist->unknowns, 1));
            text_append(text, " in ");
            escape_terminal(text, query_text(whitelist->unknowns, 2));
            text_append(text, "  ");
            escape_terminal(text, query_text(whitelist->unknowns, 3));
            text_append_format(text, ":%" PRId64 "\n", line);
        }
        error = query_step(whitelist->unknowns, &has);
    }
    return error;
}

static struct error *append_transaction(struct whitelist *whitelist, bool json, int number, struct text *text) {
    int64_t id = query_int(whitelist->transactions, 0);
    const char *entity = query_text(whitelist->transactions, 1);
    const char *name = query_text(whitelist->transactions, 2);
    const char *common = query_text(whitelist->transactions, 3);
    if (!json) {
        text_append(text, number ? "\n" : "");
        escape_terminal(text, entity);
        text_append(text, ": ");
        escape_terminal(text, name);
        text_append_char(text, '\n');
    } else {
        text_append(text, number ? ",\n {" : "\n {");
        json_pair(text, "entity", entity);
        text_append_char(text, ',');
        json_pair(text, "name", name);
        text_append_char(text, ',');
        json_pair(text, "common_name", common);
        text_append(text, ",\"states\":[");
    }
    struct error *error = append_states(whitelist, id, json, text);
    if (json) {
        text_append(text, "],\"unknowns\":[");
    }
    if (!error) {
        error = append_unknowns(whitelist, id, json, text);
    }
    if (json) {
        text_append(text, "]}");
    }
    return error;
}

static struct error *flush(struct text *text) {
    if (text->failed) {
        return error_out_of_memory();
    }
    if (fwrite(text_string(text), 1, text->length, stdout) != text->length) {
        return error_create_errno("cannot write to standard output");
    }
    text_clear(text);
    return NULL;
}

static struct error *whitelist_print(struct whitelist *whitelist, const char *name, bool json) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    if (json) {
        text_append_format(&text, "{\"schema_version\":1,\"complete\":%s,\"transactions\":[", whitelist->complete ? "true" : "false");
    }
    query_bind_text(whitelist->transactions, 1, name);
    bool has = false;
    int count = 0;
    struct error *error = query_step(whitelist->transactions, &has);
    for (; !error && has; count++) {
        error = append_transaction(whitelist, json, count, &text);
        if (!error) {
            error = flush(&text);
        }
        if (!error) {
            error = query_step(whitelist->transactions, &has);
        }
    }
    if (!error && name && count == 0) {
        return error_create(ERROR_USAGE, "no transaction is named %s", name);
    }
    if (json) {
        text_append(&text, "]}\n");
    }
    if (!error) {
        error = flush(&text);
    }
    if (!error && fflush(stdout) != 0) {
        error = error_create_errno("cannot write to standard output");
    }
    return error;
}

static int whitelist_verb(const struct arguments *arguments) {
    struct whitelist whitelist = {0};
    struct error *error = whitelist_open(arguments_database(arguments), &whitelist);
    if (!error) {
        error = whitelist_print(&whitelist, arguments_option(arguments, "transaction"), arguments_flag(arguments, "json"));
    }
    if (!error && !whitelist.complete) {
        error = error_create(ERROR_INCOMPLETE, "incomplete: units failed when this database was made (table unit names them)");
    }
    whitelist_close(&whitelist);
    return verb_finish("whitelist", error);
}

static const struct verb_option whitelist_options[] = {
    {"db", 0, "FILE", "database; default spillscope.db"},
    {"transaction", 0, "NAME", "only this transaction, by name or alias"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_whitelist = {
    .name = "whitelist",
    .summary = "show what a transaction may modify, and why",
    .usage = "[--db FILE] [--transaction NAME] [--json]",
    .description =
        "Prints for each transaction the states that it may modify. Each comes with a witness: the entry, the calls on the shortest way to\n"
        "a store that may reach the state, and that store. What had to be assumed for lack of knowledge is listed as unknown.",
    .example = "spillscope whitelist --db kernel.db --transaction file_write",
    .options = whitelist_options,
    .paged = true,
    .run = whitelist_verb,
};
