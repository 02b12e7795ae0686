#ifndef SPILLSCOPE_REPORTS_TEST_FIXTURE_H
#define SPILLSCOPE_REPORTS_TEST_FIXTURE_H
/* A database made of textual fixtures, in a directory of its own that goes away with it. */
#include "spillscope/store.h"

struct fixture {
    char directory[64];
    char path[96];
    struct store *store; /* open for writing */
};

/* `names` (ended by NULL) are files of tests/fixtures without ".sql". Fails the test on any error. */
void fixture_init(struct fixture *fixture, const char *const *names);
void fixture_deinit(struct fixture *fixture);
/* Fails the test with the error's message. */
void expect_success(struct error *error);
#endif
