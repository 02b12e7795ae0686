/* When groups of consecutive transactions begin and end: by client, nested, with failures, with others in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spillscope/groups.h"

static const struct catalog_transaction first = {.group = 1, .group_first = true};
static const struct catalog_transaction middle = {.group = 1};
static const struct catalog_transaction last = {.group = 1, .group_last = true};
static const struct catalog_transaction other_first = {.group = 2, .group_first = true};
static const struct catalog_transaction none = {.group = 0};

static uint64_t enter(struct groups *groups, const struct catalog_transaction *kind, const char *client, enum group_event expected) {
    uint64_t number = 99;
    assert_int_equal(groups_enter(groups, kind, client, &number), expected);
    return number;
}

static void from_first_to_last(void **state) {
    struct groups groups;
    (void)state;
    groups_init(&groups);
    assert_int_equal(enter(&groups, &middle, "a", GROUP_NOTHING), 0); /* began before anybody looked */
    assert_int_equal(enter(&groups, &none, "a", GROUP_NOTHING), 0);
    assert_int_equal(groups_leave(&groups, &last, 0, false), GROUP_NOTHING);
    uint64_t number = enter(&groups, &first, "a", GROUP_BEGINS);
    assert_int_equal(groups_leave(&groups, &first, number, false), GROUP_NOTHING);
    assert_int_equal(enter(&groups, &none, "a", GROUP_NOTHING), 0); /* not of the group, and no end */
    assert_int_equal(enter(&groups, &middle, "a", GROUP_NOTHING), number);
    assert_int_equal(groups_leave(&groups, &middle, number, true), GROUP_NOTHING);
    assert_int_equal(enter(&groups, &last, "a", GROUP_NOTHING), number);
    assert_int_equal(groups_leave(&groups, &last, number, true), GROUP_NOTHING); /* it failed: still open */
    assert_int_equal(groups_leave(&groups, &last, number, false), GROUP_ENDS);
    assert_int_equal(enter(&groups, &middle, "a", GROUP_NOTHING), 0);
    groups_deinit(&groups);
}

static void clients_and_groups_apart(void **state) {
    struct groups groups;
    (void)state;
    groups_init(&groups);
    uint64_t one = enter(&groups, &first, "a", GROUP_BEGINS);
    uint64_t two = enter(&groups, &first, "b", GROUP_BEGINS);
    uint64_t three = enter(&groups, &other_first, "a", GROUP_BEGINS);
    assert_true(one != two && two != three && one != three);
    assert_int_equal(enter(&groups, &last, "b", GROUP_NOTHING), two);
    assert_int_equal(groups_leave(&groups, &last, two, false), GROUP_ENDS);
    assert_int_equal(enter(&groups, &middle, "a", GROUP_NOTHING), one);
    assert_int_equal(groups_leave(&groups, &last, one, false), GROUP_ENDS);
    groups_deinit(&groups);
}

static void opened_twice_it_ends_with_the_second_end(void **state) {
    struct groups groups;
    (void)state;
    groups_init(&groups);
    uint64_t number = enter(&groups, &first, "a", GROUP_BEGINS);
    assert_int_equal(enter(&groups, &first, "a", GROUP_NOTHING), number);
    assert_int_equal(groups_leave(&groups, &first, number, false), GROUP_NOTHING);
    assert_int_equal(enter(&groups, &first, "a", GROUP_NOTHING), number);
    assert_int_equal(groups_leave(&groups, &first, number, true), GROUP_NOTHING); /* failed: opened nothing */
    assert_int_equal(groups_leave(&groups, &last, number, false), GROUP_NOTHING);
    assert_int_equal(groups_leave(&groups, &last, number, false), GROUP_ENDS);
    number = enter(&groups, &first, "a", GROUP_BEGINS);
    assert_int_equal(groups_leave(&groups, &first, number, true), GROUP_VANISHES);
    assert_int_equal(enter(&groups, &last, "a", GROUP_NOTHING), 0);
    assert_false(groups_failed(&groups));
    groups_deinit(&groups);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(from_first_to_last), cmocka_unit_test(clients_and_groups_apart),
                                       cmocka_unit_test(opened_twice_it_ends_with_the_second_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
