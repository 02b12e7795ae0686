#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORD = 8,
    INTERRUPT_SP = 24,
    INTERRUPT_CS = 8,
    INTERRUPT_FLAGS = 16,
    SELECTOR_MAX = 0xffff,
    SAME_STACK = 65536,
    BULK_MAX = 4096,
    LEARN_EVERY = 128
};

/* ------------------------------------------------------------------------------------------------ beginning and end */

static void transaction_destroy(struct ledger_transaction *transaction) {
    if (transaction) {
        vector_deinit(&transaction->words);
        map_deinit(&transaction->word_of);
        map_deinit(&transaction->touched);
        free(transaction);
    }
}

void ledger_destroy(struct ledger *ledger) {
    if (!ledger) {
        return;
    }
    for (size_t i = 0; i < ledger->chains.count; i++) {
        struct ledger_chain *chain = *VECTOR_AT(&ledger->chains, struct ledger_chain *, i);
        for (size_t f = 0; f < chain->frames.count; f++) {
            transaction_destroy(VECTOR_AT(&chain->frames, struct ledger_frame, f)->transaction);
        }
        vector_deinit(&chain->frames);
        free(chain);
    }
    vector_deinit(&ledger->chains);
    vector_deinit(&ledger->open);
    pthread_mutex_destroy(&ledger->stores);
    kernel_layout_deinit(&ledger->layout);
    ledger_hooks_deinit(&ledger->hooks);
    heap_map_deinit(&ledger->heap);
    block_names_deinit(&ledger->names);
    free(ledger->shadow);
    free(ledger);
}

struct error *ledger_create(const struct ledger_inputs *inputs, struct ledger **out_ledger) {
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger) {
        return error_out_of_memory();
    }
    ledger->image = inputs->image;
    ledger->catalog = inputs->catalog;
    ledger->memory = inputs->memory;
    ledger->sink = inputs->sink;
    ledger->cpu_count = inputs->cpus;
    ledger->chains = VECTOR_OF(struct ledger_chain *);
    ledger->open = VECTOR_OF(struct ledger_transaction *);
    pthread_mutex_init(&ledger->stores, NULL);
    struct error *error = inputs->cpus > LAYOUT_PROCESSORS
                              ? error_create(ERROR_USAGE, "the recorder handles up to %d processors, not %u", LAYOUT_PROCESSORS, inputs->cpus)
                              : heap_map_init(&ledger->heap, guest_memory_size(inputs->memory));
    error = error ? error : kernel_layout_load(inputs->store, inputs->image, inputs->memory, &ledger->layout);
    if (!error && !ledger->layout.current) {
        error = error_create(ERROR_USAGE, "manifest: [stacks] current is needed to tell tasks apart");
    }
    struct objects_events events = {0};
    error = error ? error : objects_layout_load(inputs->store, inputs->image, &ledger->objects, &events);
    error = error ? error : ledger_hooks_load(inputs->store, inputs->image, inputs->catalog, &events, &ledger->hooks);
    error = error ? error : block_names_load(inputs->store, inputs->image, &ledger->names);
    if (error) {
        ledger_destroy(ledger);
        return error;
    }
    *out_ledger = ledger;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ loadable objects */

static bool read_memory(void *context, uint64_t address, void *buffer, size_t count) {
    const struct ledger *ledger = context;
    for (size_t done = 0; done < count;) {
        uint64_t ram = 0;
        size_t left = LAYOUT_PAGE - (size_t)((address + done) % LAYOUT_PAGE);
        size_t part = count - done < left ? count - done : left;
        if (!kernel_layout_ram(&ledger->layout, address + done, &ram)) {
            return false;
        }
        memcpy((char *)buffer + done, guest_memory_map(ledger->memory) + ram, part);
        done += part;
    }
    return true;
}

/* Places the image's objects as the kernel's list has them now. `leaving`: record of one that goes. */
static struct error *follow_objects(struct ledger *ledger, uint64_t leaving) {
    struct error *error = objects_follow(&ledger->objects, read_memory, ledger, leaving, ledger->image);
    if (!error && ledger->recording) {
        kernel_layout_read(&ledger->layout); /* other pages hold variables now */
    }
    return error;
}

struct error *ledger_begin(struct ledger *ledger) {
    uint64_t size = guest_memory_size(ledger->memory);
    ledger->shadow = malloc(size);
    if (!ledger->shadow) {
        return error_out_of_memory();
    }
    struct error *error = follow_objects(ledger, 0);
    if (error) {
        return error;
    }
    memcpy(ledger->shadow, guest_memory_map(ledger->memory), size);
    kernel_layout_read(&ledger->layout);
    block_names_learn(&ledger->names, &ledger->layout, &ledger->heap);
    ledger->recording = true;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ chains */

static struct ledger_chain *chain_of(struct ledger *ledger, uint64_t task) {
    for (size_t i = 0; i < ledger->chains.count; i++) {
        struct ledger_chain *chain = *VECTOR_AT(&ledger->chains, struct ledger_chain *, i);
        if (chain->task == task) {
            return chain;
        }
    }
    struct ledger_chain *chain = calloc(1, sizeof *chain);
    if (chain) {
        chain->task = task;
        chain->frames = VECTOR_OF(struct ledger_frame);
        *(struct ledger_chain **)vector_push(&ledger->chains) = chain;
    }
    return chain;
}

static struct ledger_frame *chain_top(const struct ledger_chain *chain) {
    return chain->frames.count ? VECTOR_AT(&chain->frames, struct ledger_frame, chain->frames.count - 1) : NULL;
}

/* The transaction that runs on the chain, NULL: none, or an interrupt does. */
static struct ledger_transaction *chain_running(const struct ledger_chain *chain) {
    for (size_t i = chain->frames.count; i-- > 0;) {
        const struct ledger_frame *frame = VECTOR_AT(&chain->frames, struct ledger_frame, i);
        if (frame->kind != LEDGER_ALLOCATOR) {
            return frame->transaction;
        }
    }
    return NULL;
}

static void cpu_follow(struct ledger_cpu *cpu, struct ledger_chain *chain) {
    cpu->chain = chain;
    cpu->running = chain && chain_running(chain);
}

static struct ledger_chain *cpu_chain(struct ledger *ledger, uint32_t index) {
    struct ledger_cpu *cpu = &ledger->cpus[index];
    if (!cpu->chain) {
        cpu->chain = chain_of(ledger, kernel_layout_current(&ledger->layout, index));
    }
    return cpu->chain;
}

static struct error *chain_push(struct ledger *ledger, struct ledger_chain *chain, const struct ledger_frame *frame) {
    *(struct ledger_frame *)vector_push(&chain->frames) = *frame;
    if (chain->frames.failed) {
        return error_out_of_memory();
    }
    ledger->filter[ledger_slot(frame->return_pc)]++;
    return NULL;
}

static void open_add(struct ledger *ledger, struct ledger_transaction *transaction) {
    pthread_mutex_lock(&ledger->stores);
    *(struct ledger_transaction **)vector_push(&ledger->open) = transaction;
    pthread_mutex_unlock(&ledger->stores);
}

/* No store is noted in it any more. */
static void open_remove(struct ledger *ledger, const struct ledger_transaction *transaction) {
    pthread_mutex_lock(&ledger->stores);
    struct ledger_transaction **open = ledger->open.items;
    for (size_t i = 0; i < ledger->open.count; i++) {
        if (open[i] == transaction) {
            open[i] = open[--ledger->open.count];
            break;
        }
    }
    pthread_mutex_unlock(&ledger->stores);
}

/* Stores look blocks up meanwhile. */
static void block_free(struct ledger *ledger, uint32_t block) {
    pthread_mutex_lock(&ledger->stores);
    heap_map_free(&ledger->heap, block);
    pthread_mutex_unlock(&ledger->stores);
}

/* Takes the newest frame off; its transaction has ended without a return, if it has one. */
static void chain_drop(struct ledger *ledger, struct ledger_chain *chain) {
    struct ledger_frame frame = *chain_top(chain);
    chain->frames.count--;
    ledger->filter[ledger_slot(frame.return_pc)]--;
    if (frame.kind == LEDGER_ALLOCATOR && frame.allocator->effect == LEDGER_FREES) {
        block_free(ledger, frame.block); /* its return was not seen */
    }
    if (frame.transaction) {
        open_remove(ledger, frame.transaction);
        ledger->sink.leave(ledger->sink.context, frame.transaction, (uint32_t)(frame.transaction->kind - ledger->catalog->transactions), true, 0);
        transaction_destroy(frame.transaction);
    }
}

/* Frames whose room on the stack is used again can never come back. */
static void chain_forget(struct ledger *ledger, struct ledger_chain *chain, uint64_t sp) {
    for (const struct ledger_frame *top = chain_top(chain); top && top->slot < sp && sp - top->slot < SAME_STACK; top = chain_top(chain)) {
        chain_drop(ledger, chain);
    }
}

/* Of what runs beside the new one on other chains, or under an interrupt. */
static void note_overlaps(const struct ledger *ledger, const struct ledger_chain *own, struct ledger_transaction *transaction) {
    for (size_t i = 0; i < ledger->chains.count; i++) {
        const struct ledger_chain *chain = *VECTOR_AT(&ledger->chains, struct ledger_chain *, i);
        for (size_t f = 0; chain != own && f < chain->frames.count; f++) {
            struct ledger_transaction *other = VECTOR_AT(&chain->frames, struct ledger_frame, f)->transaction;
            if (other && other->kind->entity_id == transaction->kind->entity_id) {
                other->overlapped = transaction->overlapped = true;
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------ transactions */

static void task_name(const struct ledger *ledger, uint64_t task, char *name, size_t size) {
    const struct kernel_layout *layout = &ledger->layout;
    uint64_t offset = 0;
    uint64_t pid = 0;
    uint64_t ram = 0;
    uint32_t type = IMAGE_NONE;
    char comm[17] = "";
    if (layout->task_type != IMAGE_NONE && kernel_layout_member(layout->image, layout->task_type, "comm", &offset, &type) &&
        kernel_layout_ram(layout, task + offset, &ram)) {
        memcpy(comm, guest_memory_map(ledger->memory) + ram, sizeof comm - 1);
    }
    if (layout->task_type != IMAGE_NONE && kernel_layout_member(layout->image, layout->task_type, "pid", &offset, &type)) {
        kernel_layout_word(layout, task + offset, sizeof(uint32_t), &pid);
    }
    if (comm[0]) {
        snprintf(name, size, "%s %u", comm, (unsigned)pid);
    } else {
        snprintf(name, size, "task 0x%llx", (unsigned long long)task);
    }
}

static struct error *enter_transaction(struct ledger *ledger, const struct ledger_place *place, uint32_t index, uint64_t return_pc) {
    struct ledger_chain *chain = cpu_chain(ledger, place->cpu);
    const struct catalog_transaction *kind = &ledger->catalog->transactions[index];
    if (!chain) {
        return error_out_of_memory();
    }
    if (!ledger->recording || ledger_hooks_inside(&ledger->hooks, ledger->image, return_pc - 1, kind->entity_id)) {
        return NULL; /* called from inside its entity it is an ordinary function */
    }
    struct ledger_transaction *transaction = calloc(1, sizeof *transaction);
    if (!transaction) {
        return error_out_of_memory();
    }
    const struct function *function = image_function_at(ledger->image, place->pc);
    for (uint32_t i = 0; function && function->entry == image_home(ledger->image, place->pc) && i < function->parameter_count && i < LEDGER_ARGUMENTS;
         i++) {
        block_names_show(&ledger->names, &ledger->layout, &ledger->heap, function->parameter_types[i], place->arguments[i]);
    }
    const struct ledger_transaction *parent = chain_running(chain);
    char name[48];
    *transaction = (struct ledger_transaction){.kind = kind,
                                               .number = ++ledger->number,
                                               .born = ledger->moment,
                                               .parent = parent ? parent->number : 0,
                                               .words = VECTOR_OF(struct ledger_word)};
    struct ledger_frame frame = {.kind = LEDGER_TRANSACTION,
                                 .slot = place->sp,
                                 .return_pc = return_pc,
                                 .return_sp = place->sp + WORD,
                                 .when = ledger->moment,
                                 .transaction = transaction};
    struct error *error = chain_push(ledger, chain, &frame);
    if (error) {
        transaction_destroy(transaction);
        return error;
    }
    open_add(ledger, transaction);
    note_overlaps(ledger, chain, transaction);
    task_name(ledger, chain->task, name, sizeof name);
    ledger->sink.enter(ledger->sink.context, transaction, index, place->cpu, name);
    cpu_follow(&ledger->cpus[place->cpu], chain);
    return NULL;
}

static void leave_transaction(struct ledger *ledger, struct ledger_transaction *transaction, uint64_t result) {
    open_remove(ledger, transaction);
    ledger_tell_changes(ledger, transaction);
    ledger->sink.leave(ledger->sink.context, transaction, (uint32_t)(transaction->kind - ledger->catalog->transactions), false, result);
    transaction_destroy(transaction);
    if (++ledger->ended % LEARN_EVERY == 0) {
        block_names_learn(&ledger->names, &ledger->layout, &ledger->heap);
    }
}

/* ------------------------------------------------------------------------------------------------ allocators */

static uint64_t argument_of(const struct ledger_frame *frame, int index, uint64_t otherwise) {
    return index >= 0 ? frame->arguments[index] : otherwise;
}

static uint64_t allocation_size(const struct ledger *ledger, const struct ledger_frame *frame) {
    const struct ledger_allocator *allocator = frame->allocator;
    uint64_t size = argument_of(frame, allocator->size, 1) * argument_of(frame, allocator->count, 1);
    if (allocator->order >= 0) {
        size = (uint64_t)1 << (frame->arguments[allocator->order] & 63);
    }
    if (allocator->size_record >= 0 &&
        !kernel_layout_word(&ledger->layout, frame->arguments[allocator->size_record] + allocator->size_offset, sizeof(uint32_t), &size)) {
        return 0;
    }
    return allocator->effect == LEDGER_ALLOCATES_PAGES ? size * LAYOUT_PAGE : size;
}

static void block_add(struct ledger *ledger, const struct ledger_frame *frame, uint64_t address) {
    const struct ledger_allocator *allocator = frame->allocator;
    const struct kernel_layout *layout = &ledger->layout;
    bool percpu = allocator->effect == LEDGER_ALLOCATES_PERCPU;
    uint32_t number = (uint32_t)(allocator - (const struct ledger_allocator *)ledger->hooks.allocators.items);
    struct heap_block block = {.size = frame->size, .born = ledger->moment, .pages = allocator->effect == LEDGER_ALLOCATES_PAGES};
    if (!address || address > UINT64_MAX - LAYOUT_PAGE || !frame->size || frame->size > guest_memory_size(ledger->memory)) {
        return; /* nothing, or an error in the place of an address */
    }
    block.name = block_names_of_call(&ledger->names, allocator->name, number, frame->return_pc, frame->size);
    for (uint32_t cpu = 0; cpu < (percpu ? ledger->cpu_count : 1); cpu++) {
        block.address = allocator->handle ? kernel_layout_page(layout, address) : address + (percpu ? kernel_layout_offset(layout, cpu) : 0);
        pthread_mutex_lock(&ledger->stores);
        ledger_adopt(ledger, heap_map_add(&ledger->heap, layout, &block, frame->when));
        pthread_mutex_unlock(&ledger->stores);
    }
}

/* The block that a call gives back. */
static uint32_t block_given(const struct ledger *ledger, const struct ledger_frame *frame) {
    const struct ledger_allocator *allocator = frame->allocator;
    uint64_t address = argument_of(frame, allocator->pointer, 0);
    uint64_t ram = 0;
    uint64_t offset = 0;
    address = allocator->handle ? kernel_layout_page(&ledger->layout, address) : address;
    if (!address || !kernel_layout_ram(&ledger->layout, address, &ram)) {
        return HEAP_MAP_NONE;
    }
    uint32_t block = heap_map_at(&ledger->heap, ram, &offset);
    return offset == 0 ? block : HEAP_MAP_NONE;
}

static void leave_allocator(struct ledger *ledger, const struct ledger_frame *frame, uint64_t result) {
    switch (frame->allocator->effect) {
    case LEDGER_FREES:
        block_free(ledger, frame->block);
        break;
    case LEDGER_ALLOCATES_MANY:
        for (uint64_t i = 0; i < result && i < BULK_MAX; i++) {
            uint64_t address = 0;
            if (kernel_layout_word(&ledger->layout, argument_of(frame, frame->allocator->pointer, 0) + WORD * i, WORD, &address)) {
                block_add(ledger, frame, address);
            }
        }
        break;
    case LEDGER_REALLOCATES:
        if (result && result != argument_of(frame, frame->allocator->pointer, 0)) {
            block_free(ledger, frame->block);
        }
        block_add(ledger, frame, result);
        break;
    default:
        block_add(ledger, frame, result);
        break;
    }
}

static struct error *enter_allocator(struct ledger *ledger, const struct ledger_place *place, const struct ledger_allocator *allocator,
                                     uint64_t return_pc) {
    struct ledger_chain *chain = cpu_chain(ledger, place->cpu);
    struct ledger_frame frame = {.kind = LEDGER_ALLOCATOR,
                                 .slot = place->sp,
                                 .return_pc = return_pc,
                                 .return_sp = place->sp + WORD,
                                 .when = ledger->moment,
                                 .allocator = allocator};
    memcpy(frame.arguments, place->arguments, sizeof frame.arguments);
    if (allocator->effect == LEDGER_FREES || allocator->effect == LEDGER_REALLOCATES) {
        frame.block = block_given(ledger, &frame);
    }
    frame.size = allocation_size(ledger, &frame);
    return chain ? chain_push(ledger, chain, &frame) : error_out_of_memory();
}

/* ------------------------------------------------------------------------------------------------ events */

static struct error *enter_interrupt(struct ledger *ledger, const struct ledger_place *place, uint32_t pushed) {
    struct ledger_chain *chain = cpu_chain(ledger, place->cpu);
    struct ledger_frame frame = {.kind = LEDGER_INTERRUPT, .slot = place->sp, .when = ledger->moment};
    uint64_t at = place->sp + pushed;
    uint64_t selector = 0;
    uint64_t flags = 0;
    if (!chain) {
        return error_out_of_memory();
    }
    bool read = kernel_layout_word(&ledger->layout, at, WORD, &frame.return_pc) &&
                kernel_layout_word(&ledger->layout, at + INTERRUPT_CS, WORD, &selector) &&
                kernel_layout_word(&ledger->layout, at + INTERRUPT_FLAGS, WORD, &flags) &&
                kernel_layout_word(&ledger->layout, at + INTERRUPT_SP, WORD, &frame.return_sp);
    if (!read || !selector || selector > SELECTOR_MAX || !(flags & 2)) {
        return NULL; /* an inner label of a stub sees something else there */
    }
    const struct ledger_frame *top = chain_top(chain);
    if (top && top->kind == LEDGER_INTERRUPT && top->return_pc == frame.return_pc && top->return_sp == frame.return_sp) {
        return NULL; /* the same interrupt, further on in its stub */
    }
    struct error *error = chain_push(ledger, chain, &frame);
    cpu_follow(&ledger->cpus[place->cpu], chain);
    return error;
}

/* A task that was never seen runs: who had its structure before is gone. */
static void cpu_switched(struct ledger *ledger, uint32_t index, bool fresh) {
    struct ledger_cpu *cpu = &ledger->cpus[index];
    ledger->switching -= cpu->switching ? 1 : 0;
    cpu->switching = false;
    struct ledger_chain *chain = chain_of(ledger, kernel_layout_current(&ledger->layout, index));
    while (fresh && chain && chain->frames.count) {
        chain_drop(ledger, chain);
    }
    cpu_follow(cpu, chain);
}

struct error *ledger_hooked(struct ledger *ledger, const struct ledger_place *place, const struct ledger_hook *hook) {
    uint64_t return_pc = 0;
    ledger->moment++;
    if (hook->role == LEDGER_HOOK_LOAD || hook->role == LEDGER_HOOK_UNLOAD) {
        return follow_objects(ledger, hook->role == LEDGER_HOOK_UNLOAD ? place->arguments[0] : 0);
    }
    if (hook->role == LEDGER_HOOK_INTERRUPT) {
        return enter_interrupt(ledger, place, hook->what);
    }
    if (hook->role == LEDGER_HOOK_FRESH) {
        cpu_switched(ledger, place->cpu, true);
        return NULL;
    }
    if (!kernel_layout_word(&ledger->layout, place->sp, WORD, &return_pc)) {
        return NULL;
    }
    struct ledger_cpu *cpu = &ledger->cpus[place->cpu];
    if (hook->role == LEDGER_HOOK_SWITCH) {
        ledger->switching += cpu->switching ? 0 : 1;
        cpu->switching = true;
        cpu->switch_return = return_pc;
        return NULL;
    }
    struct ledger_chain *chain = cpu_chain(ledger, place->cpu);
    if (!chain) {
        return error_out_of_memory();
    }
    chain_forget(ledger, chain, place->sp);
    struct error *error = NULL;
    if (hook->role == LEDGER_HOOK_TRANSACTION) {
        error = enter_transaction(ledger, place, hook->what, return_pc);
    } else if (hook->role == LEDGER_HOOK_ALLOCATOR) {
        const struct ledger_allocator *allocator = VECTOR_AT(&ledger->hooks.allocators, struct ledger_allocator, hook->what);
        error = enter_allocator(ledger, place, allocator, return_pc);
    }
    cpu_follow(cpu, chain);
    return error;
}

/* The newest frame that ends here; false = none. */
static bool frame_find(const struct ledger_chain *chain, const struct ledger_place *place, size_t *out_index) {
    for (size_t i = chain->frames.count; i-- > 0;) {
        const struct ledger_frame *frame = VECTOR_AT(&chain->frames, struct ledger_frame, i);
        if (frame->return_pc == place->pc && frame->return_sp == place->sp) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

struct error *ledger_block(struct ledger *ledger, const struct ledger_place *place) {
    struct ledger_cpu *cpu = &ledger->cpus[place->cpu];
    size_t index = 0;
    if (cpu->switching) {
        if (place->pc != cpu->switch_return) {
            return NULL; /* what runs on the next task's stack is part of the switch */
        }
        cpu_switched(ledger, place->cpu, false);
    }
    struct ledger_chain *chain = cpu->chain;
    while (chain && ledger->filter[ledger_slot(place->pc)] && frame_find(chain, place, &index)) { /* one return may end several: tail calls */
        ledger->moment++;
        while (chain->frames.count > index + 1) {
            chain_drop(ledger, chain);
        }
        struct ledger_frame frame = *chain_top(chain);
        chain->frames.count--;
        ledger->filter[ledger_slot(frame.return_pc)]--;
        if (frame.transaction) {
            leave_transaction(ledger, frame.transaction, place->result);
        } else if (frame.kind == LEDGER_ALLOCATOR) {
            leave_allocator(ledger, &frame, place->result);
        }
        cpu_follow(cpu, chain);
    }
    return ledger->heap.blocks.failed || ledger->names.names.failed || ledger->chains.failed ? error_out_of_memory() : NULL;
}
