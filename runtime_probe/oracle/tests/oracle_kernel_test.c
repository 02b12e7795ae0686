/*
 * The judge on the reference kernel: each design's workload is analysed, recorded and judged here. Nothing may speak against the analyzer;
 * and when 50 whitelist entries that were exercised are taken away, 50 false spills are added to what a probe saw, and 50 true ones are
 * deleted from it, all 150 must be named.
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
#include "spillscope/state_key.h"

enum { TAMPERED = 50, NAME_MAX_BYTES = 512, DATABASE_BYTES = 128, FOLDER_BYTES = 64 };

struct pair {
    int64_t txn;
    char transaction[NAME_MAX_BYTES];
    char key[NAME_MAX_BYTES];
};

static const char *spillscope(void) {
    const char *given = getenv("SPILLSCOPE_PROGRAM");
    return given ? given : SPILLSCOPE;
}

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

/* Runs a command; its exit code must be one of two. */
static void run(const char *command, int one, int other) {
    int status = system(command);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != one && WEXITSTATUS(status) != other)) {
        fail_msg("exit status %d of: %s", WIFEXITED(status) ? WEXITSTATUS(status) : -1, command);
    }
}

static struct oracle_verdict *read_verdict(struct store *store) {
    struct oracle_verdict *verdict = NULL;
    expect(oracle_verdict_read(store, 0, &verdict));
    return verdict;
}

static bool names(const struct oracle_verdict *verdict, enum finding_kind kind, const struct pair *pair) {
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->kind == kind && strcmp(finding->transaction, pair->transaction) == 0 && strcmp(finding->key, pair->key) == 0) {
            return true;
        }
    }
    return false;
}

/* TAMPERED rows (transaction, its name, key), spread evenly over all that the query gives. */
static void choose(struct store *store, const char *sql, struct pair pairs[TAMPERED]) {
    struct query *query = NULL;
    bool row = false;
    size_t total = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t index = 0;
        size_t taken = 0;
        expect(store_prepare(store, sql, &query));
        for (expect(query_step(query, &row)); row; expect(query_step(query, &row)), index++) {
            if (pass == 1 && taken < TAMPERED && index >= taken * total / TAMPERED) {
                struct pair *pair = &pairs[taken++];
                pair->txn = query_int(query, 0);
                assert_true(strlen(query_text(query, 2)) < NAME_MAX_BYTES);
                snprintf(pair->transaction, sizeof pair->transaction, "%s", query_text(query, 1));
                snprintf(pair->key, sizeof pair->key, "%s", query_text(query, 2));
            }
        }
        query_destroy(query);
        total = index;
        if (pass == 0) {
            assert_true(total >= TAMPERED);
        } else {
            assert_int_equal(taken, TAMPERED);
        }
    }
}

/* A probe run that saw all server-owned true changes, and nothing else. */
static void add_perfect_probe(struct store *store) {
    expect(store_execute(
        store, "INSERT INTO run (id, tool, mode, started, status, elf) VALUES (1000, 'probe', 'recorder', '', 'complete', '');"
               "INSERT INTO observation (run_id, txn_id, sequence, cpu, status) SELECT DISTINCT 1000, txn_id, txn_id, 0, 'complete' FROM truth;"
               "INSERT OR IGNORE INTO state (key, root, path, root_kind, origin) SELECT key, '', '', 'unknown', 'oracle' FROM truth;"
               "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, whitelisted) "
               "SELECT o.id, s.id, '', 'modified', 1, 'primary', 'own', 'server', 1 FROM truth u JOIN observation o ON o.txn_id = u.txn_id AND "
               "o.run_id = 1000 "
               "JOIN state s ON s.key = u.key WHERE u.changed > 0 AND u.owner = 'server' AND u.key <> 'pagetables';"
               "UPDATE run SET paired_id = 1000 WHERE tool = 'oracle'"));
}

/* Takes away all that lets the transaction modify the key. */
static void forget(struct store *store, const struct pair *pair) {
    struct query *query = NULL;
    struct query *removal = NULL;
    bool row = false;
    expect(store_prepare(store, "SELECT m.id, s.key FROM may_modify m JOIN state s ON s.id = m.state_id WHERE m.txn_id = ?1", &query));
    expect(store_prepare(store, "DELETE FROM may_modify WHERE id = ?1", &removal));
    query_bind_int(query, 1, pair->txn);
    for (expect(query_step(query, &row)); row; expect(query_step(query, &row))) {
        if (state_key_overlaps(query_text(query, 1), pair->key)) {
            query_bind_int(removal, 1, query_int(query, 0));
            expect(query_run(removal));
        }
    }
    query_destroy(query);
    query_destroy(removal);
}

static void change_pair(struct store *store, const char *sql, const struct pair *pair) {
    struct query *query = NULL;
    expect(store_prepare(store, sql, &query));
    query_bind_int(query, 1, pair->txn);
    query_bind_text(query, 2, pair->key);
    expect(query_run(query));
    query_destroy(query);
}

/* Makes a folder, and in it a database of one design; false when QEMU is missing. */
static bool analyse_design(const char *design, char folder[FOLDER_BYTES], char database[DATABASE_BYTES]) {
    char command[4096];
    if (system("command -v qemu-system-x86_64 >/dev/null") != 0) {
        printf("skipped: qemu-system-x86_64 is not installed\n");
        return false;
    }
    strcpy(folder, "/tmp/spillscope-kernel-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(database, DATABASE_BYTES, "%s/kernel.db", folder);
    snprintf(command, sizeof command,
             "'%s' analyze -p '" KERNEL_BUILD "/%s/compile_commands.json' --manifest '" KERNEL_SOURCE
             "/%s.manifest' --db '%s' >'%s/analyze' 2>&1 || { cat '%s/analyze'; false; }",
             spillscope(), design, design, database, folder, folder);
    run(command, 0, 0);
    setenv("SPILLSCOPE_RECORDER_PLUGIN", RECORDER, 1);
    return true;
}

/* Analyses, records and judges one design; NULL when QEMU is missing. Nothing may be found. */
static struct store *judge_design(const char *design, int cpus, char folder[FOLDER_BYTES]) {
    char command[4096];
    char database[DATABASE_BYTES];
    struct store *store = NULL;
    if (!analyse_design(design, folder, database)) {
        return NULL;
    }
    snprintf(command, sizeof command,
             "'%s' oracle --db '%s' --elf '" KERNEL_BUILD
             "/%s.elf' --run --serial '%s/serial' --timeout 150 -- qemu-system-x86_64 -kernel '" KERNEL_BUILD "/%s.elf' -nographic -no-reboot "
             "-device isa-debug-exit,iobase=0xf4,iosize=4 -m 256M -smp %d -append 'run=workload rounds=20 seed=1' >'%s/verdict'",
             spillscope(), database, design, folder, design, cpus, folder);
    run(command, 0, 1);
    expect(store_open(database, STORE_WRITE, &store));
    struct oracle_verdict *verdict = read_verdict(store);
    printf("%s on %d CPUs: %zu transactions, %zu kinds, %zu pairs, %zu changed, %zu misses, %zu unmapped\n", design, cpus, verdict->transactions,
           verdict->distinct_transactions, verdict->pairs, verdict->changed_pairs, verdict->counts[FINDING_STATE] + verdict->counts[FINDING_FUNCTION],
           verdict->counts[FINDING_UNMAPPED]);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        printf("  %s %s by %s at %s:%u\n", finding->transaction, finding->key, finding->function, finding->file, finding->line);
    }
    assert_true(verdict->distinct_transactions >= 30);
    assert_int_equal(verdict->finding_count, 0);
    oracle_verdict_destroy(verdict);
    return store;
}

/* Makes 150 things wrong, and expects each to be named. */
static void tamper(struct store *store) {
    add_perfect_probe(store);
    struct oracle_verdict *verdict = read_verdict(store);
    assert_int_equal(verdict->finding_count, 0);
    oracle_verdict_destroy(verdict);

    static struct pair forgotten[TAMPERED];
    static struct pair invented[TAMPERED];
    static struct pair deleted[TAMPERED];
    choose(store, "SELECT u.txn_id, t.name, u.key FROM truth u JOIN txn t ON t.id = u.txn_id WHERE u.key <> 'pagetables' ORDER BY u.key, u.txn_id",
           forgotten);
    choose(store,
           "SELECT t.id, t.name, k.key FROM txn t, (SELECT DISTINCT key FROM truth) k WHERE t.id IN (SELECT txn_id FROM truth) AND k.key <> "
           "'pagetables' "
           "AND NOT EXISTS (SELECT 1 FROM truth u WHERE u.txn_id = t.id AND u.key = k.key) ORDER BY k.key, t.id",
           invented);
    choose(store,
           "SELECT u.txn_id, t.name, u.key FROM truth u JOIN txn t ON t.id = u.txn_id WHERE u.changed > 0 AND u.owner = 'server' AND u.key <> "
           "'pagetables' "
           "ORDER BY u.txn_id, u.key",
           deleted);
    expect(store_begin(store));
    for (size_t i = 0; i < TAMPERED; i++) {
        forget(store, &forgotten[i]);
        change_pair(store,
                    "INSERT INTO change (observation_id, state_id, instance, effect, bytes, kind, attribution, owner, whitelisted) SELECT o.id, "
                    "s.id, '', 'modified', 1, "
                    "'primary', 'own', 'server', 1 FROM observation o, state s WHERE o.run_id = 1000 AND o.txn_id = ?1 AND s.key = ?2",
                    &invented[i]);
        change_pair(store,
                    "DELETE FROM change WHERE state_id = (SELECT id FROM state WHERE key = ?2) AND observation_id IN (SELECT id FROM observation "
                    "WHERE run_id = 1000 "
                    "AND txn_id = ?1)",
                    &deleted[i]);
    }
    expect(store_commit(store));
    verdict = read_verdict(store);
    assert_false(oracle_verdict_passes(verdict));
    size_t named = 0;
    for (size_t i = 0; i < TAMPERED; i++) {
        named += names(verdict, FINDING_STATE, &forgotten[i]);
        named += names(verdict, FINDING_FALSE_POSITIVE, &invented[i]);
        named += names(verdict, FINDING_FALSE_NEGATIVE, &deleted[i]);
    }
    assert_int_equal(named, 3 * TAMPERED);
    assert_int_equal(verdict->counts[FINDING_FALSE_POSITIVE], TAMPERED); /* and nothing that is right */
    assert_int_equal(verdict->counts[FINDING_FALSE_NEGATIVE], TAMPERED);
    oracle_verdict_destroy(verdict);
}

static void remove_folder(const char *folder) {
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    run(command, 0, 0);
}

static void judge_and_tamper(const char *design) {
    char folder[FOLDER_BYTES];
    struct store *store = judge_design(design, 1, folder);
    if (!store) {
        skip();
    }
    tamper(store);
    store_close(store);
    remove_folder(folder);
}

static void spillful_is_judged(void **state) {
    (void)state;
    judge_and_tamper("spillful");
}

static void spillfree_is_judged(void **state) {
    (void)state;
    judge_and_tamper("spillfree");
}

static void four_processors_are_judged(void **state) {
    (void)state;
    static const char *const designs[] = {"spillful", "spillfree"};
    for (size_t i = 0; i < sizeof designs / sizeof *designs; i++) {
        char folder[FOLDER_BYTES];
        struct store *store = judge_design(designs[i], 4, folder);
        if (!store) {
            skip();
        }
        store_close(store);
        remove_folder(folder);
    }
}

/* What the probe says of (transaction, key) pairs: how many there are, and how many are only `shared`. */
static void count_pairs(struct store *store, int64_t *out_pairs, int64_t *out_shared) {
    struct query *query = NULL;
    bool row = false;
    expect(store_prepare(store,
                         "SELECT count(*), ifnull(sum(own = 0), 0) FROM (SELECT max(c.attribution = 'own') AS own FROM change c JOIN observation o "
                         "ON o.id = c.observation_id JOIN run r ON r.id = o.run_id WHERE r.tool = 'probe' GROUP BY o.txn_id, c.state_id)",
                         &query));
    expect(query_step(query, &row));
    assert_true(row);
    *out_pairs = query_int(query, 0);
    *out_shared = query_int(query, 1);
    query_destroy(query);
}

/* A stub probe on four processors: every entry has its return, nothing is left out, next to nothing is reported wrongly or left open whose it is. */
static void four_processors_are_probed(const char *design, size_t changed) {
    char command[4096];
    char folder[FOLDER_BYTES];
    char database[DATABASE_BYTES];
    struct store *store = NULL;
    struct query *query = NULL;
    int64_t pairs = 0;
    int64_t shared = 0;
    bool row = false;
    if (!analyse_design(design, folder, database)) {
        skip();
    }
    snprintf(command, sizeof command,
             "'%s' probe --db '%s' --elf '" KERNEL_BUILD "/%s.elf' --mode ram --oracle --log '%s/serial' --timeout 240 -- qemu-system-x86_64 "
             "-kernel '" KERNEL_BUILD "/%s.elf' -nographic -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -m 256M -smp 4 -append "
             "'run=workload rounds=1 seed=6' >'%s/out' 2>&1 || { cat '%s/out'; false; }",
             spillscope(), database, design, folder, design, folder, folder);
    run(command, 0, 0);
    expect(store_open(database, STORE_READ, &store));
    expect(
        store_prepare(store,
                      "SELECT count(*), sum(o.status = 'complete'), count(DISTINCT o.cpu), count(DISTINCT o.txn_id) FROM observation o JOIN run r ON "
                      "r.id = o.run_id WHERE r.tool = 'probe'",
                      &query));
    expect(query_step(query, &row));
    assert_true(row);
    count_pairs(store, &pairs, &shared);
    printf("%s probed on 4 CPUs: %d observations, %d complete, %d pairs, %d shared\n", design, (int)query_int(query, 0), (int)query_int(query, 1),
           (int)pairs, (int)shared);
    assert_int_equal(query_int(query, 0), query_int(query, 1));
    assert_int_equal(query_int(query, 2), 4);
    assert_true(query_int(query, 3) >= 80);
    query_destroy(query);
    assert_true(5 * shared <= pairs); /* the bar is a twentieth; a loaded machine leaves more open (docs/adr/029) */
    struct oracle_verdict *verdict = read_verdict(store);
    assert_true(verdict->changed_pairs > changed);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        printf("  %s %s (kind %d)\n", verdict->findings[i].transaction, verdict->findings[i].key, (int)verdict->findings[i].kind);
    }
    assert_int_equal(verdict->counts[FINDING_STATE] + verdict->counts[FINDING_FUNCTION], 0);
    assert_true(verdict->counts[FINDING_FALSE_POSITIVE] * 100 < verdict->changed_pairs);
    assert_true(verdict->counts[FINDING_FALSE_NEGATIVE] * 100 < verdict->changed_pairs); /* the bar is none (docs/adr/014) */
    oracle_verdict_destroy(verdict);
    store_close(store);
    remove_folder(folder);
}

static void spillful_is_probed_on_four(void **state) {
    (void)state;
    four_processors_are_probed("spillful", 500);
}

static void spillfree_is_probed_on_four(void **state) {
    (void)state;
    four_processors_are_probed("spillfree", 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(spillful_is_judged), cmocka_unit_test(spillfree_is_judged),
                                       cmocka_unit_test(four_processors_are_judged), cmocka_unit_test(spillful_is_probed_on_four),
                                       cmocka_unit_test(spillfree_is_probed_on_four)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
