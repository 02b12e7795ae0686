#include "spillscope/record_log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct log {
    char *path;
    const unsigned char *bytes;
    size_t size; /* of the mapping */
    size_t end;  /* of the committed records */
    size_t position;
    bool cut;
};

static size_t record_size(uint8_t kind) {
    switch (kind) {
    case RECORD_STORE:
        return sizeof(struct record_store);
    case RECORD_PAGE:
        return sizeof(struct record_page);
    case RECORD_ENTER:
        return sizeof(struct record_enter);
    case RECORD_LEAVE:
        return sizeof(struct record_leave);
    case RECORD_SWITCH:
        return sizeof(struct record_switch);
    case RECORD_WINDOW:
        return sizeof(struct record_window);
    case RECORD_HOOK:
        return sizeof(struct record_hook);
    case RECORD_BLOCK:
        return sizeof(struct record_block);
    case RECORD_MOVED:
        return sizeof(struct record_moved);
    case RECORD_GIVEN:
        return sizeof(struct record_given);
    default:
        return 0;
    }
}

static struct error *log_map(struct log *log) {
    int descriptor SCOPE_CLOSE = open(log->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        return error_create_errno("%s: cannot open the recorder's log", log->path);
    }
    log->size = (size_t)status.st_size;
    if (log->size < sizeof(struct log_header)) {
        return error_create(ERROR_FORMAT, "%s: offset 0: a recorder's log begins with a header of %zu bytes, the file has %zu", log->path,
                            sizeof(struct log_header), log->size);
    }
    void *bytes = mmap(NULL, log->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED) {
        return error_create_errno("%s: cannot map", log->path);
    }
    madvise(bytes, log->size, MADV_SEQUENTIAL);
    log->bytes = bytes;
    const struct log_header *header = log_header(log);
    if (memcmp(header->magic, LOG_MAGIC, sizeof header->magic) != 0) {
        return error_create(ERROR_FORMAT, "%s: offset 0: no recorder's log", log->path);
    }
    if (header->version != LOG_VERSION) {
        return error_create(ERROR_FORMAT, "%s: offset 8: log version %u, this program reads %d", log->path, header->version, LOG_VERSION);
    }
    size_t present = log->size - sizeof *header;
    log->cut = header->committed > present;
    log->end = sizeof *header + (log->cut ? present : (size_t)header->committed);
    log->position = sizeof *header;
    return NULL;
}

struct error *log_open(const char *path, struct log **out_log) {
    struct log *log = calloc(1, sizeof *log);
    if (!log || !(log->path = strdup(path))) {
        free(log);
        return error_out_of_memory();
    }
    struct error *error = log_map(log);
    if (error) {
        log_close(log);
        return error;
    }
    *out_log = log;
    return NULL;
}

void log_close(struct log *log) {
    if (log) {
        if (log->bytes) {
            munmap((void *)(uintptr_t)log->bytes, log->size);
        }
        free(log->path);
        free(log);
    }
}

const struct log_header *log_header(const struct log *log) {
    return (const struct log_header *)(const void *)log->bytes;
}

static struct error *record_check(const struct log *log, const union record *record) {
    const struct log_header *header = log_header(log);
    uint64_t physical = record->kind == RECORD_STORE ? record->store.physical : record->page.physical;
    uint64_t size = record->kind == RECORD_STORE ? record->store.size : LOG_PAGE_BYTES;
    if (record->kind == RECORD_STORE && (size == 0 || size > 8)) {
        return error_create(ERROR_FORMAT, "%s: offset 0x%zx: a store of %llu bytes", log->path, log->position, (unsigned long long)size);
    }
    if ((record->kind == RECORD_STORE || record->kind == RECORD_PAGE) &&
        (physical < header->ram_base || physical - header->ram_base > header->ram_size || size > header->ram_size - (physical - header->ram_base))) {
        return error_create(ERROR_FORMAT, "%s: offset 0x%zx: physical address 0x%llx lies outside the guest's RAM", log->path, log->position,
                            (unsigned long long)physical);
    }
    return NULL;
}

struct error *log_next(struct log *log, const union record **out_record) {
    if (log->position >= log->end) {
        *out_record = NULL;
        return NULL;
    }
    const union record *record = (const union record *)(const void *)(log->bytes + log->position);
    size_t size = record_size(record->kind);
    if (!size) {
        return error_create(ERROR_FORMAT, "%s: offset 0x%zx: no record has kind %u", log->path, log->position, record->kind);
    }
    if (size > log->end - log->position) {
        log->cut = true;
        log->position = log->end;
        *out_record = NULL;
        return NULL;
    }
    struct error *error = record_check(log, record);
    if (!error) {
        log->position += size;
        *out_record = record;
    }
    return error;
}

bool log_was_cut(const struct log *log) {
    return log->cut;
}

size_t log_position(const struct log *log) {
    return log->position;
}

size_t log_size(const struct log *log) {
    return log->end;
}

void log_rewind(struct log *log) {
    log->position = sizeof(struct log_header);
}
