/* spillscope coverage: what of a kernel was seen at run time, and what was not. */
#include <stdio.h>
#include <string.h>

#include "spillscope/coverage.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

static const struct {
    const char *word;   /* in JSON */
    const char *plural; /* for people */
} KINDS[COVERAGE_KINDS] = {
    [COVERAGE_TRANSACTION] = {"transactions", "transactions"},
    [COVERAGE_SITE] = {"call_sites", "calls through pointers"},
    [COVERAGE_STATE] = {"states", "whitelisted (transaction, state) pairs"},
    [COVERAGE_BRANCH] = {"branches", "branches that ran, both ways"},
    [COVERAGE_LINE] = {"lines", "lines of handlers"},
};

static void item_json(struct text *text, const struct coverage_item *item) {
    text_append(text, "{\"entity\":");
    text_append_json_string(text, item->entity);
    text_append(text, ",\"name\":");
    text_append_json_string(text, item->name);
    text_append(text, ",\"file\":");
    text_append_json_string(text, item->file);
    text_append_format(text, ",\"line\":%u,\"note\":", item->line);
    text_append_json_string(text, item->note);
    text_append(text, "}");
}

/* {"schema_version":1,"KIND":{"all":0,"seen":0,"unseen":[...]}, ...} */
static void coverage_json(struct text *text, const struct coverage *coverage) {
    text_append(text, "{\"schema_version\":1");
    for (size_t kind = 0; kind < COVERAGE_KINDS; kind++) {
        bool first = true;
        text_append_format(text, ",\n\"%s\":{\"all\":%zu,\"seen\":%zu,\"unseen\":[", KINDS[kind].word, coverage->all[kind], coverage->seen[kind]);
        for (size_t i = 0; i < coverage->count; i++) {
            if (coverage->items[i].kind == kind && !coverage->items[i].seen) {
                text_append(text, first ? "\n" : ",\n");
                item_json(text, &coverage->items[i]);
                first = false;
            }
        }
        text_append(text, "]}");
    }
    text_append_format(text, ",\n\"call_targets\":{\"all\":%zu,\"seen\":%zu}}\n", coverage->targets, coverage->observed);
}

static void coverage_text(struct text *text, const struct coverage *coverage, bool trail) {
    for (size_t kind = 0; kind < COVERAGE_KINDS; kind++) {
        size_t all = coverage->all[kind];
        if (!trail && (kind == COVERAGE_BRANCH || kind == COVERAGE_LINE)) {
            continue;
        }
        text_append_format(text, "%s: %zu of %zu seen (%.1f%%)\n", KINDS[kind].plural, coverage->seen[kind], all,
                           all ? 100.0 * (double)coverage->seen[kind] / (double)all : 100.0);
        for (size_t i = 0; i < coverage->count; i++) {
            const struct coverage_item *item = &coverage->items[i];
            if (item->kind != kind || item->seen || kind == COVERAGE_STATE) {
                continue;
            }
            text_append_format(text, "  %s: %s", item->entity, item->name);
            text_append_format(text, item->file[0] ? " at %s:%u" : "", item->file, item->line);
            text_append_format(text, item->note[0] ? " (%s)\n" : "%s\n", item->note);
        }
    }
    text_append_format(text, "targets of calls through pointers: %zu of %zu seen\n", coverage->observed, coverage->targets);
}

static struct error *coverage_perform(const struct arguments *arguments) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct trail *trail __attribute__((cleanup(scope_trail))) = NULL;
    struct coverage *coverage __attribute__((cleanup(scope_coverage))) = NULL;
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    char *root SCOPE_FREE = NULL;
    char *modules SCOPE_FREE = NULL;
    const char *path = arguments_database(arguments);
    const char *elf = arguments_option(arguments, "elf");
    const char *file = arguments_option(arguments, "trail");
    if (!elf != !file) {
        return error_create(ERROR_USAGE, "--elf and --trail go together");
    }
    struct error *error = store_open(path, STORE_READ, &store);
    if (!error && file) {
        error = store_meta_get(store, "source_root", &root);
        error = error ? error : arguments_modules(arguments, &modules);
        error = error ? error : image_open_list(elf, modules, root, &image);
        error = error ? error : trail_create(&trail);
        error = error ? error : trail_read(trail, file, image->build_id);
        error = error ? error : trail_finish(trail);
    }
    error = error ? error : coverage_read(store, image, trail, &coverage);
    if (error) {
        return error;
    }
    if (arguments_flag(arguments, "json")) {
        coverage_json(&text, coverage);
    } else {
        coverage_text(&text, coverage, file != NULL);
    }
    return terminal_print(&text, arguments_flag(arguments, "json"));
}

static int verb_coverage_run(const struct arguments *arguments) {
    return verb_finish("coverage", coverage_perform(arguments));
}

static const struct verb_option OPTIONS[] = {
    {"db", 0, "FILE", "database with whitelists and runs; default spillscope.db"},
    {"elf", 0, "FILE", "kernel image with DWARF, for what the trail tells"},
    {"module", 0, "FILE", "an object file that the kernel may load (module, cell), with its debug information; may be given several times"},
    {"trail", 0, "FILE", "what 'spillscope probe --oracle --trail FILE' has gathered"},
    {"json", 0, NULL, "print JSON: all, seen and the unseen ones of each kind"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_coverage = {
    .name = "coverage",
    .summary = "list transactions, call sites, branches and lines of handlers not yet seen",
    .usage = "[--db FILE] [--elf FILE [--module FILE...] --trail FILE] [--json]",
    .description =
        "Counts what the runs of a database have seen, and lists what they have not: transactions that never completed, calls through pointers of "
        "which no target "
        "was observed, whitelisted states that never changed (in JSON). With a trail also branches that only ever went one way, and lines of "
        "handlers that never ran within a transaction; a handler is a function of a server that may run in some transaction.\n\n"
        "Exit codes: 0 printed, 2 a file cannot be read, 3 the trail is of another kernel.",
    .example = "spillscope probe --db k.db --elf k.elf --recorder --oracle --trail k.trail -- qemu-system-x86_64 -kernel k.elf -nographic\n"
               "spillscope coverage --db k.db --elf k.elf --trail k.trail",
    .options = OPTIONS,
    .paged = true,
    .run = verb_coverage_run,
};
