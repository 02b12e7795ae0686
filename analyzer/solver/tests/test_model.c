#include "test_solver.h"
#include "model.h"

void test_model_words(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct models models = {.arena = &arena};
    assert_null(models_parse(
        &models,
        "# comment\nmemcpy writes *0 copies *1 size 2 returns 0\n\nkfree frees 0 # why\nput writes *1.count writes *1.next\nrun calls 0 with 2\n"
        "irq defers 1 with 0 with 5 defers 2.work.func with 2\n",
        "m"));
    const struct model *copy = models_find(&models, "memcpy");
    assert_non_null(copy);
    assert_int_equal(copy->writes, 1);
    assert_int_equal(copy->copies_to, 0);
    assert_int_equal(copy->copies_from, 1);
    assert_int_equal(copy->size, 2);
    assert_int_equal(copy->returns, 0);
    assert_int_equal(models_find(&models, "kfree")->frees, 0);
    const struct model *put = models_find(&models, "put");
    assert_int_equal(put->member_count, 2);
    assert_int_equal(put->members[0].argument, 1);
    assert_string_equal(put->members[1].name, "next");
    assert_int_equal(models_find(&models, "run")->call_arguments, 4);
    const struct model *irq = models_find(&models, "irq");
    assert_int_equal(irq->deferred_count, 2);
    assert_int_equal(irq->deferred[0].arguments, 1 | 1 << 5);
    assert_null(irq->deferred[0].member);
    assert_int_equal(irq->deferred[1].argument, 2);
    assert_string_equal(irq->deferred[1].member, "work.func");
    assert_int_equal(irq->call_arguments, 0);
    assert_null(models_find(&models, "comment"));
    assert_null(models_parse(&models, "lock writes *0 changes depth changes struct:task.held.count\n", "l"));
    const struct model *lock = models_find(&models, "lock");
    assert_int_equal(lock->writes, 1);
    assert_int_equal(lock->change_count, 2);
    assert_string_equal(lock->changes[0], "depth");
    assert_string_equal(lock->changes[1], "struct task.held.count");
    assert_null(models_parse(&models, "memcpy pure\n", "n"));
    assert_int_equal(models_find(&models, "memcpy")->writes, 0); /* the later line counts */
    arena_deinit(&arena);
}

void test_model_errors(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct models models = {.arena = &arena};
    static const char *const wrong[] = {"f writes",     "f writes *x", "f writes 40", "f copies *1", "f dances 1",    "f writes *40.member",
                                        "f writes *1.", "f returns",   "f defers 1.", "f changes",   "f changes a:b", "f changes struct:"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error *error = models_parse(&models, arena_format(&arena, "ok pure\n%s\n", wrong[i]), "place.model");
        assert_non_null(error);
        assert_non_null(strstr(error_message(error), "place.model:2:"));
        error_destroy(error);
    }
    arena_deinit(&arena);
}
