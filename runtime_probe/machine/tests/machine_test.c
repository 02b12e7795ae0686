/* The QEMU command line and process, without a guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "machine_command.h"

static void ram_size_is_read(void **state) {
    (void)state;
    static const struct {
        char *words[4];
        uint64_t size;
    } CASES[] = {
        {{"qemu", "-m", "256M", NULL}, 256ULL << 20},
        {{"qemu", "-m", "size=1G,slots=2", NULL}, 1ULL << 30},
        {{"qemu", "-m", "64", NULL}, 64ULL << 20},
        {{"qemu", "-nographic", NULL}, 128ULL << 20},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint64_t size = 0;
        char *notice = NULL;
        size_t count = 0;
        while (CASES[i].words[count]) {
            count++;
        }
        assert_null(machine_command_ram(CASES[i].words, count, &size, &notice));
        assert_null(notice);
        assert_true(size == CASES[i].size);
    }
}

static void own_memory_is_noticed(void **state) {
    (void)state;
    char *words[] = {"qemu", "-machine", "q35,memory-backend=mine"};
    uint64_t size = 0;
    char *notice = NULL;
    assert_null(machine_command_ram(words, 3, &size, &notice));
    assert_non_null(strstr(notice, "memory-backend=mine"));
    free(notice);
    char *bad[] = {"qemu", "-m", "lots"};
    struct error *error = machine_command_ram(bad, 3, &size, &notice);
    assert_int_equal(error_code_of(error), ERROR_USAGE);
    error_destroy(error);
}

/* The command line with a plugin added, in one string; NULL when it is refused. */
static void with_plugin(char *const *words, char text[256]) {
    char plugin[] = "recorder.so";
    char *plugins[MACHINE_PLUGINS] = {plugin};
    struct machine_request request = {.command = words};
    while (words[request.command_count]) {
        request.command_count++;
    }
    char **arguments = NULL;
    struct error *error = machine_command_build(&request, "", NULL, 0, plugins, &arguments);
    *text = 0;
    for (size_t i = 0; arguments && arguments[i]; i++) {
        strcat(strcat(text, i ? " " : ""), arguments[i]);
    }
    if (error) {
        strcpy(text, error_code_of(error) == ERROR_USAGE ? "refused" : error_message(error));
    }
    machine_command_free(arguments);
    error_destroy(error);
}

static void recorded_machines_run_in_one_thread(void **state) {
    (void)state;
    static const struct {
        char *words[4];
        const char *whole;
    } CASES[] = {
        {{"qemu", NULL}, "qemu -accel tcg,thread=single -plugin recorder.so"},
        {{"qemu", "-accel", "tcg,tb-size=64", NULL}, "qemu -accel tcg,tb-size=64,thread=single -plugin recorder.so"},
        {{"qemu", "--accel", "tcg,thread=single", NULL}, "qemu --accel tcg,thread=single -plugin recorder.so"},
        {{"qemu", "-accel", "tcg,thread=multi", NULL}, "refused"},
        {{"qemu", "-accel", "kvm", NULL}, "refused"},
        {{"qemu", "-enable-kvm", NULL}, "refused"},
        {{"qemu", "-M", "q35,accel=kvm:tcg", NULL}, "refused"},
        {{"qemu", "-M", "q35", NULL}, "qemu -M q35 -accel tcg,thread=single -plugin recorder.so"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[256];
        with_plugin(CASES[i].words, text);
        assert_string_equal(text, CASES[i].whole);
    }
}

static void expect_launch_error(char **words, size_t count, enum error_code code, const char *part) {
    struct machine_request request = {.command = words, .command_count = count, .stopped = true, .want_ram = true, .timeout_ms = 3000};
    struct machine *machine = NULL;
    struct error *error = machine_launch(&request, &machine);
    assert_non_null(error);
    assert_null(machine);
    assert_int_equal(error_code_of(error), code);
    if (!strstr(error_message(error), part)) {
        fail_msg("'%s' does not say '%s'", error_message(error), part);
    }
    error_destroy(error);
}

static void failures_are_told(void **state) {
    (void)state;
    char *own_stub[] = {"qemu-system-x86_64", "-s"};
    expect_launch_error(own_stub, 2, ERROR_USAGE, "'-s'");
    char *missing[] = {"/nonexistent/qemu-system-x86_64"};
    expect_launch_error(missing, 1, ERROR_TARGET, "cannot start '/nonexistent/qemu-system-x86_64'");
    char *dying[] = {"/bin/sh", "-c", "echo no such machine; exit 3"};
    expect_launch_error(dying, 3, ERROR_TARGET, "QEMU ended with status 3; its last output: no such machine");
    char *silent[] = {"/bin/sh", "-c", "sleep 60"};
    expect_launch_error(silent, 3, ERROR_TARGET, "opened no stub in time");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ram_size_is_read),
        cmocka_unit_test(own_memory_is_noticed),
        cmocka_unit_test(recorded_machines_run_in_one_thread),
        cmocka_unit_test(failures_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
