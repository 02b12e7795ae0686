#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <common/tree/tree.h>

static struct tree_node *node_create(const char *name, enum file_kind kind) {
    struct tree_node *node = kmalloc(sizeof *node);
    if (node != NULL) {
        *node = (struct tree_node){.kind = kind, .references = 1};
        (void)string_copy(node->name, name, sizeof node->name);
        list_init(&node->children);
        list_init(&node->sibling);
    }
    return node;
}

static void node_link(struct tree_node *parent, struct tree_node *node) {
    node->parent = parent;
    list_insert(&parent->children, &node->sibling);
    parent->size++;
    parent->version++;
}

static void node_unlink(struct tree_node *node) {
    list_remove(&node->sibling);
    node->parent->size--;
    node->parent->version++;
    node->parent = NULL;
}

void tree_node_release(struct tree_node *node) {
    if (--node->references > 0) {
        return;
    }
    for (unsigned i = 0; i < TREE_BLOCKS; i++) {
        kfree(node->blocks[i]);
    }
    kfree(node);
}

struct tree *tree_create(void) {
    struct tree *tree = kmalloc(sizeof *tree);
    struct tree_node *root = node_create("", FILE_DIRECTORY);
    if (tree == NULL || root == NULL) {
        kfree(tree);
        kfree(root);
        return NULL;
    }
    *tree = (struct tree){.references = 1, .root = root};
    return tree;
}

void tree_reference(struct tree *tree) {
    (void)__atomic_add_fetch(&tree->references, 1, __ATOMIC_RELAXED);
}

void tree_release(struct tree *tree) {
    if (__atomic_sub_fetch(&tree->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    /* Nothing is open any more. Takes leaf after leaf off, each found by going down from the root. */
    struct tree_node *node = tree->root;
    while (node != NULL) {
        if (!list_empty(&node->children)) {
            node = container_of(node->children.next, struct tree_node, sibling);
            continue;
        }
        struct tree_node *parent = node->parent;
        if (parent != NULL) {
            node_unlink(node);
        }
        tree_node_release(node);
        node = parent;
    }
    kfree(tree);
}

static struct tree_node *child_find(struct tree_node *directory, const char *name) {
    list_for_each(link, &directory->children) {
        struct tree_node *child = container_of(link, struct tree_node, sibling);
        if (string_equal(child->name, name)) {
            return child;
        }
    }
    return NULL;
}

/* Takes the next part of a path to `name`; its length, 0 at the end, or STATUS_INVALID if it is too long. */
static int path_part(const char **path, char name[FILE_NAME_MAX]) {
    int length = 0;
    while (**path == '/') {
        (*path)++;
    }
    while (**path != '\0' && **path != '/') {
        if (length == FILE_NAME_MAX - 1) {
            return STATUS_INVALID;
        }
        name[length++] = *(*path)++;
    }
    name[length] = '\0';
    return length;
}

/* Goes to the directory that holds the last part of the path, which is copied to `name` ("" for the root). */
static status_t path_walk(struct tree *tree, const char *path, struct tree_node **directory, char name[FILE_NAME_MAX]) {
    struct tree_node *node = tree->root;
    if (*path != '/') {
        return STATUS_INVALID;
    }
    int length = path_part(&path, name);
    while (length > 0) {
        char next[FILE_NAME_MAX];
        int next_length = path_part(&path, next);
        if (next_length == 0) {
            break;
        }
        node = child_find(node, name);
        if (node == NULL) {
            return STATUS_NOT_FOUND;
        }
        if (node->kind != FILE_DIRECTORY) {
            return STATUS_NOT_DIRECTORY;
        }
        (void)string_copy(name, next, FILE_NAME_MAX);
        length = next_length;
    }
    if (length < 0) {
        return STATUS_INVALID;
    }
    *directory = node;
    return STATUS_OK;
}

status_t tree_find(struct tree *tree, const char *path, struct tree_node **node) {
    struct tree_node *directory;
    char name[FILE_NAME_MAX];
    status_t status = path_walk(tree, path, &directory, name);
    if (status != STATUS_OK) {
        return status;
    }
    struct tree_node *found = name[0] == '\0' ? directory : child_find(directory, name);
    if (found == NULL) {
        return STATUS_NOT_FOUND;
    }
    *node = found;
    return STATUS_OK;
}

status_t tree_make(struct tree *tree, const char *path, enum file_kind kind, struct tree_node **node) {
    struct tree_node *directory;
    char name[FILE_NAME_MAX];
    status_t status = path_walk(tree, path, &directory, name);
    if (status != STATUS_OK) {
        return status;
    }
    struct tree_node *found = name[0] == '\0' ? directory : child_find(directory, name);
    if (found != NULL) {
        *node = found;
        return STATUS_EXISTS;
    }
    struct tree_node *made = node_create(name, kind);
    if (made == NULL) {
        return STATUS_NO_MEMORY;
    }
    node_link(directory, made);
    *node = made;
    return STATUS_OK;
}

status_t tree_unlink(struct tree *tree, const char *path, enum file_kind kind) {
    struct tree_node *node;
    status_t status = tree_find(tree, path, &node);
    if (status != STATUS_OK) {
        return status;
    }
    if (node->kind != kind) {
        return kind == FILE_DIRECTORY ? STATUS_NOT_DIRECTORY : STATUS_IS_DIRECTORY;
    }
    if (!list_empty(&node->children)) {
        return STATUS_NOT_EMPTY;
    }
    if (node->parent == NULL) {
        return STATUS_BUSY;
    }
    node_unlink(node);
    tree_node_release(node);
    return STATUS_OK;
}

status_t tree_rename(struct tree *tree, const char *from, const char *to) {
    struct tree_node *node, *directory;
    char name[FILE_NAME_MAX];
    status_t status = tree_find(tree, from, &node);
    if (status == STATUS_OK) {
        status = path_walk(tree, to, &directory, name);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (name[0] == '\0' || child_find(directory, name) != NULL) {
        return STATUS_EXISTS;
    }
    for (struct tree_node *above = directory; above != NULL; above = above->parent) {
        if (above == node) {
            return STATUS_INVALID; /* a directory into itself */
        }
    }
    node_unlink(node);
    (void)string_copy(node->name, name, sizeof node->name);
    node_link(directory, node);
    return STATUS_OK;
}

struct tree_node *tree_child(struct tree_node *directory, uint64_t position) {
    list_for_each(link, &directory->children) {
        if (position == 0) {
            return container_of(link, struct tree_node, sibling);
        }
        position--;
    }
    return NULL;
}

size_t tree_read(const struct tree_node *node, uint64_t position, void *data, size_t size) {
    size_t done = 0;
    uint8_t *target = data;
    while (done < size && position < node->size) {
        const struct tree_block *block = node->blocks[position / TREE_BLOCK_SIZE];
        size_t offset = position % TREE_BLOCK_SIZE;
        size_t part = TREE_BLOCK_SIZE - offset;
        part = part < size - done ? part : size - done;
        part = part < node->size - position ? part : node->size - position;
        if (block == NULL) {
            memset(target + done, 0, part);
        } else {
            memcpy(target + done, block->bytes + offset, part);
        }
        done += part;
        position += part;
    }
    return done;
}

status_t tree_reserve(struct tree_node *node, uint64_t position, size_t size) {
    uint32_t made = 0; /* a bit for each block */
    for (uint64_t i = position / TREE_BLOCK_SIZE; i * TREE_BLOCK_SIZE < position + size; i++) {
        if (node->blocks[i] == NULL) {
            struct tree_block *block = kmalloc(sizeof *block);
            if (block == NULL) {
                for (uint64_t undone = 0; undone < i; undone++) {
                    if (made >> undone & 1) {
                        kfree(node->blocks[undone]);
                        node->blocks[undone] = NULL;
                    }
                }
                return STATUS_NO_MEMORY;
            }
            memset(block->bytes, 0, sizeof block->bytes);
            node->blocks[i] = block;
            made |= 1u << i;
        }
    }
    return STATUS_OK;
}

status_t tree_write(struct tree_node *node, uint64_t position, const void *data, size_t size) {
    if (position > FILE_SIZE_MAX || size > FILE_SIZE_MAX - position) {
        return STATUS_FULL;
    }
    status_t status = tree_reserve(node, position, size);
    if (status != STATUS_OK) {
        return status;
    }
    const uint8_t *source = data;
    for (size_t done = 0; done < size;) {
        struct tree_block *block = node->blocks[(position + done) / TREE_BLOCK_SIZE];
        size_t offset = (position + done) % TREE_BLOCK_SIZE;
        size_t part = TREE_BLOCK_SIZE - offset < size - done ? TREE_BLOCK_SIZE - offset : size - done;
        memcpy(block->bytes + offset, source + done, part);
        done += part;
    }
    if (position + size > node->size) {
        node->size = position + size;
    }
    node->version++;
    return STATUS_OK;
}

status_t tree_truncate(struct tree_node *node, uint64_t size) {
    if (size > FILE_SIZE_MAX) {
        return STATUS_FULL;
    }
    for (uint64_t i = (size + TREE_BLOCK_SIZE - 1) / TREE_BLOCK_SIZE; i < TREE_BLOCKS; i++) {
        kfree(node->blocks[i]);
        node->blocks[i] = NULL;
    }
    if (size % TREE_BLOCK_SIZE != 0 && node->blocks[size / TREE_BLOCK_SIZE] != NULL) {
        size_t offset = size % TREE_BLOCK_SIZE; /* what comes back by extending must be zeros */
        memset(node->blocks[size / TREE_BLOCK_SIZE]->bytes + offset, 0, TREE_BLOCK_SIZE - offset);
    }
    node->size = size;
    node->version++;
    return STATUS_OK;
}
