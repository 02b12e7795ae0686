/* Red-black trees of nodes that are embedded in their elements, ordered by a key in the node. */
#ifndef BASE_RBTREE_H
#define BASE_RBTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rb_node {
    struct rb_node *parent;
    struct rb_node *child[2]; /* lower keys, higher keys */
    uint64_t key;
    bool red;
};

struct rb_tree {
    struct rb_node *root;
};

/* Keys must differ. */
void rb_insert(struct rb_tree *tree, struct rb_node *node);
void rb_remove(struct rb_tree *tree, struct rb_node *node);
/* The node with the highest key that is at most `key`, or NULL. */
struct rb_node *rb_find_below(const struct rb_tree *tree, uint64_t key);
struct rb_node *rb_first(const struct rb_tree *tree);
/* The node with the next higher key, or NULL. */
struct rb_node *rb_next(const struct rb_node *node);

#endif
