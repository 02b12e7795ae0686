#include "spillscope/catalog.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "catalog_deferrals.h"
#include "catalog_groups.h"
#include "catalog_places.h"
#include "catalog_settings.h"
#include "spillscope/arch.h"

void catalog_deinit(struct catalog *catalog) {
    for (uint32_t i = 0; i < catalog->count; i++) {
        free(catalog->transactions[i].name);
        whitelist_destroy(catalog->transactions[i].whitelist);
        scope_destroy(catalog->transactions[i].scope);
    }
    for (uint32_t i = 0; i < catalog->boot_stack_count; i++) {
        free(catalog->boot_stacks[i].name);
    }
    free(catalog->transactions);
    free(catalog->boot_stacks);
    free(catalog->interrupts);
    for (uint32_t i = 0; i < catalog->place_count; i++) {
        free(catalog->places[i].exits);
    }
    for (uint32_t i = 0; i < catalog->group_count; i++) {
        free(catalog->groups[i].name);
        whitelist_destroy(catalog->groups[i].whitelist);
        scope_destroy(catalog->groups[i].scope);
    }
    free(catalog->groups);
    free(catalog->places);
    free(catalog->depths);
    free(catalog->unplaced_name);
    free(catalog->missing_name);
    free(catalog->deferrals);
    free(catalog->missing_deferral);
    scope_destroy(catalog->task_scope);
    *catalog = (struct catalog){0};
}

void catalog_tell(const struct catalog *catalog, struct text *out) {
    if (catalog->missing) {
        text_append_format(out, "%u transactions of the database are not in the ELF (%s ...)\n", catalog->missing, catalog->missing_name);
    }
    if (catalog->unplaced) {
        text_append_format(out, "%u places where transactions begin are not watched, for their ends cannot be told from the code (%s ...)\n",
                           catalog->unplaced, catalog->unplaced_name);
    }
    if (catalog->missing_deferral) {
        text_append_format(out, "%s cannot be watched in this ELF: what it lets run later has no known cause\n", catalog->missing_deferral);
    }
}

const struct catalog_transaction *catalog_at(const struct catalog *catalog, uint64_t pc) {
    uint32_t low = 0;
    uint32_t high = catalog->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (catalog->transactions[middle].entry < pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < catalog->count && catalog->transactions[low].entry == pc ? &catalog->transactions[low] : NULL;
}

int64_t catalog_result(const struct catalog_transaction *kind, uint64_t raw) {
    unsigned bits = kind->result_bytes * 8U;
    if (bits == 0 || bits >= 64) {
        return (int64_t)raw;
    }
    uint64_t value = raw & ((1ULL << bits) - 1);
    uint64_t sign = 1ULL << (bits - 1);
    return kind->result_signed ? (int64_t)((value ^ sign) - sign) : (int64_t)value;
}

bool catalog_is_interrupt(const struct catalog *catalog, uint64_t pc) {
    for (uint32_t i = 0; i < catalog->interrupt_count; i++) {
        if (catalog->interrupts[i] == pc) {
            return true;
        }
    }
    return false;
}

const struct catalog_deferral *catalog_deferral_at(const struct catalog *catalog, uint64_t pc) {
    for (uint32_t i = 0; i < catalog->deferral_count; i++) {
        if (catalog->deferrals[i].entry == pc) {
            return &catalog->deferrals[i];
        }
    }
    return NULL;
}

/* The function with this name, defined in this file when the database knows it; one with code of its own before one that is only inlined. */
static uint32_t function_find(const struct image *image, const char *name, const char *file) {
    uint32_t found = IMAGE_NONE;
    uint32_t inlined = IMAGE_NONE;
    for (uint32_t i = 0; i < image->function_count; i++) {
        const struct function *function = &image->functions[i];
        if (strcmp(function->name, name) != 0) {
            continue;
        }
        bool fits = !file || strcmp(function->file, file) == 0;
        if (fits && function->entry) {
            return i;
        }
        inlined = fits ? i : inlined;
        found = function->external && function->entry ? i : found;
    }
    return found != IMAGE_NONE ? found : inlined;
}

/*
 * Where the entry has no code of its own: an alias of it that is a function of the same file, the wrapper of a system call, into which it is
 * inlined.
 */
static struct error *wrapper_find(struct store *store, const struct image *image, int64_t txn, const char *file, uint32_t *out_function) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT name FROM txn_alias WHERE txn_id = ? ORDER BY name", &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, txn);
    }
    while (!error && file && !(error = query_step(query, &row)) && row) {
        uint32_t function = function_find(image, query_text(query, 0), file);
        if (*out_function == IMAGE_NONE && function != IMAGE_NONE && strcmp(image->functions[function].file, file) == 0) {
            *out_function = function;
        }
    }
    return error;
}

/* How many words of the arguments a parameter takes. Where words are wide, floating point has registers of its own, and a large record lies in
 * memory. */
static uint64_t parameter_words(const struct image *image, const struct type *type) {
    const struct arch *arch = arch_by_machine(image->machine, image->pointer_size);
    uint64_t words = (type->size + image->pointer_size - 1) / image->pointer_size;
    if (!arch || arch->arguments_on_stack) {
        return words ? words : 1;
    }
    if (type->kind == TYPE_FLOAT) {
        return 0;
    }
    return words > 2 ? (arch->records_by_reference ? 1 : 0) : words ? words : 1;
}

static void transaction_types(const struct plan *plan, struct catalog_transaction *transaction) {
    const struct image *image = plan->image;
    const struct function *function = &image->functions[transaction->function];
    if (function->result_type != IMAGE_NONE) {
        const struct type *result = &image->types[function->result_type];
        transaction->result_known = (result->kind == TYPE_INTEGER || result->kind == TYPE_ENUM || result->kind == TYPE_POINTER) && result->size <= 8;
        transaction->result_bytes = (uint8_t)result->size;
        transaction->result_signed = result->is_signed;
    }
    uint64_t word = 0;
    for (uint32_t i = 0; i < function->parameter_count && word < 6; i++) {
        const struct type *type = &image->types[function->parameter_types[i]];
        uint64_t index = word;
        word += parameter_words(image, type);
        if (type->kind != TYPE_POINTER) {
            continue;
        }
        uint32_t shape = plan_heap_shape(plan, type->target);
        if (shape != PLAN_NONE) {
            transaction->parameters[transaction->parameter_count++] =
                (struct catalog_parameter){.index = (uint8_t)index, .number = (uint8_t)(i + 1), .shape = shape};
        }
    }
}

/* Takes over one row of the query; a function that the ELF does not hold is counted. */
static struct error *transaction_load(struct store *store, const struct plan *plan, const struct query *query, struct catalog *catalog) {
    const char *name = query_text(query, 1);
    bool line = strchr(name, ':') != NULL; /* it begins at a line of its function */
    uint32_t function = function_find(plan->image, query_text(query, 3), query_text(query, 4));
    struct error *error = NULL;
    if (function == IMAGE_NONE) {
        error = wrapper_find(store, plan->image, query_int(query, 0), query_text(query, 4), &function);
    }
    if (error) {
        return error;
    }
    if (function == IMAGE_NONE) {
        catalog->missing++;
        catalog->missing_name = catalog->missing_name ? catalog->missing_name : strdup(name);
        return NULL;
    }
    struct catalog_transaction *transaction = &catalog->transactions[catalog->count];
    const char *found_by = query_text(query, 5);
    *transaction = (struct catalog_transaction){
        .id = query_int(query, 0),
        .name = strdup(name),
        .entity_id = query_int(query, 2),
        .function = function,
        .entry = line ? 0 : plan->image->functions[function].entry,
        .asynchronous = strcmp(found_by, "interrupt") == 0 || strcmp(found_by, "deferred") == 0,
    };
    catalog->count++;
    if (!transaction->name) {
        return error_out_of_memory();
    }
    transaction_types(plan, transaction);
    error = catalog->everything ? whitelist_create_all(&transaction->whitelist) : whitelist_load(store, transaction->id, &transaction->whitelist);
    return error ? error : scope_create(plan, transaction->whitelist, &transaction->scope);
}

static int transaction_compare(const void *one, const void *other) {
    const struct catalog_transaction *a = one;
    const struct catalog_transaction *b = other;
    return a->entry < b->entry ? -1 : a->entry > b->entry;
}

static struct error *catalog_load_transactions(struct store *store, const struct plan *plan, struct catalog *catalog) {
    int64_t count = 0;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_scalar(store, "SELECT count(*) FROM txn", &count);
    if (!error && count == 0) {
        return error_create(ERROR_USAGE, "the database holds no transactions: run 'spillscope analyze' first");
    }
    if (!error) {
        error = store_prepare(store,
                              "SELECT t.id, t.name, t.entity_id, f.name, p.path, t.found_by FROM txn t JOIN function f ON f.id = t.function_id "
                              "LEFT JOIN file p ON p.id = f.file_id ORDER BY t.id",
                              &query);
    }
    catalog->transactions = error ? NULL : calloc((size_t)count, sizeof *catalog->transactions);
    if (!error && !catalog->transactions) {
        return error_out_of_memory();
    }
    bool row = true;
    while (!error && row) {
        error = query_step(query, &row);
        if (!error && row && catalog->count < count) {
            error = transaction_load(store, plan, query, catalog);
        }
    }
    if (!error && catalog->count == 0) {
        return error_create(ERROR_MISMATCH, "%s holds none of the database's transactions (%s and %u more): another kernel?", plan->image->path,
                            catalog->missing_name ? catalog->missing_name : "", catalog->missing ? catalog->missing - 1 : 0);
    }
    if (!error) {
        qsort(catalog->transactions, catalog->count, sizeof *catalog->transactions, transaction_compare);
    }
    return error;
}

/* Of several expressions the first one counts whose root is there. */
static struct error *catalog_load_clients(struct store *store, const struct image *image, struct catalog *catalog) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct client_percpu percpu;
    struct error *error = store_prepare(store, "SELECT value FROM manifest WHERE section = 'transactions' AND key = 'client' ORDER BY id", &query);
    bool row = false;
    client_percpu_load(store, image, &percpu);
    while (!error && !(error = query_step(query, &row)) && row) {
        bool used = false;
        for (uint32_t i = 0; !error && i < catalog->count; i++) {
            struct catalog_transaction *kind = &catalog->transactions[i];
            struct client_expression parsed = {.present = false};
            error = client_parse(image, &percpu, &image->functions[kind->function], query_text(query, 0), &parsed);
            used = used || parsed.present;
            kind->client = kind->client.present ? kind->client : parsed;
        }
        if (!error && !used) {
            error = error_create(ERROR_MISMATCH, "manifest: [transactions] client = %s: %s has no such variable, and no transaction such a parameter",
                                 query_text(query, 0), image->path);
        }
    }
    return error;
}

struct error *catalog_load(struct store *store, const struct plan *plan, bool everything, struct catalog *out_catalog) {
    struct catalog catalog = {.task_type = IMAGE_NONE, .everything = everything};
    struct error *error = catalog_load_transactions(store, plan, &catalog);
    if (!error) {
        error = catalog_load_settings(store, plan, &catalog);
    }
    if (!error) {
        error = catalog_load_deferrals(store, plan, &catalog);
    }
    if (!error) {
        error = catalog_load_groups(store, plan, &catalog);
    }
    if (!error) {
        error = catalog_load_clients(store, plan->image, &catalog);
    }
    if (!error) {
        error = catalog_load_places(store, plan->image, &catalog);
    }
    if (error) {
        catalog_deinit(&catalog);
        return error;
    }
    *out_catalog = catalog;
    return NULL;
}
