#include <clients/conformance.h>
#include <clients/text.h>

void conformance_check(struct conformance *suite, const char *name, bool passed) {
    text_print(passed ? "ok " : "FAIL ");
    text_print(name);
    text_print("\n");
    if (passed) {
        suite->passed++;
    } else {
        suite->failed++;
    }
}

int32_t conformance_run(void) {
    struct conformance suite = {0, 0};
    conformance_tasks(&suite);
    conformance_scheduler(&suite);
    conformance_memory(&suite);
    conformance_channels(&suite);
    conformance_files(&suite);
    conformance_directories(&suite);
    conformance_timers(&suite);
    conformance_semaphores(&suite);
    conformance_queues(&suite);
    conformance_events(&suite);
    conformance_interrupts(&suite);
    conformance_devices(&suite);
    text_print("conformance: ");
    text_print_number(suite.passed);
    text_print(" passed, ");
    text_print_number(suite.failed);
    text_print(" failed\n");
    return suite.failed == 0 ? 0 : 1;
}
