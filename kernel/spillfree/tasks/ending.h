/* How a client ends before it wants to: it faults, or is killed. Its stack is left, and each scope on it gives back what it owns; nothing
 * else knows what that is.
 *
 * A client is killed at an instruction of its own: what a server does for it is done to the end, but it waits for nothing any more. From
 * where it is to end it is single-stepped to the next place where its stack can be left. docs/adr/021-where-a-client-is-killed.md. */
#ifndef SPILLFREE_ENDING_H
#define SPILLFREE_ENDING_H

#include <tasks/task.h>

/* At start. */
void endings_init(void);
/* Ends a task wherever it is, as a fault would. */
void task_kill(struct task *task);
/* Whether the task is to end, and has not begun to. */
bool task_is_doomed(const struct task *task);
/* The calling task, back from a wait, is on its way out if it is doomed. */
void task_heed(void);

#endif
