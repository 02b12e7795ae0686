#include "scene.h"

volatile word counter;
static volatile word flag = 5;
static volatile word scratch;
volatile struct bits bits = {1, 1, 1};
struct padded padded = {1, 2, 3};
static struct item *list;
static struct {
    word x;
    word y;
} table[4];
union either either;
static unsigned char *volatile buffer;
volatile word hidden;
volatile word ticks; /* changed by the interrupt handler */
volatile word other; /* changed by the other task */
static struct item *volatile wrapped;
static struct item *volatile second;

extern word main_stack_pointer;
extern word other_stack_pointer;

static void internal(void) {
    counter = counter + 1; /* from inside the entity */
}

void t_increment(void) {
    internal();
}

void t_silent(void) {
    flag = flag;
}

void t_transient(void) {
    scratch = 1;
    scratch = 0;
}

void t_bits(unsigned value) {
    bits.middle = value & 127;
}

void t_padded(unsigned short last) {
    struct padded fresh = {1, 2, last};
    *(volatile struct padded *)&padded = fresh;
}

void t_create(word value) {
    struct item *item = heap_take(sizeof *item); /* site: item */
    item->value = value;
    item->next = list;
    list = item;
}

void t_destroy(void) {
    struct item *item = list;
    list = item->next;
    *(volatile word *)&item->value = 99; /* temporary: it is freed */
    heap_give(item);
}

void t_array(word index) {
    ((volatile word *)&table[index].y)[0] = index + 1;
}

void t_union(unsigned value) {
    either.bytes[1] = (unsigned char)value;
}

void t_untyped(void) {
    buffer = heap_take(64); /* no site knows this one */
    buffer[3] = 7;
}

void t_hidden(void) {
    hidden = 77;
}

void t_unmapped(void) {
    *(volatile word *)0x2000000 = 1;
}

extern volatile word level2[]; /* the page table that start_x86_64.S made */

void t_map(void) {
    level2[400] |= 0x200; /* a bit that the processor ignores */
}

void t_interrupted(void) {
    __asm__ volatile("int $0x40" ::: "memory");
    counter = counter + 1;
}

void t_sleep(void) {
    context_switch(&main_stack_pointer, other_stack_pointer);
    counter = counter + 1;
}

void t_frame(word *result) {
    *(volatile word *)result = 12; /* the caller's frame */
}

void t_client(struct item *own) {
    own->value = own->value + 1;
}

static void *wrapper(word size) {
    return heap_take(size); /* site: wrapper */
}

void t_wrapped(void) {
    wrapped = wrapper(sizeof *wrapped); /* site: wrapped */
    wrapped->tag = 1;
}

/* Before the recording: what the array held is gone when it begins. */
void server_setup(void) {
    void *volatile items[3];
    heap_take_many(sizeof(struct item), 3, (void **)items); /* site: many */
    second = items[1];
    items[0] = items[1] = items[2] = 0;
}

void t_many(void) {
    second->value = 3;
}

/* The interrupt handler, and the other task's work: none of it belongs to who was interrupted or sleeps. */
void tick(void);
void tick(void) {
    ticks = ticks + 1;
}

void other_work(void);
void other_work(void) {
    for (;;) {
        other = other + 1;
        context_switch(&other_stack_pointer, main_stack_pointer);
    }
}
