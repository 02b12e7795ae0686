/* Hostile processes: system calls with arguments that no honest stub would pass, from several at once that share objects. Only this design
 * has a boundary that they could break through. It passes if they have seen nothing of the kernel's memory and changed nothing in it, if
 * the kernel goes on and serves others as before, and if nothing is left behind. */
#include <api/device.h>
#include <api/event.h>
#include <api/file.h>
#include <api/memory.h>
#include <api/scheduler.h>
#include <api/timer.h>
#include <clients/conformance.h>
#include <clients/text.h>
#include <clients/trials.h>
#include <clients/worker.h>
#include <syscalls/numbers.h>

int32_t hostile_first(struct client_start *start);

enum {
    PROCESSES = 8,     /* at a time */
    LIFE = 5000,       /* calls that one of them makes */
    OPEN_EVERY = 250,  /* calls after which it opens objects of each kind, to have something to be wrong about */
    SCAN_EVERY = 1000, /* calls after which it looks through all of its buffer */
    SCAN_HEAD = 2048,  /* and how much of it after each */
    BUFFER_PAGES = 16, /* at the end of which there may be nothing */
    BUFFER_SIZE = BUFFER_PAGES * 4096,
    NO_HANDLE = 64,    /* and above */
    CLOSE_RARELY = 16, /* so many times does it spare an object that a call would close */
    SPAWN_RARELY = 200,
    END_RARELY = 100, /* so many times does it spare itself a call that ends who is wrong about it */
    CLIENTS_CODE = 0x400000,
    CLIENTS_CODE_SIZE = 0x100000,
    ADDRESS_COUNT = 13,
    ADDRESS_USER = 6,    /* the first of them are not the kernel's */
    FOUND_SECRET = -100, /* results of a process beyond the status_t, in the order of what is worst */
    FOUND_ADDRESS = -101,
    FOUND_REGISTER = -102,
    FOUND_RESULT = -103,
};

/* Half of the processes know where the kernel is, and pass that. The other half does not, so what it finds of such addresses in its memory
 * is not its own: those of the first half come back to them, as they are, counted up and down, and in parts. */
struct hostile {
    struct worker worker;
    uint8_t *buffer;
    bool knows_kernel;
    struct channel_end end;
    struct timer_set set;
    struct timer timer;
    struct file file;
    struct directory directory;
    struct subscription subscription;
    struct device device;
    uint64_t addresses[ADDRESS_COUNT]; /* where no client may read or write, or only some of them; those of the kernel last */
};

static void addresses_fill(uint64_t addresses[ADDRESS_COUNT], const struct trial_secrets *secrets) {
    const uint64_t all[ADDRESS_COUNT] = {
        0,
        1,
        CLIENTS_CODE,       /* cannot be written */
        0x0000000015000000, /* nothing */
        0x00007fffffffffff,
        0x0000800000000000, /* no address at all */
        0xffff800000000000, /* the direct map */
        0xffff800000100000,
        0xffffffff80100000, /* the kernel */
        0xffffffffffffffff,
        secrets->image,
        secrets->direct,
        secrets->object,
    };
    for (size_t i = 0; i < ADDRESS_COUNT; i++) {
        addresses[i] = all[i];
    }
}

/* Calls that would print, end the process, or wait for what may never come; and those of trials that take long or tell. */
static bool call_skipped(uint64_t number, const uint64_t arguments[6], const uint8_t *buffer) {
    bool no_handle = (uint32_t)arguments[0] >= NO_HANDLE;
    switch (number) {
    case SYSTEM_TASK_EXIT:
    case SYSTEM_TRIAL_USAGE:
    case SYSTEM_TRIAL_SECRETS:
    case SYSTEM_TRIAL_INTEGRITY:
        return true;
    case SYSTEM_PROCESS_FORK: /* at an address of its own it would go on there */
        return arguments[1] < 0x0000800000000000;
    case SYSTEM_PROCESS_EXECUTE: /* it would go on in the clients' code */
        return arguments[0] - CLIENTS_CODE < CLIENTS_CODE_SIZE;
    case SYSTEM_CONSOLE_WRITE:
        return arguments[0] < 0x0000800000000000 && arguments[1] != 0;
    case SYSTEM_SCHEDULER_SLEEP:
        return arguments[0] > 64;
    case SYSTEM_TASK_JOIN:
    case SYSTEM_CHANNEL_SEND:
    case SYSTEM_CHANNEL_RECEIVE:
    case SYSTEM_TIMER_WAIT:
    case SYSTEM_SEMAPHORE_DOWN:
    case SYSTEM_INTERRUPT_WAIT:
        return !no_handle;
    case SYSTEM_MEMORY_UNMAP:
    case SYSTEM_MEMORY_PROTECT:
        return arguments[0] - (uint64_t)buffer < BUFFER_SIZE;
    case SYSTEM_MEMORY_RESIZE:
        return arguments[2] - (uint64_t)buffer < BUFFER_SIZE;
    default:
        return false;
    }
}

static uint64_t hostile_argument(struct hostile *hostile) {
    struct worker *worker = &hostile->worker;
    switch (worker_random(worker, 10)) {
    case 0:
        return hostile->addresses[worker_random(worker, hostile->knows_kernel ? ADDRESS_COUNT : ADDRESS_USER)];
    case 1:
        return worker_random(worker, 64); /* handles, sizes, flags */
    case 2:
    case 3:
        return worker_random(worker, 3);
    case 4:
        return worker_random(worker, UINT64_MAX) & ~(1ul << 62); /* none of the kernel's addresses by chance */
    case 5:
        return worker_random(worker, 2 * BUFFER_SIZE); /* sizes */
    case 6:
        return (uint64_t)hostile->buffer + BUFFER_SIZE - worker_random(worker, 64); /* a part of what it says does not exist */
    default:
        return (uint64_t)hostile->buffer;
    }
}

/* Whether a word points to memory that the kernel uses: the first GiB as it is mapped, kernel stacks, the image. */
static bool kernel_address(uint64_t word) {
    return (word >= 0xffff800000100000 && word < 0xffff800040000000) || (word >= 0xffffa00000000000 && word < 0xffffa00100000000) ||
           (word >= 0xffffffff80100000 && word < 0xffffffff81000000);
}

/* What of the kernel's is in the buffer: FOUND_SECRET, FOUND_ADDRESS, or 0. */
static int32_t buffer_scan(const struct hostile *hostile, size_t size) {
    const uint64_t secret = TRIAL_SECRET * 0x01010101ul;
    const uint64_t *words = (const uint64_t *)(const void *)hostile->buffer;
    for (size_t i = 0; i < size / sizeof words[0]; i++) {
        if ((words[i] & 0xffffffff) == secret || words[i] >> 32 == secret) {
            return FOUND_SECRET;
        }
        if (!hostile->knows_kernel && kernel_address(words[i])) {
            return FOUND_ADDRESS;
        }
    }
    return 0;
}

/* The result; `found` gets FOUND_REGISTER if a register comes back with anything in it. */
static int64_t hostile_call(uint64_t number, const uint64_t arguments[6], int32_t *found) {
    int64_t result;
    register uint64_t fourth __asm__("r10") = arguments[3];
    register uint64_t fifth __asm__("r8") = arguments[4];
    register uint64_t sixth __asm__("r9") = arguments[5];
    uint64_t first = arguments[0], second = arguments[1], third = arguments[2];
    __asm__ volatile("syscall"
                     : "=a"(result), "+D"(first), "+S"(second), "+d"(third), "+r"(fourth), "+r"(fifth), "+r"(sixth)
                     : "0"(number)
                     : "rcx", "r11", "memory");
    if ((first | second | third | fourth | fifth | sixth) != 0) {
        *found = FOUND_REGISTER;
    }
    return result;
}

/* Objects of each kind. What cannot be opened, because too much is or there is no memory, stays what it was. */
static void hostile_open(struct hostile *hostile) {
    struct client_start *start = hostile->worker.start;
    struct channel_end other = {0};
    (void)channel_create(&hostile->end, &other);
    (void)timer_set_create(&hostile->set);
    (void)timer_create(&hostile->set, &hostile->timer, NULL, NULL);
    (void)file_open(&start->volume, &hostile->file, "/a", FILE_CREATE | FILE_READ | FILE_WRITE);
    (void)directory_open(&start->volume, &hostile->directory, "/");
    (void)event_subscribe(&start->topic, &hostile->subscription, NULL, NULL);
    (void)device_open(&hostile->device, "i2c-0");
}

/* The handle of an object that the call is for, or `otherwise` if it is for none. */
static uint64_t hostile_handle(struct hostile *hostile, uint64_t number, uint64_t otherwise) {
    const struct client_start *start = hostile->worker.start;
    const struct {
        uint32_t close, first, last; /* the call that closes an object, those that are for it */
        uint32_t handle;
    } kinds[] = {
        {SYSTEM_CHANNEL_CLOSE, SYSTEM_CHANNEL_SEND, SYSTEM_CHANNEL_STATUS, hostile->end.handle},
        {SYSTEM_VOLUME_CLOSE, SYSTEM_FILE_OPEN, SYSTEM_FILE_OPEN, start->volume.handle},
        {SYSTEM_FILE_CLOSE, SYSTEM_FILE_READ, SYSTEM_FILE_TRUNCATE, hostile->file.handle},
        {SYSTEM_VOLUME_CLOSE, SYSTEM_FILE_UNLINK, SYSTEM_DIRECTORY_OPEN, start->volume.handle},
        {SYSTEM_DIRECTORY_CLOSE, SYSTEM_DIRECTORY_NEXT, SYSTEM_DIRECTORY_NEXT, hostile->directory.handle},
        {SYSTEM_TIMER_SET_CLOSE, SYSTEM_TIMER_CREATE, SYSTEM_TIMER_CREATE, hostile->set.handle},
        {SYSTEM_TIMER_CLOSE, SYSTEM_TIMER_ARM, SYSTEM_TIMER_REMAINING, hostile->timer.handle},
        {SYSTEM_SEMAPHORE_CLOSE, SYSTEM_SEMAPHORE_TRY_DOWN, SYSTEM_SEMAPHORE_VALUE, start->semaphore.handle},
        {SYSTEM_QUEUE_CLOSE, SYSTEM_QUEUE_SEND, SYSTEM_QUEUE_SET_DEPTH, start->queue.handle},
        {SYSTEM_TOPIC_CLOSE, SYSTEM_EVENT_SUBSCRIBE, SYSTEM_EVENT_SUBSCRIBE, start->topic.handle},
        {SYSTEM_TOPIC_CLOSE, SYSTEM_EVENT_PUBLISH, SYSTEM_EVENT_PUBLISH, start->topic.handle},
        {SYSTEM_EVENT_UNSUBSCRIBE, SYSTEM_EVENT_DISPATCH, SYSTEM_EVENT_PENDING, hostile->subscription.handle},
        {SYSTEM_DEVICE_CLOSE, SYSTEM_DEVICE_READ, SYSTEM_DEVICE_STATUS, hostile->device.handle},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bool closed = number == kinds[i].close && worker_random(&hostile->worker, CLOSE_RARELY) == 0;
        if (closed || (number >= kinds[i].first && number <= kinds[i].last)) {
            return kinds[i].handle;
        }
    }
    return otherwise;
}

/* A number in twenty is none of a call's; SYSTEM_COUNT, which is none either, stands for what it does rarely. */
static uint64_t hostile_number(struct worker *worker) {
    uint64_t number = worker_random(worker, 20) == 0 ? worker_random(worker, UINT64_MAX) : worker_random(worker, SYSTEM_COUNT);
    bool ends = number == SYSTEM_PROCESS_EXECUTE || number == SYSTEM_SIGNAL_RETURN;
    bool rare = (number == SYSTEM_TASK_SPAWN && worker_random(worker, SPAWN_RARELY) != 0) || (ends && worker_random(worker, END_RARELY) != 0);
    return rare ? SYSTEM_COUNT : number;
}

/* Arguments: calls, seed, whether it knows_kernel. The result is how many of them succeeded, or what was found that should not be. */
static int32_t hostile_main(struct client_start *start) {
    struct hostile hostile = {.worker = {.start = start, .random = start->arguments[1] * 2 + 1}};
    struct worker *worker = &hostile.worker;
    struct memory_region region = {0};
    struct trial_secrets secrets;
    void *address;
    int32_t succeeded = 0, found = 0;
    if (memory_map(&region, BUFFER_PAGES, MEMORY_READ | MEMORY_WRITE, &address) != STATUS_OK || trial_secrets(&secrets) != STATUS_OK) {
        return STATUS_NO_MEMORY; /* the others may have taken it all for now */
    }
    hostile.buffer = address;
    hostile.knows_kernel = start->arguments[2] != 0;
    addresses_fill(hostile.addresses, &secrets);
    found = buffer_scan(&hostile, BUFFER_SIZE);
    bytes_fill(hostile.buffer, '/', BUFFER_SIZE);
    for (uint64_t i = 0; i < start->arguments[0] && found == 0; i++) {
        if (i % OPEN_EVERY == 0) {
            hostile_open(&hostile);
        }
        uint64_t number, arguments[6];
        do {
            number = hostile_number(worker);
            for (unsigned n = 0; n < 6; n++) {
                arguments[n] = hostile_argument(&hostile);
            }
            if (worker_random(worker, 4) != 0) {
                arguments[0] = hostile_handle(&hostile, number, arguments[0]); /* then more than the handle can be wrong */
            }
        } while (call_skipped(number, arguments, hostile.buffer));
        int64_t result = hostile_call(number, arguments, &found);
        if (result > STATUS_OK || result < STATUS_NO_DEVICE) {
            return FOUND_RESULT;
        }
        succeeded += result == STATUS_OK;
        if (found == 0) {
            found = buffer_scan(&hostile, i % SCAN_EVERY == 0 ? BUFFER_SIZE : SCAN_HEAD);
        }
        if (found != 0) {
            text_print("hostile: found after call ");
            text_print_number(number);
            text_print("\n");
        }
        hostile.buffer[worker_random(worker, SCAN_HEAD)] = (uint8_t)"/a"[worker_random(worker, 3)];
    }
    if (found == 0) {
        found = buffer_scan(&hostile, BUFFER_SIZE);
    }
    return found != 0 ? found : succeeded;
}

/* How a process intrudes. */
enum intrusion { INTRUSION_LOAD, INTRUSION_STORE, INTRUSION_CALL, INTRUSION_ADDRESSES, INTRUSION_FLOAT = INTRUSION_ADDRESSES, INTRUSION_TABLES };

/* Whether the processor can keep user code from asking where the kernel's tables are. */
static bool tables_kept(void) {
    uint32_t eax = 0, ebx, ecx = 0, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (eax < 7) {
        return false;
    }
    eax = 7;
    ecx = 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ecx & 4) != 0;
}

/* Arguments: an address, enum intrusion. Does not come to its end. */
static int32_t intruder_main(struct client_start *start) {
    volatile uint64_t *target = (volatile uint64_t *)start->arguments[0];
    uint8_t table[10];
    switch ((enum intrusion)start->arguments[1]) {
    case INTRUSION_LOAD:
        return *target == 0;
    case INTRUSION_STORE:
        *target = 0;
        return 1;
    case INTRUSION_FLOAT: /* registers that nobody saves: what is in them is another client's */
        __asm__ volatile("fldz");
        return 1;
    case INTRUSION_TABLES:
        __asm__ volatile("sidt %0" : "=m"(table));
        return 1;
    default:
        ((void (*)(void))start->arguments[0])();
        return 1;
    }
}

static bool intruder_fails(uint64_t address, enum intrusion intrusion) {
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {address, intrusion}};
    int32_t result = 0;
    return task_spawn(&child, "intruder", intruder_main, &start) == STATUS_OK && task_join(&child, &result) == STATUS_OK && result == STATUS_FAULT;
}

/* Whether each direct use of the kernel's memory ends the process that tries it. */
static bool intruders_fail(const struct trial_secrets *secrets) {
    const uint64_t targets[] = {secrets->image, secrets->direct, secrets->object, 0xffffffff80102000};
    bool fine = intruder_fails(0, INTRUSION_FLOAT) && (!tables_kept() || intruder_fails(0, INTRUSION_TABLES));
    for (uint64_t i = 0; i < 4 * INTRUSION_ADDRESSES; i++) {
        fine &= intruder_fails(targets[i / INTRUSION_ADDRESSES], (enum intrusion)(i % INTRUSION_ADDRESSES));
    }
    return fine;
}

struct hostile_result {
    uint64_t made, succeeded, ended;
    int32_t found;
};

/* One at a time of those that run. */
struct hostile_place {
    struct child child;
    uint64_t life; /* calls that it makes */
};

/* What a process has done that was ended, since it was wrong about its frame or its program, is not known, and not counted. */
static void hostile_join(struct hostile_place *place, struct hostile_result *sum) {
    int32_t result = FOUND_RESULT;
    if (place->child.handle == 0) {
        return;
    }
    if (task_join(&place->child, &result) != STATUS_OK || (result < 0 && result != STATUS_FAULT && result != STATUS_NO_MEMORY)) {
        sum->found = result;
    } else if (result < 0) {
        sum->ended += result == STATUS_FAULT;
    } else {
        sum->made += place->life;
        sum->succeeded += (uint64_t)result;
    }
}

/* `calls` of them, by processes that share a volume, a semaphore, a queue and a topic. */
static void hostile_processes(uint64_t calls, uint64_t seed, bool knows_kernel, struct hostile_result *sum) {
    struct hostile_place places[PROCESSES] = {0};
    uint64_t enough = sum->made + calls;
    owned(client_start) struct client_start shared = {0};
    if (volume_create(&shared.volume) != STATUS_OK || semaphore_create(&shared.semaphore, 1) != STATUS_OK ||
        queue_create(&shared.queue, QUEUE_DEPTH_MAX) != STATUS_OK || topic_create(&shared.topic) != STATUS_OK) {
        sum->found = FOUND_RESULT;
        return;
    }
    for (uint64_t i = 0; sum->made < enough && sum->found == 0; i++) {
        struct hostile_place *place = &places[i % PROCESSES];
        struct client_start start = shared;
        hostile_join(place, sum);
        place->life = calls < LIFE ? calls : LIFE;
        start.arguments[0] = place->life;
        start.arguments[1] = seed * 1000003 + i;
        start.arguments[2] = knows_kernel;
        if (task_spawn(&place->child, "hostile", hostile_main, &start) != STATUS_OK) {
            (void)scheduler_yield(); /* all memory is in use for now */
        }
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        hostile_join(&places[i], sum);
    }
}

/* Arguments: rounds of a thousand calls, seed. Afterwards the conformance suite must pass. */
int32_t hostile_first(struct client_start *start) {
    struct hostile_result sum = {0};
    struct trial_secrets secrets;
    struct trial_usage before;
    uint32_t broken = 1;
    /* The suite to begin with: then everything is there that is made once and stays. */
    if (conformance_run() != 0 || trial_secrets(&secrets) != STATUS_OK || !intruders_fail(&secrets) || trial_usage(&before) != STATUS_OK) {
        text_print("FAIL hostile: cannot begin, or a process could use the kernel's memory\n");
        return 1;
    }
    hostile_processes(start->arguments[0] * 500, start->arguments[1], false, &sum);
    hostile_processes(start->arguments[0] * 500, start->arguments[1], true, &sum);
    text_print("hostile: calls: ");
    text_print_number(sum.made);
    text_print(", succeeded: ");
    text_print_number(sum.succeeded);
    text_print(", processes that one of theirs ended: ");
    text_print_number(sum.ended);
    text_print("\n");
    if (sum.found != 0) {
        text_print("FAIL hostile calls: result -");
        text_print_number((uint64_t)-sum.found);
        text_print("\n");
        return 1;
    }
    if (!usage_settle("hostile", &before, true)) {
        text_print("FAIL hostile calls: something is left behind\n");
        return 1;
    }
    if (trial_integrity(&broken) != STATUS_OK || broken != 0) {
        text_print("FAIL hostile calls: the kernel's parts are broken: ");
        text_print_number(broken);
        text_print("\n");
        return 1;
    }
    text_print("ok hostile calls\n");
    return conformance_run();
}
