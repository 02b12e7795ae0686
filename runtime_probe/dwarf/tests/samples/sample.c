/* Read by image_test: each declaration shows one shape that an index has to understand. */
typedef struct {
    int left;
    int right;
} pair_t;

struct later; /* defined in sample_more.c */

struct node {
    struct node *next;
    struct later *later;
    unsigned low : 3, high : 5;
    unsigned long long wide : 40;
    union {
        int number;
        struct {
            char text[4];
        };
    };
    int grid[2][3];
    pair_t pair;
    const volatile int *pointer;
};

struct flexible {
    int count;
    struct node items[];
};

enum color { RED, GREEN = 5, BLUE = -1 };

struct node table[3];
enum color favourite = GREEN;
int external_counter = 3;
static int hidden_counter;
struct flexible *heap;
void escape(void *pointer);

static inline __attribute__((always_inline)) int twice(int value) {
    static int calls;
    calls++;
    return 2 * value + calls;
}

__attribute__((noinline)) int work(struct node *node, int amount) {
    static int turns;
    turns++;
    hidden_counter += twice(amount); /* line 48: the call that is inlined */
    escape(node);
    return node->grid[1][2] + hidden_counter + turns;
}
