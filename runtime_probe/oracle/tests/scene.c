#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "spillscope/text.h"

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

void scene_execute(struct scene *scene, const char *sql) {
    expect(store_execute(scene->store, sql));
}

int64_t scene_number(struct scene *scene, const char *sql) {
    int64_t value = 0;
    expect(store_scalar(scene->store, sql, &value));
    return value;
}

char *scene_rows(struct scene *scene, const char *sql, int columns) {
    struct query *query = NULL;
    struct text text = {0};
    char *rows = NULL;
    bool row = false;
    expect(store_prepare(scene->store, sql, &query));
    for (expect(query_step(query, &row)); row; expect(query_step(query, &row))) {
        for (int column = 0; column < columns; column++) {
            const char *value = query_text(query, column);
            text_append_format(&text, column ? " %s" : "%s", value ? value : "NULL");
        }
        text_append(&text, "\n");
    }
    query_destroy(query);
    text_append(&text, "");
    expect(text_take(&text, &rows));
    return rows;
}

/* Line of the guest's source file that holds a mark. */
static int line_of(const char *file, const char *mark) {
    char path[512];
    char line[512];
    snprintf(path, sizeof path, GUEST_FOLDER "/%s", file);
    FILE *source = fopen(path, "r");
    assert_non_null(source);
    int number = 0;
    int found = 0;
    while (fgets(line, sizeof line, source)) {
        number++;
        found = !found && strstr(line, mark) ? number : found;
    }
    fclose(source);
    assert_true(found > 0);
    return found;
}

static const char *const transactions[] = {"t_increment", "t_silent", "t_transient", "t_bits",    "t_padded",   "t_create", "t_destroy",
                                           "t_array",     "t_union",  "t_untyped",   "t_hidden",  "t_unmapped", "t_map",    "t_interrupted",
                                           "t_sleep",     "t_frame",  "t_client",    "t_wrapped", "t_many"};

/* Transaction, state: what a right analyzer would say, but for t_hidden, whose state it missed. */
static const char *const whitelist[][2] = {
    {"t_increment", "counter"},
    {"t_silent", "server.c:flag"},
    {"t_transient", "server.c:scratch"},
    {"t_bits", "bits.middle"},
    {"t_padded", "padded.*"},
    {"t_create", "struct item"},
    {"t_create", "server.c:list"},
    {"t_create", "heap.c:pool_used"},
    {"t_destroy", "server.c:list"},
    {"t_array", "server.c:table[].y"},
    {"t_union", "either.bytes[]"},
    {"t_untyped", "server.c:buffer"},
    {"t_untyped", "heap.c:pool_used"},
    {"t_untyped", "alloc@server.c:t_untyped"},
    {"t_interrupted", "counter"},
    {"t_sleep", "counter"},
    {"t_sleep", "main_stack_pointer"},
    {"t_client", "struct item.value"},
    {"t_wrapped", "server.c:wrapped"},
    {"t_wrapped", "struct item.tag"},
    {"t_wrapped", "heap.c:pool_used"},
    {"t_outer", "upper_calls"},
    {"t_outer", "counter"},
    {"t_hidden", "counter"},
    {"t_many", "struct item.value"},
};

static void describe(struct scene *scene) {
    char sql[1024];
    scene_execute(
        scene,
        "INSERT INTO meta VALUES ('source_root', '" GUEST_FOLDER "');"
        "INSERT INTO entity VALUES (1, 'server', 'server', 'manifest'), (2, 'upper', 'server', 'manifest'), (3, 'client', 'client', 'manifest'), (4, "
        "'base', 'base', 'manifest');"
        "INSERT INTO file VALUES (1, 'server.c', 1), (2, 'upper.c', 2), (3, 'client.c', 3), (4, 'heap.c', 4);"
        "INSERT INTO function (id, name, file_id, linkage) VALUES (100, 'internal', 1, 'static'), (101, 'heap_take', 4, 'external'), (102, "
        "'heap_give', 4, 'external'), "
        "(103, 'context_switch', NULL, 'outside'), (104, 'heap_take_many', 4, 'external'), (105, 'server_setup', 1, 'external'), (200, 't_outer', 2, "
        "'external');"
        "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (200, 't_outer', 'outer', 2, 200, 'manifest');"
        "INSERT INTO manifest (section, name, key, value, line) VALUES ('allocator', 'heap_take', 'effect', 'alloc', 1), ('allocator', 'heap_take', "
        "'size', '0', 1), "
        "('allocator', 'heap_take_many', 'effect', 'bulk', 1), ('allocator', 'heap_take_many', 'size', '0', 1), "
        "('allocator', 'heap_take_many', 'results', '2', 1), "
        "('allocator', 'heap_give', 'effect', 'free', 1), ('allocator', 'heap_give', 'pointer', '0', 1), "
        "('switch', '', 'function', 'context_switch', 1), ('interrupts', '', 'entry', 'irq_entry_*', 1), "
        "('stacks', '', 'boot', 'stack stack_end', 1), ('transactions', '', 'begin', 'run_begin', 1), ('transactions', '', 'end', 'run_end', 1)");
    for (size_t i = 0; i < sizeof transactions / sizeof *transactions; i++) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO function (id, name, file_id, linkage) VALUES (%zu, '%s', 1, 'external');"
                 "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (%zu, '%s', '%s', 1, %zu, 'manifest')",
                 i + 1, transactions[i], i + 1, transactions[i], transactions[i], i + 1);
        scene_execute(scene, sql);
    }
    for (size_t i = 0; i < sizeof whitelist / sizeof *whitelist; i++) {
        bool wildcard = strchr(whitelist[i][1], '*') != NULL;
        snprintf(
            sql, sizeof sql,
            "INSERT OR IGNORE INTO state (key, root, path, root_kind, wildcard, origin) VALUES ('%s', '', '', 'unknown', %d, 'analyzer');"
            "INSERT INTO may_modify (txn_id, state_id, phase) SELECT t.id, s.id, 'runtime' FROM txn t, state s WHERE t.name = '%s' AND s.key = '%s'",
            whitelist[i][1], wildcard, whitelist[i][0], whitelist[i][1]);
        scene_execute(scene, sql);
    }
    /* Every function may run in every transaction, but `internal` only in t_increment. */
    scene_execute(scene, "INSERT INTO closure SELECT t.id, f.id FROM txn t, function f WHERE f.name = t.name OR f.id > 100 OR (f.id = 100 AND t.name "
                         "= 't_increment')");
    snprintf(sql, sizeof sql,
             "INSERT INTO alloc_site (function, file, line, allocator, root) VALUES ('t_create', 'server.c', %d, 'heap_take', 'struct item'), "
             "('wrapper', 'server.c', %d, 'heap_take', 'struct item'), ('wrapper', 'server.c', %d, 'heap_take', 'struct padded'), ('t_wrapped', "
             "'server.c', %d, 'wrapper', 'struct item'), "
             "('guest_main', 'client.c', %d, 'heap_take', 'struct item'), ('server_setup', 'server.c', %d, 'heap_take_many', 'struct item')",
             line_of("server.c", "site: item"), line_of("server.c", "site: wrapper"), line_of("server.c", "site: wrapper"),
             line_of("server.c", "site: wrapped"), line_of("client.c", "site: client"), line_of("server.c", "site: many"));
    scene_execute(scene, sql);
}

bool scene_make(struct scene *scene) {
    char command[4096];
    *scene = (struct scene){.folder = "/tmp/spillscope-oracle-test-XXXXXX"};
    if (system("command -v gcc >/dev/null && command -v qemu-system-x86_64 >/dev/null") != 0) {
        printf("skipped: gcc or qemu-system-x86_64 is not installed\n");
        return false;
    }
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->elf, sizeof scene->elf, "%s/scene.elf", scene->folder);
    snprintf(scene->database, sizeof scene->database, "%s/scene.db", scene->folder);
    snprintf(
        command, sizeof command,
        "cd '" GUEST_FOLDER "' && gcc -std=gnu17 -O1 -g -ffreestanding -fno-omit-frame-pointer -fno-optimize-sibling-calls -mno-red-zone "
        "-mgeneral-regs-only -fcf-protection=none "
        "-fno-inline -fno-pic -fno-stack-protector -nostdlib -static -no-pie -Wl,--build-id -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments "
        "-Wl,--defsym=GUEST_BASE=0x100000 -Wl,--defsym=stack_end=stack+16384 -T '" START_FOLDER "/guest.ld' -o '%s' '" START_FOLDER
        "/start_x86_64.S' machine.S heap.c server.c upper.c client.c",
        scene->elf);
    assert_int_equal(system(command), 0);
    expect(image_open(scene->elf, GUEST_FOLDER, "", &scene->image));
    expect(store_open(scene->database, STORE_CREATE, &scene->store));
    describe(scene);
    char words[][160] = {
        "qemu-system-x86_64", "-kernel", "", "-nographic", "-no-reboot", "-m", "64M", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"};
    char *arguments[sizeof words / sizeof *words];
    snprintf(words[2], sizeof words[2], "%s", scene->elf);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        arguments[i] = words[i];
    }
    char serial[160];
    snprintf(serial, sizeof serial, "%s/output", scene->folder);
    setenv("SPILLSCOPE_RECORDER_PLUGIN", RECORDER, 1);
    struct oracle_run run = {0};
    expect(oracle_run_guest(scene->store, scene->image, arguments, sizeof words / sizeof *words, 60, serial, &run));
    struct oracle_request request = {.store = scene->store, .image = scene->image, .log_path = run.log_path, .elf = scene->elf};
    expect(oracle_judge(&request, &scene->summary));
    oracle_run_clean(&run);
    return true;
}

void scene_clean(struct scene *scene) {
    char command[256];
    store_close(scene->store);
    image_close(scene->image);
    snprintf(command, sizeof command, "rm -rf '%s'", scene->folder);
    assert_int_equal(system(command), 0);
}
