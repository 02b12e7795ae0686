/*
 * The recorder inside QEMU, on a guest that is compiled here for each architecture: registers at entry and exit, return places, order
 * and values of stores, the window, and a log that outlives a killed QEMU.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "spillscope/image.h"
#include "spillscope/record_log.h"

struct target {
    const char *name;
    const char *compiler;
    const char *flags;
    const char *qemu; /* program and machine; %s gets the memory backend, the plugin follows */
    const char *base; /* address that the guest is linked to */
    uint64_t ram_base;
};

static const struct target targets[] = {
    {"x86_64", "gcc", "-mno-red-zone -mgeneral-regs-only -mno-sse -fcf-protection=none",
     "qemu-system-x86_64 -machine pc,memory-backend=ram -device isa-debug-exit,iobase=0xf4,iosize=4", "0x100000", 0},
    {"riscv64", "riscv64-linux-gnu-gcc", "-march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany",
     "qemu-system-riscv64 -machine virt,memory-backend=ram -bios none", "0x80000000", 0x80000000},
    {"aarch64", "aarch64-linux-gnu-gcc", "-mgeneral-regs-only", "qemu-system-aarch64 -machine virt,memory-backend=ram -cpu cortex-a57", "0x40080000",
     0x40000000},
    {"i386", "gcc -m32", "-mno-red-zone -mgeneral-regs-only -fcf-protection=none",
     "qemu-system-i386 -machine pc,memory-backend=ram -device isa-debug-exit,iobase=0xf4,iosize=4", "0x100000", 0},
};

enum { RAM_BYTES = 64 << 20, WORK_CALLS = 9 }; /* rounds with depths 0 1 2 0 1: 1 + 2 + 3 + 1 + 2 calls */

struct bench { /* the files of one test */
    char folder[64];
    char elf[128];
    char log[128];
    char config[128];
    char ram[128];
    struct image *image;
};

static bool program_exists(const char *name) {
    char command[256];
    snprintf(command, sizeof command, "command -v %.*s >/dev/null", (int)strcspn(name, " "), name);
    return system(command) == 0;
}

static uint64_t address_of(const struct bench *bench, const char *function) {
    const struct function *found = image_function_by_name(bench->image, function);
    if (!found) {
        fail_msg("the guest has no function %s", function);
    }
    return found->entry;
}

/* Compiles the guest and writes the configuration; false, with a printed reason, when the tools are not there. */
static bool bench_prepare(struct bench *bench, const struct target *target, const char *defines) {
    if (!program_exists(target->compiler) || !program_exists(target->qemu)) {
        printf("skipped: %s or %.*s is not installed\n", target->compiler, (int)strcspn(target->qemu, " "), target->qemu);
        return false;
    }
    char command[4096];
    strcpy(bench->folder, "/tmp/spillscope-recorder-test-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    snprintf(bench->elf, sizeof bench->elf, "%s/guest.elf", bench->folder);
    snprintf(bench->log, sizeof bench->log, "%s/log", bench->folder);
    snprintf(bench->config, sizeof bench->config, "%s/config", bench->folder);
    snprintf(bench->ram, sizeof bench->ram, "/dev/shm/spillscope-recorder-test-%ld", (long)getpid());
    snprintf(command, sizeof command,
             "cd '" GUEST_FOLDER "' && %s %s %s -std=gnu17 -O1 -g -ffreestanding -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-pic "
             "-fno-stack-protector -nostdlib -static -no-pie "
             "-Wl,--build-id -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -Wl,--defsym=GUEST_BASE=%s -T guest.ld -o '%s' start_%s.S work.c",
             target->compiler, target->flags, defines, target->base, bench->elf, target->name);
    assert_int_equal(system(command), 0);
    struct error *error = image_open(bench->elf, GUEST_FOLDER, "", &bench->image);
    if (error) {
        fail_msg("%s", error_message(error));
    }
    FILE *config = fopen(bench->config, "w");
    assert_non_null(config);
    fprintf(config, "spillscope-recorder 1\nlog %s\nmachine %u %u\nram %llx %x %s\nhook %llx call\nhook %llx begin\nhook %llx end\n", bench->log,
            bench->image->machine, bench->image->pointer_size, (unsigned long long)target->ram_base, (unsigned)RAM_BYTES, bench->ram,
            (unsigned long long)address_of(bench, "work"), (unsigned long long)address_of(bench, "run_begin"),
            (unsigned long long)address_of(bench, "run_end"));
    fclose(config);
    return true;
}

static void bench_command(const struct bench *bench, const struct target *target, char command[2048]) {
    snprintf(command, 2048,
             "exec timeout 60 %s -m %u -nographic -no-reboot -object memory-backend-file,id=ram,size=%u,mem-path=%s,share=on -kernel '%s' "
             "-plugin '" RECORDER ",config=%s' </dev/null >'%s/output' 2>&1",
             target->qemu, (unsigned)RAM_BYTES >> 20, (unsigned)RAM_BYTES, bench->ram, bench->elf, bench->config, bench->folder);
}

static void bench_clean(struct bench *bench) {
    char command[256];
    image_close(bench->image);
    unlink(bench->ram);
    snprintf(command, sizeof command, "rm -rf '%s'", bench->folder);
    assert_int_equal(system(command), 0);
}

struct expected_call {
    uint64_t depth;
    uint64_t amount;
    uint64_t stack;
    uint64_t return_pc;
    uint64_t return_stack;
    bool open;
};

static uint64_t work_result(uint64_t depth, uint64_t amount) {
    uint64_t result = 0;
    for (uint64_t step = 0; step <= depth; step++) {
        result += amount + step;
    }
    return result;
}

/* Reads the whole log and checks every record in it against what work.c does. */
static void check_log(const struct bench *bench, const struct target *target) {
    struct log *log = NULL;
    struct error *error = log_open(bench->log, &log);
    if (error) {
        char command[256];
        snprintf(command, sizeof command, "cat '%s/output'", bench->folder);
        assert_int_equal(system(command), 0);
        fail_msg("%s", error_message(error));
    }
    uint64_t total_address = image_variable_by_name(bench->image, "total")->address;
    uint64_t narrow_address = image_variable_by_name(bench->image, "narrow")->address;
    uint64_t total = 1000;
    bool window = false;
    size_t entered = 0;
    size_t left = 0;
    size_t total_stores = 0;
    size_t narrow_stores = 0;
    struct expected_call calls[8];
    size_t depth = 0;
    uint64_t next_amount = 0;
    const union record *record = NULL;
    while (!(error = log_next(log, &record)) && record) {
        switch (record->kind) {
        case RECORD_WINDOW:
            assert_int_equal(record->window.open, !window);
            window = record->window.open;
            break;
        case RECORD_PAGE:
            assert_true(window);
            if (record->page.physical == (total_address & ~(uint64_t)(LOG_PAGE_BYTES - 1))) {
                uint64_t value = 0;
                memcpy(&value, record->page.bytes + total_address % LOG_PAGE_BYTES, sizeof value);
                assert_int_equal(value, 1000);
            }
            break;
        case RECORD_ENTER:
            if (record->enter.hook != 0) {
                break;
            }
            assert_true(window);
            calls[depth] = (struct expected_call){record->enter.arguments[0], record->enter.arguments[1], record->enter.stack,
                                                  record->enter.return_pc,    record->enter.return_stack, true};
            if (depth == 0) {
                assert_int_equal(record->enter.arguments[0], (entered == 0 ? 0 : next_amount / 10) % 3);
                assert_int_equal(record->enter.arguments[1], next_amount);
                assert_ptr_equal(image_function_at(bench->image, record->enter.return_pc), image_function_by_name(bench->image, "guest_main"));
            } else {
                assert_int_equal(record->enter.arguments[0], calls[depth - 1].depth - 1);
                assert_int_equal(record->enter.arguments[1], calls[depth - 1].amount + 1);
                assert_true(record->enter.stack < calls[depth - 1].stack);
                /* The caller's frame shows who called it. */
                assert_int_equal(record->enter.callers[1], calls[depth - 1].return_pc);
            }
            assert_int_equal(record->enter.callers[0], record->enter.return_pc);
            depth++;
            entered++;
            assert_true(depth <= 3);
            break;
        case RECORD_LEAVE: {
            if (depth == 0) {
                break; /* run_begin, run_end */
            }
            const struct expected_call *call = &calls[--depth];
            assert_int_equal(record->leave.pc, call->return_pc);
            assert_int_equal(record->leave.stack, call->return_stack);
            assert_int_equal(record->leave.result, work_result(call->depth, call->amount));
            next_amount += depth == 0 ? 10 : 0;
            left++;
            break;
        }
        case RECORD_STORE:
            assert_true(window);
            if (record->store.address == total_address) {
                uint64_t value = 0;
                assert_int_equal(record->store.size, bench->image->pointer_size);
                assert_true(depth > 0);
                total += calls[depth - 1].amount;
                memcpy(&value, record->store.bytes, sizeof value);
                assert_int_equal(value, total);
                assert_ptr_equal(image_function_at(bench->image, record->store.pc), image_function_by_name(bench->image, "work"));
                assert_int_equal(record->store.physical, record->store.address);
                total_stores++;
            }
            if (record->store.address == narrow_address) {
                assert_int_equal(record->store.size, 1);
                assert_int_equal(record->store.bytes[0], 0x5a);
                narrow_stores++;
            }
            break;
        default:
            break;
        }
    }
    assert_null(error);
    assert_int_equal(log_header(log)->ram_base, target->ram_base);
    assert_false(window);
    assert_int_equal(entered, WORK_CALLS);
    assert_int_equal(left, WORK_CALLS);
    assert_int_equal(total_stores, WORK_CALLS);
    assert_int_equal(narrow_stores, 5);
    assert_false(log_was_cut(log));
    log_close(log);
}

static void record_on(const struct target *target) {
    struct bench bench = {0};
    if (!bench_prepare(&bench, target, "")) {
        skip();
    }
    char command[2048];
    bench_command(&bench, target, command);
    int status = system(command);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1); /* isa-debug-exit gives 1 */
    check_log(&bench, target);
    bench_clean(&bench);
}

static void recorded_x86_64(void **state) {
    (void)state;
    record_on(&targets[0]);
}

static void recorded_riscv64(void **state) {
    (void)state;
    record_on(&targets[1]);
}

static void recorded_aarch64(void **state) {
    (void)state;
    record_on(&targets[2]);
}

static void recorded_i386(void **state) {
    (void)state;
    record_on(&targets[3]);
}

/* A guest that never ends is killed hard: all that it did is in the log. */
static void killed_qemu_leaves_its_log(void **state) {
    (void)state;
    struct bench bench = {0};
    if (!bench_prepare(&bench, &targets[0], "-DGUEST_RUNS_ON")) {
        skip();
    }
    char command[2048];
    bench_command(&bench, &targets[0], command);
    char *qemu = strstr(command, "timeout 60 ");
    memmove(qemu, qemu + strlen("timeout 60 "), strlen(qemu + strlen("timeout 60 ")) + 1); /* the process that is killed is QEMU itself */
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    bool complete = false;
    for (int tries = 0; tries < 600 && !complete; tries++) { /* until the end hook was logged */
        struct timespec pause = {0, 50000000};
        nanosleep(&pause, NULL);
        struct log *log = NULL;
        struct error *error = log_open(bench.log, &log);
        const union record *record = NULL;
        while (!error && !(error = log_next(log, &record)) && record) {
            complete |= record->kind == RECORD_WINDOW && !record->window.open;
        }
        error_destroy(error);
        log_close(log);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_true(complete);
    check_log(&bench, &targets[0]);
    bench_clean(&bench);
}

static void missing_configuration_is_told(void **state) {
    (void)state;
    if (!program_exists(targets[0].qemu)) {
        skip();
    }
    char command[1024];
    char line[512] = "";
    snprintf(command, sizeof command, "timeout 60 qemu-system-x86_64 -nographic -plugin '" RECORDER ",config=/nonexistent/config' </dev/null 2>&1");
    FILE *output = popen(command, "r");
    assert_non_null(output);
    bool told = false;
    while (fgets(line, sizeof line, output)) {
        told |= strstr(line, "spillscope recorder: /nonexistent/config") != NULL;
    }
    assert_int_not_equal(pclose(output), 0);
    assert_true(told);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_x86_64), cmocka_unit_test(recorded_riscv64),           cmocka_unit_test(recorded_aarch64),
        cmocka_unit_test(recorded_i386),   cmocka_unit_test(killed_qemu_leaves_its_log), cmocka_unit_test(missing_configuration_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
