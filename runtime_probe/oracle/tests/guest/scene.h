#ifndef SCENE_H
#define SCENE_H
/* What the judge's test guest is made of: transactions whose every store has a known verdict. */
typedef unsigned long word;

struct item {
    struct item *next;
    word value;
    unsigned char tag;
};
struct bits {
    unsigned low : 3, middle : 7, high : 22;
};
struct padded {
    unsigned char small;
    word wide;
    unsigned short last;
};
union either {
    unsigned int number;
    unsigned char bytes[4];
};

void *heap_take(word size);
void heap_give(void *object);
word heap_take_many(word size, word count, void **objects);

void context_switch(word *save, word load);
void interrupts_init(void);

/* Entity "server". */
void server_setup(void);
void t_increment(void);
void t_silent(void);
void t_transient(void);
void t_bits(unsigned value);
void t_padded(unsigned short last);
void t_create(word value);
void t_destroy(void);
void t_array(word index);
void t_union(unsigned value);
void t_untyped(void);
void t_hidden(void);
void t_unmapped(void);
void t_map(void);
void t_interrupted(void);
void t_sleep(void);
void t_frame(word *result);
void t_client(struct item *own);
void t_wrapped(void);
void t_many(void);
/* Entity "upper": calls the server. */
void t_outer(void);
#endif
