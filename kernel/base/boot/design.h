/* What the base needs of a design. */
#ifndef BASE_DESIGN_H
#define BASE_DESIGN_H

#include <base/boot/start_info.h>
#include <stdint.h>

struct task;

extern const char design_name[];

/* Starts the entities, makes a first task of the clients' code, and becomes the idle task of the first CPU. */
void design_start(const struct boot_options *options) __attribute__((noreturn));
/* Becomes the idle task of a further CPU, whose stack this is. */
void design_start_processor(uint8_t *stack) __attribute__((noreturn));
/* Called on the stack of a new task when it first runs, with what context_switch passes on. */
void task_begin(struct task *left) __attribute__((noreturn));
/* Says on the console what is known about a fault at `address` in the kernel, if anything. Takes no locks. */
void design_explain_fault(uint64_t address);

#endif
