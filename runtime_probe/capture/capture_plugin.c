/*
 * The recorder mode of the probe, inside QEMU: a TCG plugin that sees entries, returns and stores, looks at the captured state at the boundaries
 * of transactions itself, and stops nothing. What each sees is turned into messages by watcher.c; here is what knows QEMU.
 */
#include <elf.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../qemu/guest_cpu.h"
#include "../qemu/qemu_plugin_api.h"
#include "instruction.h"
#include "ledger_messages.h"
#include "plugin.h"
#include "spillscope/guest.h"
#include "spillscope/slide.h"

enum { PAGE = 4096, SAMPLES = 64, USER_ADDRESS_BITS = 47 };

int qemu_plugin_version = 1;

/* QEMU's translation callback carries no user data, so one pointer has to stand at file scope. Set once, at installation. */
static struct plugin *installed;

/* ------------------------------------------------------------------------------------------------ failing */

static void plugin_fail(struct plugin *plugin, struct error *error) {
    struct capture_text *message = capture_ring_reserve(&plugin->ring, CAPTURE_FAILED, sizeof *message);
    message->code = (uint32_t)error_code_of(error);
    message->reserved = 0;
    snprintf(message->text, sizeof message->text, "%s", error_message(error));
    capture_ring_commit(&plugin->ring);
    error_destroy(error);
    plugin->active = false;
    plugin->failed = true;
}

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void plugin_end(struct plugin *plugin, bool quitting) {
    struct capture_end *message = capture_ring_reserve(&plugin->ring, CAPTURE_END, sizeof *message);
    message->unplaced = plugin->ledger ? plugin->ledger->unplaced : 0;
    message->guest_ns = plugin->begin_ns ? (uint64_t)(clock_ns(CLOCK_MONOTONIC) - plugin->begin_ns) : 0;
    bool same = plugin->begin_ns && pthread_equal(plugin->begin_thread, pthread_self());
    message->guest_cpu_ns = same ? (uint64_t)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - plugin->begin_cpu_ns) : 0;
    message->early = quitting && plugin->catalog.end;
    message->reserved = 0;
    capture_ring_commit(&plugin->ring);
    plugin->active = false;
}

/* ------------------------------------------------------------------------------------------------ hooks */

static uint64_t plugin_register(struct plugin *plugin, unsigned cpu, int number) {
    return guest_cpu_register_fast(&plugin->cpu, cpu, number, plugin->buffer);
}

static uint64_t plugin_argument(struct plugin *plugin, unsigned cpu, uint64_t sp, int index) {
    return plugin->cpu.arch->arguments_on_stack ? guest_cpu_argument(&plugin->cpu, cpu, sp, index, plugin->buffer)
                                                : plugin_register(plugin, cpu, plugin->cpu.registers->arguments[index].number);
}

static struct watcher_place plugin_place(struct plugin *plugin, unsigned cpu, uint64_t pc) {
    const struct arch_registers *registers = plugin->cpu.registers;
    return (struct watcher_place){.cpu = cpu,
                                  .pc = pc,
                                  .sp = plugin_register(plugin, cpu, registers->sp.number),
                                  .root = plugin_register(plugin, cpu, registers->page_root.number),
                                  .link = plugin_register(plugin, cpu, registers->link.number)};
}

static void plugin_results(struct plugin *plugin, unsigned cpu, struct watcher_place *place) {
    const struct arch_registers *registers = plugin->cpu.registers;
    place->result = plugin_register(plugin, cpu, registers->result.number);
    place->wide_result = place->result;
    if (registers->result_high.name) {
        place->wide_result |= plugin_register(plugin, cpu, registers->result_high.number) << (8 * plugin->cpu.arch->pointer_size);
    }
}

/*
 * Where page tables are not among the registers: are virtual addresses physical ones? Asked at each hook, since a kernel may begin to translate at
 * any time.
 */
static struct error *plugin_check_plain(struct plugin *plugin, unsigned cpu) {
    uint64_t stack = plugin_register(plugin, cpu, plugin->cpu.registers->sp.number);
    if (plugin->cpu.registers->page_root.name || guest_cpu_physical(&plugin->cpu, cpu, stack) == stack) {
        return NULL;
    }
    return error_create(ERROR_USAGE, "the recorder does not read page tables of %s, and the guest translates addresses: use --mode stub",
                        plugin->cpu.arch->name);
}

/* Is guest RAM where the mapping is thought to begin? */
static struct error *plugin_check_ram(struct plugin *plugin, unsigned cpu) {
    uint64_t stack = plugin_register(plugin, cpu, plugin->cpu.registers->sp.number);
    uint64_t word = 0;
    bool valid = false;
    struct error *error = guest_memory_read(plugin->memory, stack, &word, plugin->cpu.arch->pointer_size, &valid);
    if (!error && (!valid || word != guest_cpu_word(&plugin->cpu, cpu, stack))) {
        error = error_create(ERROR_USAGE, "the guest's RAM does not begin at 0x%llx, where QEMU's usual machine of %s has it: use --mode stub",
                             (unsigned long long)plugin->cpu.arch->ram_base, plugin->cpu.arch->name);
    }
    return error;
}

static void plugin_arguments(struct plugin *plugin, unsigned cpu, int count, struct watcher_place *place) {
    for (int i = 0; i < count; i++) {
        place->arguments[i] = plugin_argument(plugin, cpu, place->sp, i);
    }
}

/* Page tables as a processor uses them. */
static struct guest_translation plugin_translation(struct plugin *plugin, unsigned cpu) {
    const struct arch_registers *registers = plugin->cpu.registers;
    struct guest_translation translation = {.root = plugin_register(plugin, cpu, registers->page_root.number)};
    translation.paging = arch_paging(plugin->cpu.arch, plugin_register(plugin, cpu, registers->control.number),
                                     plugin_register(plugin, cpu, registers->control_more.number), &translation.levels);
    return translation;
}

/* The window begins: only now the kernel's text can be read, and is compared with the file's. */
static struct error *plugin_begin(struct plugin *plugin, unsigned cpu) {
    struct guest guest = {.arch = plugin->cpu.arch, .memory = plugin->memory};
    struct guest_translation *translation = &plugin->watcher.ground.translation;
    bool known = false;
    *translation = plugin_translation(plugin, cpu);
    struct error *error = plugin_check_plain(plugin, cpu);
    if (!error && translation->paging == ARCH_PAGING_UNKNOWN) {
        translation->paging = ARCH_PAGING_OFF;
    }
    guest_memory_moved(plugin->memory, translation);
    error = error ? error : plugin_check_ram(plugin, cpu);
    error = error ? error : guest_check_identity(&guest, plugin->image, &known);
    if (!error && !known) {
        error =
            error_create(ERROR_MISMATCH, "%s is not the kernel that runs: the guest has no readable text at its addresses (build-id of the file: %s)",
                         plugin->image->path, plugin->image->build_id[0] ? plugin->image->build_id : "none");
    }
    if (!error) {
        capture_ring_reserve(&plugin->ring, CAPTURE_BEGIN, sizeof(struct capture_message));
        capture_ring_commit(&plugin->ring);
        plugin->begin_thread = pthread_self();
        plugin->begin_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        plugin->begin_ns = clock_ns(CLOCK_MONOTONIC);
        plugin->active = true;
    }
    return error;
}

/* Where a processor stands, with the memory told of its page tables. */
static struct ledger_place plugin_ledger_place(struct plugin *plugin, unsigned cpu, uint64_t pc) {
    const struct watcher_place place = plugin_place(plugin, cpu, pc);
    const struct guest_translation translation = plugin_translation(plugin, cpu);
    guest_memory_moved(plugin->memory, &translation);
    return (struct ledger_place){.cpu = cpu, .pc = pc, .sp = place.sp, .root = place.root};
}

/* The ledger follows tasks and the heap from the kernel's first instruction on, and transactions in the window. */
static struct error *plugin_ledger_event(struct plugin *plugin, unsigned cpu, const struct ledger_hook *hook) {
    struct ledger_place place = plugin_ledger_place(plugin, cpu, hook->pc);
    if (hook->role == LEDGER_HOOK_BEGIN && !plugin->active && !plugin->ledger->recording) {
        struct error *error = ledger_begin(plugin->ledger); /* first: stores are noted from there on */
        return error ? error : plugin_begin(plugin, cpu);
    }
    if (hook->role == LEDGER_HOOK_END && plugin->active) {
        plugin_end(plugin, false);
        return NULL;
    }
    bool asked = hook->role == LEDGER_HOOK_ALLOCATOR || hook->role == LEDGER_HOOK_UNLOAD || hook->role == LEDGER_HOOK_TRANSACTION;
    for (int i = 0; i < LEDGER_ARGUMENTS && asked; i++) {
        place.arguments[i] = plugin_argument(plugin, cpu, place.sp, i);
    }
    return ledger_hooked(plugin->ledger, &place, hook);
}

/* Registers are true at the beginning of a block alone: within one the stack pointer is told by how deep the code is there (`inside`). */
static struct error *plugin_hooked(struct plugin *plugin, unsigned cpu, const struct hook *hook, bool inside) {
    if (hook->role == HOOK_LEDGER) {
        return plugin->failed ? NULL : plugin_ledger_event(plugin, cpu, hook->what);
    }
    if (hook->role == HOOK_BEGIN) {
        return plugin->active ? NULL : plugin_begin(plugin, cpu);
    }
    if (!plugin->active && !plugin->catalog.begin && hook->role == HOOK_TRANSACTION) {
        struct error *error = plugin_begin(plugin, cpu);
        if (error) {
            return error;
        }
    }
    if (!plugin->active) {
        return NULL;
    }
    struct error *error = plugin_check_plain(plugin, cpu);
    if (error) {
        return error;
    }
    struct watcher_place place = plugin_place(plugin, cpu, hook->pc);
    if (inside) {
        int64_t depth = 0;
        catalog_depth(&plugin->catalog, hook->pc, &depth);
        place.sp = plugin->watcher.cpus[cpu].block_slot + (uint64_t)depth;
    }
    switch (hook->role) {
    case HOOK_TRANSACTION:
        plugin_arguments(plugin, cpu, plugin->parameters, &place);
        return watcher_enter(&plugin->watcher, &place, hook->what);
    case HOOK_EXIT:
        return plugin->watcher.open ? watcher_leave(&plugin->watcher, &place) : NULL;
    case HOOK_PLACE:
        return watcher_enter_place(&plugin->watcher, &place, hook->what);
    case HOOK_DEFERRAL:
        plugin_arguments(plugin, cpu, GUEST_ARGUMENTS, &place);
        return watcher_defer(&plugin->watcher, &place, hook->what);
    case HOOK_ALLOCATOR:
        plugin_arguments(plugin, cpu, GUEST_ARGUMENTS, &place);
        return watcher_allocator(&plugin->watcher, &place, hook->what);
    case HOOK_INTERRUPT:
        plugin_results(plugin, cpu, &place);
        return watcher_interrupt(&plugin->watcher, &place);
    case HOOK_SWITCH:
        watcher_switching(&plugin->watcher, &place);
        return NULL;
    default:
        plugin_end(plugin, false);
        return NULL;
    }
}

static void on_hook(unsigned cpu, void *userdata) {
    struct plugin *plugin = installed;
    const struct hook *hook = userdata;
    pthread_mutex_lock(&plugin->lock);
    struct error *error = plugin_hooked(plugin, cpu, hook, false);
    if (error) {
        plugin_fail(plugin, error);
    }
    pthread_mutex_unlock(&plugin->lock);
}

/* A block begins that has hooks inside; `userdata` is how deep the stack is there. */
static void on_block_of_places(unsigned cpu, void *userdata) {
    struct plugin *plugin = installed;
    int64_t depth = (int64_t)(intptr_t)userdata;
    pthread_mutex_lock(&plugin->lock);
    plugin->watcher.cpus[cpu].block_slot = plugin_register(plugin, cpu, plugin->cpu.registers->sp.number) - (uint64_t)depth;
    pthread_mutex_unlock(&plugin->lock);
}

static void on_hook_inside(unsigned cpu, void *userdata) {
    struct plugin *plugin = installed;
    pthread_mutex_lock(&plugin->lock);
    struct error *error = plugin_hooked(plugin, cpu, userdata, true);
    if (error) {
        plugin_fail(plugin, error);
    }
    pthread_mutex_unlock(&plugin->lock);
}

/* Apart, so that the common way saves no registers. */
__attribute__((noinline)) static void on_block_slow(struct plugin *plugin, unsigned cpu, uint64_t pc) {
    pthread_mutex_lock(&plugin->lock);
    if (plugin->ledger && !plugin->failed) {
        struct ledger_place place = plugin_ledger_place(plugin, cpu, pc);
        place.result = plugin_register(plugin, cpu, plugin->cpu.registers->result.number);
        struct error *error = ledger_block(plugin->ledger, &place);
        if (error) {
            plugin_fail(plugin, error);
        }
    }
    bool inside = pc >= plugin->switch_low && pc < plugin->switch_high;
    if (plugin->active && !plugin->ledger && !(inside && plugin->watcher.cpus[cpu].switching)) {
        struct watcher_place place = plugin_place(plugin, cpu, pc);
        plugin_results(plugin, cpu, &place);
        struct error *error = watcher_block(&plugin->watcher, &place);
        if (error) {
            plugin_fail(plugin, error);
        }
    }
    pthread_mutex_unlock(&plugin->lock);
}

static void on_block(unsigned cpu, void *userdata) {
    struct plugin *plugin = installed;
    uint64_t pc = (uint64_t)(uintptr_t)userdata;
    const struct ledger *ledger = plugin->ledger;
    if (ledger && (ledger->filter[ledger_slot(pc)] || (ledger->switching && ledger->cpus[cpu].switching))) {
        on_block_slow(plugin, cpu, pc);
    } else if (plugin->watcher.filter[watcher_slot(pc)] || (plugin->watcher.switching && plugin->watcher.cpus[cpu].switching)) {
        on_block_slow(plugin, cpu, pc);
    }
}

/* ------------------------------------------------------------------------------------------------ stores */

/* QEMU's answer for an address that was just accessed begins with two flags; for RAM the host's address follows. */
struct hwaddr_view {
    uint64_t flags;
    uintptr_t host;
};

/* Offset in the RAM file of a byte that was stored to; UINT64_MAX = no RAM. */
static uint64_t store_offset(struct plugin *plugin, qemu_plugin_meminfo_t info, uint64_t address) {
    struct qemu_plugin_hwaddr *place = qemu_plugin_get_hwaddr(info, address);
    if (!place || qemu_plugin_hwaddr_is_io(place)) {
        return UINT64_MAX;
    }
    uint64_t size = plugin->ring.header->ram_size;
    uintptr_t host = ((const struct hwaddr_view *)(const void *)place)->host;
    if (plugin->ram_samples >= SAMPLES) {
        uint64_t offset = host - plugin->ram_host;
        return offset < size ? offset : UINT64_MAX;
    }
    uint64_t physical = qemu_plugin_hwaddr_phys_addr(place) - plugin->cpu.arch->ram_base; /* an offset in the file from here on */
    if (physical >= size) {
        return UINT64_MAX;
    }
    /* The layout above is no stable interface: it is used only when many answers agree with the official ones. */
    if (!plugin->ram_slow && physical >= PAGE * 256) {
        plugin->ram_slow = plugin->ram_samples > 0 && host - physical != plugin->ram_host;
        plugin->ram_host = host - physical;
        plugin->ram_samples += plugin->ram_slow ? 0 : 1;
    }
    return physical;
}

__attribute__((noinline)) static void store_note(struct plugin *plugin, unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address) {
    uint64_t size = (uint64_t)1 << qemu_plugin_mem_size_shift(info);
    while (size) {
        uint64_t step = PAGE - address % PAGE < size ? PAGE - address % PAGE : size;
        uint64_t offset = store_offset(plugin, info, address);
        if (offset != UINT64_MAX && plugin->ledger) {
            ledger_store(plugin->ledger, cpu, offset, step, address >> USER_ADDRESS_BITS == 0);
        } else if (offset != UINT64_MAX) {
            watcher_store(&plugin->watcher, cpu, offset, step);
        }
        address += step;
        size -= step;
    }
}

static inline void plugin_store(struct plugin *plugin, unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address) {
    const struct watcher_cpu *state = &plugin->watcher.cpus[cpu];
    if (address - state->stack_low >= state->stack_size) {
        store_note(plugin, cpu, info, address);
    }
}

/* Where stores alone are told. */
static void on_store(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *userdata) {
    struct plugin *plugin = installed;
    (void)userdata;
    if (plugin->active) {
        plugin_store(plugin, cpu, info, address);
    }
}

static void on_access(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *userdata) {
    struct plugin *plugin = installed;
    (void)userdata;
    if (plugin->active && qemu_plugin_mem_is_store(info)) {
        plugin_store(plugin, cpu, info, address);
    }
}

/* The same while it is not known which mask brings them: both are asked for, and what comes first tells. */
static void on_access_trial(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *userdata) {
    struct plugin *plugin = installed;
    enum access_mask asked = (enum access_mask)(uintptr_t)userdata;
    bool store = qemu_plugin_mem_is_store(info);
    if (plugin->mask == MASK_UNKNOWN && asked == MASK_READ) {
        plugin->mask = store ? MASK_READ : MASK_WRITE;
    }
    if (store && plugin->active && asked == plugin->mask) {
        plugin_store(plugin, cpu, info, address);
    }
}

/* ------------------------------------------------------------------------------------------------ translation */

/* First hook at the address, of objects at the home address; an index past the last one when there is none at or after it. */
static size_t hook_find(const struct plugin *plugin, uint64_t pc) {
    size_t low = 0;
    size_t high = plugin->hook_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plugin->hooks[middle].pc < pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void translate_hooks(struct plugin *plugin, struct qemu_plugin_tb *block, uint64_t pc) {
    pc = image_home(plugin->image, pc);
    for (size_t i = hook_find(plugin, pc); i < plugin->hook_count && plugin->hooks[i].pc == pc; i++) {
        qemu_plugin_register_vcpu_tb_exec_cb(block, on_hook, QEMU_PLUGIN_CB_R_REGS, &plugin->hooks[i]);
    }
}

/* Control comes to a place by a way that the code's analysis does not know: whose frame that is cannot be told. */
static void plugin_lose(struct plugin *plugin, uint64_t pc, uint64_t at) {
    pthread_mutex_lock(&plugin->lock);
    plugin_fail(plugin,
                error_create(ERROR_MISMATCH, "where a transaction begins or ends, at 0x%llx, is reached from 0x%llx, which its function does not do",
                             (unsigned long long)at, (unsigned long long)pc));
    pthread_mutex_unlock(&plugin->lock);
}

/* Exits and places may lie anywhere in a block. */
static void translate_places(struct plugin *plugin, struct qemu_plugin_tb *block, uint64_t pc) {
    int64_t depth = 0;
    bool inside = false;
    bool known = catalog_depth(&plugin->catalog, image_home(plugin->image, pc), &depth);
    for (size_t i = 1; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        uint64_t at = image_home(plugin->image, qemu_plugin_insn_vaddr(instruction));
        for (size_t h = hook_find(plugin, at); h < plugin->hook_count && plugin->hooks[h].pc == at; h++) {
            struct hook *hook = &plugin->hooks[h];
            if (hook->role != HOOK_EXIT && hook->role != HOOK_PLACE) {
                continue;
            }
            if (!known) {
                plugin_lose(plugin, pc, at);
            } else {
                qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_hook_inside, QEMU_PLUGIN_CB_R_REGS, hook);
                inside = true;
            }
        }
    }
    if (inside) {
        qemu_plugin_register_vcpu_tb_exec_cb(block, on_block_of_places, QEMU_PLUGIN_CB_R_REGS, (void *)(intptr_t)depth);
    }
}

static void translate_stores(struct plugin *plugin, struct qemu_plugin_insn *instruction) {
    enum instruction_stores stores = plugin->cpu.arch->machine == EM_X86_64
                                         ? instruction_stores(qemu_plugin_insn_data(instruction), qemu_plugin_insn_size(instruction))
                                         : INSTRUCTION_OTHER;
    if (stores == INSTRUCTION_PUSHES) {
        return; /* to the running stack, and not to an object there */
    }
    if (stores == INSTRUCTION_OTHER || plugin->mask == MASK_WRITE) {
        qemu_plugin_register_vcpu_mem_cb(instruction, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W, NULL);
    } else if (plugin->mask == MASK_READ) {
        qemu_plugin_register_vcpu_mem_cb(instruction, on_store, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_R, NULL);
    } else {
        qemu_plugin_register_vcpu_mem_cb(instruction, on_access_trial, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_R, (void *)(uintptr_t)MASK_READ);
        qemu_plugin_register_vcpu_mem_cb(instruction, on_access_trial, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W, (void *)(uintptr_t)MASK_WRITE);
    }
}

/* Everything that was made of the image's addresses is made anew, once it is known where the kernel runs. */
static struct error *plugin_move(struct plugin *plugin) {
    const struct capture_header *header = plugin->ring.header;
    uint32_t cpus = plugin->watcher.cpu_count;
    struct error *error = store_open(header->database, STORE_READ, &plugin->store);
    ledger_destroy(plugin->ledger);
    plugin->ledger = NULL;
    catalog_deinit(&plugin->catalog);
    free(plugin->hooks);
    plugin->hooks = NULL;
    plugin->hook_count = 0;
    image_slide_to(plugin->image, plugin->slide.slide);
    error = error ? error : catalog_load(plugin->store, plugin->plan, plugin->ring.header->everything != 0, &plugin->catalog);
    error = error ? error : plugin_make_ledger(plugin, cpus);
    store_close(plugin->store);
    plugin->store = NULL;
    return error ? error : plugin_make_hooks(plugin);
}

/* Where does the kernel run? Until the code that is about to be translated has told, nothing is watched. */
static bool plugin_moved(struct plugin *plugin, struct qemu_plugin_tb *block) {
    enum { BLOCK_BYTES = 64 };
    unsigned char bytes[BLOCK_BYTES];
    pthread_mutex_lock(&plugin->lock);
    size_t count = plugin->slide.known ? 0 : guest_cpu_code(block, bytes, sizeof bytes);
    bool found = !plugin->slide.known && slide_search_see(&plugin->slide, qemu_plugin_tb_vaddr(block), bytes, count);
    struct error *error = found && plugin->slide.slide ? plugin_move(plugin) : NULL;
    if (error) {
        plugin_fail(plugin, error);
    }
    pthread_mutex_unlock(&plugin->lock);
    return plugin->slide.known;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    struct plugin *plugin = installed;
    uint64_t pc = qemu_plugin_tb_vaddr(block);
    (void)id;
    if (plugin->failed || (!plugin->slide.known && !plugin_moved(plugin, block))) {
        return;
    }
    qemu_plugin_register_vcpu_tb_exec_cb(block, on_block, QEMU_PLUGIN_CB_R_REGS, (void *)(uintptr_t)pc);
    translate_hooks(plugin, block, pc);
    if (plugin->catalog.place_count) {
        translate_places(plugin, block, pc);
    }
    size_t count = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        translate_stores(plugin, instruction);
    }
}

static void on_quit(qemu_plugin_id_t id, void *userdata) {
    struct plugin *plugin = userdata;
    (void)id;
    pthread_mutex_lock(&plugin->lock);
    plugin_end(plugin, true);
    pthread_mutex_unlock(&plugin->lock);
}

/* ------------------------------------------------------------------------------------------------ installation */

static struct error *plugin_create(struct plugin *plugin, int descriptor, const qemu_info_t *info) {
    struct error *error = capture_ring_attach(descriptor, &plugin->ring);
    if (error) {
        return error;
    }
    uint32_t cpus = (uint32_t)info->system.smp_vcpus;
    error = plugin_open_image(plugin);
    const char *problem =
        error ? NULL : guest_cpu_init(&plugin->cpu, arch_by_machine(plugin->image->machine, plugin->image->pointer_size), info->target_name);
    if (problem) {
        return error_create(ERROR_USAGE, "the recorder does not work with this QEMU for %s: %s", info->target_name, problem);
    }
    if (!error && !info->system_emulation) {
        error = error_create(ERROR_USAGE, "the recorder watches whole machines only");
    }
    if (!error) {
        plugin->buffer = guest_cpu_buffer(&plugin->cpu);
        error = plugin_map_ram(plugin);
    }
    if (!error) {
        error = plugin_open_inputs(plugin, cpus);
    }
    const uint64_t ram_size = plugin->ring.header ? plugin->ring.header->ram_size : 0;
    if (!error &&
        (!dirty_init(&plugin->dirty, ram_size, cpus == 1) || !shadow_init(&plugin->shadow, guest_memory_map(plugin->memory), ram_size, cpus == 1))) {
        error = error_out_of_memory();
    }
    struct watcher_inputs inputs = {.plan = plugin->plan,
                                    .catalog = &plugin->catalog,
                                    .sites = &plugin->sites,
                                    .memory = plugin->memory,
                                    .dirty = &plugin->dirty,
                                    .shadow = &plugin->shadow,
                                    .ring = &plugin->ring,
                                    .cpus = cpus};
    if (!error) {
        error = watcher_init(&plugin->watcher, &inputs);
    }
    if (!error) {
        error = plugin_make_hooks(plugin);
    }
    if (!error) {
        struct capture_ready *message = capture_ring_reserve(&plugin->ring, CAPTURE_READY, sizeof *message);
        message->shapes = plugin->plan->shape_count;
        message->transactions = plugin->catalog.count;
        message->cpus = cpus;
        message->reserved = 0;
        capture_ring_commit(&plugin->ring);
    }
    return error;
}

static void on_flush(qemu_plugin_id_t id) {
    (void)id;
    guest_cpu_forget_all_accesses(&installed->cpu);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    int descriptor = argc == 1 && strncmp(argv[0], "ring=", 5) == 0 ? atoi(argv[0] + 5) : -1;
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin || descriptor < 0) {
        fprintf(stderr, "spillscope capture: expected the argument ring=DESCRIPTOR\n");
        free(plugin);
        return 1;
    }
    pthread_mutex_init(&plugin->lock, NULL);
    struct error *error = plugin_create(plugin, descriptor, info);
    if (error) {
        fprintf(stderr, "spillscope capture: %s\n", error_message(error));
        if (plugin->ring.header) {
            plugin_fail(plugin, error);
        }
        return 1;
    }
    installed = plugin;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_flush_cb(id, on_flush);
    qemu_plugin_register_atexit_cb(id, on_quit, plugin);
    return 0;
}
