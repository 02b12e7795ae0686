#include <base/lib/rbtree.h>

/* Puts `node` where `old` hangs. */
static void node_replace(struct rb_tree *tree, struct rb_node *old, struct rb_node *node) {
    if (old->parent == NULL) {
        tree->root = node;
    } else {
        old->parent->child[old->parent->child[1] == old] = node;
    }
    if (node != NULL) {
        node->parent = old->parent;
    }
}

/* Turns `node` down to the given side; its child of the other side comes up. */
static void node_rotate(struct rb_tree *tree, struct rb_node *node, int side) {
    struct rb_node *up = node->child[!side];
    node_replace(tree, node, up);
    node->child[!side] = up->child[side];
    if (up->child[side] != NULL) {
        up->child[side]->parent = node;
    }
    up->child[side] = node;
    node->parent = up;
}

static bool node_red(const struct rb_node *node) {
    return node != NULL && node->red;
}

void rb_insert(struct rb_tree *tree, struct rb_node *node) {
    struct rb_node *parent = NULL;
    for (struct rb_node *at = tree->root; at != NULL; at = at->child[node->key > at->key]) {
        parent = at;
    }
    node->parent = parent;
    node->child[0] = NULL;
    node->child[1] = NULL;
    node->red = true;
    if (parent == NULL) {
        tree->root = node;
    } else {
        parent->child[node->key > parent->key] = node;
    }
    while (node_red(node->parent)) {
        struct rb_node *grandparent = node->parent->parent;
        int side = grandparent->child[1] == node->parent;
        struct rb_node *uncle = grandparent->child[!side];
        if (node_red(uncle)) {
            node->parent->red = false;
            uncle->red = false;
            grandparent->red = true;
            node = grandparent;
            continue;
        }
        if (node == node->parent->child[!side]) {
            node = node->parent;
            node_rotate(tree, node, side);
        }
        node->parent->red = false;
        grandparent->red = true;
        node_rotate(tree, grandparent, !side);
    }
    tree->root->red = false;
}

/* Restores the rules below `parent`, whose subtree at `side` has one black node too few. */
static void tree_rebalance(struct rb_tree *tree, struct rb_node *parent, int side) {
    while (parent != NULL && !node_red(parent->child[side])) {
        struct rb_node *sibling = parent->child[!side];
        if (sibling->red) {
            sibling->red = false;
            parent->red = true;
            node_rotate(tree, parent, side);
            sibling = parent->child[!side];
        }
        if (!node_red(sibling->child[0]) && !node_red(sibling->child[1])) {
            sibling->red = true;
            if (parent->red || parent->parent == NULL) {
                parent->red = false;
                return;
            }
            side = parent->parent->child[1] == parent;
            parent = parent->parent;
            continue;
        }
        if (!node_red(sibling->child[!side])) {
            sibling->child[side]->red = false;
            sibling->red = true;
            node_rotate(tree, sibling, !side);
            sibling = parent->child[!side];
        }
        sibling->red = parent->red;
        parent->red = false;
        sibling->child[!side]->red = false;
        node_rotate(tree, parent, side);
        return;
    }
    if (parent != NULL) {
        parent->child[side]->red = false;
    }
}

void rb_remove(struct rb_tree *tree, struct rb_node *node) {
    struct rb_node *parent = node->parent;
    int side = parent != NULL && parent->child[1] == node;
    bool black = !node->red;
    if (node->child[0] == NULL || node->child[1] == NULL) {
        struct rb_node *child = node->child[node->child[0] == NULL];
        node_replace(tree, node, child);
        if (child != NULL && parent == NULL) {
            child->red = false;
            return;
        }
    } else {
        struct rb_node *next = rb_next(node);
        struct rb_node *child = next->child[1];
        black = !next->red;
        if (next->parent == node) {
            parent = next;
            side = 1;
        } else {
            parent = next->parent;
            side = 0;
            node_replace(tree, next, child);
            next->child[1] = node->child[1];
            next->child[1]->parent = next;
        }
        node_replace(tree, node, next);
        next->child[0] = node->child[0];
        next->child[0]->parent = next;
        next->red = node->red;
    }
    if (black) {
        tree_rebalance(tree, parent, side);
    }
}

struct rb_node *rb_find_below(const struct rb_tree *tree, uint64_t key) {
    struct rb_node *best = NULL;
    for (struct rb_node *at = tree->root; at != NULL; at = at->child[key > at->key]) {
        if (at->key <= key) {
            best = at;
            if (at->key == key) {
                break;
            }
        }
    }
    return best;
}

struct rb_node *rb_first(const struct rb_tree *tree) {
    struct rb_node *node = tree->root;
    while (node != NULL && node->child[0] != NULL) {
        node = node->child[0];
    }
    return node;
}

struct rb_node *rb_next(const struct rb_node *node) {
    struct rb_node *next = node->child[1];
    if (next != NULL) {
        while (next->child[0] != NULL) {
            next = next->child[0];
        }
        return next;
    }
    while (node->parent != NULL && node->parent->child[1] == node) {
        node = node->parent;
    }
    return node->parent;
}
