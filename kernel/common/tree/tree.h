/* A RAM file tree: directories, and files of blocks. It is a mechanism only: who holds a tree, and what a client
 * has open, is the business of the design's files entity.
 * Lock: every function below `tree_create`/`tree_release` needs the tree's lock held, unless it says otherwise. */
#ifndef COMMON_TREE_H
#define COMMON_TREE_H

#include <api/file.h>
#include <base/lib/list.h>
#include <base/lock/spinlock.h>

enum { TREE_BLOCK_SIZE = 512, TREE_BLOCKS = FILE_SIZE_MAX / TREE_BLOCK_SIZE };

struct tree_block {
    uint8_t bytes[TREE_BLOCK_SIZE];
};

/* A file or directory. It lives while it is linked in the tree or somebody has it open. */
struct tree_node {
    char name[FILE_NAME_MAX];
    uint32_t kind;                          /* enum file_kind */
    uint32_t references;                    /* openings, and 1 while linked */
    uint32_t version;                       /* changes of the contents so far */
    uint64_t size;                          /* bytes, or entries of a directory */
    struct tree_node *parent;               /* NULL for the root, and when unlinked */
    struct list children;                   /* of a directory, in order of creation */
    struct list sibling;                    /* link in the parent's children */
    struct tree_block *blocks[TREE_BLOCKS]; /* of a file; NULL reads as zeros */
};

struct tree {
    struct spinlock lock; /* guards all nodes, too */
    uint32_t references;  /* volumes and openings */
    struct tree_node *root;
};

/* A tree with an empty root and one reference, or NULL. */
struct tree *tree_create(void);
/* Without the lock. The last one destroys the tree with all that is linked in it. */
void tree_reference(struct tree *tree);
void tree_release(struct tree *tree);

/* STATUS_NOT_FOUND, STATUS_NOT_DIRECTORY, STATUS_INVALID (a path that is not absolute, or a name too long). */
status_t tree_find(struct tree *tree, const char *path, struct tree_node **node);
/* Makes a node, linked, with no opening. STATUS_EXISTS and gives the existing one if the name is taken. */
status_t tree_make(struct tree *tree, const char *path, enum file_kind kind, struct tree_node **node);
/* Unlinks a file or an empty directory, whichever `kind` says. */
status_t tree_unlink(struct tree *tree, const char *path, enum file_kind kind);
status_t tree_rename(struct tree *tree, const char *from, const char *to);
/* The child number `position` of a directory, or NULL. */
struct tree_node *tree_child(struct tree_node *directory, uint64_t position);
/* Gives one reference up. */
void tree_node_release(struct tree_node *node);

/* Makes room for the bytes of [position, position + size), within FILE_SIZE_MAX. STATUS_NO_MEMORY, and nothing has changed. */
status_t tree_reserve(struct tree_node *node, uint64_t position, size_t size);
size_t tree_read(const struct tree_node *node, uint64_t position, void *data, size_t size);
/* STATUS_FULL beyond FILE_SIZE_MAX, STATUS_NO_MEMORY; nothing is written then. */
status_t tree_write(struct tree_node *node, uint64_t position, const void *data, size_t size);
status_t tree_truncate(struct tree_node *node, uint64_t size);

#endif
