/* What the recorder is tried on, on every architecture: calls, recursion and stores whose order and values the test knows. */
typedef unsigned long word;

volatile word total;    /* changed by each call of work */
volatile word calls[4]; /* by depth */
volatile unsigned char narrow;
unsigned char stack[16384] __attribute__((aligned(16))); /* the boot stack; start_*.S points to its end */

__attribute__((noinline)) void run_begin(void) {
    __asm__ volatile("");
}
__attribute__((noinline)) void run_end(void) {
    __asm__ volatile("");
}

/* Recursive: at depth d it adds its arguments and calls itself down to 0. */
__attribute__((noinline)) word work(word depth, word amount) {
    calls[depth] = calls[depth] + 1;
    total = total + amount;
    if (depth == 0) {
        narrow = 0x5a;
        return amount;
    }
    return work(depth - 1, amount + 1) + amount;
}

void guest_main(void);
void guest_main(void) {
    total = 1000; /* before the window: in the pages, not among the stores */
    run_begin();
    for (word round = 0; round < 5; round++) {
        work(round % 3, 10 * round);
    }
    run_end();
    total = 0; /* behind the window */
#ifdef GUEST_RUNS_ON
    for (;;) {
        calls[3] = calls[3] + 1;
    }
#endif
}
