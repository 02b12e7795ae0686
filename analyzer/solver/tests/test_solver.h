#ifndef TEST_SOLVER_H
#define TEST_SOLVER_H
/* cmocka wants these before its own header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

/* The tests of one noun each. */
void test_arena_grow(void **state);
void test_map_many(void **state);
void test_keys_collide(void **state);
void test_shared_rows(void **state);
void test_names(void **state);
void test_location_set(void **state);
void test_location_set_shared(void **state);
void test_model_words(void **state);
void test_model_errors(void **state);
void test_asm_x86(void **state);
void test_asm_load_store_machines(void **state);
void test_asm_operands(void **state);
void test_fold(void **state);
void test_leaves(void **state);
void test_union_member(void **state);
void test_holds(void **state);
#endif
