#include "gate/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fingerprint_is_valid(const char *fingerprint) {
    size_t length = strspn(fingerprint, "0123456789abcdef");
    return length >= 6 && length <= FINGERPRINT_LENGTH && !fingerprint[length];
}

static bool date_is_valid(const char *date) {
    static const char form[] = "dddd-dd-dd";
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (size_t index = 0; index < sizeof form; index++) {
        bool digit = date[index] >= '0' && date[index] <= '9';
        if (form[index] == 'd' ? !digit : date[index] != form[index]) {
            return false;
        }
    }
    int month = (date[5] - '0') * 10 + date[6] - '0';
    int day = (date[8] - '0') * 10 + date[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

/* Do two fingerprints, which may be cut short, name one finding? */
static bool fingerprints_meet(const char *one, const char *other) {
    return strncmp(one, other, strlen(one)) == 0 || strncmp(one, other, strlen(other)) == 0;
}

/* The last one of the gate. */
static struct error *suppression_append(struct gate *gate, const char *fingerprint, const char *owner, const char *expires, const char *reason,
                                        const char *origin) {
    struct gate_suppression *grown = realloc(gate->suppressions, (gate->suppression_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    gate->suppressions = grown;
    struct gate_suppression *added = &grown[gate->suppression_count++];
    *added = (struct gate_suppression){.reason = strdup(reason), .owner = strdup(owner), .expires = strdup(expires), .origin = strdup(origin)};
    snprintf(added->fingerprint, sizeof added->fingerprint, "%s", fingerprint);
    return added->reason && added->owner && added->expires && added->origin ? NULL : error_out_of_memory();
}

static struct error *suppression_add(struct gate *gate, const char *fingerprint, const char *owner, const char *expires, const char *reason,
                                     const char *origin) {
    for (size_t index = 0; index < gate->suppression_count; index++) {
        if (strcmp(gate->suppressions[index].fingerprint, fingerprint) == 0) {
            return NULL;
        }
    }
    return suppression_append(gate, fingerprint, owner, expires, reason, origin);
}

static struct error *budget_add(struct gate *gate, const char *entity, int64_t limit, const char *origin) {
    for (size_t index = 0; index < gate->budget_count; index++) {
        if (strcmp(gate->budgets[index].entity, entity) == 0) {
            return error_create(ERROR_USAGE, "%s: a second budget for entity '%s' (the first is at %s)", origin, entity, gate->budgets[index].origin);
        }
    }
    struct gate_budget *grown = realloc(gate->budgets, (gate->budget_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    gate->budgets = grown;
    struct gate_budget *added = &grown[gate->budget_count++];
    *added = (struct gate_budget){.entity = strdup(entity), .origin = strdup(origin), .limit = limit};
    return added->entity && added->origin ? NULL : error_out_of_memory();
}

/* Cuts the next blank-separated word off *rest; NULL at the end. */
static char *word_next(char **rest) {
    char *word = *rest + strspn(*rest, " \t");
    if (!*word) {
        return NULL;
    }
    char *end = word + strcspn(word, " \t");
    *rest = end + (*end != '\0');
    *end = '\0';
    return word;
}

static struct error *line_read(struct gate *gate, char *line, const char *origin) {
    line[strcspn(line, "\r\n")] = '\0';
    char *rest = line;
    const char *verb = word_next(&rest);
    if (!verb || *verb == '#') {
        return NULL;
    }
    if (strcmp(verb, "suppress") == 0) {
        const char *fingerprint = word_next(&rest);
        const char *owner = word_next(&rest);
        const char *expires = word_next(&rest);
        const char *reason = rest + strspn(rest, " \t");
        if (!fingerprint || !fingerprint_is_valid(fingerprint)) {
            return error_create(ERROR_USAGE, "%s: a fingerprint is 6 to %d digits 0-9a-f", origin, FINGERPRINT_LENGTH);
        }
        bool never = expires && strcmp(expires, "never") == 0;
        if (!owner || !expires || (!never && !date_is_valid(expires)) || !*reason) {
            return error_create(ERROR_USAGE, "%s: expected 'suppress FINGERPRINT OWNER YYYY-MM-DD|never REASON'", origin);
        }
        for (size_t index = 0; index < gate->suppression_count; index++) { /* the policy is read first: all of them are its own */
            if (fingerprints_meet(gate->suppressions[index].fingerprint, fingerprint)) {
                return error_create(ERROR_USAGE, "%s: a second rule for finding '%s' (the first is at %s)", origin, fingerprint,
                                    gate->suppressions[index].origin);
            }
        }
        return suppression_append(gate, fingerprint, owner, never ? "" : expires, reason, origin);
    }
    if (strcmp(verb, "budget") == 0) {
        const char *count = word_next(&rest);
        const char *entity = rest + strspn(rest, " \t");
        char *end = NULL;
        errno = 0;
        long long limit = count ? strtoll(count, &end, 10) : -1;
        if (!count || *end || errno || limit < 0 || !*entity) {
            return error_create(ERROR_USAGE, "%s: expected 'budget COUNT ENTITY'", origin);
        }
        return budget_add(gate, entity, limit, origin);
    }
    return error_create(ERROR_USAGE, "%s: '%s' is no rule; there are 'suppress' and 'budget'", origin, verb);
}

struct error *policy_read(struct gate *gate, const char *path) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "r");
    if (!stream) {
        return error_create_errno("policy %s", path);
    }
    char *line SCOPE_FREE = NULL;
    size_t capacity = 0;
    size_t number = 0;
    struct error *error = NULL;
    struct text origin __attribute__((cleanup(text_deinit))) = {0};
    while (!error && getline(&line, &capacity, stream) >= 0) {
        text_clear(&origin);
        text_append_format(&origin, "%s:%zu", path, ++number);
        error = line_read(gate, line, text_string(&origin));
    }
    if (!error && ferror(stream)) {
        error = error_create_errno("policy %s", path);
    }
    return error;
}

struct error *policy_read_store(struct gate *gate, struct store *store, const char *origin) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error =
        store_prepare(store, "SELECT fingerprint, owner, coalesce(expires, ''), reason FROM suppression ORDER BY fingerprint", &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *fingerprint = query_text(query, 0);
        const char *expires = query_text(query, 2);
        if (!fingerprint_is_valid(fingerprint) || (*expires && !date_is_valid(expires))) {
            return error_create(ERROR_DATABASE, "%s database, table suppression: bad fingerprint or date in row '%s'", origin, fingerprint);
        }
        error = suppression_add(gate, fingerprint, query_text(query, 1), expires, query_text(query, 3), origin);
    }
    return error;
}

struct error *policy_check_budgets(struct gate *gate, struct store *head) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = gate->budget_count ? store_prepare(head, "SELECT count(*) FROM entity WHERE name = ?1", &query) : NULL;
    for (size_t index = 0; index < gate->budget_count && !error; index++) {
        bool row = false;
        query_bind_text(query, 1, gate->budgets[index].entity);
        error = query_step(query, &row);
        gate->budgets[index].idle = !error && !query_int(query, 0);
        gate->stale += gate->budgets[index].idle;
        while (!error && row) {
            error = query_step(query, &row);
        }
    }
    return error;
}

/* `text` is OWNER EXPIRES|never REASON, and is cut up. */
static struct error *acceptance_add(struct gate *gate, bool is_function, const char *name, const char *file, char *text, const char *origin) {
    char *rest = text;
    const char *owner = word_next(&rest);
    const char *expires = word_next(&rest);
    const char *reason = rest + strspn(rest, " \t");
    bool never = expires && strcmp(expires, "never") == 0;
    if (!owner || !expires || (!never && !date_is_valid(expires)) || !*reason) {
        return error_create(ERROR_USAGE, "%s: expected SPILLSCOPE_ACCEPT(\"OWNER\", \"YYYY-MM-DD\" or \"never\", \"REASON\") at '%s'", origin, name);
    }
    struct error *error = suppression_append(gate, "", owner, never ? "" : expires, reason, origin);
    if (error) {
        return error;
    }
    struct gate_suppression *added = &gate->suppressions[gate->suppression_count - 1];
    *(is_function ? &added->function : &added->variable) = strdup(name);
    added->file = strdup(file);
    return added->file && (added->function || added->variable) ? NULL : error_out_of_memory();
}

struct error *policy_read_source(struct gate *gate, struct store *head) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text origin __attribute__((cleanup(text_deinit))) = {0};
    bool row = false;
    struct error *error =
        store_prepare(head, "SELECT kind = 'function', name, file, line, text FROM acceptance ORDER BY file, line, kind, name, text", &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        char *text SCOPE_FREE = strdup(query_text(query, 4));
        if (!text) {
            return error_out_of_memory();
        }
        text_clear(&origin);
        text_append_format(&origin, "%s:%lld", query_text(query, 2), (long long)query_int(query, 3));
        error = acceptance_add(gate, query_int(query, 0) != 0, query_text(query, 1), query_text(query, 2), text, text_string(&origin));
    }
    return error;
}

struct error *policy_check_suppression(const char *fingerprint, const char *owner, const char *expires, const char *reason) {
    if (!fingerprint_is_valid(fingerprint)) {
        return error_create(ERROR_USAGE, "a fingerprint is 6 to %d digits 0-9a-f, not '%s'", FINGERPRINT_LENGTH, fingerprint);
    }
    if (expires && *expires && !date_is_valid(expires)) {
        return error_create(ERROR_USAGE, "'%s' is no date of the form YYYY-MM-DD", expires);
    }
    if (!*owner || strpbrk(owner, " \t\r\n") || !reason[strspn(reason, " \t")] || strpbrk(reason, "\r\n")) {
        return error_create(ERROR_USAGE, "an owner is one word and a reason is one line; neither may be empty");
    }
    return NULL;
}

/* Of two rules for one finding the first would decide: a second one is refused. *out_open: the last line has no end yet. */
static struct error *policy_scan(const char *path, const char *fingerprint, bool *out_open) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "r");
    char *line SCOPE_FREE = NULL;
    size_t capacity = 0;
    *out_open = false;
    if (!stream) {
        return errno == ENOENT ? NULL : error_create_errno("policy %s", path);
    }
    for (size_t number = 1; getline(&line, &capacity, stream) >= 0; number++) {
        size_t length = strlen(line);
        *out_open = length && line[length - 1] != '\n';
        line[strcspn(line, "\r\n")] = '\0';
        char *rest = line;
        const char *verb = word_next(&rest);
        const char *given = verb && strcmp(verb, "suppress") == 0 ? word_next(&rest) : NULL;
        if (given && fingerprints_meet(given, fingerprint)) {
            return error_create(ERROR_USAGE, "%s:%zu: there is a rule for %s already: change it there", path, number, given);
        }
    }
    return ferror(stream) ? error_create_errno("policy %s", path) : NULL;
}

struct error *policy_append_suppression(const char *path, const char *fingerprint, const char *owner, const char *expires, const char *reason,
                                        bool dry) {
    bool open = false;
    struct error *error = policy_check_suppression(fingerprint, owner, expires, reason);
    if (!error) {
        error = policy_scan(path, fingerprint, &open);
    }
    if (error || dry) {
        return error;
    }
    struct stat status;
    FILE *stream SCOPE_FCLOSE = fopen(path, "a");
    if (!stream || fstat(fileno(stream), &status) != 0) {
        return error_create_errno("policy %s", path);
    }
    if (fprintf(stream, "%ssuppress %s %s %s %s\n", open ? "\n" : "", fingerprint, owner, expires && *expires ? expires : "never", reason) < 0 ||
        fflush(stream) != 0) {
        error = error_create_errno("policy %s", path);
        if (ftruncate(fileno(stream), status.st_size) != 0) { /* half a rule would be none */
            error = error_wrap(error, "half a rule may be left");
        }
    }
    return error;
}
