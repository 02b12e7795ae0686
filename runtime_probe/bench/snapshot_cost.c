/*
 * What snapshot and difference cost against memcmp of the same bytes: the bench guest's table of 73,616 bytes lies in a RAM file that is read as
 * mapped guest RAM, a few of its leaves change between two snapshots. Prints "cost SNAPSHOT_AND_DIFFERENCE_NS MEMCMP_NS BYTES".
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "spillscope/difference.h"
#include "spillscope/error.h"
#include "spillscope/guest_memory.h"
#include "spillscope/probe.h"

enum { RAM_SIZE = 64 << 20, ROUNDS = 400, RUNS = 9 };

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct error *count_change(void *context, const struct difference *difference) {
    (void)difference;
    ++*(unsigned *)context;
    return NULL;
}

static int compare_double(const void *one, const void *other) {
    double a = *(const double *)one;
    double b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double values[RUNS]) {
    qsort(values, RUNS, sizeof *values, compare_double);
    return values[RUNS / 2];
}

struct bench {
    struct store *store;
    struct image *image;
    struct plan *plan;
    struct whitelist *whitelist;
    struct scope *scope;
    struct guest_memory *memory;
    struct snapshot_spares *spares;
    uint8_t *ram;
    uint64_t address; /* of the table */
    uint64_t size;
};

static struct error *bench_open(struct bench *bench, const char *database, const char *elf) {
    struct error *error = store_open(database, STORE_READ, &bench->store);
    error = error ? error : image_open(elf, NULL, NULL, &bench->image);
    error = error ? error : plan_create(bench->store, bench->image, &bench->plan);
    error = error ? error : whitelist_load(bench->store, 1, &bench->whitelist);
    error = error ? error : scope_create(bench->plan, bench->whitelist, &bench->scope);
    error = error ? error : snapshot_spares_create(&bench->spares);
    if (error) {
        return error;
    }
    int descriptor = memfd_create("bench ram", 0);
    if (descriptor < 0 || ftruncate(descriptor, RAM_SIZE) != 0) {
        return error_create_errno("cannot make a RAM file");
    }
    bench->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (bench->ram == MAP_FAILED) {
        return error_create_errno("cannot map a RAM file");
    }
    const struct variable *table = image_variable_by_name(bench->image, "table");
    if (!table) {
        return error_create(ERROR_MISMATCH, "%s has no variable 'table'", elf);
    }
    bench->address = table->address;
    bench->size = bench->image->types[table->type].size;
    return guest_memory_create_ram(NULL, arch_by_machine(EM_X86_64, 8), descriptor, RAM_SIZE, &bench->memory);
}

static struct error *bench_take(struct bench *bench, struct snapshot **out_snapshot) {
    struct snapshot_request request = {.plan = bench->plan,
                                       .scope = bench->scope,
                                       .memory = bench->memory,
                                       .object_budget = 1 << 18,
                                       .byte_budget = 256 << 20,
                                       .spares = bench->spares};
    guest_memory_moved(bench->memory, &(struct guest_translation){.paging = ARCH_PAGING_OFF});
    return snapshot_take(&request, out_snapshot);
}

/* One transaction: snapshot, change, snapshot, difference. */
static struct error *bench_round(struct bench *bench, unsigned round, unsigned *changes) {
    struct snapshot *before = NULL;
    struct snapshot *after = NULL;
    struct error *error = bench_take(bench, &before);
    uint32_t *words = (uint32_t *)(void *)(bench->ram + bench->address);
    words[1]++;
    words[2 + round % 1533 * 12] += 7;
    error = error ? error : bench_take(bench, &after);
    error = error ? error : difference_visit(bench->plan, bench->whitelist, before, after, NULL, count_change, changes);
    snapshot_destroy(before);
    snapshot_destroy(after);
    return error;
}

/* The floor: the same bytes kept at the entry, and compared at the exit. */
static int floor_round(const struct bench *bench, uint8_t *copy, unsigned round) {
    uint32_t *words = (uint32_t *)(void *)(bench->ram + bench->address);
    memcpy(copy, words, bench->size);
    words[bench->size / sizeof *words - 1] += 7 + round; /* the last one, so that memcmp sees them all */
    return memcmp(copy, words, bench->size);
}

static int compare_round(const struct bench *bench, const uint8_t *copy) {
    return memcmp(copy, bench->ram + bench->address, bench->size);
}

int main(int argc, char **argv) {
    probe_keep_memory();
    struct bench bench = {0};
    double ours[RUNS];
    double floors[RUNS];
    double compares[RUNS];
    unsigned changes = 0;
    volatile int sink = 0;
    struct error *error = argc == 3 ? bench_open(&bench, argv[1], argv[2]) : error_create(ERROR_USAGE, "usage: snapshot_cost DATABASE ELF");
    uint8_t *copy SCOPE_FREE = error ? NULL : malloc(bench.size);
    for (int run = 0; !error && copy && run < RUNS; run++) {
        double start = now_ns();
        for (unsigned i = 0; !error && i < ROUNDS; i++) {
            error = bench_round(&bench, i, &changes);
        }
        ours[run] = (now_ns() - start) / ROUNDS;
        start = now_ns();
        for (unsigned i = 0; i < ROUNDS; i++) {
            sink += floor_round(&bench, copy, i);
        }
        floors[run] = (now_ns() - start) / ROUNDS;
        memcpy(copy, bench.ram + bench.address, bench.size);
        start = now_ns();
        for (unsigned i = 0; i < ROUNDS; i++) {
            sink += compare_round(&bench, copy);
        }
        compares[run] = (now_ns() - start) / ROUNDS;
    }
    if (error || !copy) {
        fprintf(stderr, "snapshot_cost: %s\n", error ? error_message(error) : "out of memory");
        return 2;
    }
    printf("cost %.1f %.1f %.1f %llu %u\n", median(ours), median(floors), median(compares), (unsigned long long)bench.size, changes);
    return 0;
}
