#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "spillscope/text.h"

void expect_success(struct error *error) {
    if (error) {
        print_error("%s\n", error_message(error));
    }
    assert_null(error);
}

static void fixture_load(struct fixture *fixture, const char *name) {
    struct text path __attribute__((cleanup(text_deinit))) = {0};
    struct text sql __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&path, "%s/%s.sql", FIXTURE_DIRECTORY, name);
    FILE *stream SCOPE_FCLOSE = fopen(text_string(&path), "r");
    assert_non_null(stream);
    char buffer[65536];
    size_t count = 0;
    while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        text_append_bytes(&sql, buffer, count);
    }
    expect_success(store_execute(fixture->store, text_string(&sql)));
}

void fixture_init(struct fixture *fixture, const char *const *names) {
    *fixture = (struct fixture){.directory = "/tmp/spillscope-reports-XXXXXX"};
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->path, sizeof fixture->path, "%s/fixture.db", fixture->directory);
    expect_success(store_open(fixture->path, STORE_CREATE, &fixture->store));
    for (size_t index = 0; names[index]; index++) {
        fixture_load(fixture, names[index]);
    }
}

void fixture_deinit(struct fixture *fixture) {
    store_close(fixture->store);
    DIR *directory = opendir(fixture->directory);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2) {
            unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
    closedir(directory);
    assert_int_equal(rmdir(fixture->directory), 0);
}
