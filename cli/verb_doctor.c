#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"
#include "program.h"
#include "settings.h"
#include "spillscope/image.h"
#include "spillscope/match.h"
#include "spillscope/session.h"
#include "spillscope/store.h"
#include "spillscope/text.h"
#include "terminal.h"

enum { PROGRAM_TIMEOUT_MS = 30000, STUB_TIMEOUT_MS = 3000 };

enum condition { CONDITION_OK, CONDITION_NOTE, CONDITION_PROBLEM };

/* What was looked at so far. */
struct doctor {
    bool json;
    struct text text;
    size_t checks;
    size_t problems;
};

/* One line of the result; `mend` NULL when there is nothing to do. */
static void doctor_say(struct doctor *doctor, enum condition condition, const char *name, const char *found, const char *mend) {
    static const char *const words[] = {"ok", "note", "PROBLEM"};
    static const char *const json_words[] = {"ok", "note", "problem"};
    doctor->problems += condition == CONDITION_PROBLEM;
    if (doctor->json) {
        text_append(&doctor->text, doctor->checks++ ? ",\n{\"check\":" : "\n{\"check\":");
        text_append_json_string(&doctor->text, name);
        text_append_format(&doctor->text, ",\"condition\":\"%s\",\"found\":", json_words[condition]);
        text_append_json_string(&doctor->text, found);
        text_append(&doctor->text, ",\"mend\":");
        if (mend) {
            text_append_json_string(&doctor->text, mend);
        } else {
            text_append(&doctor->text, "null");
        }
        text_append_char(&doctor->text, '}');
    } else {
        text_append_format(&doctor->text, "%-8s %-14s %s%s%s\n", words[condition], name, found, mend ? "; " : "", mend ? mend : "");
        doctor->checks++;
    }
}

/* The same for an error, which is destroyed. */
static void doctor_say_error(struct doctor *doctor, const char *name, struct error *error, const char *mend) {
    doctor_say(doctor, CONDITION_PROBLEM, name, error_message(error), mend);
    error_destroy(error);
}

/* Cuts a program's output after its first line. */
static const char *first_line(struct text *output) {
    if (output->data) {
        output->data[strcspn(output->data, "\n")] = '\0';
    }
    return text_string(output);
}

/* Where a part of the installation is: the variable's value, else the first place beside the program where it can be accessed. */
static struct error *part_find(const char *variable, const char *const *suffixes, int access_mode, char **out_path) {
    const char *given = getenv(variable);
    if (given && *given) {
        *out_path = strdup(given);
        return *out_path ? NULL : error_out_of_memory();
    }
    char *path = NULL;
    struct error *error = NULL;
    for (size_t index = 0; !error && suffixes[index]; index++) {
        free(path);
        path = NULL;
        error = program_beside(suffixes[index], &path);
        if (!error && access(path, access_mode) == 0) {
            break;
        }
    }
    if (!error && !path) {
        error = error_create(ERROR_USAGE, "%s names no place", variable);
    }
    if (!error) {
        *out_path = path;
    }
    return error;
}

/* The frontend is asked to lower a file that includes Clang's own headers: that is what fails on an incomplete installation. */
static struct error *frontend_try(const char *program, struct text *output, int *out_status) {
    const char *base = getenv("TMPDIR");
    char *source SCOPE_FREE = NULL;
    if (asprintf(&source, "%s/spillscope-doctor-XXXXXX.c", base && *base ? base : "/tmp") < 0) {
        source = NULL;
        return error_out_of_memory();
    }
    int file SCOPE_CLOSE = mkstemps(source, 2);
    static const char text[] = "#include <stddef.h>\n#include <stdarg.h>\n#include <stdint.h>\nsize_t doctor_size(va_list list);\n"
                               "uint32_t doctor_state;\nvoid doctor_call(void) { doctor_state++; }\n";
    if (file < 0 || write(file, text, sizeof text - 1) != (ssize_t)sizeof text - 1) {
        return error_create_errno("cannot write %s", source);
    }
    char *argv[] = {(char *)program, "--print", source, "--", "clang", "-ffreestanding", "-std=c17", "-c", source, NULL};
    struct error *error = program_output(argv, PROGRAM_TIMEOUT_MS, output, out_status);
    unlink(source);
    return error;
}

static void doctor_check_frontend(struct doctor *doctor) {
    static const char *const places[] = {"/spillscope-facts", "/../lib/spillscope/spillscope-facts", "/../bin/spillscope-facts", NULL};
    struct text output __attribute__((cleanup(text_deinit))) = {0};
    char *path SCOPE_FREE = NULL;
    int status = 0;
    struct error *error = part_find("SPILLSCOPE_FACTS", places, X_OK, &path);
    if (!error && access(path, X_OK) != 0) {
        error = error_create_errno("%s", path);
    }
    if (!error) {
        error = frontend_try(path, &output, &status);
    }
    if (error) {
        doctor_say_error(doctor, "frontend", error, "install spillscope again, or set SPILLSCOPE_FACTS to where spillscope-facts is");
        return;
    }
    if (status != 0 || !strstr(text_string(&output), "doctor_call")) {
        struct error *said = error_create(ERROR_IO, "%s fails on a small file (exit code %d): %s", path, status, first_line(&output));
        doctor_say_error(doctor, "frontend", said, "Clang's headers are in the package libclang-common-19-dev");
        return;
    }
    doctor_say(doctor, CONDITION_OK, "frontend", path, NULL);
}

static void doctor_check_part(struct doctor *doctor, const char *name, const char *variable, const char *suffix, const char *mend) {
    const char *places[] = {suffix, NULL};
    char *path SCOPE_FREE = NULL;
    struct error *error = part_find(variable, places, R_OK, &path);
    if (!error && access(path, R_OK) != 0) {
        error = error_create_errno("%s", path);
    }
    if (error) {
        doctor_say_error(doctor, name, error, mend);
    } else {
        char *real SCOPE_FREE = realpath(path, NULL);
        doctor_say(doctor, CONDITION_OK, name, real ? real : path, NULL);
    }
}

/* A mention of `-option ` at the start of a line of QEMU's help. */
static bool help_mentions(const char *help, const char *option) {
    size_t length = strlen(option);
    for (const char *line = help; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, option, length) == 0 && (line[length] == ' ' || line[length] == '\n')) {
            return true;
        }
    }
    return false;
}

static void doctor_check_qemu(struct doctor *doctor) {
    static const char mend[] = "apt-get install qemu-system-x86";
    struct text version __attribute__((cleanup(text_deinit))) = {0};
    struct text help __attribute__((cleanup(text_deinit))) = {0};
    char *ask_version[] = {"qemu-system-x86_64", "--version", NULL};
    char *ask_help[] = {"qemu-system-x86_64", "--help", NULL};
    int status = 0;
    int help_status = 0;
    struct error *error = program_output(ask_version, PROGRAM_TIMEOUT_MS, &version, &status);
    if (!error) {
        error = program_output(ask_help, PROGRAM_TIMEOUT_MS, &help, &help_status);
    }
    if (error) {
        doctor_say_error(doctor, "qemu", error, mend);
        return;
    }
    const char *said = strstr(text_string(&version), "version ");
    int major = said ? atoi(said + strlen("version ")) : 0;
    char found[128];
    snprintf(found, sizeof found, "%.*s", (int)strcspn(text_string(&version), "\n"), text_string(&version));
    if (status != 0 || major == 0) {
        doctor_say(doctor, CONDITION_PROBLEM, "qemu", "qemu-system-x86_64 does not tell its version", mend);
    } else if (major < 7) {
        doctor_say(doctor, CONDITION_PROBLEM, "qemu", found, "version 7 or later is needed");
    } else {
        doctor_say(doctor, CONDITION_OK, "qemu", found, NULL);
    }
    bool stub = help_mentions(text_string(&help), "-gdb");
    bool plugins = help_mentions(text_string(&help), "-plugin");
    doctor_say(doctor, stub ? CONDITION_OK : CONDITION_PROBLEM, "qemu stub", stub ? "-gdb is there" : "this QEMU has no -gdb",
               stub ? NULL : "probe needs it: take Debian's QEMU");
    doctor_say(doctor, plugins ? CONDITION_OK : CONDITION_PROBLEM, "qemu plugins",
               plugins ? "-plugin is there" : "this QEMU was built without plugins",
               plugins ? NULL : "the recorder (probe --oracle) needs them: take Debian's QEMU");
}

static void doctor_check_kvm(struct doctor *doctor) {
    bool usable = access("/dev/kvm", R_OK | W_OK) == 0;
    bool there = access("/dev/kvm", F_OK) == 0;
    doctor_say(doctor, CONDITION_NOTE, "kvm",
               usable  ? "/dev/kvm can be opened; the recorder works without KVM (TCG) only"
               : there ? "/dev/kvm is there, but this user may not open it; QEMU falls back on TCG, which is enough"
                       : "no /dev/kvm; QEMU emulates (TCG), which is enough",
               NULL);
}

static void doctor_check_dot(struct doctor *doctor) {
    struct text output __attribute__((cleanup(text_deinit))) = {0};
    const char *wanted = getenv("SPILLSCOPE_DOT");
    char *argv[] = {wanted && *wanted ? (char *)wanted : "dot", "-V", NULL};
    int status = 0;
    struct error *error = program_output(argv, PROGRAM_TIMEOUT_MS, &output, &status);
    if (error || status != 0) {
        error_destroy(error);
        doctor_say(doctor, CONDITION_NOTE, "dot", "Graphviz' dot does not run: reports show the spill graph as a table", "apt-get install graphviz");
        return;
    }
    doctor_say(doctor, CONDITION_OK, "dot", first_line(&output), NULL);
}

static void doctor_check_elf(struct doctor *doctor, const char *path, const char *modules, char **out_build_id) {
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct error *error = image_open_list(path, modules, NULL, &image);
    if (error) {
        doctor_say_error(doctor, "elf", error, "the kernel must be built with debug information (gcc -g, CONFIG_DEBUG_INFO), not stripped");
        return;
    }
    char found[PATH_MAX + 128];
    snprintf(found, sizeof found, "%s: %u types, %u functions, %u variables in its DWARF", path, image->type_count, image->function_count,
             image->variable_count);
    bool empty = image->function_count == 0 || image->type_count == 0;
    doctor_say(doctor, empty ? CONDITION_PROBLEM : CONDITION_OK, "elf", found, empty ? "build the kernel with debug information" : NULL);
    snprintf(found, sizeof found, "build-id %s", image->build_id);
    doctor_say(doctor, image->build_id[0] ? CONDITION_OK : CONDITION_NOTE, "elf build-id", image->build_id[0] ? found : "no build-id",
               image->build_id[0] ? NULL : "link with --build-id, so that another build than the running one is noticed");
    *out_build_id = strdup(image->build_id);
}

static void doctor_check_database(struct doctor *doctor, const char *path, const char *build_id) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    char *complete SCOPE_FREE = NULL;
    struct query *check __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    int64_t transactions = 0;
    int64_t runs = 0;
    struct error *error = store_open(path, STORE_READ, &store);
    error = error ? error : store_prepare(store, "SELECT * FROM pragma_integrity_check LIMIT 1", &check);
    error = error ? error : query_step(check, &row);
    if (!error && row && strcmp(query_text(check, 0), "ok") != 0) {
        error = error_create(ERROR_DATABASE, "%s: %s", path, query_text(check, 0));
    }
    error = error ? error : store_scalar(store, "SELECT count(*) FROM txn", &transactions);
    error = error ? error : store_scalar(store, "SELECT count(*) FROM run WHERE tool = 'probe'", &runs);
    error = error ? error : store_meta_get(store, "complete", &complete);
    if (error) {
        doctor_say_error(doctor, "database", error, "spillscope db check tells more; spillscope analyze makes a new one");
        return;
    }
    char found[PATH_MAX + 128];
    snprintf(found, sizeof found, "%s: %lld transactions, %lld runs of the probe", path, (long long)transactions, (long long)runs);
    doctor_say(doctor, transactions ? CONDITION_OK : CONDITION_PROBLEM, "database", found, transactions ? NULL : "run spillscope analyze first");
    if (!complete || strcmp(complete, "1") != 0) {
        doctor_say(doctor, CONDITION_PROBLEM, "database", "it is incomplete: units failed",
                   "table unit names them: sqlite3 DB \"SELECT * FROM unit WHERE status = 'failed'\"");
    }
    query_destroy(check);
    check = NULL;
    error = build_id && build_id[0] ? store_prepare(store, "SELECT count(*) FROM run WHERE build_id IS NOT NULL AND build_id <> ?1", &check) : NULL;
    if (!error && check) {
        query_bind_text(check, 1, build_id);
        error = query_step(check, &row);
    }
    if (error) {
        doctor_say_error(doctor, "database", error, NULL);
    } else if (check && row && query_int(check, 0) > 0) {
        doctor_say(doctor, CONDITION_NOTE, "database", "it holds runs of another build of the kernel than the ELF",
                   "analyse and probe again after a rebuild");
    }
}

/* Every difference, one after the other. */
static void doctor_check_match(struct doctor *doctor, const char *elf, const char *modules, const char *database) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct match match __attribute__((cleanup(match_deinit))) = {0};
    char *root SCOPE_FREE = NULL;
    struct error *error = store_open(database, STORE_READ, &store);
    error = error ? error : store_meta_get(store, "source_root", &root);
    error = error ? error : image_open_list(elf, modules, root, &image);
    error = error ? error : match_check(store, image, &match);
    if (error) {
        doctor_say_error(doctor, "database and elf", error, NULL);
        return;
    }
    const char *at = text_string(&match.findings);
    while (*at) {
        char line[1024];
        int length = (int)strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", length, at);
        doctor_say(doctor, strncmp(line, "state ", 6) == 0 ? CONDITION_PROBLEM : CONDITION_NOTE, "database and elf", line, NULL);
        at += length + (at[length] == '\n');
    }
    char found[256];
    snprintf(found, sizeof found,
             "%zu of %zu states lie where the source says (%zu more have roots that the image does not know); %zu of %zu transactions have code",
             match.states - match.misplaced, match.states, match.absent, match.entries, match.transactions);
    doctor_say(doctor, match.misplaced ? CONDITION_PROBLEM : CONDITION_OK, "database and elf", found,
               match.misplaced ? "analyse the source and configuration that the kernel was built from" : NULL);
}

static void doctor_check_stub(struct doctor *doctor, const char *address) {
    struct transport *transport = NULL;
    struct session *session __attribute__((cleanup(scope_session))) = NULL;
    struct error *error = transport_connect(address, STUB_TIMEOUT_MS, &transport);
    error = error ? error : session_create(transport, STUB_TIMEOUT_MS, &session);
    if (error) {
        doctor_say_error(doctor, "stub", error, "start QEMU with -gdb unix:PATH,server=on,wait=off (or -s) and no debugger attached");
        return;
    }
    size_t registers = 0;
    session_registers(session, &registers);
    char found[PATH_MAX];
    snprintf(found, sizeof found, "%s answers and describes %zu registers", address, registers);
    doctor_say(doctor, registers ? CONDITION_OK : CONDITION_PROBLEM, "stub", found, registers ? NULL : "the stub must serve qXfer:features:read");
    error_destroy(session_detach(session)); /* the machine goes on */
}

static void doctor_check_settings(struct doctor *doctor) {
    struct settings *settings = NULL;
    struct error *error = settings_load(verb_table, &settings);
    if (error) {
        doctor_say_error(doctor, "configuration", error, "docs/config.md tells its syntax");
        return;
    }
    doctor_say(doctor, CONDITION_OK, "configuration", settings_path(settings) ? settings_path(settings) : "no file", NULL);
    settings_destroy(settings);
}

static int run(const struct arguments *arguments) {
    struct doctor doctor = {.json = arguments_flag(arguments, "json")};
    char *build_id SCOPE_FREE = NULL;
    char *modules SCOPE_FREE = NULL;
    const char *elf = arguments_option(arguments, "elf");
    const char *database = arguments_option(arguments, "db");
    const char *stub = arguments_option(arguments, "gdb");
    doctor_check_frontend(&doctor);
    doctor_check_part(&doctor, "models", "SPILLSCOPE_MODELS", "/../share/spillscope/models/compiler.model", "install spillscope again");
    doctor_check_part(&doctor, "recorder", "SPILLSCOPE_RECORDER_PLUGIN", "/../lib/spillscope/recorder.so",
                      "install spillscope again, or set SPILLSCOPE_RECORDER_PLUGIN to where recorder.so is");
    doctor_check_part(&doctor, "recorder mode", "SPILLSCOPE_CAPTURE_PLUGIN", "/../lib/spillscope/capture.so",
                      "install spillscope again, or set SPILLSCOPE_CAPTURE_PLUGIN to where capture.so is");
    doctor_check_qemu(&doctor);
    doctor_check_kvm(&doctor);
    doctor_check_dot(&doctor);
    doctor_check_settings(&doctor);
    struct error *error = arguments_modules(arguments, &modules);
    if (error) {
        return verb_finish("doctor", error);
    }
    if (elf) {
        doctor_check_elf(&doctor, elf, modules, &build_id);
    }
    if (database) {
        doctor_check_database(&doctor, database, build_id);
    }
    if (elf && database) {
        doctor_check_match(&doctor, elf, modules, database);
    }
    if (stub) {
        doctor_check_stub(&doctor, stub);
    }
    error = doctor.text.failed ? error_out_of_memory() : NULL;
    if (!error) {
        if (doctor.json) {
            printf("{\"schema_version\":1,\"problems\":%zu,\"checks\":[", doctor.problems);
        }
        error = terminal_print(&doctor.text, doctor.json);
        fputs(doctor.json ? "\n]}\n" : "", stdout);
    }
    text_deinit(&doctor.text);
    if (!error && doctor.problems) {
        error = error_create(ERROR_IO, "%zu of %zu checks found a problem", doctor.problems, doctor.checks);
    }
    return verb_finish("doctor", error);
}

static const struct verb_option options[] = {
    {"elf", 0, "FILE", "also check this kernel's debug information and build-id"},
    {"module", 0, "FILE", "an object file that the kernel may load (module, cell), with its debug information; may be given several times"},
    {"db", 0, "FILE", "also check this database"},
    {"gdb", 0, "ADDR", "also shake hands with this stub: unix:PATH, HOST:PORT or :PORT; the machine then goes on"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_doctor = {
    .name = "doctor",
    .summary = "check whether everything that spillscope needs is there and works",
    .usage = "[--elf FILE [--module FILE...]] [--db FILE] [--gdb ADDR] [--json]",
    .description =
        "Tries the frontend on a small file, looks for models and recorder, asks QEMU for its version, stub and plugins, and, where given,\n"
        "checks a kernel's debug information, a database and a running stub. Each problem comes with what mends it. Notes are no problems.\n"
        "Exit codes: 0 no problem, 2 at least one.",
    .example = "  spillscope doctor\n  spillscope doctor --elf vmlinux --db kernel.db --gdb :1234",
    .options = options,
    .ignores_settings = true,
    .run = run,
};
