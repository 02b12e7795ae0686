/* Snapshot and difference on memory whose every byte is known: the comments in samples/sample.c say what each scene does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"

/* Everything that differs in the scene, all states being whitelisted. */
static void differs(const char *name, const char *expected) {
    struct scene scene;
    scene_look(&(struct scene_wish){.name = name}, &scene);
    assert_string_equal(scene.told, expected);
    assert_false(scene.cut);
    scene_deinit(&scene);
}

/* ------------------------------------------------------------------------------------------------ collections */

static void lists_are_told_by_members(void **state) {
    (void)state;
    differs("list_added", "items.prev items.prev added struct item@0x2000080+8 -> struct item@0x20000c0+8\n"
                          "sample.c:heap_used sample.c:heap_used modified 192 -> 256\n"
                          "struct item.value items.prev->.value created - -> 4\n"
                          "struct item.link.next items.prev->.link.next created - -> &items\n"
                          "struct item.link.prev items.prev->.link.prev created - -> struct item@0x2000080+8\n"
                          "struct item.twin items.prev->.twin created - -> NULL\n"
                          "struct item.any items.prev->.any created - -> NULL\n"
                          "struct item.link.next sample.c:three[]#2->.link.next added &items -> struct item@0x20000c0+8\n");
    differs("list_removed", "struct item.link.next items.next->.link.next removed struct item@0x2000040+8 -> struct item@0x2000080+8\n"
                            "struct item.link.prev items.prev->.link.prev removed struct item@0x2000040+8 -> struct item@0x2000000+8\n");
    differs("list_moved", "items.next items.next moved struct item@0x2000000+8 -> struct item@0x2000080+8\n"
                          "items.prev items.prev moved struct item@0x2000080+8 -> struct item@0x2000040+8\n"
                          "struct item.link.next items.next->.link.next moved &items -> struct item@0x2000000+8\n"
                          "struct item.link.prev items.next->.link.prev moved struct item@0x2000040+8 -> &items\n"
                          "struct item.link.next items.prev->.link.next moved struct item@0x2000080+8 -> &items\n"
                          "struct item.link.prev sample.c:three[]#0->.link.prev moved &items -> struct item@0x2000080+8\n");
    differs("list_emptied", "items.next items.next removed struct item@0x2000000+8 -> &items\n"
                            "items.prev items.prev removed struct item@0x2000080+8 -> &items\n");
    differs("single_popped", "singles singles removed struct single@0x2000080 -> struct single@0x2000040\n");
}

static void hashed_lists_too(void **state) {
    (void)state;
    differs("hlist_added", "table[].first table[1].first added struct bucket@0x2000000+8 -> struct bucket@0x2000040+8\n"
                           "sample.c:heap_used sample.c:heap_used modified 64 -> 128\n"
                           "struct bucket.value table[].first#1->.value created - -> 0\n"
                           "struct bucket.node.next table[].first#1->.node.next created - -> struct bucket@0x2000000+8\n"
                           "struct bucket.node.pprev table[].first#1->.node.pprev created - -> &table+8\n"
                           "struct bucket.node.pprev table[].first#1->node.next->.node.pprev moved &table+8 -> struct bucket@0x2000040+8\n");
}

/* A circle that leaves out the head is walked once; a list longer than the budget is cut, and that is told. */
static void lists_that_do_not_close_end(void **state) {
    (void)state;
    struct scene scene;
    differs("list_never_closes", "struct item.value items.prev->.value modified 3 -> 33\n");
    scene_look(&(struct scene_wish){.name = "list_without_end"}, &scene);
    assert_false(scene.cut);
    assert_true(scene.objects > 5000);
    scene_deinit(&scene);
    scene_look(&(struct scene_wish){.name = "list_without_end", .object_budget = 200}, &scene);
    assert_true(scene.cut);
    assert_int_equal(scene.objects, 200);
    assert_string_equal(scene.told, "struct single.value singles->.value modified 4999 -> -1\n"); /* what was reached is compared all the same */
    scene_deinit(&scene);
}

static void trees_are_told_by_members(void **state) {
    (void)state;
    /* Nobody comes or goes; the colour is a bit of the parent's address. */
    differs("tree_rotated", "tree tree modified struct leafy@0x2000000+8 -> struct leafy@0x2000040+8\n"
                            "struct leafy.rb.parent_and_colour tree->.rb.parent_and_colour modified struct leafy@0x2000000+9 -> 0x1\n"
                            "struct leafy.rb.left tree->.rb.left moved NULL -> struct leafy@0x2000000+8\n"
                            "struct leafy.rb.parent_and_colour tree->rb.left->.rb.parent_and_colour modified NULL -> struct leafy@0x2000040+8\n"
                            "struct leafy.rb.right tree->rb.left->.rb.right moved struct leafy@0x2000040+8 -> NULL\n");
    differs("tree_grown", "sample.c:heap_used sample.c:heap_used modified 64 -> 128\n"
                          "struct leafy.rb.left tree->.rb.left added NULL -> struct leafy@0x2000040+8\n"
                          "struct leafy.value tree->rb.left->.value created - -> 2\n"
                          "struct leafy.rb.parent_and_colour tree->rb.left->.rb.parent_and_colour created - -> struct leafy@0x2000000+8\n"
                          "struct leafy.rb.right tree->rb.left->.rb.right created - -> NULL\n"
                          "struct leafy.rb.left tree->rb.left->.rb.left created - -> NULL\n");
    differs("children_swapped", "struct plain_tree.child[] plain->.child[0] .. .child[1] (2) moved struct plain_tree@0x2000040, struct "
                                "plain_tree@0x2000080 -> struct plain_tree@0x2000080, struct plain_tree@0x2000040\n");
}

static void arrays_of_pointers_are_told_by_members(void **state) {
    (void)state;
    differs("array_shifted", "slots[] slots[0] removed struct item@0x2000000 -> struct item@0x2000040\n"
                             "slots[] slots[1] .. [2] (2) moved struct item@0x2000040, struct item@0x2000080 -> struct item@0x2000080, NULL\n");
    differs("array_filled", "slots[] slots[3] added NULL -> struct item@0x2000040\n");
    differs("array_replaced", "slots[] slots[1] modified struct item@0x2000000 -> struct item@0x2000040\n");
}

/* ------------------------------------------------------------------------------------------------ values */

static void values_are_typed(void **state) {
    (void)state;
    differs("values", "mixed.name[] mixed.name[0] .. .name[3] (4) modified anna -> otto\n"
                      "mixed.mood mixed.mood modified ANGRY -> ASLEEP\n"
                      "mixed.high mixed.high modified 0 -> 300\n"
                      "mixed.small mixed.small modified 0 -> -3\n"
                      "mixed.number mixed.number modified 0.5 -> -0.25\n"
                      "mixed.call mixed.call modified function_a -> function_b\n"
                      "mixed.where mixed.where modified &numbers+8 -> &numbers+20\n");
    differs("low_bits", "mixed.low mixed.low modified 0 -> 5\n"); /* and not its neighbour in the byte */
    differs("run_of_numbers", "numbers[] numbers[10] .. [40] (5) modified 0, 0, 0, 0, 0 -> 10, 11, 12, 13, 1\n");
    differs("static_state", "sample.c:hidden sample.c:hidden modified 0 -> 9\n");
}

static void unions_by_the_known_member(void **state) {
    (void)state;
    static const struct {
        const char *known[3];
        const char *told;
    } CASES[] = {
        {{"mixed.either.word"}, "mixed.either.word mixed.either.word modified 0 -> 258\n"},
        {{"mixed.either.first"}, "mixed.either.first mixed.either.first modified 0 -> 258\n"},
        {{"mixed.either.pointer"}, "mixed.either.pointer mixed.either.pointer added NULL -> 0x102\n"},
        /* Either may be meant: the first speaks for both, without a type. */
        {{"mixed.either.word", "mixed.either.pointer"},
         "mixed.either.word mixed.either.word modified bytes 00 00 00 00 00 00 00 00 -> bytes 02 01 00 00 00 00 00 00\n"},
        /* Of the second one no bit changed. */
        {{"mixed.either.second", "mixed.either.pointer"},
         "mixed.either.pointer mixed.either.pointer modified bytes 00 00 00 00 00 00 00 00 -> bytes 02 01 00 00 00 00 "
         "00 00\n"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scene scene;
        scene_look(&(struct scene_wish){.name = "union_word", .whitelist = CASES[i].known}, &scene);
        assert_string_equal(scene.told, CASES[i].told);
        assert_true(scene.all_whitelisted);
        scene_deinit(&scene);
    }
    /* None is known: one difference, told as not in the whitelist, and without a type. */
    struct scene scene;
    scene_look(&(struct scene_wish){.name = "union_word", .whitelist = (const char *const[]){"mixed.low", NULL}}, &scene);
    assert_string_equal(scene.told, "mixed.either.word mixed.either.word modified bytes 00 00 00 00 00 00 00 00 -> bytes 02 01 00 00 00 00 00 00\n");
    assert_false(scene.all_whitelisted);
    scene_deinit(&scene);
}

/* How long a flexible array is, the allocation tells; without it only what the type itself has is seen. */
static void flexible_arrays_have_the_size_of_their_allocation(void **state) {
    (void)state;
    struct scene scene;
    differs("flexible_part", "");
    scene_look(&(struct scene_wish){.name = "flexible_part", .allocated = {0x2000000, 52, "struct flexible"}}, &scene);
    assert_string_equal(scene.told, "struct flexible.parts[].y flexible->.parts[4].y modified 0 -> 9\n");
    scene_deinit(&scene);
}

/* ------------------------------------------------------------------------------------------------ graphs */

static void objects_are_met_once(void **state) {
    (void)state;
    differs("cycle_shared", "struct item.value slots[]#0->.value modified 1 -> 5\n"
                            "struct item.value slots[]#0->twin->.value modified 2 -> 6\n");
}

static void depth_has_no_limit(void **state) {
    (void)state;
    differs("deep_chain", "struct deep.value deep->below->below->below->below->below->below->below->(1984 "
                          "more)->below->below->below->below->below->below->below->below->.value modified 1999 -> -7\n");
}

static void garbage_is_not_followed(void **state) {
    (void)state;
    differs("garbage", "other other modified 0xdead000000000100 -> 0xdead000000000122\n"
                       "struct item.value slots[]#3->.value modified 3 -> 4\n");
}

static void untyped_pointers_lead_where_the_analyzer_saw(void **state) {
    (void)state;
    differs("typed_void", "struct item.value anything->any->.value modified 2 -> 3\n");
}

/* Only what may lead to a whitelisted state is read, at every depth. */
static void whitelists_prune(void **state) {
    (void)state;
    static const struct {
        const char *scene;
        const char *known[3];
        uint32_t objects;
        const char *told;
    } CASES[] = {
        {"static_state", {"sample.c:hidden"}, 1, "sample.c:hidden sample.c:hidden modified 0 -> 9\n"},
        {"typed_void", {"numbers[]"}, 1, ""},
        {"deep_chain", {"numbers[]"}, 1, ""},
        {"deep_chain",
         {"struct deep.value"},
         2001,
         "struct deep.value deep->below->below->below->below->below->below->below->(1984 "
         "more)->below->below->below->below->below->below->below->below->.value modified 1999 -> -7\n"},
        {"list_without_end", {"struct deep.value"}, 1, ""}, /* the list is not even entered */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct scene scene;
        scene_look(&(struct scene_wish){.name = CASES[i].scene, .whitelist = CASES[i].known}, &scene);
        assert_string_equal(scene.told, CASES[i].told);
        assert_int_equal(scene.objects, CASES[i].objects);
        scene_deinit(&scene);
    }
}

static void owners_are_told_apart(void **state) {
    (void)state;
    struct scene scene;
    scene_look(&(struct scene_wish){.name = "cycle_shared"}, &scene);
    assert_int_equal(scene.servers, scene.objects);
    scene_deinit(&scene);
    scene_look(&(struct scene_wish){.name = "cycle_shared", .client = true}, &scene);
    assert_int_equal(scene.servers, 0);
    scene_deinit(&scene);
}

/* A wished scene tells this. */
static void tells(const struct scene_wish *wish, const char *expected) {
    struct scene scene;
    scene_look(wish, &scene);
    assert_string_equal(scene.told, expected);
    scene_deinit(&scene);
}

static void memory_given_out_again_is_another_object(void **state) {
    (void)state;
    struct scene_wish wish = {
        .name = "reused", .whitelist = (const char *const[]){"struct item.value", NULL}, .allocated = {0x2000000, 48, "struct item"}};
    tells(&wish, "struct item.value slots[]#0->.value modified 1 -> 2\n");
    wish.fate = FATE_REUSED;
    tells(&wish, "struct item.value slots[]#0->.value created - -> 2\n");
    wish.fate = FATE_FREED_BEFORE; /* what still points there leads nowhere */
    tells(&wish, "");
    wish.fate = FATE_NONE; /* it holds no item by now: nor is it followed as what it holds, since who points there means an item */
    wish.allocated.root = "struct deep";
    wish.whitelist = (const char *const[]){"struct item.value", "struct deep.value", NULL};
    tells(&wish, "");
}

static void parameters_lead_to_the_clients_objects(void **state) {
    (void)state;
    tells(&(struct scene_wish){.name = "handed"}, "");
    tells(&(struct scene_wish){.name = "handed", .parameter = 0x2000000}, "struct item.value (parameter 2).value modified 1 -> 2 (client)\n"
                                                                          "struct item.value (parameter 2).any->.value modified 10 -> 11 (client)\n");
}

static void stacks_are_walked_through_and_not_compared(void **state) {
    (void)state;
    tells(&(struct scene_wish){.name = "handed", .parameter = 0x2000000, .stack = 0x2000000},
          "struct item.value (parameter 2).any->.value modified 10 -> 11 (client)\n");
}

static void what_others_changed_is_told_apart(void **state) {
    (void)state;
    tells(&(struct scene_wish){.name = "low_bits", .own = OWN_ALL}, "mixed.low mixed.low modified 0 -> 5\n");
    tells(&(struct scene_wish){.name = "low_bits", .own = OWN_NONE}, "mixed.low mixed.low modified 0 -> 5 (foreign)\n");
    /* Every store was told: what it did not store to was changed by others alone, what it has changed back is its own. */
    tells(&(struct scene_wish){.name = "low_bits", .own = OWN_KNOWN}, "");
    tells(&(struct scene_wish){.name = "low_bits", .own = OWN_STORED}, "mixed.low mixed.low modified 0 -> 5\n");
    /* What others changed outside of the whitelist is not this transaction's to explain. */
    tells(&(struct scene_wish){.name = "low_bits", .own = OWN_NONE, .whitelist = (const char *const[]){"mixed.high", NULL}}, "");
}

/* ------------------------------------------------------------------------------------------------ processors */

#define PERCPU                                                                                                                                       \
    "INSERT INTO manifest (section, name, key, value, line) VALUES ('percpu', '', 'start', '__start_percpu', 1), ('percpu', '', 'end', "             \
    "'__stop_percpu', 1), ('percpu', '', 'offsets', 'offsets', 1), ('percpu', '', 'count', 'cpu_count', 1)"

static void each_processor_has_its_copy(void **state) {
    (void)state;
    struct scene scene;
    scene_look(&(struct scene_wish){.name = "cpu_copies", .sql = PERCPU ", ('percpu', '', 'blocks', 'blocks', 1)"}, &scene);
    assert_string_equal(scene.told, "own_errno own_errno@cpu1 modified 3 -> 22\n"
                                    "runner.value runner@cpu1.value modified 0 -> 4\n"
                                    "ticks ticks@cpu0 modified 0 -> 100\n"
                                    "struct item.value runner@cpu1.held->.value modified 7 -> 8\n");
    scene_deinit(&scene);
    /* Thread-local variables are left out where nothing says where they lie. */
    scene_look(&(struct scene_wish){.name = "cpu_copies", .sql = PERCPU}, &scene);
    assert_null(strstr(scene.told, "own_errno"));
    assert_non_null(strstr(scene.told, "ticks@cpu0"));
    scene_deinit(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_told_by_members),
        cmocka_unit_test(hashed_lists_too),
        cmocka_unit_test(lists_that_do_not_close_end),
        cmocka_unit_test(trees_are_told_by_members),
        cmocka_unit_test(arrays_of_pointers_are_told_by_members),
        cmocka_unit_test(values_are_typed),
        cmocka_unit_test(unions_by_the_known_member),
        cmocka_unit_test(flexible_arrays_have_the_size_of_their_allocation),
        cmocka_unit_test(objects_are_met_once),
        cmocka_unit_test(depth_has_no_limit),
        cmocka_unit_test(garbage_is_not_followed),
        cmocka_unit_test(untyped_pointers_lead_where_the_analyzer_saw),
        cmocka_unit_test(whitelists_prune),
        cmocka_unit_test(owners_are_told_apart),
        cmocka_unit_test(each_processor_has_its_copy),
        cmocka_unit_test(memory_given_out_again_is_another_object),
        cmocka_unit_test(parameters_lead_to_the_clients_objects),
        cmocka_unit_test(stacks_are_walked_through_and_not_compared),
        cmocka_unit_test(what_others_changed_is_told_apart),
    };
    return cmocka_run_group_tests(tests, scenes_setup, scenes_teardown);
}
