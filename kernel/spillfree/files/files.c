#include <base/lib/string.h>
#include <common/tree/tree.h>
#include <tasks/share.h>

/* This entity has no state: a tree belongs to the clients that hold its volume or have something in it open, and each of
 * them keeps its own progress. */

status_t volume_create(struct volume *volume) {
    struct tree *tree = tree_create();
    if (tree == NULL) {
        return STATUS_NO_MEMORY;
    }
    volume->tree = tree;
    return STATUS_OK;
}

void volume_share(struct volume *to, const struct volume *from) {
    if (from->tree != NULL) {
        tree_reference(from->tree);
    }
    to->tree = from->tree;
}

status_t volume_close(struct volume *volume) {
    if (volume->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    tree_release(volume->tree);
    volume->tree = NULL;
    return STATUS_OK;
}

/* Gives a node and the tree it is in up. */
static void node_close(struct tree *tree, struct tree_node *node) {
    uint64_t flags = spinlock_acquire(&tree->lock);
    tree_node_release(node);
    spinlock_release(&tree->lock, flags);
    tree_release(tree);
}

status_t file_open(struct volume *volume, struct file *file, const char *path, uint32_t flags) {
    struct tree *tree = volume->tree;
    struct tree_node *node;
    status_t status;
    if (tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (flags > 31 || (flags & (FILE_READ | FILE_WRITE)) == 0 || string_length(path) >= FILE_PATH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t saved = spinlock_acquire(&tree->lock);
    if (flags & FILE_CREATE) {
        status = tree_make(tree, path, FILE_REGULAR, &node);
        if (status == STATUS_EXISTS && !(flags & FILE_EXCLUSIVE)) {
            status = STATUS_OK;
        }
    } else {
        status = tree_find(tree, path, &node);
    }
    if (status == STATUS_OK && node->kind != FILE_REGULAR) {
        status = STATUS_IS_DIRECTORY;
    }
    if (status == STATUS_OK) {
        node->references++;
        tree_reference(tree);
        *file = (struct file){.tree = tree, .node = node, .flags = flags};
    }
    spinlock_release(&tree->lock, saved);
    return status;
}

status_t file_close(struct file *file) {
    if (file->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    node_close(file->tree, file->node);
    *file = (struct file){0};
    return STATUS_OK;
}

status_t file_read(struct file *file, void *data, size_t size, size_t *done) {
    if (file->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!(file->flags & FILE_READ)) {
        return STATUS_DENIED;
    }
    uint64_t flags = spinlock_acquire(&file->tree->lock);
    *done = tree_read(file->node, file->position, data, size);
    spinlock_release(&file->tree->lock, flags);
    file->position += *done;
    return STATUS_OK;
}

status_t file_write(struct file *file, const void *data, size_t size, size_t *done) {
    if (file->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!(file->flags & FILE_WRITE)) {
        return STATUS_DENIED;
    }
    uint64_t flags = spinlock_acquire(&file->tree->lock);
    if (file->flags & FILE_APPEND) {
        file->position = file->node->size;
    }
    status_t status = tree_write(file->node, file->position, data, size);
    spinlock_release(&file->tree->lock, flags);
    if (status == STATUS_OK) {
        file->position += size;
        *done = size;
    }
    return status;
}

status_t file_seek(struct file *file, int64_t offset, enum file_whence whence, uint64_t *position) {
    int64_t base;
    if (file->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    switch (whence) {
    case FILE_FROM_START:
        base = 0;
        break;
    case FILE_FROM_HERE:
        base = (int64_t)file->position;
        break;
    case FILE_FROM_END:
        base = (int64_t)file->node->size;
        break;
    default:
        return STATUS_INVALID;
    }
    if (offset > FILE_SIZE_MAX - base || offset < -base) {
        return STATUS_INVALID;
    }
    file->position = (uint64_t)(base + offset);
    *position = file->position;
    return STATUS_OK;
}

status_t file_stat(struct file *file, struct file_status *result) {
    if (file->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&file->tree->lock);
    *result = (struct file_status){file->node->kind, file->node->version, file->node->size};
    spinlock_release(&file->tree->lock, flags);
    return STATUS_OK;
}

status_t file_truncate(struct file *file, uint64_t size) {
    if (file->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!(file->flags & FILE_WRITE)) {
        return STATUS_DENIED;
    }
    uint64_t flags = spinlock_acquire(&file->tree->lock);
    status_t status = tree_truncate(file->node, size);
    spinlock_release(&file->tree->lock, flags);
    return status;
}

static status_t volume_unlink(struct volume *volume, const char *path, enum file_kind kind) {
    struct tree *tree = volume->tree;
    if (tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (string_length(path) >= FILE_PATH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&tree->lock);
    status_t status = tree_unlink(tree, path, kind);
    spinlock_release(&tree->lock, flags);
    return status;
}

status_t file_unlink(struct volume *volume, const char *path) {
    return volume_unlink(volume, path, FILE_REGULAR);
}

status_t directory_remove(struct volume *volume, const char *path) {
    return volume_unlink(volume, path, FILE_DIRECTORY);
}

status_t file_rename(struct volume *volume, const char *from, const char *to) {
    struct tree *tree = volume->tree;
    if (tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (string_length(from) >= FILE_PATH_MAX || string_length(to) >= FILE_PATH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&tree->lock);
    status_t status = tree_rename(tree, from, to);
    spinlock_release(&tree->lock, flags);
    return status;
}

status_t directory_create(struct volume *volume, const char *path) {
    struct tree *tree = volume->tree;
    struct tree_node *node;
    if (tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (string_length(path) >= FILE_PATH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&tree->lock);
    status_t status = tree_make(tree, path, FILE_DIRECTORY, &node);
    spinlock_release(&tree->lock, flags);
    return status;
}

status_t directory_open(struct volume *volume, struct directory *directory, const char *path) {
    struct tree *tree = volume->tree;
    struct tree_node *node;
    if (tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (string_length(path) >= FILE_PATH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&tree->lock);
    status_t status = tree_find(tree, path, &node);
    if (status == STATUS_OK && node->kind != FILE_DIRECTORY) {
        status = STATUS_NOT_DIRECTORY;
    }
    if (status == STATUS_OK) {
        node->references++;
        tree_reference(tree);
        *directory = (struct directory){.tree = tree, .node = node};
    }
    spinlock_release(&tree->lock, flags);
    return status;
}

status_t directory_next(struct directory *directory, struct directory_entry *entry) {
    if (directory->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&directory->tree->lock);
    const struct tree_node *child = tree_child(directory->node, directory->position);
    if (child != NULL) {
        entry->kind = child->kind;
        memcpy(entry->name, child->name, sizeof entry->name);
        directory->position++;
    }
    spinlock_release(&directory->tree->lock, flags);
    return child == NULL ? STATUS_EMPTY : STATUS_OK;
}

status_t directory_close(struct directory *directory) {
    if (directory->tree == NULL) {
        return STATUS_BAD_OBJECT;
    }
    node_close(directory->tree, directory->node);
    *directory = (struct directory){0};
    return STATUS_OK;
}
