/*
 * Every architecture from end to end: the tiny kernel of guest/ is compiled, analysed, probed in all three ways beside the recorder, and judged.
 * Nothing may be missed, left unmapped, reported falsely or left out; the three ways tell the same, and so do all architectures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "spillscope/oracle.h"
#include "spillscope/text.h"

struct target {
    const char *name;
    const char *compiler;
    const char *flags;
    const char *qemu;  /* program and machine */
    const char *start; /* what starts the machine, and the linker's script */
    const char *script;
    const char *base; /* address that the guest is linked to */
    const char *heap;
};

#define PLAIN_SCRIPT START_FOLDER "/guest.ld"
#define X86_FLAGS "-mno-red-zone -mgeneral-regs-only -fcf-protection=none"
#define X86_QEMU " -device isa-debug-exit,iobase=0xf4,iosize=4"
#define RISCV64_FLAGS "-march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany"
#define RISCV64_QEMU "qemu-system-riscv64 -machine virt -bios none"

static const struct target X86_64 = {"x86_64",     "gcc",      X86_FLAGS,  "qemu-system-x86_64" X86_QEMU, START_FOLDER "/start_x86_64.S",
                                     PLAIN_SCRIPT, "0x100000", "0x2000000"};
static const struct target I386 = {"i386",       "gcc -m32", X86_FLAGS,  "qemu-system-i386" X86_QEMU, START_FOLDER "/start_i386.S",
                                   PLAIN_SCRIPT, "0x100000", "0x2000000"};
/* The same kernel on a machine whose registers are wide, and counted otherwise. */
static const struct target I386_ON_X86_64 = {"i386 on x86_64", "gcc -m32", X86_FLAGS,  "qemu-system-x86_64" X86_QEMU, START_FOLDER "/start_i386.S",
                                             PLAIN_SCRIPT,     "0x100000", "0x2000000"};
static const struct target RISCV64 = {
    "riscv64", "riscv64-linux-gnu-gcc", RISCV64_FLAGS, RISCV64_QEMU, START_FOLDER "/start_riscv64.S", PLAIN_SCRIPT, "0x80000000", "0x82000000"};
static const struct target AARCH64 = {"aarch64",
                                      "aarch64-linux-gnu-gcc",
                                      "-mgeneral-regs-only -mstrict-align",
                                      "qemu-system-aarch64 -machine virt -cpu cortex-a57",
                                      START_FOLDER "/start_aarch64.S",
                                      PLAIN_SCRIPT,
                                      "0x40080000",
                                      "0x42000000"};
/* It translates addresses, by tables that are not read from mapped RAM. */
static const struct target RISCV64_SV39 = {
    "riscv64 with Sv39",     "riscv64-linux-gnu-gcc", RISCV64_FLAGS,       RISCV64_QEMU, GUEST_FOLDER "/start_riscv64_sv39.S",
    GUEST_FOLDER "/high.ld", "0xffffffc080000000",    "0xffffffc082000000"};
static const char *const FILES[] = {"ledger", "audit", "heap", "client"};
static const char *const MODES[] = {"stub", "ram", "recorder"};

enum { MODE_COUNT = sizeof MODES / sizeof *MODES, TRANSACTIONS = 114, DISTINCT = 11, PATH_BYTES = 128, COMMAND_BYTES = 4096 };
#define FLAGS "-std=gnu17 -g -ffreestanding -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-pic -fno-stack-protector"

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

/* Runs a command; its output is shown when it does not end as expected. `told` = a part of that output, NULL = whatever. */
__attribute__((format(printf, 3, 4))) static void run_to(int expected, const char *told, const char *format, ...) {
    struct text text = {0};
    char plain[COMMAND_BYTES];
    char scratch[64];
    char output[COMMAND_BYTES] = "";
    va_list list;
    va_start(list, format);
    vsnprintf(plain, sizeof plain, format, list);
    va_end(list);
    snprintf(scratch, sizeof scratch, "/tmp/spillscope-arch-test-%ld", (long)getpid());
    text_append_format(&text, "{ %s; } >%s 2>&1", plain, scratch);
    int status = system(text_string(&text));
    text_deinit(&text);
    FILE *file = fopen(scratch, "r");
    assert_non_null(file);
    output[fread(output, 1, sizeof output - 1, file)] = 0;
    fclose(file);
    unlink(scratch);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != expected || (told && !strstr(output, told))) {
        fail_msg("exit status %d, not %d with '%s', of: %s\n%s", WIFEXITED(status) ? WEXITSTATUS(status) : -1, expected, told ? told : "", plain,
                 output);
    }
}

#define run(...) run_to(0, NULL, __VA_ARGS__)

static bool program_exists(const char *command) {
    char question[256];
    snprintf(question, sizeof question, "command -v %.*s >/dev/null", (int)strcspn(command, " "), command);
    return system(question) == 0;
}

/* Why the architecture cannot be tried here; NULL = it can. */
static const char *target_missing(const struct target *target) {
    char command[256];
    if (!program_exists(target->compiler)) {
        return target->compiler;
    }
    if (!program_exists(target->qemu)) {
        return target->qemu;
    }
    snprintf(command, sizeof command, "echo 'int one;' | %s -ffreestanding -x c -c -o /dev/null - 2>/dev/null", target->compiler);
    return system(command) == 0 ? NULL : "a compiler for this word size";
}

/* Compiles the kernel and analyses it: FOLDER/guest.elf and FOLDER/guest.db. */
static void guest_make(const struct target *target, const char *optimise, const char *folder) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/compile_commands.json", folder);
    FILE *commands = fopen(path, "w");
    assert_non_null(commands);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char command[1024];
        snprintf(command, sizeof command, "%s %s -DHEAP_BASE=%s %s %s -c %s.c -o %s/%s.o", target->compiler, target->flags, target->heap, optimise,
                 FLAGS, FILES[i], folder, FILES[i]);
        fprintf(commands, "%s{\"directory\":\"%s\",\"file\":\"%s.c\",\"command\":\"%s\"}\n", i ? "," : "[", GUEST_FOLDER, FILES[i], command);
        run("cd '%s' && %s", GUEST_FOLDER, command);
    }
    fprintf(commands, "]\n");
    fclose(commands);
    run("%s %s -nostdlib -static -no-pie -Wl,--build-id -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -Wl,--defsym=GUEST_BASE=%s "
        "-Wl,--defsym=stack_end=stack+16384 -Wl,--defsym=GUEST_OFFSET=0xffffffc000000000 -T '%s' -o '%s/guest.elf' '%s' %s/*.o",
        target->compiler, target->flags, target->base, target->script, folder, target->start, folder);
    run("'%s' analyze -p '%s' --manifest '%s/guest.manifest' --db '%s/guest.db'", SPILLSCOPE, path, GUEST_FOLDER, folder);
}

static char *rows(struct store *store, const char *sql, int columns) {
    struct query *query = NULL;
    struct text text = {0};
    char *all = NULL;
    bool row = false;
    expect(store_prepare(store, sql, &query));
    for (expect(query_step(query, &row)); row; expect(query_step(query, &row))) {
        for (int column = 0; column < columns; column++) {
            const char *value = query_is_null(query, column) ? "-" : query_text(query, column);
            text_append_format(&text, column ? " | %s" : "%s", value);
        }
        text_append(&text, "\n");
    }
    query_destroy(query);
    text_append(&text, "");
    expect(text_take(&text, &all));
    return all;
}

/*
 * What the probe observed, in order: transactions with their results and parents, and their changes. How far an array of a new object was stored to
 * the recorder alone can see.
 */
static char *observations(struct store *store) {
    return rows(
        store,
        "SELECT o.sequence, t.name, o.status, o.result, p.sequence, s.key, CASE c.effect WHEN 'created' THEN '' ELSE c.instance END, c.effect, "
        "c.old_value, c.new_value, c.kind FROM observation o "
        "JOIN run r ON r.id = o.run_id AND r.tool = 'probe' JOIN txn t ON t.id = o.txn_id LEFT JOIN observation p ON p.id = o.parent_id "
        "LEFT JOIN change c ON c.observation_id = o.id LEFT JOIN state s ON s.id = c.state_id "
        "ORDER BY o.sequence, s.key, c.instance, c.effect",
        11);
}

/* What does not depend on word size and addresses. */
static char *results(struct store *store) {
    return rows(
        store,
        "SELECT o.sequence, t.name, o.result FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' JOIN txn t ON t.id = o.txn_id "
        "ORDER BY o.sequence",
        3);
}

static char *pairs(struct store *store) {
    return rows(store,
                "SELECT t.name, s.key, c.effect, count(*) FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' "
                "JOIN txn t ON t.id = o.txn_id JOIN change c ON c.observation_id = o.id JOIN state s ON s.id = c.state_id "
                "GROUP BY t.name, s.key, c.effect ORDER BY t.name, s.key, c.effect",
                4);
}

static void judge(const struct target *target, const char *mode, struct store *store) {
    struct oracle_verdict *verdict = NULL;
    expect(oracle_verdict_read(store, 0, &verdict));
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        printf("  %d %s %s by %s at %s:%u\n", (int)finding->kind, finding->transaction, finding->key, finding->function, finding->file,
               finding->line);
    }
    printf("%s, %s: %zu transactions, %zu kinds, %zu pairs, %zu changed, %zu findings\n", target->name, mode, verdict->transactions,
           verdict->distinct_transactions, verdict->pairs, verdict->changed_pairs, verdict->finding_count);
    assert_int_equal(verdict->finding_count, 0);
    assert_int_equal(verdict->transactions, TRANSACTIONS);
    assert_int_equal(verdict->distinct_transactions, DISTINCT);
    assert_true(verdict->changed_pairs >= 35);
    assert_true(verdict->transient > 0 && verdict->silent_stores > 0); /* audit_drop */
    oracle_verdict_destroy(verdict);
}

static void expect_number(struct store *store, const char *sql, int64_t expected) {
    int64_t value = 0;
    expect(store_scalar(store, sql, &value));
    if (value != expected) {
        fail_msg("%lld, not %lld: %s", (long long)value, (long long)expected, sql);
    }
}

/* What the guest's comments promise. */
static void check_observations(struct store *store, const char *mode) {
    char way[PATH_BYTES];
    snprintf(way, sizeof way, "SELECT count(*) FROM run WHERE tool = 'probe' AND mode = '%s'", mode);
    expect_number(store, way, 1);
    expect_number(store, "SELECT count(*) FROM observation o JOIN run r ON r.id = o.run_id WHERE r.tool = 'probe' AND o.status <> 'complete'", 0);
    /* Each note of the ledger's is secondary to a transfer; the client's own have no parent. */
    expect_number(store,
                  "SELECT count(*) FROM observation o JOIN txn t ON t.id = o.txn_id JOIN run r ON r.id = o.run_id JOIN observation p ON p.id = "
                  "o.parent_id JOIN txn q ON q.id = p.txn_id WHERE r.tool = 'probe' AND t.name = 'audit_note' AND q.name = 'account_transfer'",
                  12);
    expect_number(store,
                  "SELECT count(*) FROM observation o JOIN txn t ON t.id = o.txn_id JOIN run r ON r.id = o.run_id WHERE r.tool = 'probe' AND t.name "
                  "= 'audit_note' AND o.parent_id IS NULL",
                  12);
    /* Recursion: a step below a step. */
    expect_number(
        store,
        "SELECT count(*) > 0 FROM observation o JOIN txn t ON t.id = o.txn_id JOIN run r ON r.id = o.run_id JOIN observation p ON p.id = "
        "o.parent_id JOIN observation g ON g.id = p.parent_id WHERE r.tool = 'probe' AND t.name = 'tree_insert' AND p.txn_id = o.txn_id AND "
        "g.txn_id = o.txn_id",
        1);
    /* Results with their sign. */
    expect_number(store,
                  "SELECT count(*) FROM observation o JOIN txn t ON t.id = o.txn_id JOIN run r ON r.id = o.run_id WHERE r.tool = 'probe' AND t.name "
                  "= 'account_touch' AND o.result = -1",
                  6);
    /* The client's object, by the second parameter. */
    expect_number(store,
                  "SELECT count(*) FROM change c JOIN observation o ON o.id = c.observation_id JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = "
                  "c.state_id WHERE t.name = 'ledger_sign' AND s.key LIKE '%.times' AND c.owner = 'client'",
                  6);
    /* A bit-field and not its neighbour; an enumerator by its name; a name as text. */
    expect_number(store,
                  "SELECT count(*) FROM change c JOIN observation o ON o.id = c.observation_id JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = "
                  "c.state_id WHERE t.name = 'account_rename' AND s.key = 'struct account.moves'",
                  0);
    expect_number(store, "SELECT count(*) > 0 FROM change WHERE new_value = 'ACCOUNT_SAVINGS'", 1);
    expect_number(store, "SELECT count(*) > 0 FROM change WHERE new_value = 'alpha'", 1);
}

static char *reference; /* pairs of the architecture tried first */
static char *first_results;

static void expect_equal(const char *what, char *told, char **first) {
    if (*first && strcmp(told, *first) != 0) {
        printf("%s:\n%s\nnot:\n%s\n", what, told, *first);
        fail_msg("%s differ from those of the architecture tried first", what);
    }
    if (*first) {
        free(told);
    } else {
        *first = told;
    }
}

/* One run of the probe in a way of its own; FOLDER/MODE.db. */
static struct store *target_probe(const struct target *target, const char *mode, bool judged, const char *folder) {
    char database[PATH_BYTES];
    struct store *store = NULL;
    snprintf(database, sizeof database, "%s/%s.db", folder, mode);
    run("cp '%s/guest.db' '%s' && '%s' probe --db '%s' --elf '%s/guest.elf' --mode %s %s --timeout 150 --log '%s/serial' -- %s -m 64M -nographic "
        "-no-reboot -kernel '%s/guest.elf'",
        folder, database, SPILLSCOPE, database, folder, mode, judged ? "--oracle" : "", folder, target->qemu, folder);
    expect(store_open(database, STORE_READ, &store));
    if (judged) {
        judge(target, mode, store);
    }
    check_observations(store, mode);
    expect_equal("pairs", pairs(store), &reference);
    expect_equal("results", results(store), &first_results);
    return store;
}

static void target_prepare(const struct target *target, char *folder) {
    const char *missing = target_missing(target);
    if (missing) {
        printf("skipped: %s: %.*s is not installed\n", target->name, (int)strcspn(missing, " "), missing);
        skip();
    }
    assert_non_null(mkdtemp(folder));
    setenv("SPILLSCOPE_RECORDER_PLUGIN", RECORDER, 1);
    setenv("SPILLSCOPE_CAPTURE_PLUGIN", CAPTURE, 1);
    guest_make(target, "-O1", folder);
}

static void target_is_judged(const struct target *target) {
    char folder[] = "/tmp/spillscope-arch-test-XXXXXX";
    char *told[MODE_COUNT] = {NULL};
    target_prepare(target, folder);
    for (size_t i = 0; i < MODE_COUNT; i++) {
        struct store *store = target_probe(target, MODES[i], true, folder);
        told[i] = observations(store);
        assert_string_equal(told[i], told[0]);
        store_close(store);
    }
    for (size_t i = 0; i < MODE_COUNT; i++) {
        free(told[i]);
    }
    run("rm -rf '%s'", folder);
}

static void x86_64(void **state) {
    (void)state;
    target_is_judged(&X86_64);
}
static void i386(void **state) {
    (void)state;
    target_is_judged(&I386);
}
static void i386_on_x86_64(void **state) {
    (void)state;
    target_is_judged(&I386_ON_X86_64);
}
static void riscv64(void **state) {
    (void)state;
    target_is_judged(&RISCV64);
}
static void aarch64(void **state) {
    (void)state;
    target_is_judged(&AARCH64);
}

/* Tables that nobody reads: the stub does the translation, also where RAM is mapped; the plugins say that they cannot. */
static void translation_is_not_overlooked(void **state) {
    (void)state;
    char folder[] = "/tmp/spillscope-arch-test-XXXXXX";
    target_prepare(&RISCV64_SV39, folder);
    struct store *stub = target_probe(&RISCV64_SV39, "stub", false, folder);
    struct store *ram = target_probe(&RISCV64_SV39, "ram", false, folder);
    char *told[2] = {observations(stub), observations(ram)};
    assert_string_equal(told[0], told[1]);
    run_to(2, "translates addresses",
           "'%s' probe --db '%s/guest.db' --elf '%s/guest.elf' --mode recorder --timeout 150 --log '%s/serial' -- %s -m 64M -nographic -no-reboot "
           "-kernel "
           "'%s/guest.elf'",
           SPILLSCOPE, folder, folder, folder, RISCV64_SV39.qemu, folder);
    run_to(3, "the recording ended early",
           "'%s' oracle --db '%s/guest.db' --elf '%s/guest.elf' --run --timeout 150 --serial '%s/serial' -- %s -m 64M -nographic -no-reboot -kernel "
           "'%s/guest.elf'",
           SPILLSCOPE, folder, folder, folder, RISCV64_SV39.qemu, folder);
    run("grep -q 'translates addresses' '%s/serial'", folder);
    free(told[0]);
    free(told[1]);
    store_close(stub);
    store_close(ram);
    run("rm -rf '%s'", folder);
}

static void add_interrupts(const char *folder) {
    char database[PATH_BYTES];
    struct store *store = NULL;
    snprintf(database, sizeof database, "%s/guest.db", folder);
    expect(store_open(database, STORE_WRITE, &store));
    expect(store_execute(store, "INSERT INTO manifest (section, name, key, value, line) VALUES ('interrupts', '', 'entry', 'start', 1)"));
    store_close(store);
}

/* A manifest must not ask for what cannot be followed. */
static void interrupts_are_refused_where_they_cannot_be_followed(void **state) {
    (void)state;
    char folder[] = "/tmp/spillscope-arch-test-XXXXXX";
    target_prepare(&AARCH64, folder);
    add_interrupts(folder);
    run_to(
        2, "interrupts of aarch64 cannot be followed",
        "'%s' probe --db '%s/guest.db' --elf '%s/guest.elf' --mode stub --timeout 150 --log '%s/serial' -- %s -m 64M -nographic -no-reboot -kernel "
        "'%s/guest.elf'",
        SPILLSCOPE, folder, folder, folder, AARCH64.qemu, folder);
    run("rm -rf '%s'", folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x86_64),
        cmocka_unit_test(i386),
        cmocka_unit_test(i386_on_x86_64),
        cmocka_unit_test(riscv64),
        cmocka_unit_test(aarch64),
        cmocka_unit_test(translation_is_not_overlooked),
        cmocka_unit_test(interrupts_are_refused_where_they_cannot_be_followed),
    };
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(reference);
    free(first_results);
    return failures;
}
