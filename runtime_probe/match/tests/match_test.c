/* A database's states and entries against an image that is compiled here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>
#include "spillscope/match.h"

static char folder[] = "/tmp/spillscope-match-XXXXXX";

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

static const char source[] = "struct pair { int left; unsigned low : 3, high : 5; long many[4]; };\n"
                             "struct pair pairs[2];\n"
                             "static long count;\n"
                             "__attribute__((noinline)) long wrapper(long value) { pairs[1].left = (int)value; return ++count; }\n"
                             "void _start(void) { wrapper(1); }\n";

struct scene {
    struct store *store;
    struct image *image;
    struct match match;
};

static void scene_open(struct scene *scene, const char *states) {
    char path[256];
    char command[1024];
    snprintf(path, sizeof path, "%s/source.c", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(source, file);
    fclose(file);
    snprintf(command, sizeof command, "cd %s && gcc -g -O1 -nostdlib -ffreestanding -fno-pic -static -o image source.c && rm -f db*", folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/db", folder);
    expect(store_open(path, STORE_CREATE, &scene->store));
    expect(store_execute(scene->store, "INSERT INTO entity (id, name, role, origin) VALUES (1, 'e', 'server', 'manifest');"
                                       "INSERT INTO function (id, name, linkage) VALUES (1, 'inner', 'static'), (2, 'nobody', 'static');"
                                       "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'inner', 'inner', 1, 1, "
                                       "'manifest'), (2, 'nobody', 'nobody', 1, 2, 'manifest');"
                                       "INSERT INTO txn_alias VALUES (1, 'wrapper');"));
    expect(store_execute(scene->store, states));
    snprintf(path, sizeof path, "%s/image", folder);
    expect(image_open(path, folder, "", &scene->image));
    expect(match_check(scene->store, scene->image, &scene->match));
}

static void scene_close(struct scene *scene) {
    match_deinit(&scene->match);
    image_close(scene->image);
    store_close(scene->store);
}

#define STATE(root, path, kind, offset, size)                                                                                                        \
    "INSERT INTO state (key, root, path, root_kind, bit_offset, bit_size, origin) VALUES ('" root path "', '" root "', '" path "', '" kind           \
    "', " #offset ", " #size ", 'analyzer');"

static void what_lies_in_its_place_matches(void **state) {
    struct scene scene;
    (void)state;
    scene_open(&scene,
               STATE("struct pair", ".high", "heap", 35, 5) STATE("pairs", "[].many[]", "global", 64, 64) STATE("struct pair", ".left", "heap", 0, 32)
                   STATE("source.c:count", "", "static", 0, 64) STATE("struct unused", ".x", "heap", 0, 8));
    assert_int_equal(scene.match.states, 4);
    assert_int_equal(scene.match.absent, 1);
    assert_int_equal(scene.match.misplaced, 0);
    assert_int_equal(scene.match.transactions, 2);
    assert_int_equal(scene.match.entries, 1);
    assert_string_equal(text_string(&scene.match.findings), "transaction nobody: neither it nor an alias has code in the image\n");
    assert_null(match_error(&scene.match, scene.image));
    scene_close(&scene);
}

static void another_layout_is_a_mismatch(void **state) {
    struct scene scene;
    (void)state;
    scene_open(&scene, STATE("struct pair", ".high", "heap", 36, 5) STATE("pairs", "[].many[]", "global", 64, 64)
                           STATE("struct pair", ".gone", "heap", 0, 32));
    assert_int_equal(scene.match.misplaced, 2);
    assert_non_null(strstr(text_string(&scene.match.findings), "struct pair.high: bits 36+5 in the source, 35+5 in the image"));
    assert_non_null(strstr(text_string(&scene.match.findings), "struct pair.gone: the image's struct pair has no such leaf"));
    struct error *error = match_error(&scene.match, scene.image);
    assert_non_null(error);
    assert_int_equal(error_exit_code(error), 3);
    error_destroy(error);
    scene_close(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_lies_in_its_place_matches), cmocka_unit_test(another_layout_is_a_mismatch)};
    if (!mkdtemp(folder)) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? failed : 1;
}
