/* What a database makes the recorder watch, against an image that is compiled here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "spillscope/recorder.h"

static char folder[] = "/tmp/spillscope-plan-XXXXXX";

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

static void write_file(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A system call's function is inlined into its wrapper; a client's function has the name that the call is known by. */
static const char server[] = "struct cache { int kind; unsigned object_size; };\n"
                             "static int count;\n"
                             "static inline __attribute__((always_inline)) int do_call(int a) { count += a; return count; }\n"
                             "int wrapper(int a) { return do_call(a); }\n"
                             "void *cache_take(struct cache *cache) { return cache; }\n"
                             "void change_stacks(void) { count++; }\n"
                             "__asm__(\".globl stub_vector\\nstub_vector: nop\\n\");\n"
                             "void fresh_task(void) { count--; }\n"
                             "int call(int a);\n"
                             "void _start(void) { wrapper(call(1)); }\n";
static const char client[] = "int call(int a) { return a + 1; }\n";

struct scene {
    struct store *store;
    struct image *image;
};

static void scene_open(struct scene *scene, const char *sql) {
    char path[256];
    char command[1024];
    write_file("server.c", server);
    write_file("client.c", client);
    snprintf(command, sizeof command, "cd %s && gcc -g -O1 -nostdlib -ffreestanding -fno-pic -static -o image server.c client.c && rm -f db*",
             folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/db", folder);
    expect(store_open(path, STORE_CREATE, &scene->store));
    expect(store_execute(scene->store, "INSERT INTO entity (id, name, role, origin) VALUES (1, 'e', 'server', 'manifest');"
                                       "INSERT INTO file (id, path, entity_id) VALUES (1, 'server.c', 1);"
                                       "INSERT INTO function (id, name, file_id, linkage) VALUES (1, 'do_call', 1, 'static');"
                                       "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES "
                                       "(7, 'do_call', 'call', 1, 1, 'manifest');"
                                       "INSERT INTO txn_alias VALUES (7, 'wrapper'), (7, 'call');"));
    expect(store_execute(scene->store, sql));
    snprintf(path, sizeof path, "%s/image", folder);
    expect(image_open(path, folder, "", &scene->image));
}

static void scene_close(struct scene *scene) {
    image_close(scene->image);
    store_close(scene->store);
}

#define SETTING(section, name, key, value)                                                                                                           \
    "INSERT INTO manifest (section, name, key, value, line) VALUES ('" section "', '" name "', '" key "', '" value "', 1);"

static void a_wrapper_is_an_entry_and_a_client_is_none(void **state) {
    struct scene scene;
    struct hook_plan *plan = NULL;
    (void)state;
    scene_open(&scene, "SELECT 1;");
    expect(hook_plan_create(scene.store, scene.image, &plan));
    assert_int_equal(plan->hook_count, 1);
    assert_int_equal(plan->missing_count, 0);
    assert_int_equal(plan->hooks[0].address, image_function_by_name(scene.image, "wrapper")->entry);
    assert_int_equal(plan->hooks[0].txn, 7);
    assert_string_equal(plan->hooks[0].name, "do_call");
    hook_plan_destroy(plan);
    scene_close(&scene);
}

static void settings_of_a_kernel_are_taken_over(void **state) {
    struct scene scene;
    struct hook_plan *plan = NULL;
    (void)state;
    scene_open(&scene, SETTING("watch", "cache_take", "effect", "alloc") SETTING("watch", "cache_take", "size_of", "0.object_size")
                           SETTING("watch", "cache_take", "handle", "page") SETTING("switch", "", "function", "change_stacks")
                               SETTING("switch", "", "fresh", "fresh_task") SETTING("interrupts", "", "pushed", "stub_*"));
    expect(hook_plan_create(scene.store, scene.image, &plan));
    assert_int_equal(plan->switch_count, 1);
    assert_int_equal(plan->fresh_count, 1);
    assert_int_equal(plan->fresh[0], image_function_by_name(scene.image, "fresh_task")->entry);
    int seen = 0;
    for (size_t i = 0; i < plan->hook_count; i++) {
        const struct recorder_hook *hook = &plan->hooks[i];
        if (hook->role == ROLE_ALLOCATOR) {
            assert_int_equal(hook->size_record, 0);
            assert_string_equal(hook->size_member, "object_size");
            assert_true(hook->handle);
            seen++;
        } else if (hook->role == ROLE_INTERRUPT) {
            assert_int_equal(hook->address, image_symbol_by_name(scene.image, "stub_vector")->address);
            assert_int_equal(hook->pushed, 8);
            seen++;
        }
    }
    assert_int_equal(seen, 2);
    hook_plan_destroy(plan);
    scene_close(&scene);
}

static void a_wrong_setting_is_told(void **state) {
    struct scene scene;
    struct hook_plan *plan = NULL;
    (void)state;
    scene_open(&scene, SETTING("watch", "cache_take", "size_of", "object_size"));
    struct error *error = hook_plan_create(scene.store, scene.image, &plan);
    assert_non_null(error);
    assert_int_equal(error_code_of(error), ERROR_USAGE);
    assert_non_null(strstr(error_message(error), "size_of = object_size"));
    assert_null(plan);
    error_destroy(error);
    scene_close(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_wrapper_is_an_entry_and_a_client_is_none),
                                       cmocka_unit_test(settings_of_a_kernel_are_taken_over), cmocka_unit_test(a_wrong_setting_is_told)};
    if (!mkdtemp(folder)) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? failed : 1;
}
