/* The client: calls every transaction once, those with two outcomes twice. */
#include "scene.h"

word stack[2048];
word other_stack[1024];
word main_stack_pointer;
word other_stack_pointer;
static struct item *client_item;

__attribute__((noinline)) void run_begin(void) {
    __asm__ volatile("");
}
__attribute__((noinline)) void run_end(void) {
    __asm__ volatile("");
}

void other_start(void);
void guest_main(void);

void guest_main(void) {
    word result = 0;
    interrupts_init();
    word *top = other_stack + 1024;
    *--top = 0; /* the stack of a function that was called */
    *--top = (word)other_start;
    for (int i = 0; i < 6; i++) {
        *--top = 0;
    }
    other_stack_pointer = (word)top;
    client_item = heap_take(sizeof *client_item); /* site: client */
    client_item->value = 1;
    server_setup();
    run_begin();
    t_increment();
    t_silent();
    t_transient();
    t_bits(9);
    t_bits(9); /* again: silent */
    t_padded(44);
    t_create(0);
    t_create(5);
    t_destroy();
    t_array(2);
    t_union(0x80);
    t_untyped();
    t_hidden();
    t_unmapped();
    t_map();
    t_interrupted();
    t_sleep();
    t_frame(&result);
    t_client(client_item);
    t_wrapped();
    t_many();
    t_outer();
    run_end();
}
