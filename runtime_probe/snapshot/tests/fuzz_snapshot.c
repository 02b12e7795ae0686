/*
 * Fuzz target: any memory as the kernel's, walked from the globals of walk_sample.c, changed, walked again and compared. The bytes are a program of
 * six-byte steps that store words and pointers, fill runs, allocate and free; half of them run before the first snapshot.
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spillscope/difference.h"
#include "spillscope/store.h"

/* Page tables of any form, wherever they may lie. */
static struct guest_translation translation_of(const uint8_t *bytes) {
    static const struct guest_translation FORMS[] = {
        {ARCH_PAGING_LEVELS, 4, 0}, {ARCH_PAGING_LEVELS, 5, 0}, {ARCH_PAGING_32, 2, 0}, {ARCH_PAGING_PAE, 3, 0}};
    struct guest_translation translation = {.paging = ARCH_PAGING_OFF};
    if (bytes[0] & 16) {
        translation = FORMS[bytes[6] % 4];
        translation.root = (uint64_t)(bytes[5] % 8) * 4096;
    }
    return translation;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { RAM_SIZE = 2 << 20, BASE = 1 << 20, AREA = 64 << 10, HEADER = 8, STEP = 6, OBJECTS = 600, BYTES = 1 << 20 };

static const char FACTS[] =
    "INSERT INTO entity (id, name, role, origin) VALUES (1, 'sample', 'server', 'manifest');"
    "INSERT INTO file (id, path, entity_id) VALUES (1, 'walk_sample.c', 1);"
    "INSERT INTO function (id, name, file_id, line, linkage) VALUES (1, 'call_one', 1, 1, 'external');"
    "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'call_one', 'call_one', 1, 1, 'manifest');"
    "INSERT INTO state (id, key, root, path, root_kind, entity_id, wildcard, origin) VALUES (1, 'struct leaf.*', 'struct leaf', '.*', 'heap', 1, 1, "
    "'analyzer'), (2, 'struct tree.*', 'struct tree', '.*', 'heap', 1, 1, 'analyzer'), (3, 'table.*', 'table', '.*', 'global', 1, 1, 'analyzer'),"
    "(4, 'struct blob.*', 'struct blob', '.*', 'heap', 1, 1, 'analyzer'), (5, 'root', 'root', '', 'global', 1, 0, 'analyzer');"
    "INSERT INTO may_modify (txn_id, state_id, phase) VALUES (1, 1, 'runtime'), (1, 2, 'runtime'), (1, 3, 'runtime'), (1, 4, 'runtime'), (1, 5, "
    "'runtime');"
    "INSERT INTO pointee (key, root, path) VALUES ('leaves.next', 'struct leaf', '.siblings'), ('leaves.next', 'leaves', ''),"
    "('struct leaf.siblings.next', 'struct leaf', '.siblings'), ('struct leaf.siblings.prev', 'leaves', ''), ('struct leaf.cookie', 'struct tree', "
    "''),"
    "('struct leaf.cookie', 'struct blob', ''), ('walk_sample.c:anything', 'struct tree', ''), ('walk_sample.c:anything', 'table', '.rows[].inner'),"
    "('table.rows[].head.next', 'table', '.rows[].head'), ('table.rows[].head.next', 'struct leaf', '.siblings');";

static const char *const ROOTS[] = {"struct leaf", "struct tree", "struct blob"};

/* Made at the first input: all that does not depend on the input. */
static struct fixture {
    struct image *image;
    struct plan *plan;
    struct whitelist *some;
    struct whitelist *all;
    struct scope *scopes[2];
    struct guest_memory *memory;
    uint8_t *ram;
} fixture;

static void fixture_check(struct error *error) {
    if (error) {
        fprintf(stderr, "fuzz_snapshot: %s\n", error_message(error));
        exit(2);
    }
}

static void fixture_make(void) {
    char path[] = "/tmp/fuzz-snapshot-XXXXXX";
    char database[64];
    struct store *store = NULL;
    if (!mkdtemp(path)) {
        perror(path);
        exit(2);
    }
    snprintf(database, sizeof database, "%s/db", path);
    fixture_check(store_open(database, STORE_CREATE, &store));
    fixture_check(store_execute(store, FACTS));
    fixture_check(image_open(WALK_IMAGE, WALK_SOURCE, "", &fixture.image));
    fixture_check(plan_create(store, fixture.image, &fixture.plan));
    fixture_check(whitelist_load(store, 1, &fixture.some));
    fixture_check(whitelist_create_all(&fixture.all));
    fixture_check(scope_create(fixture.plan, fixture.some, &fixture.scopes[0]));
    fixture_check(scope_create(fixture.plan, fixture.all, &fixture.scopes[1]));
    store_close(store);
    static const char *const SUFFIXES[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", database, SUFFIXES[i]);
        unlink(file);
    }
    rmdir(path);
    int descriptor = memfd_create("ram", MFD_CLOEXEC);
    if (descriptor < 0 || ftruncate(descriptor, RAM_SIZE) != 0) {
        perror("ram");
        exit(2);
    }
    fixture.ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    fixture_check(guest_memory_create_ram(NULL, arch_by_machine(EM_X86_64, 8), descriptor, RAM_SIZE, &fixture.memory));
}

/* Places and values are words of an area that holds the globals and what lies behind them. */
static void step_run(const uint8_t *step, struct allocations *allocations) {
    uint64_t place = (uint64_t)(step[1] | step[2] << 8) * 8 % AREA;
    uint64_t value = (uint64_t)(step[3] | step[4] << 8) * 8 % AREA;
    uint64_t word = BASE + value + (step[5] & 0x80 ? step[5] & 7 : 0);
    switch (step[0] % 6) {
    case 0: /* a pointer into the area */
        memcpy(fixture.ram + BASE + place, &word, sizeof word);
        break;
    case 1:
        word = (uint64_t)step[3] << 56 | (uint64_t)step[4] << 20 | step[5];
        memcpy(fixture.ram + BASE + place, &word, sizeof word);
        break;
    case 2:
        memset(fixture.ram + BASE + place, step[5], value % 64);
        break;
    case 3:
        fixture_check(allocations_add(allocations, BASE + value, (uint64_t)(step[5] % 32 + 1) * 8, &ROOTS[step[1] % 3], step[2] % 2));
        break;
    case 4:
        allocations_free(allocations, BASE + value);
        break;
    default: /* a page-table entry in the first pages */
        word = ((uint64_t)step[3] << 12) | (step[4] & 0x80) | 1 | (uint64_t)(step[4] & 1) << 63;
        memcpy(fixture.ram + (uint64_t)(step[1] % 8) * 4096 + (uint64_t)(step[2] * 2 + (step[5] & 1)) * 8, &word, sizeof word);
        break;
    }
}

static struct error *visit(void *context, const struct difference *difference) {
    size_t *seen = context;
    if (!difference->key[0] || !difference->instance[0] || !difference->new_value) {
        abort();
    }
    ++*seen;
    return NULL;
}

static void compare(const struct snapshot *before, const struct snapshot *after, const struct whitelist *whitelist) {
    struct own_bytes *own = NULL;
    struct snapshot *copy = NULL;
    size_t all = 0;
    size_t none = 0;
    size_t pieces = 0;
    fixture_check(own_bytes_create(&own));
    fixture_check(own_bytes_add(own, before, after));
    fixture_check(snapshot_copy(after, &copy));
    fixture_check(difference_visit(fixture.plan, whitelist, before, after, NULL, visit, &all));
    fixture_check(difference_visit(fixture.plan, whitelist, before, after, own, visit, &pieces));
    fixture_check(difference_visit(fixture.plan, whitelist, after, copy, NULL, visit, &none));
    if (none != 0) {
        abort(); /* a memory does not differ from itself */
    }
    own_bytes_destroy(own);
    snapshot_destroy(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    struct allocations allocations = {0};
    struct snapshot *before = NULL;
    struct snapshot *after = NULL;
    if (count < HEADER) {
        return 0;
    }
    if (!fixture.plan) {
        fixture_make();
    }
    memset(fixture.ram, 0, 8 * 4096);
    memset(fixture.ram + BASE, 0, AREA + 64);
    bool all = bytes[0] & 1;
    struct snapshot_parameter parameter = {.address = BASE + (uint64_t)bytes[1] * 64, .shape = bytes[2] % fixture.plan->shape_count, .number = 1};
    parameter.offset = bytes[3] % 16;
    struct snapshot_range stack = {.low = BASE + (uint64_t)bytes[4] * 128, .high = BASE + (uint64_t)bytes[4] * 128 + 512};
    struct snapshot_request request = {.plan = fixture.plan,
                                       .scope = fixture.scopes[all],
                                       .memory = fixture.memory,
                                       .parameters = &parameter,
                                       .parameter_count = bytes[0] >> 1 & 1,
                                       .stacks = &stack,
                                       .stack_count = bytes[0] >> 2 & 1,
                                       .allocations = bytes[0] & 8 ? &allocations : NULL,
                                       .object_budget = OBJECTS,
                                       .byte_budget = BYTES};
    const struct guest_translation translation = translation_of(bytes);
    size_t steps = (count - HEADER) / STEP;
    for (size_t i = 0; i < steps; i++) {
        step_run(bytes + HEADER + i * STEP, &allocations);
        if (i == steps / 2) {
            guest_memory_moved(fixture.memory, &translation);
            fixture_check(snapshot_take(&request, &before));
        }
    }
    guest_memory_moved(fixture.memory, &translation);
    fixture_check(snapshot_take(&request, &after));
    if (before && !before->cut && !after->cut) {
        compare(before, after, all ? fixture.all : fixture.some);
    }
    snapshot_destroy(before);
    snapshot_destroy(after);
    allocations_deinit(&allocations);
    return 0;
}
