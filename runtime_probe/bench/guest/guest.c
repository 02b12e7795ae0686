/*
 * The guest that the probe's speed is measured with: one server with a hundred states, thirty of them behind two pointers or
 * more, and one
 * with a table of some 15,000 leaves. ROUNDS transactions of the kind KIND run between workload_begin and workload_end.
 */
#include <stddef.h>
#include <stdint.h>

#ifndef ROUNDS
#define ROUNDS 1000000
#endif
#ifndef KIND
#define KIND small_update
#endif

/* ------------------------------------------------------------------------------------------------ small */

enum { BUCKETS = 8, CHAIN = 3, LIMITS = 8 };

/* 12 states behind three pointers: space -> directory -> entry -> holder. */
struct holder {
    uint64_t uses, bytes, refused, last_key;
    uint32_t mode, owner, group, generation;
    uint64_t limit_bytes, limit_uses, opened, closed;
};
/* 18 behind two. */
struct entry {
    struct entry *next;
    struct holder *holder;
    uint32_t key, sequence, flags, mode;
    uint64_t bytes, peak, reads, writes, created, changed, first_user, last_user;
    uint32_t slots, used, lost, kept;
};
/* 20 behind one. */
struct directory {
    struct entry *first;
    uint64_t count, requests, hits, misses, last_key, splits, merges;
    uint32_t flags, mode, owner, group, load, peak, low, high;
    uint64_t created, changed, bytes, refused;
};
/* 50 at hand. */
struct space {
    uint32_t lock, sequence, flags, mode, last_result, last_user, epoch, state;
    uint64_t requests, hits, misses, refused, bytes, peak, users, entries;
    uint64_t limit_bytes, limit_users, limit_entries, limit_rate, created, changed, started, stopped;
    uint64_t read_0, read_1, read_2, read_3, read_4, read_5, read_6, read_7;
    uint64_t write_0, write_1, write_2, write_3, write_4, write_5, write_6, write_7;
    uint64_t spare_0, spare_1, spare_2, spare_3, spare_4, spare_5, spare_6, spare_7;
    uint64_t limit[LIMITS];
    struct directory *directory[BUCKETS];
};
struct space space;
static uint8_t *heap = (uint8_t *)0x2000000;

struct message {
    uint32_t operation, key, amount, user;
    uint64_t payload[12];
    int64_t result;
};

static void *heap_get(size_t size) {
    void *memory = heap;
    heap += (size + 15) & ~(size_t)15;
    return memory;
}

typedef uint64_t __attribute__((may_alias)) word;

__attribute__((noinline)) static void copy_words(word *to, const word *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i];
    }
}

static struct entry *entry_find(uint32_t key) {
    struct entry *entry = space.directory[key % BUCKETS]->first;
    while (entry && entry->key != key) {
        entry = entry->next;
    }
    return entry;
}

__attribute__((noinline)) static int limits_check(const struct message *message) {
    for (uint32_t i = 0; i < LIMITS; i++) {
        if (space.limit[i] < message->payload[i]) {
            return -1;
        }
    }
    return 0;
}

__attribute__((noinline)) static int entry_write(const struct message *message) {
    struct entry *entry = entry_find(message->key);
    space.requests++;
    if (!entry) {
        space.misses++;
        return -2;
    }
    if (limits_check(message) != 0) {
        return -1;
    }
    entry->sequence = ++space.sequence;
    entry->bytes += message->amount;
    entry->holder->uses++;
    return (int)entry->holder->mode;
}

__attribute__((noinline)) static int entry_read(const struct message *message) {
    struct entry *entry = entry_find(message->key);
    return entry ? (int)entry->sequence : -2;
}

static int (*const operations[])(const struct message *message) = {entry_read, entry_write};

/* One request, as a system call handles it: copied in, checked, dispatched under a lock, answered. Four states change. */
__attribute__((noinline)) int small_update(struct message *user);
int small_update(struct message *user) {
    struct message message;
    copy_words((word *)&message, (const word *)user, sizeof message / 8);
    if (message.operation >= 2) {
        return -1;
    }
    while (__atomic_exchange_n(&space.lock, 1, __ATOMIC_ACQUIRE)) {
    }
    int result = operations[message.operation](&message);
    __atomic_store_n(&space.lock, 0, __ATOMIC_RELEASE);
    message.result = result;
    copy_words((word *)user, (const word *)&message, sizeof message / 8);
    return result;
}

/* ------------------------------------------------------------------------------------------------ large */

/* 73,616 bytes, 15,405 leaves. */
struct row {
    uint32_t a;
    uint32_t b;
    uint16_t c;
    uint16_t d;
    uint64_t e;
    uint32_t f[4];
    uint8_t g[4];
    uint32_t h;
};
struct table {
    uint32_t used;
    uint32_t generation;
    struct row rows[1533];
    uint32_t tail[4];
    uint64_t total;
};
struct table table;

__attribute__((noinline)) int large_update(struct message *user);
int large_update(struct message *user) {
    uint32_t key = user->key;
    uint32_t amount = user->amount;
    struct row *row = &table.rows[key * 61 % 1533];
    row->a += amount;
    row->f[key % 4] = key;
    row->e++;
    table.generation++;
    table.total += amount;
    return 0;
}

/* ------------------------------------------------------------------------------------------------ machine */

static inline void out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void say(const char *text) {
    for (; *text; text++) {
        out8(0x3f8, (uint8_t)*text);
    }
}

__attribute__((noinline)) void workload_begin(void);
__attribute__((noinline)) void workload_end(void);
void workload_begin(void) {
    __asm__ volatile("");
}
void workload_end(void) {
    __asm__ volatile("");
}

/* The boot code that the tiny guest shares names these. */
void task_start(void);
void bell_ring(void);
void bell_ring(void) {
}

static void space_fill(void) {
    for (uint32_t i = 0; i < LIMITS; i++) {
        space.limit[i] = 1000 + i;
    }
    for (uint32_t b = 0; b < BUCKETS; b++) {
        space.directory[b] = heap_get(sizeof *space.directory[b]);
    }
    for (uint32_t i = 0; i < BUCKETS * CHAIN; i++) {
        struct directory *directory = space.directory[i % BUCKETS];
        struct entry *entry = heap_get(sizeof *entry);
        struct holder *holder = heap_get(sizeof *holder);
        *holder = (struct holder){.mode = i % 7, .owner = i};
        *entry = (struct entry){.key = i, .next = directory->first, .holder = holder};
        directory->first = entry;
        directory->count++;
    }
}

void guest_main(void);
void guest_main(void) {
    space_fill();
    workload_begin();
    say("begin\n");
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct message message = {.operation = 1, .key = round * 7 % (BUCKETS * CHAIN), .amount = 1 + round % 100, .payload = {round % 1000}};
        KIND(&message);
    }
    say("end\n");
    workload_end();
    out8(0xf4, 0x10);
}
