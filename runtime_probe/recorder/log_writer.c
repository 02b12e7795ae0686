#include "log_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WRITER_CHUNK ((size_t)32 << 20)
#define WRITER_SPACE ((size_t)1 << 40) /* of addresses: more than any disk */

static struct log_header *writer_header(const struct log_writer *writer) {
    return (struct log_header *)(void *)writer->bytes;
}

static bool writer_grow(struct log_writer *writer) {
    int result = posix_fallocate(writer->descriptor, (off_t)writer->size, (off_t)WRITER_CHUNK);
    if (!result && mmap(writer->bytes + writer->size, WRITER_CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, writer->descriptor,
                        (off_t)writer->size) == MAP_FAILED) {
        result = errno;
    }
    if (result) {
        errno = result;
        writer->failed = true;
        if (writer->size) {
            writer_header(writer)->failed = (uint64_t)result;
        }
        return false;
    }
    writer->size += WRITER_CHUNK;
    return true;
}

const char *log_writer_open(struct log_writer *writer, const char *path, uint32_t machine, uint64_t ram_base, uint64_t ram_size) {
    *writer = (struct log_writer){.descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (writer->descriptor < 0) {
        return "cannot create the log";
    }
    void *space = mmap(NULL, WRITER_SPACE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED) {
        return "cannot reserve addresses for the log";
    }
    writer->bytes = space;
    if (!writer_grow(writer)) {
        return "cannot allocate the log";
    }
    struct log_header *header = writer_header(writer);
    memcpy(header->magic, LOG_MAGIC, sizeof header->magic);
    header->version = LOG_VERSION;
    header->machine = machine;
    header->ram_base = ram_base;
    header->ram_size = ram_size;
    writer->position = sizeof *header;
    return NULL;
}

void *log_writer_reserve(struct log_writer *writer, size_t size) {
    if (writer->failed || (writer->size - writer->position < size && !writer_grow(writer))) {
        return NULL;
    }
    return writer->bytes + writer->position; /* fresh file space is zero */
}

void log_writer_commit(struct log_writer *writer, size_t size) {
    writer->position += size;
    writer_header(writer)->committed = writer->position - sizeof(struct log_header);
}

void log_writer_moved(struct log_writer *writer, uint64_t slide) {
    if (writer->size) {
        writer_header(writer)->slide = slide;
        writer_header(writer)->moved = 1;
    }
}

void log_writer_fail(struct log_writer *writer, int reason) {
    if (!writer->failed && writer->size) {
        writer_header(writer)->failed = (uint64_t)reason;
    }
    writer->failed = true;
}

void log_writer_close(struct log_writer *writer) {
    if (writer->bytes && writer->size) {
        msync(writer->bytes, sizeof(struct log_header), MS_ASYNC);
        if (ftruncate(writer->descriptor, (off_t)writer->position) != 0) {
            writer->failed = true;
        }
        munmap(writer->bytes, WRITER_SPACE);
    }
    close(writer->descriptor);
    writer->bytes = NULL;
    writer->failed = true; /* nothing may follow */
}
