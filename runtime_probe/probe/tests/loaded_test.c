/*
 * An object that a guest loads and unloads while it is probed: by packets and by mapped RAM, beside the judge, which must tell the same; and what
 * becomes of a probe that is not told how the kernel keeps its list, or given another object.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "spillscope/loaded.h"
#include "spillscope/machine.h"
#include "spillscope/oracle.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"

static int setup(void **state) {
    int status = fixture_make("loader.sql", "loader.c", state);
    setenv("SPILLSCOPE_RECORDER_PLUGIN", RECORDER, 1);
    return status;
}

/* The recorder beside the probe writes into the fixture's folder. */
static struct error *recorder_beside(void *context, struct store *store, const struct image *image, const char *ram_path, uint64_t ram_size,
                                     char **out_argument) {
    const struct fixture *fixture = context;
    char log[128];
    char config[128];
    snprintf(log, sizeof log, "%s/recorded", fixture->directory);
    snprintf(config, sizeof config, "%s/config", fixture->directory);
    struct recorder_request request = {
        .store = store, .image = image, .ram_path = ram_path, .ram_size = ram_size, .log_path = log, .config_path = config};
    return recorder_arguments(&request, out_argument);
}

static void judge(const struct fixture *fixture, const char *database, int64_t probe_run_id) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct oracle_verdict *verdict __attribute__((cleanup(scope_oracle_verdict))) = NULL;
    struct oracle_summary summary;
    char log[128];
    snprintf(log, sizeof log, "%s/recorded", fixture->directory);
    succeed(store_open(database, STORE_WRITE, &store));
    succeed(image_open_list(GUEST("loader"), CELL "\n", SOURCE_DIRECTORY, &image));
    struct oracle_request request = {
        .store = store, .image = image, .log_path = log, .elf = GUEST("loader"), .command = "", .paired_run = probe_run_id};
    succeed(oracle_judge(&request, &summary));
    succeed(oracle_verdict_read(store, 0, &verdict));
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        print_error("%d %s %s %s:%u %s\n", (int)finding->kind, finding->transaction, finding->key, finding->file, finding->line, finding->note);
    }
    assert_int_equal(verdict->finding_count, 0);
    assert_int_equal(verdict->changed_pairs, 3);
}

static void in_mode(struct fixture *fixture, enum probe_mode mode, const char *name) {
    char *words[COMMAND_WORDS];
    char database[128];
    struct probe_request request = request_for(fixture, GUEST("loader"), words);
    struct probe_summary summary;
    snprintf(database, sizeof database, "%s/%s.db", fixture->directory, name);
    fixture_database(database, "loader.sql", "loader.c");
    request.mode = mode;
    request.database = database;
    request.modules = CELL "\n";
    request.recorder = recorder_beside;
    request.recorder_context = fixture;
    succeed(probe_run(&request, &summary));
    judge(fixture, database, summary.run_id);
    expect_rows(
        database,
        "SELECT r.tool, o.sequence, t.name, o.status, o.result FROM observation o JOIN run r ON r.id = o.run_id JOIN txn t ON t.id = o.txn_id "
        "ORDER BY r.tool, o.sequence",
        5,
        "oracle|0|cell_work|complete|2\noracle|1|cell_work|complete|3\noracle|2|cell_work|complete|1\noracle|3|cell_work|complete|1\n"
        "probe|0|cell_work|complete|2\nprobe|1|cell_work|complete|3\nprobe|2|cell_work|complete|1\nprobe|3|cell_work|complete|1\n");
    expect_rows(
        database,
        "SELECT o.sequence, s.key, c.old_value, c.new_value FROM change c JOIN observation o ON o.id = c.observation_id JOIN state s ON s.id = "
        "c.state_id WHERE c.whitelisted ORDER BY o.sequence, s.key",
        4,
        "0|cell.c:cell_calls|1|2\n0|cell_reading.sum|12|15\n0|cell_reading.value|2|3\n"
        "1|cell.c:cell_calls|2|3\n1|cell_reading.sum|15|18\n"
        "2|cell.c:cell_calls|0|1\n2|cell_reading.sum|10|15\n2|cell_reading.value|1|5\n"
        "3|cell.c:cell_calls|0|1\n3|cell_reading.sum|10|17\n3|cell_reading.value|1|7\n");
}

static void is_followed_by_packets(void **state) {
    in_mode(*state, PROBE_STUB, "stub");
}

static void is_followed_in_mapped_ram(void **state) {
    in_mode(*state, PROBE_RAM, "ram");
}

static void the_list_must_be_described(void **state) {
    struct fixture *fixture = *state;
    struct store *store = NULL;
    char *words[COMMAND_WORDS];
    struct probe_request request = request_for(fixture, GUEST("loader"), words);
    struct probe_summary summary;
    request.mode = PROBE_RAM;
    request.modules = CELL "\n";
    succeed(store_open(fixture->database, STORE_WRITE, &store));
    succeed(store_execute(store, "DELETE FROM manifest WHERE section = 'objects'"));
    store_close(store);
    expect_error(probe_run(&request, &summary), ERROR_USAGE, "[objects]");
}

static void the_recorder_mode_says_what_it_cannot(void **state) {
    struct fixture *fixture = *state;
    char *words[COMMAND_WORDS];
    struct probe_request request = request_for(fixture, GUEST("loader"), words);
    struct probe_summary summary;
    request.mode = PROBE_RECORDER;
    request.modules = CELL "\n";
    expect_error(probe_run(&request, &summary), ERROR_USAGE, "--mode stub or ram");
}

/* At its first instruction nothing is loaded; asking lets it go on, and at its end the cell lies 0x80 bytes into a page. */
static void a_running_kernel_is_asked(void **state) {
    enum { TRIES = 400, TRY_US = 50000, TEXT_AT = 0x80 + 0x20, PAGE = 4096 };
    struct fixture *fixture = *state;
    struct machine *machine __attribute__((cleanup(scope_machine))) = NULL;
    char *words[] = {"qemu-system-x86_64", "-kernel", GUEST("loader"), "-nographic", "-m", "64M", "-net", "none"}; /* it does not leave */
    struct machine_request request = {
        .command = words, .command_count = sizeof words / sizeof *words, .stopped = true, .log_path = fixture->log, .timeout_ms = 30000};
    uint64_t place = 0;
    succeed(machine_launch(&request, &machine));
    for (int i = 0; i < TRIES && place % PAGE != TEXT_AT; i++) {
        struct loaded_request wanted = {.elf = GUEST("loader"), .database = fixture->database, .stub = machine_socket(machine)};
        struct loaded_objects loaded;
        uint64_t slide = 1;
        succeed(loaded_list(&wanted, &loaded, &slide));
        assert_int_equal(slide, 0);
        assert_int_equal(i == 0 ? loaded.objects.count : 0, 0);
        for (size_t o = 0; o < loaded.objects.count; o++) {
            const struct loaded_object *object = VECTOR_AT(&loaded.objects, struct loaded_object, o);
            assert_string_equal(object->name, "cell");
            assert_int_equal(object->count, 3);
            assert_string_equal(VECTOR_AT(&loaded.sections, struct loaded_section, object->first)->name, ".text");
            place = VECTOR_AT(&loaded.sections, struct loaded_section, object->first)->address;
        }
        objects_deinit(&loaded);
        usleep(TRY_US);
    }
    assert_int_equal(place % PAGE, TEXT_AT);
    struct loaded_request other = {.elf = GUEST("tiny_other"), .database = fixture->database, .stub = machine_socket(machine)};
    struct loaded_objects loaded;
    uint64_t slide = 0;
    expect_error(loaded_list(&other, &loaded, &slide), ERROR_MISMATCH, "object_loaded");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_followed_by_packets, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(is_followed_in_mapped_ram, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_list_must_be_described, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_running_kernel_is_asked, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_recorder_mode_says_what_it_cannot, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
