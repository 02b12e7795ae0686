#include <base/console/console.h>
#include <base/cpu/cpu.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/interrupts.h>
#include <base/trial/trial.h>
#include <signals/signals.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

enum {
    MSR_EFER = 0xc0000080,
    MSR_STAR = 0xc0000081,
    MSR_LSTAR = 0xc0000082,
    MSR_SFMASK = 0xc0000084,
    EFER_SYSCALL = 1,
    FLAGS_MASKED = 0x47700 /* interrupts, direction, trap, alignment check, nested task ... */
};

static system_call *const syscall_table[SYSTEM_COUNT] = {
    [SYSTEM_CONSOLE_WRITE] = sys_console_write,
    [SYSTEM_TASK_SPAWN] = sys_task_spawn,
    [SYSTEM_TASK_EXIT] = sys_task_exit,
    [SYSTEM_TASK_JOIN] = sys_task_join,
    [SYSTEM_TASK_DETACH] = sys_task_detach,
    [SYSTEM_TASK_QUERY] = sys_task_query,
    [SYSTEM_TASK_CANCEL] = sys_task_cancel,
    [SYSTEM_TASK_CANCELLED] = sys_task_cancelled,
    [SYSTEM_TASK_IDENTIFY] = sys_task_identify,
    [SYSTEM_TASK_RENAME] = sys_task_rename,
    [SYSTEM_SCHEDULER_YIELD] = sys_scheduler_yield,
    [SYSTEM_SCHEDULER_SLEEP] = sys_scheduler_sleep,
    [SYSTEM_SCHEDULER_SET_PRIORITY] = sys_scheduler_set_priority,
    [SYSTEM_SCHEDULER_GET_PRIORITY] = sys_scheduler_get_priority,
    [SYSTEM_CLOCK_READ] = sys_clock_read,
    [SYSTEM_CLOCK_RESOLUTION] = sys_clock_resolution,
    [SYSTEM_MEMORY_MAP] = sys_memory_map,
    [SYSTEM_MEMORY_UNMAP] = sys_memory_unmap,
    [SYSTEM_MEMORY_PROTECT] = sys_memory_protect,
    [SYSTEM_MEMORY_RESIZE] = sys_memory_resize,
    [SYSTEM_MEMORY_QUERY] = sys_memory_query,
    [SYSTEM_CHANNEL_CREATE] = sys_channel_create,
    [SYSTEM_CHANNEL_CLOSE] = sys_channel_close,
    [SYSTEM_CHANNEL_SEND] = sys_channel_send,
    [SYSTEM_CHANNEL_TRY_SEND] = sys_channel_try_send,
    [SYSTEM_CHANNEL_RECEIVE] = sys_channel_receive,
    [SYSTEM_CHANNEL_TRY_RECEIVE] = sys_channel_try_receive,
    [SYSTEM_CHANNEL_STATUS] = sys_channel_status,
    [SYSTEM_VOLUME_CREATE] = sys_volume_create,
    [SYSTEM_VOLUME_CLOSE] = sys_volume_close,
    [SYSTEM_FILE_OPEN] = sys_file_open,
    [SYSTEM_FILE_CLOSE] = sys_file_close,
    [SYSTEM_FILE_READ] = sys_file_read,
    [SYSTEM_FILE_WRITE] = sys_file_write,
    [SYSTEM_FILE_SEEK] = sys_file_seek,
    [SYSTEM_FILE_STAT] = sys_file_stat,
    [SYSTEM_FILE_TRUNCATE] = sys_file_truncate,
    [SYSTEM_FILE_UNLINK] = sys_file_unlink,
    [SYSTEM_FILE_RENAME] = sys_file_rename,
    [SYSTEM_DIRECTORY_CREATE] = sys_directory_create,
    [SYSTEM_DIRECTORY_REMOVE] = sys_directory_remove,
    [SYSTEM_DIRECTORY_OPEN] = sys_directory_open,
    [SYSTEM_DIRECTORY_NEXT] = sys_directory_next,
    [SYSTEM_DIRECTORY_CLOSE] = sys_directory_close,
    [SYSTEM_TIMER_SET_CREATE] = sys_timer_set_create,
    [SYSTEM_TIMER_SET_CLOSE] = sys_timer_set_close,
    [SYSTEM_TIMER_CREATE] = sys_timer_create,
    [SYSTEM_TIMER_CLOSE] = sys_timer_close,
    [SYSTEM_TIMER_ARM] = sys_timer_arm,
    [SYSTEM_TIMER_CANCEL] = sys_timer_cancel,
    [SYSTEM_TIMER_REMAINING] = sys_timer_remaining,
    [SYSTEM_TIMER_WAIT] = sys_timer_wait,
    [SYSTEM_SEMAPHORE_CREATE] = sys_semaphore_create,
    [SYSTEM_SEMAPHORE_CLOSE] = sys_semaphore_close,
    [SYSTEM_SEMAPHORE_DOWN] = sys_semaphore_down,
    [SYSTEM_SEMAPHORE_TRY_DOWN] = sys_semaphore_try_down,
    [SYSTEM_SEMAPHORE_UP] = sys_semaphore_up,
    [SYSTEM_SEMAPHORE_VALUE] = sys_semaphore_value,
    [SYSTEM_QUEUE_CREATE] = sys_queue_create,
    [SYSTEM_QUEUE_CLOSE] = sys_queue_close,
    [SYSTEM_QUEUE_SEND] = sys_queue_send,
    [SYSTEM_QUEUE_RECEIVE] = sys_queue_receive,
    [SYSTEM_QUEUE_STATUS] = sys_queue_status,
    [SYSTEM_QUEUE_SET_DEPTH] = sys_queue_set_depth,
    [SYSTEM_TOPIC_CREATE] = sys_topic_create,
    [SYSTEM_TOPIC_CLOSE] = sys_topic_close,
    [SYSTEM_EVENT_SUBSCRIBE] = sys_event_subscribe,
    [SYSTEM_EVENT_UNSUBSCRIBE] = sys_event_unsubscribe,
    [SYSTEM_EVENT_PUBLISH] = sys_event_publish,
    [SYSTEM_EVENT_DISPATCH] = sys_event_dispatch,
    [SYSTEM_EVENT_PENDING] = sys_event_pending,
    [SYSTEM_INTERRUPT_CLAIM] = sys_interrupt_claim,
    [SYSTEM_INTERRUPT_RELEASE] = sys_interrupt_release,
    [SYSTEM_INTERRUPT_RAISE] = sys_interrupt_raise,
    [SYSTEM_INTERRUPT_WAIT] = sys_interrupt_wait,
    [SYSTEM_INTERRUPT_PENDING] = sys_interrupt_pending,
    [SYSTEM_DEVICE_OPEN] = sys_device_open,
    [SYSTEM_DEVICE_CLOSE] = sys_device_close,
    [SYSTEM_DEVICE_READ] = sys_device_read,
    [SYSTEM_DEVICE_WRITE] = sys_device_write,
    [SYSTEM_DEVICE_CONTROL] = sys_device_control,
    [SYSTEM_DEVICE_SEEK] = sys_device_seek,
    [SYSTEM_DEVICE_STATUS] = sys_device_status,
    [SYSTEM_PROCESS_FORK] = sys_process_fork,
    [SYSTEM_PROCESS_EXECUTE] = sys_process_execute,
    [SYSTEM_PROCESS_WAIT] = sys_process_wait,
    [SYSTEM_SIGNAL_HANDLE] = sys_signal_handle,
    [SYSTEM_SIGNAL_SEND] = sys_signal_send,
    [SYSTEM_SIGNAL_RETURN] = sys_signal_return,
    [SYSTEM_TRIAL_USAGE] = sys_trial_usage,
    [SYSTEM_TRIAL_STARVE] = sys_trial_starve,
    [SYSTEM_TRIAL_DOOM] = sys_trial_doom,
    [SYSTEM_TRIAL_KILL] = sys_trial_kill,
    [SYSTEM_TRIAL_SECRETS] = sys_trial_secrets,
    [SYSTEM_TRIAL_INTEGRITY] = sys_trial_integrity,
    [SYSTEM_TRIAL_REQUESTS] = sys_trial_requests,
};

extern uint8_t syscall_entry[];

/* An exception in user mode ends the process. */
static void user_exception(struct interrupt_frame *frame) {
    if (frame->vector == EXCEPTION_DEBUG && trial_marked(task_current())) {
        if (trial_step()) {
            return; /* the processor stops after each instruction of a marked process, not before it */
        }
        interrupts_enable();
        task_end(STATUS_FAULT);
    }
    console_print("%s: exception %lu at %lx, address %lx\n", task_current()->name, frame->vector, frame->rip, fault_address_read());
    interrupts_enable();
    task_end(STATUS_FAULT);
}

/* Called by syscall_entry with interrupts off. */
int64_t syscall_dispatch(const struct request *request);
int64_t syscall_dispatch(const struct request *request) {
    int64_t result = STATUS_INVALID;
    struct task *task = task_current();
    task->system_calls++;
    interrupts_enable();
    if (request->number < SYSTEM_COUNT) {
        result = syscall_table[request->number](request);
    }
    if (task->killed) {
        task_end(STATUS_FAULT);
    }
    if (task->signals != 0) {
        result = signals_deliver(request, result);
    }
    interrupts_disable();
    return result;
}

/* A process that was killed does not get back from an interrupt. Within the kernel it goes on until it leaves it. */
static void interrupt_end(struct interrupt_frame *frame) {
    if (frame_from_user(frame) && task_current()->killed) {
        interrupts_enable();
        task_end(STATUS_FAULT);
    }
}

void syscalls_init(void) {
    msr_write(MSR_STAR, (uint64_t)SELECTOR_USER_BASE << 48 | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    msr_write(MSR_LSTAR, (uint64_t)syscall_entry);
    msr_write(MSR_SFMASK, FLAGS_MASKED);
    msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SYSCALL);
    exception_route_user(user_exception);
    interrupt_route_end(interrupt_end);
}

int64_t sys_console_write(const struct request *request) {
    char text[128];
    const char user_address *from = request_pointer(request, 0);
    for (uint64_t left = request->arguments[1]; left > 0;) {
        size_t part = left < sizeof text ? left : sizeof text;
        if (copy_from_user(text, from, part) != STATUS_OK) {
            return STATUS_FAULT;
        }
        console_write(text, part);
        from += part;
        left -= part;
    }
    return STATUS_OK;
}

int64_t sys_trial_usage(const struct request *request) {
    struct trial_usage usage;
    status_t status = trial_usage(&usage);
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 0), &usage, sizeof usage);
}

int64_t sys_trial_starve(const struct request *request) {
    uint32_t failed;
    status_t status = trial_starve(request->arguments[0], &failed);
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 1), &failed, sizeof failed);
}

/* From here on the process sets the trap flag itself (user/stubs.c), and the kernel counts its steps. */
int64_t sys_trial_doom(const struct request *request) {
    return trial_mark(task_current(), request->arguments[0]);
}

int64_t sys_trial_secrets(const struct request *request) {
    struct trial_secrets secrets;
    status_t status = trial_secrets(&secrets);
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 0), &secrets, sizeof secrets);
}

int64_t sys_trial_integrity(const struct request *request) {
    uint32_t broken;
    status_t status = trial_integrity(&broken);
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 0), &broken, sizeof broken);
}

int64_t sys_trial_requests(const struct request *request) {
    char text[TRIAL_REQUESTS_PART];
    size_t done = 0;
    status_t status = trial_requests(request->arguments[0], text, request->arguments[2], &done);
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 1), text, done);
    }
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 3), &done, sizeof done);
}
