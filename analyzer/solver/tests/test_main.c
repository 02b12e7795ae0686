#include "test_solver.h"

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_grow),
        cmocka_unit_test(test_map_many),
        cmocka_unit_test(test_keys_collide),
        cmocka_unit_test(test_shared_rows),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_location_set),
        cmocka_unit_test(test_location_set_shared),
        cmocka_unit_test(test_model_words),
        cmocka_unit_test(test_model_errors),
        cmocka_unit_test(test_asm_x86),
        cmocka_unit_test(test_asm_load_store_machines),
        cmocka_unit_test(test_asm_operands),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_union_member),
        cmocka_unit_test(test_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
