#include "test_solver.h"
#include "type_layout.h"
#include "type_leaves.h"

/*
 * int = 0, char = 1, char[8] = 2,
 * struct item { int key; char name[8]; } = 3 (12 bytes), struct item[4] = 4 (48),
 * struct box { int before; struct item items[4]; union { int number; char bytes[8]; }; char tail[]; } = 7, union = 5, char[] = 6
 */
static void program_make(struct arena *arena, struct program *program) {
    *program = (struct program){.arena = arena, .pointer_size = 8};
    static const struct member item[] = {{"key", 0, 0, 32, false}, {"name", 2, 32, 64, false}};
    static const struct member either[] = {{"number", 0, 0, 32, false}, {"bytes", 2, 0, 64, false}};
    static const struct member box[] = {
        {"before", 0, 0, 32, false}, {"items", 4, 32, 384, false}, {"", 5, 416, 64, false}, {"tail", 6, 480, 0, false}};
    const struct type types[] = {
        {.kind = FACTS_SCALAR, .name = "int", .size = 4, .target = NONE},
        {.kind = FACTS_SCALAR, .name = "char", .size = 1, .target = NONE},
        {.kind = FACTS_ARRAY, .name = "", .size = 8, .target = 1, .count = 8},
        {.kind = FACTS_RECORD, .name = "struct item", .root = "struct item", .size = 12, .members = item, .member_count = 2, .target = NONE},
        {.kind = FACTS_ARRAY, .name = "", .size = 48, .target = 3, .count = 4},
        {.kind = FACTS_RECORD,
         .name = "union either",
         .root = "union either",
         .size = 8,
         .is_union = true,
         .members = either,
         .member_count = 2,
         .target = NONE},
        {.kind = FACTS_ARRAY, .name = "", .size = 0, .target = 1, .count = 0},
        {.kind = FACTS_RECORD, .name = "struct box", .root = "struct box", .size = 60, .members = box, .member_count = 4, .target = NONE},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        *VECTOR_ADD(arena, &program->types) = types[i];
    }
}

void test_fold(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct program program;
    program_make(&arena, &program);
    assert_int_equal(type_fold(&program, 7, 0), 0);
    assert_int_equal(type_fold(&program, 7, 4 + 12 * 3), 4);         /* items[3].key */
    assert_int_equal(type_fold(&program, 7, 4 + 12 * 2 + 4 + 5), 8); /* items[2].name[5] */
    assert_int_equal(type_fold(&program, 7, 60 + 100), 60);          /* tail[100] */
    assert_int_equal(type_fold(&program, 4, 13), 1);                 /* [1].key, its second byte */
    assert_int_equal(type_fold(&program, 4, 48), 48);                /* past the end stays */
    struct enclosing_array arrays[MAX_ENCLOSING];
    assert_int_equal(type_enclosing_arrays(&program, 7, 8, arrays), 2);
    assert_int_equal(arrays[0].base, 8);
    assert_int_equal(arrays[0].stride, 1);
    assert_int_equal(arrays[1].base, 4);
    assert_int_equal(arrays[1].stride, 12);
    arena_deinit(&arena);
}

struct collected {
    char text[512];
};

static void collect(void *context, const struct leaf *leaf) {
    struct collected *collected = context;
    strncat(collected->text, leaf->path, sizeof collected->text - strlen(collected->text) - 2);
    strcat(collected->text, " ");
}

static const char *leaves(struct program *program, uint32_t type, uint64_t first, uint64_t end, uint32_t record, uint32_t member,
                          struct collected *out) {
    out->text[0] = '\0';
    type_visit_leaves(program, type, first, end, record, member, collect, out);
    return out->text;
}

void test_leaves(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct program program;
    program_make(&arena, &program);
    struct collected out;
    assert_string_equal(leaves(&program, 7, 0, UINT64_MAX, NONE, NONE, &out), ".before .items[].key .items[].name[] .number .bytes[] .tail[] ");
    assert_string_equal(leaves(&program, 7, 32, 64, NONE, NONE, &out), ".items[].key ");
    assert_string_equal(leaves(&program, 7, 0, 40, NONE, NONE, &out), ".before .items[].key "); /* a store over the border */
    assert_string_equal(leaves(&program, 7, 480, 488, NONE, NONE, &out), ".tail[] ");
    assert_string_equal(leaves(&program, 0, 0, 32, NONE, NONE, &out), " ");
    assert_int_equal(type_leaf_count(&program, 3), 2);
    arena_deinit(&arena);
}

void test_union_member(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct program program;
    program_make(&arena, &program);
    struct collected out;
    assert_string_equal(leaves(&program, 7, 416, 448, NONE, NONE, &out), ".number .bytes[] ");
    assert_string_equal(leaves(&program, 7, 416, 448, 5, 0, &out), ".number ");
    arena_deinit(&arena);
}

void test_holds(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct program program;
    program_make(&arena, &program);
    assert_true(type_holds(&program, 7, 7, 0));
    assert_true(type_holds(&program, 7, 3, 4));
    assert_true(type_holds(&program, 7, 3, 16)); /* the second element */
    assert_false(type_holds(&program, 7, 3, 8));
    assert_true(type_holds_name(&program, 7, "union either", 52));
    assert_true(type_is_bytes_at(&program, 7, 60));
    assert_false(type_is_bytes_at(&program, 7, 0));
    assert_true(type_has_subobject(&program, 7, 4, 12));
    assert_int_equal(type_extent(&program, 7, 0), 60);
    assert_int_equal(type_extent(&program, 7, 8), 8); /* the array that begins here */
    arena_deinit(&arena);
}
