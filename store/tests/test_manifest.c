#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spillscope/store.h"

/* A directory with a source file, a manifest and a database; gone after each test. */
struct place {
    char directory[64];
    char manifest[96];
    struct store *store;
};

static int set_up(void **state) {
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->directory, "/tmp/spillscope-test-manifest-XXXXXX");
    if (!mkdtemp(place->directory)) {
        return -1;
    }
    char path[128];
    snprintf(path, sizeof path, "%s/a.c", place->directory);
    FILE *file = fopen(path, "w");
    fclose(file);
    snprintf(path, sizeof path, "%s/x.db", place->directory);
    snprintf(place->manifest, sizeof place->manifest, "%s/m.manifest", place->directory);
    *state = place;
    return store_open(path, STORE_CREATE, &place->store) ? -1 : 0;
}

static int tear_down(void **state) {
    struct place *place = *state;
    store_close(place->store);
    static const char *const names[] = {"a.c", "x.db", "m.manifest"};
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", place->directory, names[index]);
        unlink(path);
    }
    int status = rmdir(place->directory);
    free(place);
    return status;
}

static struct error *load(struct place *place, const char *text) {
    FILE *file = fopen(place->manifest, "w");
    fputs(text, file);
    fclose(file);
    return store_load_manifest(place->store, place->manifest);
}

static int64_t count(struct place *place, const char *sql) {
    int64_t value = -1;
    assert_null(store_scalar(place->store, sql, &value));
    return value;
}

static void test_whole_manifest(void **state) {
    struct place *place = *state;
    assert_null(load(place, "# a comment\n"
                            "[kernel]\nname = demo\nsource_root = .   ; here\n"
                            "[entity files]\npath = a.c\nrole = server\n"
                            "[entity clients]\npath = a.c\nrole = client\n"
                            "[transactions]\nentry = sys_open open\nentry = sys_close close\n"
                            "[declare a.c:table[].lock]\nkind = exempt\nreason = a lock word,\n  free at rest\n"
                            "[declare struct task.*]\nkind = soft\nreason = cache\n"));
    assert_int_equal(count(place, "SELECT count(*) FROM entity WHERE origin = 'manifest'"), 2);
    assert_int_equal(count(place, "SELECT count(*) FROM entity WHERE name = 'clients' AND role = 'client'"), 1);
    assert_int_equal(count(place, "SELECT count(*) FROM manifest WHERE section = 'transactions' AND key = 'entry'"), 2);
    assert_int_equal(count(place, "SELECT count(*) FROM declaration WHERE pattern = 'a.c:table[].lock' AND reason = 'a lock word, free at rest'"), 1);
    assert_null(load(place, "[kernel]\nname = demo\n")); /* loading again replaces */
    assert_int_equal(count(place, "SELECT count(*) FROM declaration"), 0);
}

static void test_declared_glob_covers_brackets(void **state) {
    struct place *place = *state;
    assert_null(load(place, "[declare t[].lock]\nkind = exempt\nreason = lock\n[declare t*]\nkind = unavoidable\nreason = rest\n"));
    int64_t id = 0;
    assert_null(store_state_id(place->store, "t[].lock", "global", "probe", &id));
    assert_null(store_state_id(place->store, "t[].other", "global", "probe", &id));
    static const char sql[] = "SELECT count(*) FROM v_declared v JOIN declaration d ON d.id = v.declaration_id "
                              "WHERE (v.key = 't[].lock' AND d.kind = 'exempt') OR (v.key = 't[].other' AND d.kind = 'unavoidable')";
    assert_int_equal(count(place, sql), 2);
}

static void refused(struct place *place, const char *text, const char *part) {
    struct error *error = load(place, text);
    assert_non_null(error);
    if (!strstr(error_message(error), part)) {
        fail_msg("\"%s\" does not say \"%s\"", error_message(error), part);
    }
    error_destroy(error);
    assert_int_equal(count(place, "SELECT count(*) FROM manifest"), 0); /* nothing half-loaded */
}

static void test_mistakes_are_named(void **state) {
    struct place *place = *state;
    refused(place, "[kernel]\nname = x\n[entty files]\n", "m.manifest:3: unknown section [entty]");
    refused(place, "[kernel]\nnome = x\n", "m.manifest:2: [kernel] knows no key \"nome\"");
    refused(place, "[kernel]\ncalls = fast\n", "m.manifest:2: calls \"fast\"");
    refused(place, "[entity]\npath = a.c\n", "m.manifest:1: section [entity] lacks a name");
    refused(place, "[entity files]\npath = missing.c\n", "m.manifest:2: entity files: no such file or directory: missing.c");
    refused(place, "[entity files]\nrole = boss\n", "m.manifest:2: role \"boss\"");
    refused(place, "[kernel]\nwhat is this\n", "m.manifest:2: expected");
    refused(place, "[kernel\n", "m.manifest:1: a section lacks its closing");
    refused(place, "[declare x]\nkind = soft\n", "[declare x] needs a kind and a reason");
    refused(place, "[declare x]\nkind = fluffy\nreason = y\n", "m.manifest:2: kind \"fluffy\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_manifest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_declared_glob_covers_brackets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mistakes_are_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
