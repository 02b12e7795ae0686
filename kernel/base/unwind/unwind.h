/* Leaving a stack early: the scopes on it are left from the innermost on, and what their cleanup attributes name is called.
 * The mechanism is gcc's (libgcc_eh; Itanium C++ ABI: Exception Handling, level I); code is built with -fnon-call-exceptions, so that
 * scopes end as well where an instruction faults. */
#ifndef BASE_UNWIND_H
#define BASE_UNWIND_H

#include <stdbool.h>
#include <stdint.h>
#include <unwind.h>

/* What an unwinding needs of memory that outlives the frames it leaves. Owner: whose stack it is. */
struct unwinding {
    struct _Unwind_Exception exception;
    void (*end)(void *argument); /* does not return */
    void *argument;
};

/* Before the first fault, on one CPU. */
void unwind_init(void);
/* On each CPU: libgcc_eh uses SSE registers. Nothing else in the kernel does, and nobody saves them: they hold nothing while
 * interrupts are on or tasks are switched. */
void unwind_init_processor(void);

/* Code that is left as a whole or not at all, in no order: for instance a cleanup, which its own scope does not cover. */
struct unwind_region {
    uint64_t begin, end;
};

/* Whether the stack of the interrupted code can be left from `rip` on, and each scope on it then releases exactly what it owns: in no function
 * of `whole`, and the function at `rip` owns nothing, or with `returned` has just got back from a call that the compiler expects to be left.
 * Called by what an interrupt or exception at `rip` calls, on the same stack. */
bool unwind_possible(uint64_t rip, bool returned, const struct unwind_region *whole);

/* Leaves all scopes on the stack of the caller, through frames of interrupts and exceptions too, then calls end(argument) where
 * the outermost function was called. Interrupts are off from here on, in cleanups as well, which may block.
 * The interrupted code may have no red zone, and hold no lock. */
void unwind_stack(struct unwinding *unwinding, void (*end)(void *argument), void *argument) __attribute__((noreturn));

#endif
