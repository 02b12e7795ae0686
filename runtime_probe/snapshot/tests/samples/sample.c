/*
 * Memory to be looked at: each scene sets something up, writes its memory down, changes it, and writes it down again. The heap lies outside of all
 * variables, at HEAP. Run as: sample SCENE FILE
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HEAP_BYTES = 1 << 20 };
#define HEAP ((char *)0x2000000)

struct list {
    struct list *next;
    struct list *prev;
};
struct hnode {
    struct hnode *next;
    struct hnode **pprev;
};
struct hhead {
    struct hnode *first;
};
struct rb {
    unsigned long parent_and_colour;
    struct rb *right;
    struct rb *left;
};
enum mood { CALM, ANGRY = 4, ASLEEP = -2 };

struct item {
    int value;
    struct list link;
    struct item *twin;
    void *any;
};
struct bucket {
    int value;
    struct hnode node;
};
struct leafy {
    int value;
    struct rb rb;
};
struct plain_tree {
    int key;
    struct plain_tree *child[2];
};
struct single {
    int value;
    struct single *next;
};
struct mixed {
    char name[8];
    enum mood mood;
    unsigned low : 3;
    unsigned high : 9;
    int : 4;
    signed char small;
    double number;
    void (*call)(void);
    int *where;
    union {
        long word;
        struct {
            short first;
            short second;
        };
        void *pointer;
    } either;
};
struct flexible {
    unsigned count;
    struct {
        short x;
        int y;
    } parts[];
};
struct deep {
    int value;
    struct deep *below;
};
struct copied {
    int value;
    struct item *held;
};

struct list items = {&items, &items};
struct hhead table[2];
struct rb *tree;
struct plain_tree *plain;
struct single *singles;
struct mixed mixed;
struct flexible *flexible;
struct item *slots[4];
struct item *other;
struct deep *deep;
int numbers[64];
void *anything;
static int hidden;
int cpu_count = 2;
uintptr_t offsets[2];
__attribute__((section("percpu"))) struct copied runner;
__attribute__((section("percpu"))) int ticks;
extern char __start_percpu[];
extern char __stop_percpu[];
_Thread_local int own_errno = 3;
uintptr_t blocks[2];

static size_t heap_used;

static void *take(size_t size) {
    void *memory = HEAP + heap_used;
    heap_used += (size + 63) & ~(size_t)63;
    return memory;
}

static FILE *out;

static void piece(const void *address, size_t size) {
    uint64_t head[2] = {(uintptr_t)address, size};
    fwrite(head, sizeof head, 1, out);
    fwrite(address, 1, size, out);
}

extern char __data_start[];
extern char _end[];

static void snap(void) {
    uint64_t mark[2] = {0, 0};
    piece(__data_start, (size_t)(_end - __data_start));
    piece(HEAP, HEAP_BYTES);
    fwrite(mark, sizeof mark, 1, out);
}

static void function_a(void) {
}
static void function_b(void) {
    hidden++;
}

/* ------------------------------------------------------------------------------------------------ lists */

static struct item *item_new(int value) {
    struct item *item = take(sizeof *item);
    item->value = value;
    return item;
}

static void list_add(struct list *link, struct list *before) {
    link->next = before;
    link->prev = before->prev;
    before->prev->next = link;
    before->prev = link;
}

static void list_remove(struct list *link) {
    link->next->prev = link->prev;
    link->prev->next = link->next;
}

static struct item *three[3];

static void list_fill(void) {
    for (int i = 0; i < 3; i++) {
        three[i] = item_new(i + 1);
        list_add(&three[i]->link, &items);
    }
}

static void list_added(void) { /* a fourth one at the end */
    list_fill();
    snap();
    list_add(&item_new(4)->link, &items);
}

static void list_removed(void) { /* the middle one, which is left pointing into the list */
    list_fill();
    snap();
    list_remove(&three[1]->link);
}

static void list_moved(void) { /* the last one to the front */
    list_fill();
    snap();
    list_remove(&three[2]->link);
    list_add(&three[2]->link, items.next);
}

static void list_emptied(void) {
    list_fill();
    snap();
    items.next = items.prev = &items;
}

static void list_never_closes(void) { /* the last one leads to the second: a circle without the head; and the value of one of them changes */
    list_fill();
    three[2]->link.next = &three[1]->link;
    snap();
    three[2]->value = 33;
}

static void list_without_end(void) { /* more nodes than any budget of the test, none of them twice */
    struct single *last = NULL;
    for (int i = 0; i < 5000; i++) {
        struct single *single = take(sizeof *single);
        single->next = last;
        single->value = i;
        last = single;
    }
    singles = last;
    snap();
    singles->value = -1;
}

static void hlist_added(void) {
    struct bucket *old = take(sizeof *old);
    table[1].first = &old->node;
    old->node.pprev = &table[1].first;
    snap();
    struct bucket *bucket = take(sizeof *bucket);
    bucket->node.next = table[1].first;
    bucket->node.next->pprev = &bucket->node.next;
    bucket->node.pprev = &table[1].first;
    table[1].first = &bucket->node;
}

static void single_popped(void) {
    for (int i = 0; i < 3; i++) {
        struct single *single = take(sizeof *single);
        single->next = singles;
        single->value = i;
        singles = single;
    }
    snap();
    singles = singles->next;
}

/* ------------------------------------------------------------------------------------------------ trees and arrays */

static struct leafy *leafy_new(int value) {
    struct leafy *leafy = take(sizeof *leafy);
    leafy->value = value;
    return leafy;
}

static void tree_rotated(void) { /* a left over b becomes b over a: nobody comes or goes */
    struct leafy *a = leafy_new(1);
    struct leafy *b = leafy_new(2);
    tree = &a->rb;
    a->rb.right = &b->rb;
    b->rb.parent_and_colour = (uintptr_t)&a->rb | 1;
    snap();
    tree = &b->rb;
    a->rb.right = NULL;
    b->rb.left = &a->rb;
    b->rb.parent_and_colour = 1;
    a->rb.parent_and_colour = (uintptr_t)&b->rb;
}

static void tree_grown(void) {
    struct leafy *a = leafy_new(1);
    tree = &a->rb;
    snap();
    struct leafy *b = leafy_new(2);
    a->rb.left = &b->rb;
    b->rb.parent_and_colour = (uintptr_t)&a->rb;
}

static void children_swapped(void) {
    plain = take(sizeof *plain);
    plain->child[0] = take(sizeof *plain);
    plain->child[1] = take(sizeof *plain);
    plain->child[0]->key = 1;
    plain->child[1]->key = 2;
    snap();
    struct plain_tree *left = plain->child[0];
    plain->child[0] = plain->child[1];
    plain->child[1] = left;
}

static void array_shifted(void) { /* the first one leaves, the others move up */
    for (int i = 0; i < 3; i++) {
        slots[i] = item_new(i);
    }
    snap();
    memmove(slots, slots + 1, 2 * sizeof *slots);
    slots[2] = NULL;
}

static void array_filled(void) {
    slots[0] = item_new(0);
    other = item_new(1);
    snap();
    slots[3] = other;
}

static void array_replaced(void) {
    slots[1] = item_new(0);
    other = item_new(1);
    snap();
    slots[1] = other;
}

/* ------------------------------------------------------------------------------------------------ values */

static void values(void) {
    strcpy(mixed.name, "anna");
    mixed.call = function_a;
    mixed.where = &numbers[2];
    mixed.mood = ANGRY;
    mixed.number = 0.5;
    snap();
    strcpy(mixed.name, "otto");
    mixed.mood = ASLEEP;
    mixed.high = 300;
    mixed.small = -3;
    mixed.number = -0.25;
    mixed.call = function_b;
    mixed.where = &numbers[5];
}

static void low_bits(void) {
    snap();
    mixed.low = 5;
}

static void union_word(void) {
    snap();
    mixed.either.word = 0x0102;
}

static void run_of_numbers(void) {
    snap();
    for (int i = 10; i < 14; i++) {
        numbers[i] = i;
    }
    numbers[40] = 1;
}

static void flexible_part(void) {
    flexible = take(sizeof *flexible + 6 * sizeof flexible->parts[0]);
    flexible->count = 6;
    snap();
    flexible->parts[4].y = 9;
}

/* ------------------------------------------------------------------------------------------------ graphs */

static void cycle_shared(void) { /* two slots lead to one item, which leads to itself and to another that leads back */
    slots[0] = slots[2] = item_new(1);
    slots[0]->twin = item_new(2);
    slots[0]->twin->twin = slots[0];
    snap();
    slots[0]->value = 5;
    slots[0]->twin->value = 6;
}

static void deep_chain(void) {
    struct deep **end = &deep;
    for (int i = 0; i < 2000; i++) {
        *end = take(sizeof **end);
        (*end)->value = i;
        end = &(*end)->below;
    }
    snap();
    struct deep *last = deep;
    while (last->below) {
        last = last->below;
    }
    last->value = -7;
}

static void garbage(void) { /* pointers into nowhere, into code, to odd places, and to the top of the address space */
    other = (struct item *)0xdead000000000100;
    slots[0] = (struct item *)(uintptr_t)function_a;
    slots[1] = (struct item *)1;
    slots[2] = (struct item *)UINTPTR_MAX;
    slots[3] = item_new(3);
    snap();
    slots[3]->value = 4;
    other = (struct item *)0xdead000000000122;
}

static void typed_void(void) {
    anything = item_new(1);
    ((struct item *)anything)->any = item_new(2);
    snap();
    ((struct item *)((struct item *)anything)->any)->value = 3;
}

static void reused(void) { /* the memory of one item is given out again, with the same bytes but one */
    slots[0] = item_new(1);
    slots[0]->twin = slots[0];
    snap();
    slots[0]->value = 2;
}

static void handed(void) { /* an item that no variable leads to, at the heap's beginning */
    struct item *item = item_new(1);
    item->any = item_new(10);
    snap();
    item->value = 2;
    ((struct item *)item->any)->value = 11;
}

static void static_state(void) {
    snap();
    hidden = 9;
}

/* ------------------------------------------------------------------------------------------------ processors */

static void cpu_copies(void) {
    for (int cpu = 0; cpu < 2; cpu++) {
        char *area = take(4096);
        offsets[cpu] = (uintptr_t)area - (uintptr_t)__start_percpu;
        memcpy(area, __start_percpu, (size_t)(__stop_percpu - __start_percpu));
        char *block = take(64);
        memcpy(block, &own_errno, sizeof own_errno);
        blocks[cpu] = (uintptr_t)block;
    }
    struct copied *second = (struct copied *)((char *)&runner + offsets[1]);
    second->held = item_new(7);
    other = (struct item *)second;
    snap();
    second->value = 4;
    second->held->value = 8;
    *(int *)((char *)&ticks + offsets[0]) = 100;
    *(int *)blocks[1] = 22;
    ticks = 1; /* the linked copy is nobody's */
}

static const struct {
    const char *name;
    void (*run)(void);
} SCENES[] = {
#define SCENE(name) {#name, name}
    SCENE(list_added),    SCENE(list_removed),   SCENE(list_moved),   SCENE(list_emptied), SCENE(list_never_closes), SCENE(list_without_end),
    SCENE(hlist_added),   SCENE(single_popped),  SCENE(tree_rotated), SCENE(tree_grown),   SCENE(children_swapped),  SCENE(array_shifted),
    SCENE(array_filled),  SCENE(array_replaced), SCENE(values),       SCENE(low_bits),     SCENE(union_word),        SCENE(run_of_numbers),
    SCENE(flexible_part), SCENE(cycle_shared),   SCENE(deep_chain),   SCENE(garbage),      SCENE(typed_void),        SCENE(static_state),
    SCENE(cpu_copies),    SCENE(reused),         SCENE(handed),
};

int main(int argc, char **argv) {
    if (argc != 3 || mmap(HEAP, HEAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != HEAP ||
        !(out = fopen(argv[2], "wb"))) {
        return 2;
    }
    for (size_t i = 0; i < sizeof SCENES / sizeof *SCENES; i++) {
        if (strcmp(SCENES[i].name, argv[1]) == 0) {
            SCENES[i].run();
            snap();
            return fclose(out) != 0;
        }
    }
    return 3;
}
