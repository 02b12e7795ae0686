/* spillscope litmus: alters spilled states and sees whether their clients fail. */
#include <stdio.h>
#include <unistd.h>

#include "spillscope/litmus.h"
#include "terminal.h"
#include "verb.h"

enum { DEFAULT_ATTEMPTS = 32 };

static struct error *litmus_request_read(const struct arguments *arguments, struct litmus_request *request) {
    long jobs = 0;
    long timeout = 0;
    long attempts = 0;
    request->database = arguments_option(arguments, "db");
    request->elf = arguments_option(arguments, "elf");
    request->transaction = arguments_option(arguments, "transaction");
    request->state = arguments_option(arguments, "state");
    request->command = arguments_command(arguments, &request->command_count);
    request->again = arguments_flag(arguments, "again");
    bool one = arguments_flag(arguments, "reset") || arguments_flag(arguments, "perturb");
    request->reset = !one || arguments_flag(arguments, "reset");
    request->perturb = !one || arguments_flag(arguments, "perturb");
    if (!request->database || !request->elf) {
        return error_create(ERROR_USAGE, "--db and --elf are needed");
    }
    if (!request->command || request->command_count == 0) {
        return error_create(ERROR_USAGE, "a QEMU command after -- is needed: each trial starts a guest of its own");
    }
    struct error *error = arguments_number(arguments, "timeout", 1, 100000, 0, &timeout);
    if (!error) {
        error = arguments_number(arguments, "attempts", 1, 1000000, DEFAULT_ATTEMPTS, &attempts);
    }
    if (!error) {
        error = arguments_number(arguments, "jobs", 1, 256, sysconf(_SC_NPROCESSORS_ONLN), &jobs);
    }
    request->timeout_s = (int)timeout;
    request->attempts = (uint32_t)attempts;
    request->jobs = (uint32_t)jobs;
    return error;
}

static void summary_print(const struct litmus_summary *summary) {
    if (summary->pairs == 0) {
        printf("nothing to try: no spilled state matches, or all outcomes are known (--again tries them once more)\n");
        return;
    }
    printf("run %lld: %llu trials: %llu unharmed, %llu error, %llu wrong result, %llu hang, %llu crash", (long long)summary->run_id,
           (unsigned long long)summary->pairs, (unsigned long long)summary->unharmed, (unsigned long long)summary->errors,
           (unsigned long long)summary->wrong, (unsigned long long)summary->hangs, (unsigned long long)summary->crashes);
    if (summary->unchanged) {
        printf("; %llu found nothing to alter in this workload", (unsigned long long)summary->unchanged);
    }
    if (summary->unsettled) {
        printf("; %llu not settled, since the guest deviates when it is only stopped", (unsigned long long)summary->unsettled);
    }
    printf("%s\n", summary->interrupted ? "; interrupted" : "");
}

static int verb_litmus_run(const struct arguments *arguments) {
    struct litmus_request request = {0};
    struct litmus_summary summary = {0};
    struct error *error = litmus_request_read(arguments, &request);
    struct text plan __attribute__((cleanup(text_deinit))) = {0};
    bool dry = arguments_flag(arguments, "dry-run");
    request.plan = dry ? &plan : NULL;
    if (!error) {
        error = litmus_run(&request, &summary);
    }
    if (!error && dry && summary.pairs) {
        text_append_format(&plan, "%llu trials would be made, each with a guest of its own\n", (unsigned long long)summary.pairs);
        error = terminal_print(&plan, false);
    } else if (!error) {
        summary_print(&summary);
    }
    if (!error && summary.interrupted) {
        error = error_create(ERROR_INTERRUPTED, "interrupted; outcomes until then are stored, the same command goes on from there");
    }
    return verb_finish("litmus", error);
}

static const struct verb_option OPTIONS[] = {
    {"db", 0, "FILE", "database with the spill that 'spillscope probe' observed; outcomes go there too"},
    {"elf", 0, "FILE", "the kernel with its debug information"},
    {"transaction", 0, "GLOB", "only these transactions"},
    {"state", 0, "GLOB", "only these state keys"},
    {"reset", 0, NULL, "only set states back to their value at entry"},
    {"perturb", 0, NULL, "only give states another value of their type"},
    {"attempts", 0, "N", "executions of a transaction that are watched for a change of the state (32)"},
    {"again", 0, NULL, "try pairs once more whose outcome for this kernel is known"},
    VERB_DRY_RUN_OPTION("only say what would be tried"),
    {"jobs", 'j', "N", "guests at a time (one a processor)"},
    {"timeout", 0, "S", "seconds until a guest counts as hung (20 times an undisturbed run, at least 10)"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_litmus = {
    .name = "litmus",
    .summary = "alter spilled states and see whether their clients fail",
    .usage = "--db FILE --elf FILE [--transaction GLOB] [--state GLOB] [--reset] [--perturb] [--attempts N] [--again] [--dry-run] [-j N] [--timeout "
             "S] -- QEMU...",
    .description =
        "For each (transaction, state) that probe runs observed to spill, starts a guest, lets the transaction run until it has changed the state, "
        "sets "
        "the state back (reset) or gives it another value (perturb), and lets the client go on with its workload. Two undisturbed runs tell how "
        "the workload ends when all is well; section [litmus] of the manifest tells which console lines mean what.\n\n"
        "Outcomes: unharmed, error (a client was told), wrong result (other output or exit status), hang, crash. A harmed trial is controlled by one "
        "that only stops. A state declared soft must be unharmed by every reset. Outcomes are stored at once: an interrupted run goes on where it "
        "was.\n\n"
        "Exit codes: 0 done, 2 the guest or the command line failed, 3 the ELF is not the kernel that runs.",
    .example = "spillscope litmus --db kernel.db --elf kernel.elf -- qemu-system-x86_64 -kernel kernel.elf -nographic -append run=conformance\n"
               "spillscope litmus --db kernel.db --elf kernel.elf --transaction sys_file_open --reset -- qemu-system-x86_64 ...",
    .options = OPTIONS,
    .takes_command = true,
    .run = verb_litmus_run,
};
