/*
 * A ledger that is told of events by hand, over a RAM file in which addresses are offsets, and an image that is compiled here: whose stores are
 * whose, what is left of them at the exit, and what it is called.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "ledger.h"

enum {
    RAM = 16 << 20,
    TASK_A = 0x700000,
    TASK_B = 0x701000,
    STACK_A = 0x710ff8,
    STACK_B = 0x720ff8,
    HEAP = 0x800000,
    CLIENT_PC = 0x900000,
    ITEM = 32,
    TOLD = 32
};

static const char program[] =
    "struct task { char comm[16]; int pid; void *stack; };\n"
    "struct item { long value; struct item *next; long rest[2]; };\n"
    "struct page { long flags; struct { int counter; } _mapcount; int pad; };\n"
    "struct task *current_task = 0; long counter = 1, other = 1, silent = 7, back = 1; struct item *items = 0; struct page page_of_a_page;\n"
    "struct { unsigned low : 3; unsigned high : 5; } bits = {1, 1};\n"
    "int do_call(int a) { return a; }\n"
    "int wrapper(int a) { return do_call(a); }\n"
    "void *take(unsigned long size) { return (void *)size; }\n"
    "void *make_item(void) { return take(sizeof(struct item)); }\n"
    "void *make_raw(void) { return take(40); }\n"
    "static inline __attribute__((always_inline)) void *wrapped(void) { return take(48); }\n"
    "void *outer(void) { return wrapped(); }\n"
    "static inline __attribute__((always_inline)) void *analysed(void) { return take(56); }\n"
    "void *another(void) { return analysed(); }\n"
    "void give(void *at) { items = at; }\n"
    "void switch_tasks(void) { counter++; }\n"
    "void fresh_task(void) { counter--; }\n"
    "void _start(void) { wrapper(1); make_item(); make_raw(); outer(); another(); give(0); switch_tasks(); fresh_task(); }\n"
    "__asm__(\".globl stub_timer\\nstub_timer: nop\\n\");\n";

struct scene {
    char folder[64];
    struct store *store;
    struct image *image;
    struct guest_memory *memory;
    struct ledger *ledger;
    struct catalog catalog;
    struct catalog_transaction kind;
    uint8_t *ram;
    int told;
    char keys[TOLD][64];
    struct ledger_change changes[TOLD];
    int killed;
    int left;
    uint64_t parent;
};

static void expect(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

static void on_enter(void *context, const struct ledger_transaction *transaction, uint32_t index, uint32_t cpu, const char *task) {
    struct scene *scene = context;
    (void)cpu;
    assert_int_equal(index, 0);
    assert_non_null(strstr(task, scene->ledger->cpus[0].chain->task == TASK_A ? "first 1" : "second 2"));
    scene->parent = transaction->parent;
}

static void on_change(void *context, const struct ledger_transaction *transaction, const struct ledger_change *change) {
    struct scene *scene = context;
    (void)transaction;
    assert_true(scene->told < TOLD);
    snprintf(scene->keys[scene->told], sizeof scene->keys[0], "%s", change->key);
    scene->changes[scene->told++] = *change;
}

static void on_leave(void *context, const struct ledger_transaction *transaction, uint32_t index, bool killed, uint64_t result) {
    struct scene *scene = context;
    (void)transaction;
    (void)index;
    (void)result;
    scene->killed += killed;
    scene->left += !killed;
}

#define SETTING(section, name, key, value)                                                                                                           \
    "INSERT INTO manifest (section, name, key, value, line) VALUES ('" section "', '" name "', '" key "', '" value "', 1);"

static uint64_t address_of(const struct scene *scene, const char *name) {
    const struct variable *variable = image_variable_by_name(scene->image, name);
    const struct function *function = variable ? NULL : image_function_by_name(scene->image, name);
    const struct symbol *symbol = variable || function ? NULL : image_symbol_by_name(scene->image, name);
    assert_true(variable || function || symbol);
    return variable ? variable->address : function ? function->entry : symbol->address;
}

static void put(struct scene *scene, uint64_t address, uint64_t value) {
    memcpy(scene->ram + address, &value, sizeof value);
}

/* A store by the processor. */
static void store_word(struct scene *scene, uint64_t address, uint64_t value) {
    put(scene, address, value);
    ledger_store(scene->ledger, 0, address, sizeof value, false);
}

static void fill_ram(struct scene *scene) {
    for (uint32_t i = 0; i < scene->image->variable_count; i++) {
        const struct variable *variable = &scene->image->variables[i];
        image_bytes(scene->image, variable->address, scene->ram + variable->address, scene->image->types[variable->type].size);
    }
    memcpy(scene->ram + TASK_A, "first", 6);
    memcpy(scene->ram + TASK_B, "second", 7);
    put(scene, TASK_A + 16, 1);
    put(scene, TASK_B + 16, 2);
    put(scene, address_of(scene, "current_task"), TASK_A);
}

static int scene_open(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    char path[128];
    char command[512];
    static char *const keys[] = {(char *)"counter", (char *)"struct item.value", (char *)"back"};
    assert_non_null(scene);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/spillscope-ledger-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(path, sizeof path, "%s/program.c", scene->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(program, file);
    fclose(file);
    snprintf(command, sizeof command,
             "cd %s && gcc -g -O0 -nostdlib -ffreestanding -fno-pic -static -Wl,-Ttext=0x400000,-Tdata=0x500000,-Tbss=0x580000 -o image program.c",
             scene->folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/db", scene->folder);
    expect(store_open(path, STORE_CREATE, &scene->store));
    expect(store_execute(
        scene->store,
        "INSERT INTO entity (id, name, role, origin) VALUES (1, 'e', 'server', 'manifest');"
        "INSERT INTO file (id, path, entity_id) VALUES (1, 'program.c', 1);"
        "INSERT INTO function (id, name, file_id, linkage) VALUES (1, 'do_call', 1, 'external');"
        "INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (7, 'do_call', 'call', 1, 1, 'manifest');"
        "INSERT INTO function (id, name, file_id, linkage) VALUES (2, 'analysed', 1, 'static');"
        "INSERT INTO alloc_site (function, file, line, allocator, root) VALUES ('outer', 'program.c', 13, 'take', 'struct item'), "
        "('another', 'program.c', 15, 'take', 'struct item');"
        "INSERT INTO txn_alias VALUES (7, 'wrapper');" SETTING("entity", "e", "path", "program.c") SETTING("stacks", "", "struct", "struct task")
            SETTING("stacks", "", "current", "current_task") SETTING("pages", "", "records", "0xa00000") SETTING("pages", "", "type", "struct page")
                SETTING("watch", "take", "effect", "alloc") SETTING("watch", "take", "size", "0") SETTING("watch", "give", "effect", "free")
                    SETTING("watch", "give", "pointer", "0") SETTING("switch", "", "function", "switch_tasks")
                        SETTING("switch", "", "fresh", "fresh_task") SETTING("interrupts", "", "entry", "stub_timer")));
    snprintf(path, sizeof path, "%s/image", scene->folder);
    expect(image_open(path, scene->folder, "", &scene->image));
    int descriptor = memfd_create("ram", MFD_CLOEXEC);
    assert_int_equal(ftruncate(descriptor, RAM), 0);
    scene->ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    assert_true(scene->ram != MAP_FAILED);
    expect(guest_memory_create_ram(NULL, arch_by_machine(EM_X86_64, 8), descriptor, RAM, &scene->memory));
    close(descriptor);
    guest_memory_moved(scene->memory, &(struct guest_translation){.paging = ARCH_PAGING_OFF});
    fill_ram(scene);
    const struct function *entry = image_function_by_name(scene->image, "do_call");
    scene->kind =
        (struct catalog_transaction){.id = 7, .entity_id = 1, .function = (uint32_t)(entry - scene->image->functions), .entry = entry->entry};
    expect(whitelist_create(keys, sizeof keys / sizeof *keys, &scene->kind.whitelist));
    scene->catalog = (struct catalog){.transactions = &scene->kind, .count = 1, .switch_entry = address_of(scene, "switch_tasks")};
    struct ledger_inputs inputs = {.store = scene->store,
                                   .image = scene->image,
                                   .catalog = &scene->catalog,
                                   .memory = scene->memory,
                                   .sink = {scene, on_enter, on_change, on_leave},
                                   .cpus = 1};
    expect(ledger_create(&inputs, &scene->ledger));
    expect(ledger_begin(scene->ledger));
    *state = scene;
    return 0;
}

static int scene_close(void **state) {
    struct scene *scene = *state;
    char command[128];
    ledger_destroy(scene->ledger);
    whitelist_destroy(scene->kind.whitelist);
    guest_memory_destroy(scene->memory);
    munmap(scene->ram, RAM);
    image_close(scene->image);
    store_close(scene->store);
    snprintf(command, sizeof command, "rm -r %s", scene->folder);
    int failed = system(command);
    free(scene);
    return failed;
}

/* The processor calls a function: its hooks see it. */
static void call(struct scene *scene, const char *name, uint64_t sp, uint64_t return_pc, uint64_t argument) {
    struct ledger_place place = {.pc = address_of(scene, name), .sp = sp, .arguments = {argument}};
    put(scene, sp, return_pc);
    int hooks = 0;
    for (size_t i = 0; i < scene->ledger->hooks.hooks.count; i++) {
        const struct ledger_hook *hook = VECTOR_AT(&scene->ledger->hooks.hooks, struct ledger_hook, i);
        if (hook->pc == place.pc) {
            expect(ledger_hooked(scene->ledger, &place, hook));
            hooks++;
        }
    }
    assert_true(hooks > 0);
}

static void come_back(struct scene *scene, uint64_t pc, uint64_t sp, uint64_t result) {
    struct ledger_place place = {.pc = pc, .sp = sp, .result = result};
    expect(ledger_block(scene->ledger, &place));
}

static const struct ledger_change *told(const struct scene *scene, const char *key) {
    for (int i = 0; i < scene->told; i++) {
        if (strcmp(scene->keys[i], key) == 0) {
            return &scene->changes[i];
        }
    }
    return NULL;
}

static void own_stores_are_told(void **state) {
    struct scene *scene = *state;
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    call(scene, "do_call", STACK_A - 32, address_of(scene, "wrapper") + 8, 0); /* from inside its entity: no transaction */
    store_word(scene, address_of(scene, "counter"), 2);
    store_word(scene, address_of(scene, "other"), 2);
    store_word(scene, address_of(scene, "silent"), 7);
    store_word(scene, address_of(scene, "back"), 5);
    store_word(scene, address_of(scene, "back"), 1);
    store_word(scene, address_of(scene, "bits"), 1 | 2 << 3); /* the neighbour is stored to as well */
    come_back(scene, CLIENT_PC, STACK_A + 8, 0);
    assert_int_equal(scene->left, 1);
    assert_int_equal(scene->told, 3);
    assert_true(told(scene, "counter")->whitelisted);
    assert_int_equal(told(scene, "counter")->bytes, 1);
    assert_false(told(scene, "other")->whitelisted);
    assert_non_null(told(scene, "bits.high"));
}

static void others_stores_are_theirs(void **state) {
    struct scene *scene = *state;
    uint64_t interrupted = address_of(scene, "do_call") + 4;
    uint64_t switch_return = 0x400ff0;
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    const uint64_t frame[5] = {interrupted, 8, 2, STACK_A - 64, 0};
    memcpy(scene->ram + STACK_A - 104 + 8, frame + 1, sizeof frame - 8);
    call(scene, "stub_timer", STACK_A - 104, interrupted, 0);
    store_word(scene, address_of(scene, "other"), 9);
    come_back(scene, interrupted, STACK_A - 64, 0);
    call(scene, "switch_tasks", STACK_A - 80, switch_return, 0);
    put(scene, address_of(scene, "current_task"), TASK_B);
    call(scene, "fresh_task", STACK_B, 0, 0);
    store_word(scene, address_of(scene, "silent"), 9);
    call(scene, "wrapper", STACK_B - 8, CLIENT_PC, 0); /* its own transaction */
    assert_int_equal(scene->parent, 0);
    store_word(scene, address_of(scene, "back"), 9);
    call(scene, "switch_tasks", STACK_B - 80, switch_return, 0);
    put(scene, address_of(scene, "current_task"), TASK_A);
    store_word(scene, address_of(scene, "items"), 9); /* while the switch is not over it is the left task's */
    come_back(scene, switch_return, STACK_A - 72, 0);
    store_word(scene, address_of(scene, "counter"), 3);
    come_back(scene, CLIENT_PC, STACK_A + 8, 0);
    assert_int_equal(scene->left, 1);
    assert_int_equal(scene->told, 1);
    assert_non_null(told(scene, "counter"));
    scene->told = 0;
    call(scene, "switch_tasks", STACK_A - 80, switch_return, 0);
    put(scene, address_of(scene, "current_task"), TASK_B);
    come_back(scene, switch_return, STACK_B - 72, 0);
    come_back(scene, CLIENT_PC, STACK_B, 0);
    assert_int_equal(scene->left, 2);
    assert_int_equal(scene->told, 2);
    assert_non_null(told(scene, "back"));
    assert_non_null(told(scene, "items"));
    assert_int_equal(scene->killed, 0);
}

static void take_block(struct scene *scene, const char *maker, uint64_t size, uint64_t at) {
    uint64_t pc = address_of(scene, maker) + 15; /* within the caller, behind the call */
    call(scene, "take", STACK_A - 96, pc, size);
    come_back(scene, pc, STACK_A - 88, at);
}

static void objects_are_named_by_type_or_site(void **state) {
    struct scene *scene = *state;
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    take_block(scene, "make_item", ITEM, HEAP);
    take_block(scene, "make_raw", 40, HEAP + 64);
    take_block(scene, "make_item", ITEM, HEAP + 128);
    store_word(scene, HEAP, 0); /* in a new object every byte that was stored to counts */
    store_word(scene, HEAP + 64, 5);
    store_word(scene, HEAP + 128, 5);
    call(scene, "give", STACK_A - 96, CLIENT_PC, HEAP + 128); /* gone before the exit */
    store_word(scene, HEAP + 512, 5);                         /* nobody's */
    store_word(scene, address_of(scene, "items"), HEAP);
    block_names_learn(&scene->ledger->names, &scene->ledger->layout, &scene->ledger->heap);
    come_back(scene, CLIENT_PC, STACK_A + 8, 0);
    assert_int_equal(scene->told, 3);
    assert_non_null(told(scene, "struct item.value"));
    assert_null(told(scene, "struct item.value")->old_value);
    assert_non_null(told(scene, "alloc@program.c:make_raw"));
    assert_non_null(told(scene, "items"));
    assert_int_equal(scene->ledger->unplaced, 8);
}

/* A free list's link in an object that is being given back changes neither the object nor the memory that it was cut from. */
static void what_is_given_back_leaves_nothing(void **state) {
    struct scene *scene = *state;
    uint64_t back = address_of(scene, "make_raw") + 15;
    take_block(scene, "make_raw", 256, HEAP);
    take_block(scene, "make_item", ITEM, HEAP + 64);
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    call(scene, "give", STACK_A - 96, back, HEAP + 64);
    store_word(scene, HEAP + 64, 0x1234);
    come_back(scene, back, STACK_A - 88, 0);
    store_word(scene, HEAP + 128, 5); /* of the memory around it, afterwards */
    come_back(scene, CLIENT_PC, STACK_A + 8, 0);
    assert_int_equal(scene->told, 1);
    assert_int_equal(told(scene, "alloc@program.c:make_raw")->bytes, 1);
}

/* Where the inlined function calls the allocator. */
static uint64_t inside(const struct scene *scene, const char *name) {
    for (uint32_t i = 0; i < scene->image->inlined_count; i++) {
        if (strcmp(scene->image->functions[scene->image->inlined[i].function].name, name) == 0) {
            return scene->image->inlined[i].ranges[0].high;
        }
    }
    fail_msg("%s is not inlined", name);
    return 0;
}

static void a_site_beside_code_that_was_not_analysed_is_anothers(void **state) {
    struct scene *scene = *state;
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    call(scene, "take", STACK_A - 96, inside(scene, "wrapped"), 48);
    come_back(scene, inside(scene, "wrapped"), STACK_A - 88, HEAP);
    call(scene, "take", STACK_A - 96, inside(scene, "analysed"), 56);
    come_back(scene, inside(scene, "analysed"), STACK_A - 88, HEAP + 64);
    store_word(scene, HEAP, 5);
    store_word(scene, HEAP + 64, 5);
    come_back(scene, CLIENT_PC, STACK_A + 8, 0);
    assert_int_equal(scene->told, 2);
    assert_non_null(told(scene, "alloc@program.c:wrapped"));
    assert_non_null(told(scene, "struct item.value"));
}

static void a_stack_that_is_used_again_ends_what_ran_on_it(void **state) {
    struct scene *scene = *state;
    call(scene, "wrapper", STACK_A - 256, CLIENT_PC, 0);
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    assert_int_equal(scene->killed, 1);
    store_word(scene, address_of(scene, "counter"), 4);
    come_back(scene, CLIENT_PC, STACK_A + 8, 0);
    assert_int_equal(scene->left, 1);
    assert_non_null(told(scene, "counter"));
    call(scene, "wrapper", STACK_A, CLIENT_PC, 0);
    call(scene, "fresh_task", STACK_A, 0, 0); /* another task in the same structure */
    assert_int_equal(scene->killed, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(own_stores_are_told, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(others_stores_are_theirs, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(what_is_given_back_leaves_nothing, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(objects_are_named_by_type_or_site, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(a_site_beside_code_that_was_not_analysed_is_anothers, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(a_stack_that_is_used_again_ends_what_ran_on_it, scene_open, scene_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
