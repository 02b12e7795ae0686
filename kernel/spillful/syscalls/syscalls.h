/* System calls: how requests of user mode reach the servers. */
#ifndef SPILLFUL_SYSCALLS_H
#define SPILLFUL_SYSCALLS_H

#include <api/status.h>
#include <stddef.h>
#include <syscalls/numbers.h>

/* A pointer that came from user mode: never followed, only given to copy_from_user and copy_to_user. */
#ifdef __clang__
#define user_address __attribute__((btf_type_tag("user")))
#else
#define user_address
#endif

/* What syscall_entry leaves on the stack: the registers of the arguments in order, and the number. */
struct request {
    uint64_t arguments[6];
    uint64_t number;
};

/* The same with what is above it: where the client goes on. */
struct system_frame {
    struct request request;
    uint64_t rip, flags, rsp;
};

/* Gives a status_t. */
typedef int64_t system_call(const struct request *request);

static inline void user_address *request_pointer(const struct request *request, unsigned index) {
    return (void user_address *)request->arguments[index];
}

/* Sets this CPU up for the syscall instruction. */
void syscalls_init(void);
/* Leaves the kernel for user mode at `rip` with two arguments. Does not return. */
void user_enter(uint64_t rip, uint64_t rsp, uint64_t first, uint64_t second) __attribute__((noreturn));

/* STATUS_FAULT if any of it is not the client's memory, or not writable; what lies before may have been copied. */
status_t copy_from_user(void *to, const void user_address *from, size_t size);
status_t copy_to_user(void user_address *to, const void *from, size_t size);
status_t clear_user(void user_address *to, size_t size);
/* Copies a string with its end. STATUS_INVALID if it does not fit. */
status_t copy_string_from_user(char *to, const void user_address *from, size_t capacity);

system_call sys_console_write;
system_call sys_task_spawn;
system_call sys_task_exit;
system_call sys_task_join;
system_call sys_task_detach;
system_call sys_task_query;
system_call sys_task_cancel;
system_call sys_task_cancelled;
system_call sys_task_identify;
system_call sys_task_rename;
system_call sys_scheduler_yield;
system_call sys_scheduler_sleep;
system_call sys_scheduler_set_priority;
system_call sys_scheduler_get_priority;
system_call sys_clock_read;
system_call sys_clock_resolution;
system_call sys_memory_map;
system_call sys_memory_unmap;
system_call sys_memory_protect;
system_call sys_memory_resize;
system_call sys_memory_query;
system_call sys_channel_create;
system_call sys_channel_close;
system_call sys_channel_send;
system_call sys_channel_try_send;
system_call sys_channel_receive;
system_call sys_channel_try_receive;
system_call sys_channel_status;
system_call sys_volume_create;
system_call sys_volume_close;
system_call sys_file_open;
system_call sys_file_close;
system_call sys_file_read;
system_call sys_file_write;
system_call sys_file_seek;
system_call sys_file_stat;
system_call sys_file_truncate;
system_call sys_file_unlink;
system_call sys_file_rename;
system_call sys_directory_create;
system_call sys_directory_remove;
system_call sys_directory_open;
system_call sys_directory_next;
system_call sys_directory_close;
system_call sys_timer_set_create;
system_call sys_timer_set_close;
system_call sys_timer_create;
system_call sys_timer_close;
system_call sys_timer_arm;
system_call sys_timer_cancel;
system_call sys_timer_remaining;
system_call sys_timer_wait;
system_call sys_semaphore_create;
system_call sys_semaphore_close;
system_call sys_semaphore_down;
system_call sys_semaphore_try_down;
system_call sys_semaphore_up;
system_call sys_semaphore_value;
system_call sys_queue_create;
system_call sys_queue_close;
system_call sys_queue_send;
system_call sys_queue_receive;
system_call sys_queue_status;
system_call sys_queue_set_depth;
system_call sys_topic_create;
system_call sys_topic_close;
system_call sys_event_subscribe;
system_call sys_event_unsubscribe;
system_call sys_event_publish;
system_call sys_event_dispatch;
system_call sys_event_pending;
system_call sys_interrupt_claim;
system_call sys_interrupt_release;
system_call sys_interrupt_raise;
system_call sys_interrupt_wait;
system_call sys_interrupt_pending;
system_call sys_device_open;
system_call sys_device_close;
system_call sys_device_read;
system_call sys_device_write;
system_call sys_device_control;
system_call sys_device_seek;
system_call sys_device_status;
system_call sys_process_fork;
system_call sys_process_execute;
system_call sys_process_wait;
system_call sys_signal_handle;
system_call sys_signal_send;
system_call sys_signal_return;
system_call sys_trial_usage;
system_call sys_trial_starve;
system_call sys_trial_doom;
system_call sys_trial_kill;
system_call sys_trial_secrets;
system_call sys_trial_integrity;
system_call sys_trial_requests;

#endif
