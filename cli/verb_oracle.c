#include <stdio.h>
#include <string.h>

#include "program.h"
#include "spillscope/match.h"
#include "spillscope/oracle.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

static const char *const kind_names[] = {
    [FINDING_STATE] = "misses",
    [FINDING_FUNCTION] = "misses",
    [FINDING_FALSE_POSITIVE] = "false_positives",
    [FINDING_FALSE_NEGATIVE] = "false_negatives",
    [FINDING_UNMAPPED] = "unmapped",
};

static void finding_json(struct text *text, const struct finding *finding) {
    text_append(text, "{\"transaction\":");
    text_append_json_string(text, finding->transaction);
    text_append(text, ",\"key\":");
    text_append_json_string(text, finding->key);
    text_append(text, ",\"function\":");
    text_append_json_string(text, finding->function);
    text_append(text, ",\"file\":");
    text_append_json_string(text, finding->file);
    text_append_format(text, ",\"line\":%u,\"pc\":\"0x%llx\",\"count\":%llu,\"note\":", finding->line, (unsigned long long)finding->pc,
                       (unsigned long long)finding->count);
    text_append_json_string(text, finding->note);
    if (finding->kind <= FINDING_FUNCTION) {
        text_append(text, finding->kind == FINDING_STATE ? ",\"reason\":\"state not in the whitelist\""
                                                         : ",\"reason\":\"function outside the call closure\"");
    }
    text_append(text, "}");
}

static void verdict_json(struct text *text, const struct oracle_verdict *verdict) {
    text_append_format(text, "{\"schema_version\":1,\"run\":%lld,\"paired_run\":", (long long)verdict->run);
    text_append_format(text, verdict->paired_run ? "%lld" : "null", (long long)verdict->paired_run);
    text_append_format(text, ",\"transactions\":%zu,\"distinct_transactions\":%zu", verdict->transactions, verdict->distinct_transactions);
    static const char *const lists[] = {"misses", "false_positives", "false_negatives", "unmapped"};
    for (size_t list = 0; list < sizeof lists / sizeof *lists; list++) {
        text_append_format(text, ",\"%s\":[", lists[list]);
        bool first = true;
        for (size_t i = 0; i < verdict->finding_count; i++) {
            if (strcmp(kind_names[verdict->findings[i].kind], lists[list]) == 0) {
                text_append(text, first ? "\n" : ",\n");
                finding_json(text, &verdict->findings[i]);
                first = false;
            }
        }
        text_append(text, "]");
    }
    text_append_format(text,
                       ",\"transient\":%zu,\"silent_stores\":%zu,\"pairs\":%zu,\"pairs_by_wildcard\":%zu,\"page_table_pairs\":%zu,\"changed_pairs\":%"
                       "zu,\"unmapped_bytes\":%zu}\n",
                       verdict->transient, verdict->silent_stores, verdict->pairs, verdict->by_wildcard, verdict->page_tables, verdict->changed_pairs,
                       verdict->unmapped_bytes);
}

static void finding_text(struct text *text, const struct finding *finding) {
    static const char *const words[] = {
        [FINDING_STATE] = "miss: state",
        [FINDING_FUNCTION] = "miss: function",
        [FINDING_FALSE_POSITIVE] = "false positive",
        [FINDING_FALSE_NEGATIVE] = "false negative",
        [FINDING_UNMAPPED] = "unmapped",
    };
    text_append_format(text, "%s: %s", words[finding->kind], finding->transaction);
    text_append_format(text, finding->key[0] ? " %s" : "%s", finding->key);
    if (finding->function[0]) {
        text_append_format(text, " by %s", finding->function);
    }
    if (finding->file[0]) {
        text_append_format(text, finding->line ? " at %s:%u" : " in %s", finding->file, finding->line);
    }
    if (finding->pc) {
        text_append_format(text, " (pc 0x%llx)", (unsigned long long)finding->pc);
    }
    text_append_format(text, finding->note[0] ? " [%s]\n" : "%s\n", finding->note);
}

static void verdict_text(struct text *text, const struct oracle_verdict *verdict) {
    for (size_t i = 0; i < verdict->finding_count; i++) {
        finding_text(text, &verdict->findings[i]);
    }
    text_append_format(text, "spillscope oracle: %s  run %lld", oracle_verdict_passes(verdict) ? "PASS" : "FAIL", (long long)verdict->run);
    text_append_format(text, verdict->paired_run ? ", with probe run %lld\n" : ", without a probe run\n", (long long)verdict->paired_run);
    text_append_format(text, "%zu transactions of %zu kinds; %zu pairs stored to, %zu truly changed; %zu whitelisted only by a wildcard\n",
                       verdict->transactions, verdict->distinct_transactions, verdict->pairs, verdict->changed_pairs, verdict->by_wildcard);
    text_append_format(text, "misses: %zu states, %zu functions; unmapped: %zu places, %zu bytes\n", verdict->counts[FINDING_STATE],
                       verdict->counts[FINDING_FUNCTION], verdict->counts[FINDING_UNMAPPED], verdict->unmapped_bytes);
    if (verdict->paired_run) {
        text_append_format(text, "false positives: %zu; false negatives: %zu of %zu\n", verdict->counts[FINDING_FALSE_POSITIVE],
                           verdict->counts[FINDING_FALSE_NEGATIVE], verdict->changed_pairs);
    }
    text_append_format(text, "blind spots of differencing: %zu silent stores, %zu pairs changed and changed back\n", verdict->silent_stores,
                       verdict->transient);
}

/* The command line as one string, for table run. */
static struct error *command_text(char *const *command, size_t count, char **out_text) {
    struct text text = {0};
    for (size_t i = 0; i < count; i++) {
        text_append_format(&text, i ? " %s" : "%s", command[i]);
    }
    return text_take(&text, out_text);
}

static void summary_print(const struct oracle_summary *summary) {
    fprintf(stderr,
            "judged %zu transactions, %zu stores, %zu bytes of lasting memory; %zu never came back; %zu allocations without a site; of %zu objects "
            "whose type pointers show, "
            "%zu differ from their site; %zu owners overruled\n",
            summary->transactions, summary->stores, summary->lasting_bytes, summary->killed, summary->untyped_objects, summary->checked_objects,
            summary->disagreements, summary->overruled);
}

/* --dry-run: database and image belong together; what would be judged? */
static struct error *announcement_print(const struct match *match, const char *elf, const char *log, char *const *command, size_t count) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&text, "%zu of %zu transactions have code in %s, %zu states lie where the analysis says\n", match->entries,
                       match->transactions, elf, match->states);
    if (log) {
        text_append_format(&text, "would judge the log %s\n", log);
    }
    struct error *error = log ? NULL : program_announce(command, count, &text);
    return error ? error : terminal_print(&text, false);
}

/* Runs the guest without a debugger, and judges it. */
static struct error *oracle_run_free(const struct arguments *arguments, struct store *store) {
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct oracle_run run __attribute__((cleanup(oracle_run_clean))) = {0};
    struct match match __attribute__((cleanup(match_deinit))) = {0};
    char *source_root SCOPE_FREE = NULL;
    char *text SCOPE_FREE = NULL;
    char *modules SCOPE_FREE = NULL;
    const char *elf = arguments_option(arguments, "elf");
    const char *log = arguments_option(arguments, "log");
    size_t count = 0;
    long seconds = 0;
    char *const *command = arguments_command(arguments, &count);
    if (!elf || (!command && !log)) {
        return error_create(ERROR_USAGE, "--run needs --elf FILE and a QEMU command behind --");
    }
    struct error *error = arguments_number(arguments, "timeout", 0, 86400, 300, &seconds);
    error = error ? error : store_meta_get(store, "source_root", &source_root);
    error = error ? error : arguments_modules(arguments, &modules);
    error = error ? error : image_open_list(elf, modules, source_root, &image);
    error = error ? error : match_check(store, image, &match);
    error = error ? error : match_error(&match, image);
    if (!error && arguments_flag(arguments, "dry-run")) {
        return announcement_print(&match, elf, log, command, count);
    }
    error = error ? error : command_text(command, count, &text);
    if (!error && !log) {
        error = oracle_run_guest(store, image, command, count, (unsigned)seconds, arguments_option(arguments, "serial"), &run);
    }
    struct oracle_request request = {.store = store, .image = image, .log_path = log ? log : run.log_path, .elf = elf, .command = text};
    struct oracle_summary summary;
    bool ran = !error && !log;
    error = error ? error : oracle_judge(&request, &summary);
    if (error && ran) {
        error = error_wrap(error, "after %s ended with status %d", command[0], run.exit_status);
    }
    if (!error) {
        summary_print(&summary);
    }
    return error;
}

static struct error *oracle_perform(const struct arguments *arguments, int *out_exit) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct oracle_verdict *verdict __attribute__((cleanup(scope_oracle_verdict))) = NULL;
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    const char *path = arguments_database(arguments);
    bool run = arguments_flag(arguments, "run") || arguments_option(arguments, "log");
    size_t count = 0;
    if (!run && arguments_command(arguments, &count)) {
        return error_create(ERROR_USAGE, "a command behind -- goes with --run");
    }
    bool dry = arguments_flag(arguments, "dry-run");
    if (dry && !run) {
        return error_create(ERROR_USAGE, "--dry-run goes with --run or --log: printing a verdict changes nothing");
    }
    struct error *error = store_open(path, run && !dry ? STORE_WRITE : STORE_READ, &store);
    error = error || !run ? error : oracle_run_free(arguments, store);
    if (error || dry) {
        return error;
    }
    error = oracle_verdict_read(store, 0, &verdict);
    if (error) {
        return error;
    }
    if (arguments_flag(arguments, "json")) {
        verdict_json(&text, verdict);
    } else {
        verdict_text(&text, verdict);
    }
    error = terminal_print(&text, arguments_flag(arguments, "json"));
    if (!error) {
        *out_exit = oracle_verdict_passes(verdict) ? 0 : 1;
    }
    return error;
}

static int oracle_main(const struct arguments *arguments) {
    int exit_code = 0;
    struct error *error = oracle_perform(arguments, &exit_code);
    return error ? verb_finish("oracle", error) : exit_code;
}

static const struct verb_option options[] = {
    {"db", 'd', "FILE", "database with whitelists and runs; default spillscope.db"},
    {"json", 0, NULL, "print JSON"},
    {"run", 0, NULL, "run the guest behind -- freely, record it, and judge that"},
    {"elf", 'e', "FILE", "kernel image with DWARF, for --run and --log"},
    {"module", 0, "FILE", "an object file that the kernel may load (module, cell), with its debug information; may be given several times"},
    {"log", 0, "FILE", "judge a recorder's log that exists"},
    VERB_DRY_RUN_OPTION("with --run or --log: only say whether database and ELF belong together, and what would be judged"),
    {"serial", 0, "FILE", "where the guest's console goes (default: standard error)"},
    {"timeout", 0, "S", "seconds that the guest may take (default 300; 0: for ever)"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_oracle = {
    .name = "oracle",
    .summary = "judge whitelists and observations by the log of all stores",
    .usage = "[--db FILE] [--json] [--elf FILE [--module FILE...] --run [--dry-run] -- QEMU...]",
    .description =
        "Prints the verdict over the newest recorded run: misses (stores to states outside the whitelist, or by functions outside the call "
        "closure), stores to memory that is no known state, and, where a probe observed the same run, its false positives and negatives.\n\n"
        "Exit codes: 0 nothing speaks against analyzer and probe; 1 a miss, an unmapped store or a false negative; 2 an error; 3 no complete "
        "recorded run.",
    .example = "spillscope probe --db k.db --elf k.elf --oracle -- qemu-system-x86_64 -kernel k.elf -nographic\n"
               "spillscope oracle --db k.db\n"
               "spillscope oracle --db k.db --elf k.elf --run -- qemu-system-x86_64 -kernel k.elf -nographic",
    .options = options,
    .paged = true,
    .takes_command = true,
    .run = oracle_main,
};
