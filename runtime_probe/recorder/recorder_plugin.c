/*
 * The recorder: a QEMU TCG plugin that logs what the judge needs (spillscope/record_log.h), and stops nothing.
 *
 * A hooked call is recognised at its first instruction, and its end where control is back at the return address with the stack pointer
 * that a return leaves; kernel stacks are unique, so this holds through context switches, recursion and interrupts. An interrupt
 * ends the same way at the interrupted instruction.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "block_trail.h"
#include "guest_cpu.h"
#include "log_writer.h"
#include "open_calls.h"
#include "plugin_config.h"
#include "spillscope/slide.h"
#include "qemu_plugin_api.h"

enum { CPUS_MAX = 256, SWITCH_CALLEE_BYTES = 4096, GIVEN_MAX = 4096 };

struct recorder {
    pthread_mutex_t lock; /* of all below */
    struct plugin_config config;
    struct slide_search slide;
    struct guest_cpu guest;
    struct log_writer writer;
    const unsigned char *ram; /* shared mapping of the guest's RAM */
    bool recording;           /* stores are logged */
    bool started;             /* pages were logged */
    bool ram_is_right;        /* the RAM file was seen to hold what the guest sees */
    void *buffer;             /* for register reads */
    struct open_calls open;
    bool switching[CPUS_MAX]; /* in the switch function */
    uint64_t switch_stack[CPUS_MAX];
    uint64_t switch_return[CPUS_MAX];     /* where it was called from */
    struct block_trail *trails[CPUS_MAX]; /* owned; made when a CPU first runs code that is to be told */
    struct block_table blocks;
    uint64_t block_slot[CPUS_MAX]; /* where the call that runs has its return address, in blocks with places */
};

int qemu_plugin_version = 1;

/* QEMU's translation callback carries no user data, so one pointer has to stand at file scope. Set once, at installation. */
static struct recorder *installed;

static void *recorder_record(struct recorder *recorder, size_t size, uint8_t kind, unsigned cpu) {
    unsigned char *record = log_writer_reserve(&recorder->writer, size);
    if (record) {
        record[0] = kind;
        record[1] = (unsigned char)cpu;
    }
    return record;
}

/* A boundary: what runs from here on is told anew. */
static void recorder_forget_blocks(struct recorder *recorder, unsigned cpu) {
    if (cpu < CPUS_MAX && recorder->trails[cpu]) {
        block_trail_forget(recorder->trails[cpu]);
    }
}

static uint64_t recorder_register(struct recorder *recorder, unsigned cpu, int number) {
    return guest_cpu_register(&recorder->guest, cpu, number, recorder->buffer);
}

static uint64_t recorder_word(struct recorder *recorder, unsigned cpu, uint64_t address) {
    return guest_cpu_word(&recorder->guest, cpu, address);
}

/* Page-table root of the CPU, with what else the judge must know of the tables (record_log.h); 0 = virtual addresses are physical. */
static uint64_t recorder_root(struct recorder *recorder, unsigned cpu) {
    const struct arch_registers *registers = recorder->guest.registers;
    uint32_t levels = 0;
    uint64_t root = recorder_register(recorder, cpu, registers->page_root.number);
    enum arch_paging paging = arch_paging(recorder->guest.arch, recorder_register(recorder, cpu, registers->control.number),
                                          recorder_register(recorder, cpu, registers->control_more.number), &levels);
    if (paging == ARCH_PAGING_OFF || paging == ARCH_PAGING_UNKNOWN) {
        return 0;
    }
    return (root & ~(uint64_t)LOG_ROOT_PAE) | (paging == ARCH_PAGING_PAE ? LOG_ROOT_PAE : 0);
}

/*
 * The judge replays RAM by physical address: is it where the log says, and can the judge find a virtual address in it? What is not so ends the
 * recording with a reason.
 */
static void recorder_check_ram(struct recorder *recorder, unsigned cpu, uint64_t stack) {
    uint64_t physical = guest_cpu_physical(&recorder->guest, cpu, stack);
    uint64_t seen = recorder_word(recorder, cpu, stack);
    uint64_t offset = physical - recorder->config.ram_base;
    size_t size = recorder->guest.arch->pointer_size;
    uint64_t held = ~seen;
    const char *problem = NULL;
    if (recorder->writer.failed || physical == UINT64_MAX) {
        return;
    }
    if (offset <= recorder->config.ram_size - size) {
        held = 0;
        memcpy(&held, recorder->ram + offset, size);
    }
    if (!recorder->guest.registers->page_root.name && physical != stack) {
        problem = "the guest translates addresses, and page tables of this architecture are not read";
    } else if (held != seen && !recorder->ram_is_right) {
        problem = "the guest's RAM does not begin where that of QEMU's usual machine does";
    }
    recorder->ram_is_right = recorder->ram_is_right || !problem;
    if (problem) {
        fprintf(stderr, "spillscope recorder: %s: %s\n", recorder->guest.arch->name, problem);
        log_writer_fail(&recorder->writer, ENOTSUP);
    }
}

static void recorder_open_call(struct recorder *recorder, const struct record_enter *enter, uint64_t array) {
    if (!open_calls_add(&recorder->open, &(struct open_call){enter->return_pc, enter->return_stack, array})) {
        recorder->writer.failed = true;
    }
}

/* All pages that hold something, then stores follow. */
static void recorder_start(struct recorder *recorder) {
    struct record_window *window = recorder_record(recorder, sizeof *window, RECORD_WINDOW, 1);
    if (!window || recorder->started) {
        return;
    }
    log_writer_commit(&recorder->writer, sizeof *window);
    static const unsigned char zeros[LOG_PAGE_BYTES];
    for (uint64_t offset = 0; offset + LOG_PAGE_BYTES <= recorder->config.ram_size; offset += LOG_PAGE_BYTES) {
        struct record_page *page = NULL;
        if (memcmp(recorder->ram + offset, zeros, LOG_PAGE_BYTES) != 0 && (page = recorder_record(recorder, sizeof *page, RECORD_PAGE, 0))) {
            page->physical = recorder->config.ram_base + offset;
            memcpy(page->bytes, recorder->ram + offset, LOG_PAGE_BYTES);
            log_writer_commit(&recorder->writer, sizeof *page);
        }
    }
    recorder->started = true;
    recorder->recording = true;
}

static void recorder_stop(struct recorder *recorder) {
    struct record_window *window = recorder->recording ? recorder_record(recorder, sizeof *window, RECORD_WINDOW, 0) : NULL;
    if (window) {
        window->open = 0;
        log_writer_commit(&recorder->writer, sizeof *window);
    }
    recorder->recording = false;
}

/* Where control comes back after the hooked instruction at hand; false when the stack holds no such frame. */
static bool recorder_return_place(struct recorder *recorder, unsigned cpu, const struct plugin_hook *hook, struct record_enter *enter) {
    const struct arch *arch = recorder->guest.arch;
    const struct arch_registers *registers = recorder->guest.registers;
    if (hook->kind == HOOK_INTERRUPT) { /* a stub's inner label sees something else there */
        const struct arch_interrupt *frame = arch->interrupt;
        uint64_t at = enter->stack + hook->pushed / sizeof(uint64_t) * arch->pointer_size;
        uint64_t code = frame ? recorder_word(recorder, cpu, at + frame->code) : 0;
        if (!code || code > 0xffff || !(recorder_word(recorder, cpu, at + frame->flags) & 2)) {
            return false;
        }
        enter->return_pc = recorder_word(recorder, cpu, at + frame->pc);
        enter->return_stack = frame->sp_when_user && !(code & 3) ? at + frame->sp : recorder_word(recorder, cpu, at + frame->sp);
        return true;
    }
    if (registers->link.name) {
        enter->return_pc = recorder_register(recorder, cpu, registers->link.number);
        enter->return_stack = enter->stack;
    } else {
        enter->return_pc = recorder_word(recorder, cpu, enter->stack);
        enter->return_stack = enter->stack + arch->pointer_size;
    }
    return true;
}

static void recorder_callers(struct recorder *recorder, unsigned cpu, struct record_enter *enter) {
    const struct arch *arch = recorder->guest.arch;
    uint64_t frame = recorder_register(recorder, cpu, recorder->guest.registers->frame.number);
    enter->callers[0] = enter->return_pc;
    for (int i = 1; i < LOG_CALLERS; i++) {
        if (frame < enter->stack || frame % arch->pointer_size || frame - enter->stack > 65536) {
            return; /* not a frame of this stack */
        }
        enter->callers[i] = recorder_word(recorder, cpu, frame + (uint64_t)(int64_t)arch->caller_offset);
        uint64_t outer = recorder_word(recorder, cpu, frame + (uint64_t)(int64_t)arch->outer_offset);
        if (outer <= frame) {
            return;
        }
        frame = outer;
    }
}

/* The objects that the call which comes back put into its array. */
static void recorder_given(struct recorder *recorder, unsigned cpu, uint64_t array) {
    uint64_t count = recorder_register(recorder, cpu, recorder->guest.registers->result.number);
    for (uint64_t i = 0; array && i < count && i < GIVEN_MAX; i++) {
        struct record_given *given = recorder_record(recorder, sizeof *given, RECORD_GIVEN, cpu);
        if (given) {
            given->address = recorder_word(recorder, cpu, array + i * recorder->guest.arch->pointer_size);
            log_writer_commit(&recorder->writer, sizeof *given);
        }
    }
}

static void recorder_returned(struct recorder *recorder, unsigned cpu, uint64_t pc, uint64_t stack) {
    struct open_call ended;
    if (!open_calls_end(&recorder->open, pc, stack, &ended)) {
        return;
    }
    recorder_forget_blocks(recorder, cpu);
    recorder_given(recorder, cpu, ended.array);
    struct record_leave *leave = recorder_record(recorder, sizeof *leave, RECORD_LEAVE, cpu);
    if (leave) {
        leave->pc = pc;
        leave->stack = stack;
        leave->result = recorder_register(recorder, cpu, recorder->guest.registers->result.number);
        leave->root = recorder_root(recorder, cpu);
        log_writer_commit(&recorder->writer, sizeof *leave);
    }
}

/* A block begins that holds places; `userdata` is how deep the stack is there. Only here registers are true. */
static void on_block_of_places(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    if (cpu < CPUS_MAX) {
        pthread_mutex_lock(&recorder->lock);
        recorder->block_slot[cpu] = recorder_register(recorder, cpu, recorder->guest.registers->sp.number) - (uint64_t)(intptr_t)userdata;
        pthread_mutex_unlock(&recorder->lock);
    }
}

/* A transaction begins or ends within a call, which is named by the place of its return address. */
static void on_place(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    const struct plugin_hook *hook = userdata;
    pthread_mutex_lock(&recorder->lock);
    uint64_t slot = cpu < CPUS_MAX ? recorder->block_slot[cpu] : 0;
    struct record_enter *enter = recorder_record(recorder, sizeof *enter, RECORD_ENTER, cpu);
    if (enter) {
        memset((char *)enter + 2, 0, sizeof *enter - 2);
        enter->hook = hook->number;
        enter->stack = slot;
        enter->return_pc = recorder_word(recorder, cpu, slot);
        enter->return_stack = slot + recorder->guest.arch->pointer_size;
        enter->root = recorder_root(recorder, cpu);
        log_writer_commit(&recorder->writer, sizeof *enter);
        recorder_open_call(recorder, enter, 0);
    }
    pthread_mutex_unlock(&recorder->lock);
}

static void on_hook(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    const struct plugin_hook *hook = userdata;
    pthread_mutex_lock(&recorder->lock);
    struct record_enter enter = {.kind = RECORD_ENTER, .cpu = (uint8_t)cpu, .hook = hook->number};
    enter.stack = recorder_register(recorder, cpu, recorder->guest.registers->sp.number);
    if (!recorder->ram_is_right || !recorder->guest.registers->page_root.name) {
        recorder_check_ram(recorder, cpu, enter.stack);
    }
    if (recorder_return_place(recorder, cpu, hook, &enter)) {
        enter.root = recorder_root(recorder, cpu);
        if (hook->kind != HOOK_INTERRUPT) {
            for (int i = 0; i < GUEST_ARGUMENTS; i++) {
                enter.arguments[i] = guest_cpu_argument(&recorder->guest, cpu, enter.stack, i, recorder->buffer);
            }
            recorder_callers(recorder, cpu, &enter);
        }
        if (hook->kind == HOOK_BEGIN) {
            recorder_start(recorder);
        } else if (hook->kind == HOOK_END) {
            recorder_stop(recorder);
        }
        if (hook->kind == HOOK_INTERRUPT) { /* what had returned there has ended, before what the interrupt does */
            recorder_returned(recorder, cpu, enter.return_pc, enter.return_stack);
        }
        void *record = log_writer_reserve(&recorder->writer, sizeof enter);
        if (record) {
            memcpy(record, &enter, sizeof enter);
            log_writer_commit(&recorder->writer, sizeof enter);
            recorder_forget_blocks(recorder, cpu);
            recorder_open_call(recorder, &enter, hook->kind == HOOK_ARRAY && hook->pushed < LOG_ARGUMENTS ? enter.arguments[hook->pushed] : 0);
        }
    }
    pthread_mutex_unlock(&recorder->lock);
}

/* ------------------------------------------------------------------------------------------------ loadable objects */

/* Who reads for the list of objects. */
struct object_reader {
    struct recorder *recorder;
    unsigned cpu;
};

static bool read_for_objects(void *context, uint64_t address, void *buffer, size_t count) {
    const struct object_reader *reader = context;
    const struct recorder *recorder = reader->recorder;
    for (size_t done = 0; done < count;) {
        uint64_t left = LOG_PAGE_BYTES - (address + done) % LOG_PAGE_BYTES;
        uint64_t part = count - done < left ? count - done : left;
        uint64_t physical = guest_cpu_physical(&reader->recorder->guest, reader->cpu, address + done);
        uint64_t offset = physical - recorder->config.ram_base;
        if (physical == UINT64_MAX || offset > recorder->config.ram_size - part) {
            return false;
        }
        memcpy((char *)buffer + done, recorder->ram + offset, part);
        done += part;
    }
    return true;
}

static void log_moved(void *context, uint32_t section) {
    const struct object_reader *reader = context;
    struct record_moved *moved = recorder_record(reader->recorder, sizeof *moved, RECORD_MOVED, reader->cpu);
    if (moved) {
        moved->section = section;
        moved->running = reader->recorder->config.placement.sections[section].running;
        log_writer_commit(&reader->recorder->writer, sizeof *moved);
    }
}

/* An object was loaded, or the one whose record is the first argument goes. */
static void on_objects(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    const struct plugin_hook *hook = userdata;
    struct object_reader reader = {recorder, cpu};
    struct loaded_objects loaded;
    uint64_t at = 0;
    pthread_mutex_lock(&recorder->lock);
    uint64_t stack = recorder_register(recorder, cpu, recorder->guest.registers->sp.number);
    uint64_t leaving = hook->kind == HOOK_UNLOAD ? guest_cpu_argument(&recorder->guest, cpu, stack, 0, recorder->buffer) : 0;
    const char *problem = objects_read(&recorder->config.objects, read_for_objects, &reader, &loaded, &at);
    if (problem) {
        fprintf(stderr, "spillscope recorder: %s at 0x%llx\n", problem, (unsigned long long)at);
        log_writer_fail(&recorder->writer, EILSEQ);
    } else {
        objects_apply(&loaded, leaving, &recorder->config.placement, log_moved, &reader);
    }
    objects_deinit(&loaded);
    pthread_mutex_unlock(&recorder->lock);
}

static void on_switch(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    (void)userdata;
    if (cpu < CPUS_MAX) {
        pthread_mutex_lock(&recorder->lock);
        recorder->switching[cpu] = true;
        const struct arch_registers *registers = recorder->guest.registers;
        recorder->switch_stack[cpu] = recorder_register(recorder, cpu, registers->sp.number);
        recorder->switch_return[cpu] = registers->link.name ? recorder_register(recorder, cpu, registers->link.number)
                                                            : recorder_word(recorder, cpu, recorder->switch_stack[cpu]);
        pthread_mutex_unlock(&recorder->lock);
    }
}

static bool config_in_switch(const struct plugin_config *config, uint64_t pc) {
    for (size_t i = 0; i < config->switch_count; i++) {
        if (pc >= config->switches[i].low && pc < config->switches[i].high) {
            return true;
        }
    }
    return false;
}

/*
 * Is the next task back? Where the configuration says where new tasks begin, others come back where the switch function was called, and what runs
 * meanwhile on their stacks belongs to the switch.
 */
static bool switch_is_over(const struct recorder *recorder, unsigned cpu, uint64_t pc) {
    const struct plugin_config *config = &recorder->config;
    bool over = !config->fresh_count || pc == recorder->switch_return[cpu];
    for (size_t i = 0; i < config->fresh_count; i++) {
        over |= config->fresh[i] == pc;
    }
    return over && !config_in_switch(config, pc);
}

/* The stack may be another one now. A callee of the switch function, or an interrupt in it, runs just below its frame: not yet. */
static void recorder_switched(struct recorder *recorder, unsigned cpu, uint64_t pc, uint64_t stack) {
    uint64_t before = recorder->switch_stack[cpu];
    if (stack < before && before - stack < SWITCH_CALLEE_BYTES) {
        return;
    }
    recorder->switching[cpu] = false;
    recorder_forget_blocks(recorder, cpu);
    struct record_switch *record = recorder_record(recorder, sizeof *record, RECORD_SWITCH, cpu);
    if (record) {
        record->pc = pc;
        record->stack = stack;
        record->root = recorder_root(recorder, cpu);
        record->from = before + (recorder->guest.registers->link.name ? 0 : recorder->guest.arch->pointer_size);
        log_writer_commit(&recorder->writer, sizeof *record);
    }
}

static void on_block(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    guest_cpu_forget_accesses(&recorder->guest, cpu);
    uint64_t pc = (uint64_t)(uintptr_t)userdata;
    bool switching = cpu < CPUS_MAX && recorder->switching[cpu] && switch_is_over(recorder, cpu, pc);
    if (!switching && !open_calls_may_return(&recorder->open, pc)) {
        return;
    }
    pthread_mutex_lock(&recorder->lock);
    uint64_t stack = recorder_register(recorder, cpu, recorder->guest.registers->sp.number);
    if (switching) {
        recorder_switched(recorder, cpu, pc, stack);
    }
    recorder_returned(recorder, cpu, pc, stack);
    pthread_mutex_unlock(&recorder->lock);
}

static void recorder_block(struct recorder *recorder, unsigned cpu, uint64_t from, const struct block *block) {
    struct record_block *record = recorder_record(recorder, sizeof *record, RECORD_BLOCK, cpu);
    if (record) {
        record->bytes = block->bytes;
        record->pc = block->pc;
        record->from = from;
        log_writer_commit(&recorder->writer, sizeof *record);
    }
}

/* Registered behind the hooks of its block, so that an entry's own code lies behind the entry. */
static void on_trail(unsigned cpu, void *userdata) {
    struct recorder *recorder = installed;
    const struct block *block = userdata;
    if (cpu >= CPUS_MAX || (!recorder->trails[cpu] && !(recorder->trails[cpu] = calloc(1, sizeof **recorder->trails)))) {
        return;
    }
    uint64_t from = block_trail_step(recorder->trails[cpu], block);
    if (!recorder->recording || !block_trail_tell(recorder->trails[cpu], block, from)) {
        return;
    }
    pthread_mutex_lock(&recorder->lock);
    recorder_block(recorder, cpu, from, block);
    pthread_mutex_unlock(&recorder->lock);
}

static void translate_trail(struct recorder *recorder, struct qemu_plugin_tb *tb, uint64_t pc) {
    size_t count = qemu_plugin_tb_n_insns(tb);
    struct qemu_plugin_insn *end = qemu_plugin_tb_get_insn(tb, count - 1);
    uint64_t last = qemu_plugin_insn_vaddr(end);
    uint32_t bytes = (uint32_t)(last + qemu_plugin_insn_size(end) - pc);
    pthread_mutex_lock(&recorder->lock);
    const struct block *block = block_table_get(&recorder->blocks, pc, last, bytes);
    pthread_mutex_unlock(&recorder->lock);
    if (block) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, on_trail, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)block);
    }
}

static void recorder_store(struct recorder *recorder, unsigned cpu, uint64_t pc, uint64_t address, uint64_t physical, unsigned size) {
    struct record_store *store = recorder_record(recorder, sizeof *store, RECORD_STORE, cpu);
    if (store) {
        store->size = (uint8_t)size;
        store->pc = pc;
        store->address = address;
        store->physical = physical;
        memcpy(store->bytes, recorder->ram + (physical - recorder->config.ram_base), size);
        log_writer_commit(&recorder->writer, sizeof *store);
    }
}

/* The physical address, UINT64_MAX for devices. */
static uint64_t access_physical(qemu_plugin_meminfo_t info, uint64_t address) {
    const struct qemu_plugin_hwaddr *place = qemu_plugin_get_hwaddr(info, address);
    return place && !qemu_plugin_hwaddr_is_io(place) ? qemu_plugin_hwaddr_phys_addr(place) : UINT64_MAX;
}

static void on_access(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t address, void *userdata) {
    struct recorder *recorder = installed;
    if (!recorder->recording || !qemu_plugin_mem_is_store(info)) {
        return;
    }
    uint64_t size = (uint64_t)1 << qemu_plugin_mem_size_shift(info);
    pthread_mutex_lock(&recorder->lock);
    for (uint64_t done = 0; done < size;) {
        uint64_t at = address + done;
        uint64_t left_in_page = LOG_PAGE_BYTES - at % LOG_PAGE_BYTES;
        uint64_t part = size - done < 8 ? size - done : 8;
        part = part < left_in_page ? part : left_in_page;
        uint64_t physical = access_physical(info, at);
        if (physical >= recorder->config.ram_base && physical - recorder->config.ram_base <= recorder->config.ram_size - part) {
            recorder_store(recorder, cpu, (uint64_t)(uintptr_t)userdata, at, physical, (unsigned)part);
        }
        done += part;
    }
    pthread_mutex_unlock(&recorder->lock);
}

/* A place may lie anywhere in a block; how deep the stack is at the block's beginning tells whose frame that is. */
static void translate_places(struct recorder *recorder, struct qemu_plugin_tb *block, uint64_t pc) {
    int64_t depth = 0;
    const struct placement *placement = &recorder->config.placement;
    bool known = plugin_config_depth(&recorder->config, placement_home(placement, pc), &depth);
    bool any = false;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        const struct plugin_hook *hook = plugin_config_hook(&recorder->config, placement_home(placement, qemu_plugin_insn_vaddr(instruction)));
        if (hook && hook->kind == HOOK_PLACE && known) {
            any = true;
        } else if (hook && hook->kind == HOOK_PLACE) {
            fprintf(stderr, "spillscope recorder: the place at 0x%llx is reached from 0x%llx, which its function does not do\n",
                    (unsigned long long)hook->address, (unsigned long long)pc);
            recorder->writer.failed = true;
        }
    }
    if (any) { /* before all that looks at it */
        qemu_plugin_register_vcpu_tb_exec_cb(block, on_block_of_places, QEMU_PLUGIN_CB_R_REGS, (void *)(intptr_t)depth);
    }
    for (size_t i = 0; any && i < qemu_plugin_tb_n_insns(block); i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        const struct plugin_hook *hook = plugin_config_hook(&recorder->config, placement_home(placement, qemu_plugin_insn_vaddr(instruction)));
        if (hook && hook->kind == HOOK_PLACE) {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_place, QEMU_PLUGIN_CB_R_REGS, (void *)(uintptr_t)hook);
        }
    }
}

/*
 * Where does the kernel run? Told by the code that is about to be translated; until it is known nothing is watched, and what runs before is the way
 * from the boot loader into the kernel.
 */
static bool recorder_moved(struct recorder *recorder, struct qemu_plugin_tb *block) {
    enum { BLOCK_BYTES = 64 };
    unsigned char bytes[BLOCK_BYTES];
    pthread_mutex_lock(&recorder->lock);
    size_t count = recorder->slide.known ? 0 : guest_cpu_code(block, bytes, sizeof bytes);
    if (!recorder->slide.known && slide_search_see(&recorder->slide, qemu_plugin_tb_vaddr(block), bytes, count)) {
        plugin_config_move(&recorder->config, recorder->slide.slide);
        log_writer_moved(&recorder->writer, recorder->slide.slide);
    }
    pthread_mutex_unlock(&recorder->lock);
    return recorder->slide.known;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
    struct recorder *recorder = installed;
    (void)id;
    if (!recorder->slide.known && !recorder_moved(recorder, block)) {
        return;
    }
    if (!recorder->config.has_begin && !recorder->started) {
        pthread_mutex_lock(&recorder->lock);
        recorder_start(recorder);
        pthread_mutex_unlock(&recorder->lock);
    }
    uint64_t pc = qemu_plugin_tb_vaddr(block);
    uint64_t home = placement_home(&recorder->config.placement, pc);
    const struct plugin_hook *hook = plugin_config_hook(&recorder->config, home);
    qemu_plugin_register_vcpu_tb_exec_cb(block, on_block, QEMU_PLUGIN_CB_R_REGS, (void *)(uintptr_t)pc);
    if (recorder->config.depth_count) {
        translate_places(recorder, block, pc);
    }
    if (hook && (hook->kind == HOOK_LOAD || hook->kind == HOOK_UNLOAD)) {
        qemu_plugin_register_vcpu_tb_exec_cb(block, on_objects, QEMU_PLUGIN_CB_R_REGS, (void *)(uintptr_t)hook);
    }
    if (hook && hook->kind != HOOK_PLACE) {
        qemu_plugin_register_vcpu_tb_exec_cb(block, on_hook, QEMU_PLUGIN_CB_R_REGS, (void *)(uintptr_t)hook);
    }
    for (size_t i = 0; i < recorder->config.switch_count; i++) {
        if (recorder->config.switches[i].low == pc) {
            qemu_plugin_register_vcpu_tb_exec_cb(block, on_switch, QEMU_PLUGIN_CB_R_REGS, NULL);
        }
    }
    size_t count = qemu_plugin_tb_n_insns(block);
    bool told = (pc >= recorder->config.blocks.low && pc < recorder->config.blocks.high) || (recorder->config.blocks.high && home != pc);
    if (told && count > 0) {
        translate_trail(recorder, block, pc);
    }
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        qemu_plugin_register_vcpu_mem_cb(instruction, on_access, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_W,
                                         (void *)(uintptr_t)qemu_plugin_insn_vaddr(instruction));
    }
}

static void on_flush(qemu_plugin_id_t id) {
    (void)id;
    guest_cpu_forget_all_accesses(&installed->guest);
}

static void on_quit(qemu_plugin_id_t id, void *userdata) {
    struct recorder *recorder = userdata;
    (void)id;
    pthread_mutex_lock(&recorder->lock);
    recorder->recording = false;
    log_writer_close(&recorder->writer);
    pthread_mutex_unlock(&recorder->lock);
}

static void recorder_log_hooks(struct recorder *recorder) {
    for (size_t i = 0; i < recorder->config.hook_count; i++) {
        struct record_hook *record = recorder_record(recorder, sizeof *record, RECORD_HOOK, 0);
        if (record) {
            record->number = recorder->config.hooks[i].number;
            record->address = recorder->config.hooks[i].address;
            log_writer_commit(&recorder->writer, sizeof *record);
        }
    }
}

static const char *recorder_find_text(struct recorder *recorder) {
    const struct plugin_config *config = &recorder->config;
    const unsigned char *text = config->alignment ? slide_map_text(config->text_path, config->text_offset, config->text_size) : NULL;
    slide_search_init(&recorder->slide, text, config->text_low, config->text_size, config->alignment);
    return config->alignment && !text ? "cannot map the kernel's text" : NULL;
}

static const char *recorder_map_ram(struct recorder *recorder) {
    int descriptor = open(recorder->config.ram, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return "cannot open the guest's RAM file";
    }
    void *ram = mmap(NULL, (size_t)recorder->config.ram_size, PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (ram == MAP_FAILED) {
        return "cannot map the guest's RAM file";
    }
    recorder->ram = ram;
    return NULL;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
    const char *path = argc == 1 && strncmp(argv[0], "config=", 7) == 0 ? argv[0] + 7 : NULL;
    struct recorder *recorder = calloc(1, sizeof *recorder);
    unsigned line = 0;
    const char *problem = !recorder ? "out of memory" : !path ? "expected the argument config=FILE" : NULL;
    if (!problem && !info->system_emulation) {
        problem = "it records whole machines only";
    }
    if (!problem) {
        problem = plugin_config_read(path, &recorder->config, &line);
    }
    if (!problem) {
        problem = guest_cpu_init(&recorder->guest, arch_by_machine(recorder->config.machine, recorder->config.pointer_size), info->target_name);
    }
    if (!problem) {
        problem = recorder_find_text(recorder);
    }
    if (!problem) {
        problem = recorder_map_ram(recorder);
    }
    if (!problem) {
        problem = log_writer_open(&recorder->writer, recorder->config.log, recorder->guest.arch->machine, recorder->config.ram_base,
                                  recorder->config.ram_size);
    }
    if (problem) {
        fprintf(stderr, "spillscope recorder: %s: line %u: %s%s%s\n", path ? path : "-", line, problem, errno ? ": " : "",
                errno ? strerror(errno) : "");
        free(recorder);
        return 1;
    }
    pthread_mutex_init(&recorder->lock, NULL);
    recorder_log_hooks(recorder);
    recorder->buffer = guest_cpu_buffer(&recorder->guest);
    installed = recorder;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_flush_cb(id, on_flush);
    qemu_plugin_register_atexit_cb(id, on_quit, recorder);
    return 0;
}
