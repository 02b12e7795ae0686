struct later {
    long member;
};
struct later later_object;
static int hidden_counter = 7; /* the same name as in sample.c */
void escape(void *pointer);
void escape(void *pointer) {
    later_object.member = (long)pointer + hidden_counter++;
}
int work(void *node, int amount);
void _start(void);
void _start(void) {
    later_object.member += work(&later_object, 4);
}
