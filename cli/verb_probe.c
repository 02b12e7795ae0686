/* spillscope probe: watches the transactions of a running kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "spillscope/coverage.h"
#include "spillscope/escape.h"
#include "spillscope/image.h"
#include "spillscope/match.h"
#include "spillscope/oracle.h"
#include "spillscope/probe.h"
#include "spillscope/store.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

enum { DEFAULT_TIMEOUT_S = 600 };

static struct error *probe_mode_parse(const char *name, enum probe_mode *out_mode) {
    static const struct {
        const char *name;
        enum probe_mode mode;
    } MODES[] = {{"auto", PROBE_AUTO}, {"stub", PROBE_STUB}, {"ram", PROBE_RAM}, {"recorder", PROBE_RECORDER}};
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        if (!name || strcmp(name, MODES[i].name) == 0) {
            *out_mode = MODES[i].mode;
            return NULL;
        }
    }
    return error_create(ERROR_USAGE, "--mode '%s' is none of auto, stub, ram, recorder", name);
}

static struct error *probe_request_read(const struct arguments *arguments, char *modules, struct probe_request *request) {
    long transactions = 0;
    long timeout = 0;
    request->database = arguments_option(arguments, "db");
    request->elf = arguments_option(arguments, "elf");
    request->modules = modules;
    request->stub = arguments_option(arguments, "gdb");
    request->log = arguments_option(arguments, "log");
    request->command = arguments_command(arguments, &request->command_count);
    if (!request->database || !request->elf) {
        return error_create(ERROR_USAGE, "--db and --elf are needed");
    }
    if (!request->stub == !request->command) {
        return error_create(ERROR_USAGE, "either --gdb ADDR or a QEMU command after -- is needed");
    }
    struct error *error = probe_mode_parse(arguments_option(arguments, "mode"), &request->mode);
    if (!error && arguments_flag(arguments, "recorder")) {
        request->mode = PROBE_RECORDER;
    }
    if (!error) {
        error = arguments_number(arguments, "transactions", 1, 1000000000, 0, &transactions);
    }
    if (!error) {
        error = arguments_number(arguments, "timeout", 1, 1000000, DEFAULT_TIMEOUT_S, &timeout);
    }
    request->dry = arguments_flag(arguments, "dry-run");
    request->resume = arguments_flag(arguments, "resume");
    request->everything = arguments_flag(arguments, "no-whitelist");
    request->transactions = transactions;
    request->timeout_s = (int)timeout;
    return error;
}

static void summary_print(const struct probe_summary *summary) {
    if (summary->notices[0]) {
        struct text notices __attribute__((cleanup(text_deinit))) = {0};
        escape_terminal_lines(&notices, summary->notices);
        fputs(text_string(&notices), stderr);
    }
    if (summary->run_id == 0) {
        return;
    }
    printf("run %lld (%s): %llu transactions of %llu kinds (of %llu), %llu changes, %llu stops", (long long)summary->run_id, summary->mode,
           (unsigned long long)summary->transactions, (unsigned long long)summary->kinds, (unsigned long long)summary->armed,
           (unsigned long long)summary->changes, (unsigned long long)summary->stops);
    if (summary->seconds > 0) {
        printf(", %.1f s, %.0f transactions/s", summary->seconds, (double)summary->transactions / summary->seconds);
    }
    if (summary->guest_seconds > 0) {
        printf(" (the guest itself: %.3f s, of that %.3f s of processor time)", summary->guest_seconds, summary->guest_cpu_seconds);
    }
    if (summary->resumed) {
        printf(", after %llu in earlier parts", (unsigned long long)summary->resumed);
    }
    if (summary->cut) {
        printf(", %llu still open at the end", (unsigned long long)summary->cut);
    }
    printf("%s\n", summary->interrupted ? ", interrupted" : "");
}

/* --dry-run: what was read is sound; what would be done with it? */
static struct error *announcement_print(const struct probe_request *request, const struct probe_summary *summary) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&text, "%llu transactions of %s have code in %s and would be watched (%s)\n", (unsigned long long)summary->armed,
                       request->database, request->elf, request->mode == PROBE_RECORDER ? "by a plugin that stops nothing" : "by stops");
    if (summary->resumed) {
        text_append_format(&text, "the newest run would go on: it has %llu transactions\n", (unsigned long long)summary->resumed);
    }
    if (request->stub) {
        text_append_format(&text, "stub: %s\n", request->stub);
    }
    struct error *error = request->command ? program_announce(request->command, request->command_count, &text) : NULL;
    return error ? error : terminal_print(&text, false);
}

/* Where the recorder writes, for one run with --oracle. */
struct recording {
    char *folder; /* owned; removed at the end */
    char *log;
    char *config;
    const char *trail; /* file that grows by the code that ran; NULL = not wanted */
};

static struct error *recording_create(struct recording *recording) {
    const char *base = getenv("TMPDIR");
    if (asprintf(&recording->folder, "%s/spillscope-oracle-XXXXXX", base ? base : "/tmp") < 0) {
        recording->folder = NULL;
        return error_out_of_memory();
    }
    if (!mkdtemp(recording->folder)) {
        return error_create_errno("cannot make directory %s", recording->folder);
    }
    if (asprintf(&recording->log, "%s/log", recording->folder) < 0) {
        recording->log = NULL;
        return error_out_of_memory();
    }
    if (asprintf(&recording->config, "%s/config", recording->folder) < 0) {
        recording->config = NULL;
        return error_out_of_memory();
    }
    return NULL;
}

static void recording_remove(struct recording *recording) {
    if (recording->log) {
        unlink(recording->log);
    }
    if (recording->config) {
        unlink(recording->config);
    }
    if (recording->folder) {
        rmdir(recording->folder);
    }
    free(recording->log);
    free(recording->config);
    free(recording->folder);
}

static struct error *recording_start(void *context, struct store *store, const struct image *image, const char *ram_path, uint64_t ram_size,
                                     char **out_argument) {
    const struct recording *recording = context;
    struct match match __attribute__((cleanup(match_deinit))) = {0};
    struct error *error = match_check(store, image, &match); /* a judge has no use for states that lie elsewhere */
    error = error ? error : match_error(&match, image);
    if (error) {
        return error;
    }
    struct recorder_request request = {
        .store = store,
        .image = image,
        .ram_path = ram_path,
        .ram_size = ram_size,
        .log_path = recording->log,
        .config_path = recording->config,
        .blocks = recording->trail != NULL,
    };
    return recorder_arguments(&request, out_argument);
}

/* What ran joins what ran in earlier runs, and where calls through pointers led is told to the store. */
static struct error *trail_keep(struct trail *trail, const char *path, struct store *store, const struct image *image) {
    struct observed_calls calls = {0};
    size_t count = 0;
    struct error *error = trail_finish(trail);
    if (!error) {
        error = coverage_observe(store, image, trail, &calls);
    }
    if (!error) {
        error = trail_write(trail, path, image->build_id);
    }
    if (!error) {
        trail_steps(trail, &count);
        printf("trail %s: %zu ways into code; %zu calls through pointers, %zu of them to targets that the analysis knows\n", path, count, calls.calls,
               calls.matched);
    }
    if (!error && calls.unknown) {
        fprintf(stderr, "WARNING: %zu calls through pointers led where the analysis has no target, though it claims to know all: %s\n", calls.unknown,
                calls.example);
    }
    return error;
}

/* Lets the oracle judge what was recorded beside the probe. */
static struct error *recording_judge(const struct recording *recording, const struct probe_request *request, const struct probe_summary *summary) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct trail *trail __attribute__((cleanup(scope_trail))) = NULL;
    struct oracle_summary verdict = {0};
    char *root SCOPE_FREE = NULL;
    struct error *error = store_open(request->database, STORE_WRITE, &store);
    if (!error) {
        error = store_meta_get(store, "source_root", &root);
    }
    if (!error) {
        error = image_open_list(request->elf, request->modules, root, &image);
    }
    if (!error && recording->trail) {
        error = trail_create(&trail);
    }
    if (!error && trail) {
        error = trail_read(trail, recording->trail, image->build_id);
    }
    struct oracle_request oracle = {
        .store = store,
        .image = image,
        .log_path = recording->log,
        .elf = request->elf,
        .paired_run = summary->run_id,
        .trail = trail,
        .transactions = request->transactions > 0 ? (size_t)(summary->transactions + summary->cut) : 0,
    };
    if (!error) {
        error = oracle_judge(&oracle, &verdict);
    }
    if (!error) {
        printf("oracle run %lld: %zu transactions of %zu kinds, %zu own stores; 'spillscope oracle --db %s' tells the verdict\n",
               (long long)verdict.run, verdict.transactions, verdict.distinct, verdict.stores, request->database);
    }
    return error || !trail ? error : trail_keep(trail, recording->trail, store, image);
}

static int verb_probe_run(const struct arguments *arguments) {
    struct probe_request request = {0};
    struct probe_summary summary = {0};
    struct recording recording = {0};
    char *modules SCOPE_FREE = NULL;
    struct error *error = arguments_modules(arguments, &modules);
    error = error ? error : probe_request_read(arguments, modules, &request);
    bool judged = !error && arguments_flag(arguments, "oracle");
    if (judged && request.stub) {
        error = error_create(ERROR_USAGE, "--oracle needs a QEMU that the probe starts itself: give its command after --");
    }
    recording.trail = arguments_option(arguments, "trail");
    if (!error && recording.trail && !judged) {
        error = error_create(ERROR_USAGE, "--trail is read off what --oracle records: give both");
    }
    if (judged && request.resume) {
        error = error ? error : error_create(ERROR_USAGE, "--oracle judges one run of one guest, --resume makes a run of several: give one of them");
    }
    if (!error && judged) {
        request.recorder = recording_start;
        request.recorder_context = &recording;
        error = request.dry ? NULL : recording_create(&recording);
    }
    if (!error) {
        error = probe_run(&request, &summary);
        summary_print(&summary);
    }
    if (!error && request.dry) {
        error = announcement_print(&request, &summary);
    } else if (!error && judged && !summary.interrupted) {
        error = recording_judge(&recording, &request, &summary);
    }
    recording_remove(&recording);
    if (!error && summary.interrupted) {
        error = error_create(ERROR_INTERRUPTED, "interrupted; what was seen until then is stored");
    }
    if (!error && summary.mismatched) {
        error =
            error_create(ERROR_INCOMPLETE,
                         "%s and the analysis in %s name states differently: analyse the sources that this ELF was built from, where it was built",
                         request.elf, request.database);
    }
    return verb_finish("probe", error);
}

static const struct verb_option OPTIONS[] = {
    {"db", 0, "FILE", "database that 'spillscope analyze' filled; results go there too"},
    {"elf", 0, "FILE", "the running kernel with its debug information"},
    {"module", 0, "FILE", "an object file that the kernel may load (module, cell), with its debug information; may be given several times"},
    {"gdb", 0, "ADDR", "a stub that runs already: unix:PATH, HOST:PORT or :PORT"},
    {"mode", 0, "auto|stub|ram|recorder",
     "how memory is read: by packets, in mapped guest RAM, or by a plugin; auto (default): as the machine allows"},
    {"recorder", 0, NULL, "a plugin in QEMU that stops nothing (as --mode recorder)"},
    {"transactions", 0, "N", "end after N transactions"},
    {"no-whitelist", 0, NULL, "look at all that can be reached, as if nothing were analysed: for comparison, on a copy of the database"},
    {"oracle", 0, NULL, "record all stores of the same run and let the oracle judge it"},
    {"trail", 0, "FILE", "with --oracle: add the code that ran within transactions to FILE, and where calls through pointers led to the database"},
    {"resume", 0, NULL, "go on with the newest run of the database, which was interrupted, failed or killed; --transactions counts what it has"},
    VERB_DRY_RUN_OPTION("read database and ELF, and only say what would be watched"),
    {"timeout", 0, "S", "give up after S seconds (600)"},
    {"log", 0, "FILE", "write the guest's output to FILE instead of stderr"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_probe = {
    .name = "probe",
    .summary = "watch the transactions of a running kernel and store what each changes",
    .usage = "--db FILE --elf FILE [--module FILE...] (--gdb ADDR | -- QEMU...) [--mode MODE | --recorder] [--transactions N] [--no-whitelist] "
             "[--oracle [--trail FILE]] [--resume] [--dry-run] [--timeout S] [--log FILE]",
    .description =
        "Stops the kernel at the entry and the return of every transaction of the database, compares the whitelisted state and all that "
        "can be reached from it, and stores the differences. With a QEMU command after -- it starts QEMU itself, adds a stub and a RAM file, and "
        "ends "
        "it afterwards. With --recorder nothing is stopped: a plugin in that QEMU looks at the state itself, and sees who stored. The run begins and "
        "ends at the functions that the manifest names ([transactions] begin, end), else with the guest. A guest that reboots has ended: QEMU is "
        "told "
        "-no-reboot.\n\n"
        "Whatever ends a run, what was seen before is kept. --resume goes on in the same run with a guest that starts anew: the same ELF, mode and "
        "number of CPUs; observations are numbered on.\n\n"
        "Exit codes: 0 done, 2 the stub, the guest, the disk or the command line failed, or the run was interrupted, 3 the ELF is not the kernel "
        "that runs.",
    .example = "spillscope probe --db kernel.db --elf kernel.elf -- qemu-system-x86_64 -kernel kernel.elf -nographic -m 256M\n"
               "spillscope probe --db kernel.db --elf kernel.elf --recorder -- qemu-system-x86_64 -kernel kernel.elf -nographic -m 256M\n"
               "spillscope probe --db kernel.db --elf vmlinux --gdb :1234 --transactions 1000",
    .options = OPTIONS,
    .takes_command = true,
    .run = verb_probe_run,
};
