#include <api/interrupt.h>
#include <api/task.h>
#include <clients/conformance.h>

static int32_t child_raise(struct client_start *start) {
    return interrupt_raise((uint32_t)start->arguments[0]);
}

void conformance_interrupts(struct conformance *suite) {
    owned(interrupt_line) struct interrupt_line line = {0};
    owned(interrupt_line) struct interrupt_line other = {0};
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {5}};
    uint32_t count = 7;
    int32_t result = 1;

    conformance_check(suite, "interrupt_wait for no line", interrupt_wait(&line, &count) == STATUS_BAD_OBJECT && count == 7);
    conformance_check(suite, "interrupt_pending of no line", interrupt_pending(&line, &count) == STATUS_BAD_OBJECT);
    conformance_check(suite, "interrupt_release of no line", interrupt_release(&line) == STATUS_BAD_OBJECT);
    conformance_check(suite, "interrupt_claim beyond the lines", interrupt_claim(&line, INTERRUPT_LINES) == STATUS_INVALID);
    conformance_check(suite, "interrupt_raise beyond the lines", interrupt_raise(INTERRUPT_LINES) == STATUS_INVALID);
    conformance_check(suite, "interrupt_raise for nobody", interrupt_raise(5) == STATUS_OK);
    conformance_check(suite, "interrupt_claim", interrupt_claim(&line, 5) == STATUS_OK);
    conformance_check(suite, "interrupt_claim of a claimed line", interrupt_claim(&other, 5) == STATUS_BUSY);
    conformance_check(suite, "interrupt_claim of another line", interrupt_claim(&other, 6) == STATUS_OK);
    conformance_check(suite, "what came before does not count", interrupt_pending(&line, &count) == STATUS_OK && count == 0);
    conformance_check(suite, "interrupt_raise", interrupt_raise(5) == STATUS_OK && interrupt_raise(5) == STATUS_OK);
    conformance_check(suite, "interrupt_pending", interrupt_pending(&line, &count) == STATUS_OK && count == 2);
    conformance_check(suite, "interrupt_wait", interrupt_wait(&line, &count) == STATUS_OK && count == 2);
    conformance_check(suite, "interrupt_wait takes all", interrupt_pending(&line, &count) == STATUS_OK && count == 0);
    conformance_check(suite, "lines are apart", interrupt_pending(&other, &count) == STATUS_OK && count == 0);
    conformance_check(suite, "a child raises it",
                      task_spawn(&child, "raise", child_raise, &start) == STATUS_OK && interrupt_wait(&line, &count) == STATUS_OK && count == 1);
    conformance_check(suite, "the child has ended", task_join(&child, &result) == STATUS_OK && result == STATUS_OK);
    conformance_check(suite, "interrupt_release", interrupt_release(&line) == STATUS_OK);
    conformance_check(suite, "interrupt_claim again", interrupt_claim(&line, 5) == STATUS_OK);
}
