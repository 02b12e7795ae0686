#include <base/heap/heap.h>
#include <common/tree/tree.h>
#include <files/files.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

enum { COPY_PART = 256 }; /* bytes copied between client and file at a time */

/* A volume that clients have handles to. */
struct mounted_volume {
    struct tree *tree;
    struct list link;    /* in files.volumes */
    uint32_t references; /* handles, and open files and directories */
    uint64_t openings;   /* so far */
};

/* What the kernel remembers of a client that opened a file. */
struct open_file {
    struct mounted_volume *volume; /* referenced */
    struct tree_node *node;        /* referenced */
    struct task *owner;
    uint64_t position;
    uint32_t flags; /* FILE_READ ... as opened */
    uint64_t bytes_read, bytes_written;
    struct list link; /* in files.open */
};

struct open_directory {
    struct mounted_volume *volume; /* referenced */
    struct tree_node *node;        /* referenced */
    uint64_t position;             /* entries read so far */
};

/* Owner: files. Lock: files.lock; it is taken before a tree's lock. An open file's position is changed by its owner only. */
static struct {
    struct spinlock lock;
    struct list volumes;
    struct list open;
    uint32_t open_count;
} files = {.volumes = LIST_INITIAL(files.volumes), .open = LIST_INITIAL(files.open)};

static void volume_share(void *object) {
    struct mounted_volume *volume = object;
    uint64_t flags = spinlock_acquire(&files.lock);
    volume->references++;
    spinlock_release(&files.lock, flags);
}

static void volume_release(void *object) {
    struct mounted_volume *volume = object;
    uint64_t flags = spinlock_acquire(&files.lock);
    bool last = --volume->references == 0;
    if (last) {
        list_remove(&volume->link);
    }
    spinlock_release(&files.lock, flags);
    if (last) {
        tree_release(volume->tree);
        kfree(volume);
    }
}

/* Gives a node and the volume it is in up. */
static void node_close(struct mounted_volume *volume, struct tree_node *node) {
    uint64_t flags = spinlock_acquire(&volume->tree->lock);
    tree_node_release(node);
    spinlock_release(&volume->tree->lock, flags);
    volume_release(volume);
}

static void file_release(void *object) {
    struct open_file *file = object;
    uint64_t flags = spinlock_acquire(&files.lock);
    list_remove(&file->link);
    files.open_count--;
    spinlock_release(&files.lock, flags);
    node_close(file->volume, file->node);
    kfree(file);
}

static void directory_release(void *object) {
    struct open_directory *directory = object;
    node_close(directory->volume, directory->node);
    kfree(directory);
}

const struct handle_operations volume_operations = {"volume", volume_share, volume_release};
static const struct handle_operations file_operations = {"file", NULL, file_release};
static const struct handle_operations directory_operations = {"directory", NULL, directory_release};

static struct mounted_volume *request_volume(const struct request *request) {
    return handle_object((uint32_t)request->arguments[0], &volume_operations);
}

static struct open_file *request_file(const struct request *request) {
    return handle_object((uint32_t)request->arguments[0], &file_operations);
}

int64_t sys_volume_create(const struct request *request) {
    uint32_t handle;
    struct mounted_volume *volume = kmalloc(sizeof *volume);
    struct tree *tree = tree_create();
    if (volume == NULL || tree == NULL) {
        kfree(volume);
        if (tree != NULL) {
            tree_release(tree);
        }
        return STATUS_NO_MEMORY;
    }
    *volume = (struct mounted_volume){.tree = tree, .references = 1};
    uint64_t flags = spinlock_acquire(&files.lock);
    list_insert(&files.volumes, &volume->link);
    spinlock_release(&files.lock, flags);
    status_t status = handle_install(task_current(), &volume_operations, volume, &handle);
    if (status != STATUS_OK) {
        volume_release(volume);
        return status;
    }
    return copy_to_user(request_pointer(request, 1), &handle, sizeof handle);
}

int64_t sys_volume_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &volume_operations);
}

/* Finds the node of a path, or makes it if the flags say so, and takes a reference. */
static status_t node_open(struct tree *tree, const char *path, uint64_t flags, struct tree_node **node) {
    status_t status;
    uint64_t saved = spinlock_acquire(&tree->lock);
    if (flags & FILE_CREATE) {
        status = tree_make(tree, path, FILE_REGULAR, node);
        if (status == STATUS_EXISTS && !(flags & FILE_EXCLUSIVE)) {
            status = STATUS_OK;
        }
    } else {
        status = tree_find(tree, path, node);
    }
    if (status == STATUS_OK && (*node)->kind != FILE_REGULAR) {
        status = STATUS_IS_DIRECTORY;
    }
    if (status == STATUS_OK) {
        (*node)->references++;
    }
    spinlock_release(&tree->lock, saved);
    return status;
}

int64_t sys_file_open(const struct request *request) {
    struct mounted_volume *volume = request_volume(request);
    uint64_t flags = request->arguments[3];
    char path[FILE_PATH_MAX];
    struct tree_node *node;
    uint32_t handle;
    if (volume == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (flags > 31 || (flags & (FILE_READ | FILE_WRITE)) == 0) {
        return STATUS_INVALID;
    }
    status_t status = copy_string_from_user(path, request_pointer(request, 2), sizeof path);
    if (status != STATUS_OK) {
        return status;
    }
    /* Before the node: a request that fails must not leave a new file behind. */
    struct open_file *file = kmalloc(sizeof *file);
    if (file == NULL) {
        return STATUS_NO_MEMORY;
    }
    status = node_open(volume->tree, path, flags, &node);
    if (status != STATUS_OK) {
        kfree(file);
        return status;
    }
    volume_share(volume);
    *file = (struct open_file){.volume = volume, .node = node, .owner = task_current(), .flags = (uint32_t)flags};
    uint64_t saved = spinlock_acquire(&files.lock);
    list_insert(&files.open, &file->link);
    files.open_count++;
    volume->openings++;
    spinlock_release(&files.lock, saved);
    status = handle_install(task_current(), &file_operations, file, &handle);
    if (status != STATUS_OK) {
        file_release(file);
        return status;
    }
    return copy_to_user(request_pointer(request, 1), &handle, sizeof handle);
}

int64_t sys_file_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &file_operations);
}

int64_t sys_file_read(const struct request *request) {
    struct open_file *file = request_file(request);
    char user_address *target = request_pointer(request, 1);
    uint64_t size = request->arguments[2];
    uint8_t part[COPY_PART];
    size_t done = 0;
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!(file->flags & FILE_READ)) {
        return STATUS_DENIED;
    }
    while (done < size) {
        size_t wanted = size - done < sizeof part ? size - done : sizeof part;
        uint64_t flags = spinlock_acquire(&file->volume->tree->lock);
        size_t got = tree_read(file->node, file->position + done, part, wanted);
        spinlock_release(&file->volume->tree->lock, flags);
        if (got == 0) {
            break;
        }
        if (copy_to_user(target + done, part, got) != STATUS_OK) {
            return STATUS_FAULT;
        }
        done += got;
    }
    file->position += done;
    file->bytes_read += done;
    return copy_to_user(request_pointer(request, 3), &done, sizeof done);
}

int64_t sys_file_write(const struct request *request) {
    struct open_file *file = request_file(request);
    const char user_address *source = request_pointer(request, 1);
    uint64_t size = request->arguments[2];
    uint8_t part[COPY_PART];
    size_t done = 0;
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!(file->flags & FILE_WRITE)) {
        return STATUS_DENIED;
    }
    if (file->flags & FILE_APPEND) {
        file->position = file->node->size;
    }
    if (file->position > FILE_SIZE_MAX || size > FILE_SIZE_MAX - file->position) {
        return STATUS_FULL;
    }
    /* All or nothing, as long as nobody truncates the file meanwhile. */
    uint64_t saved = spinlock_acquire(&file->volume->tree->lock);
    status_t reserved = tree_reserve(file->node, file->position, size);
    spinlock_release(&file->volume->tree->lock, saved);
    if (reserved != STATUS_OK) {
        return reserved;
    }
    while (done < size) {
        size_t count = size - done < sizeof part ? size - done : sizeof part;
        if (copy_from_user(part, source + done, count) != STATUS_OK) {
            return STATUS_FAULT;
        }
        uint64_t flags = spinlock_acquire(&file->volume->tree->lock);
        status_t status = tree_write(file->node, file->position + done, part, count);
        spinlock_release(&file->volume->tree->lock, flags);
        if (status != STATUS_OK) {
            return status;
        }
        done += count;
    }
    file->position += done;
    file->bytes_written += done;
    return copy_to_user(request_pointer(request, 3), &done, sizeof done);
}

int64_t sys_file_seek(const struct request *request) {
    struct open_file *file = request_file(request);
    int64_t offset = (int64_t)request->arguments[1];
    int64_t base;
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    switch (request->arguments[2]) {
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
    return copy_to_user(request_pointer(request, 3), &file->position, sizeof file->position);
}

int64_t sys_file_stat(const struct request *request) {
    struct open_file *file = request_file(request);
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&file->volume->tree->lock);
    struct file_status status = {file->node->kind, file->node->version, file->node->size};
    spinlock_release(&file->volume->tree->lock, flags);
    return copy_to_user(request_pointer(request, 1), &status, sizeof status);
}

int64_t sys_file_truncate(const struct request *request) {
    struct open_file *file = request_file(request);
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!(file->flags & FILE_WRITE)) {
        return STATUS_DENIED;
    }
    uint64_t flags = spinlock_acquire(&file->volume->tree->lock);
    status_t status = tree_truncate(file->node, request->arguments[1]);
    spinlock_release(&file->volume->tree->lock, flags);
    return status;
}

/* Unlinks what argument 1 of a request names in the volume of argument 0. */
static int64_t request_unlink(const struct request *request, enum file_kind kind) {
    struct mounted_volume *volume = request_volume(request);
    char path[FILE_PATH_MAX];
    if (volume == NULL) {
        return STATUS_BAD_OBJECT;
    }
    status_t status = copy_string_from_user(path, request_pointer(request, 1), sizeof path);
    if (status == STATUS_OK) {
        uint64_t flags = spinlock_acquire(&volume->tree->lock);
        status = tree_unlink(volume->tree, path, kind);
        spinlock_release(&volume->tree->lock, flags);
    }
    return status;
}

int64_t sys_file_unlink(const struct request *request) {
    return request_unlink(request, FILE_REGULAR);
}

int64_t sys_directory_remove(const struct request *request) {
    return request_unlink(request, FILE_DIRECTORY);
}

int64_t sys_file_rename(const struct request *request) {
    struct mounted_volume *volume = request_volume(request);
    char from[FILE_PATH_MAX], to[FILE_PATH_MAX];
    if (volume == NULL) {
        return STATUS_BAD_OBJECT;
    }
    status_t status = copy_string_from_user(from, request_pointer(request, 1), sizeof from);
    if (status == STATUS_OK) {
        status = copy_string_from_user(to, request_pointer(request, 2), sizeof to);
    }
    if (status == STATUS_OK) {
        uint64_t flags = spinlock_acquire(&volume->tree->lock);
        status = tree_rename(volume->tree, from, to);
        spinlock_release(&volume->tree->lock, flags);
    }
    return status;
}

int64_t sys_directory_create(const struct request *request) {
    struct mounted_volume *volume = request_volume(request);
    char path[FILE_PATH_MAX];
    struct tree_node *node;
    if (volume == NULL) {
        return STATUS_BAD_OBJECT;
    }
    status_t status = copy_string_from_user(path, request_pointer(request, 1), sizeof path);
    if (status == STATUS_OK) {
        uint64_t flags = spinlock_acquire(&volume->tree->lock);
        status = tree_make(volume->tree, path, FILE_DIRECTORY, &node);
        spinlock_release(&volume->tree->lock, flags);
    }
    return status;
}

int64_t sys_directory_open(const struct request *request) {
    struct mounted_volume *volume = request_volume(request);
    char path[FILE_PATH_MAX];
    struct tree_node *node;
    uint32_t handle;
    if (volume == NULL) {
        return STATUS_BAD_OBJECT;
    }
    status_t status = copy_string_from_user(path, request_pointer(request, 2), sizeof path);
    if (status != STATUS_OK) {
        return status;
    }
    uint64_t flags = spinlock_acquire(&volume->tree->lock);
    status = tree_find(volume->tree, path, &node);
    if (status == STATUS_OK && node->kind != FILE_DIRECTORY) {
        status = STATUS_NOT_DIRECTORY;
    }
    if (status == STATUS_OK) {
        node->references++;
    }
    spinlock_release(&volume->tree->lock, flags);
    if (status != STATUS_OK) {
        return status;
    }
    volume_share(volume);
    struct open_directory *directory = kmalloc(sizeof *directory);
    if (directory == NULL) {
        node_close(volume, node);
        return STATUS_NO_MEMORY;
    }
    *directory = (struct open_directory){.volume = volume, .node = node};
    status = handle_install(task_current(), &directory_operations, directory, &handle);
    if (status != STATUS_OK) {
        directory_release(directory);
        return status;
    }
    return copy_to_user(request_pointer(request, 1), &handle, sizeof handle);
}

int64_t sys_directory_next(const struct request *request) {
    struct open_directory *directory = handle_object((uint32_t)request->arguments[0], &directory_operations);
    struct directory_entry entry;
    if (directory == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&directory->volume->tree->lock);
    const struct tree_node *child = tree_child(directory->node, directory->position);
    if (child != NULL) {
        entry.kind = child->kind;
        __builtin_memcpy(entry.name, child->name, sizeof entry.name);
        directory->position++;
    }
    spinlock_release(&directory->volume->tree->lock, flags);
    return child == NULL ? STATUS_EMPTY : copy_to_user(request_pointer(request, 1), &entry, sizeof entry);
}

int64_t sys_directory_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &directory_operations);
}
