#include "spillscope/capture_log.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct error *ring_map(int descriptor, uint64_t size, struct capture_ring *ring) {
    void *header = mmap(NULL, CAPTURE_RING_OFFSET, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    uint8_t *bytes = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bool good = header != MAP_FAILED && bytes != MAP_FAILED;
    for (uint64_t at = 0; good && at < 2 * size; at += size) {
        good = mmap(bytes + at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, CAPTURE_RING_OFFSET) != MAP_FAILED;
    }
    if (!good) {
        struct error *error = error_create_errno("cannot map the recorder's ring of %llu bytes", (unsigned long long)size);
        if (header != MAP_FAILED) {
            munmap(header, CAPTURE_RING_OFFSET);
        }
        if (bytes != MAP_FAILED) {
            munmap(bytes, 2 * size);
        }
        return error;
    }
    *ring = (struct capture_ring){.header = header, .bytes = bytes, .size = size, .descriptor = -1};
    return NULL;
}

struct error *capture_ring_create(uint64_t size, struct capture_ring *out_ring) {
    int descriptor = memfd_create("spillscope recorder", 0); /* QEMU inherits it */
    if (descriptor < 0 || ftruncate(descriptor, (off_t)(CAPTURE_RING_OFFSET + size)) != 0) {
        struct error *error = error_create_errno("cannot make the recorder's ring of %llu bytes", (unsigned long long)size);
        if (descriptor >= 0) {
            close(descriptor);
        }
        return error;
    }
    struct capture_ring ring;
    struct error *error = ring_map(descriptor, size, &ring);
    if (error) {
        close(descriptor);
        return error;
    }
    ring.descriptor = descriptor;
    madvise(ring.bytes, size, MADV_POPULATE_WRITE); /* else the guest waits for each page; without it only that */
    memcpy(ring.header->magic, CAPTURE_MAGIC, sizeof ring.header->magic);
    ring.header->version = CAPTURE_VERSION;
    ring.header->ring_size = size;
    *out_ring = ring;
    return NULL;
}

struct error *capture_ring_attach(int descriptor, struct capture_ring *out_ring) {
    struct stat status;
    struct capture_header header;
    bool good = fstat(descriptor, &status) == 0 && pread(descriptor, &header, sizeof header, 0) == (ssize_t)sizeof header &&
                memcmp(header.magic, CAPTURE_MAGIC, sizeof header.magic) == 0 && header.version == CAPTURE_VERSION &&
                (uint64_t)status.st_size == CAPTURE_RING_OFFSET + header.ring_size;
    if (!good) {
        return error_create(ERROR_FORMAT, "descriptor %d is no ring of this version", descriptor);
    }
    struct error *error = ring_map(descriptor, header.ring_size, out_ring);
    if (!error) {
        madvise(out_ring->bytes, header.ring_size, MADV_POPULATE_WRITE); /* as above */
    }
    return error;
}

void capture_ring_deinit(struct capture_ring *ring) {
    if (ring->header) {
        munmap(ring->header, CAPTURE_RING_OFFSET);
        munmap(ring->bytes, 2 * ring->size);
        if (ring->descriptor >= 0) {
            close(ring->descriptor);
        }
    }
    *ring = (struct capture_ring){.descriptor = -1};
}

static void nap(void) {
    struct timespec moment = {.tv_nsec = 100000};
    nanosleep(&moment, NULL);
}

void *capture_ring_reserve(struct capture_ring *ring, uint32_t kind, size_t size) {
    size_t whole = (size + 7) & ~(size_t)7;
    while (ring->position + whole - atomic_load_explicit(&ring->header->read, memory_order_acquire) > ring->size) {
        atomic_store_explicit(&ring->header->written, ring->position, memory_order_release);
        nap();
    }
    struct capture_message *message = (struct capture_message *)(void *)(ring->bytes + (ring->position & (ring->size - 1)));
    message->kind = kind;
    message->size = (uint32_t)whole;
    return message;
}

void capture_ring_commit(struct capture_ring *ring) {
    const struct capture_message *message = (const struct capture_message *)(const void *)(ring->bytes + (ring->position & (ring->size - 1)));
    /* What always has a successor becomes visible with it, so that the two sides do not fight over a cache line. */
    bool ends = message->kind != CAPTURE_PATCH && message->kind != CAPTURE_ENTER && message->kind != CAPTURE_OWN;
    ring->position += message->size;
    if (ends) {
        atomic_store_explicit(&ring->header->written, ring->position, memory_order_release);
    }
}

struct error *capture_ring_next(struct capture_ring *ring, const struct capture_message **out_message) {
    uint64_t left = atomic_load_explicit(&ring->header->written, memory_order_acquire) - ring->position;
    *out_message = NULL;
    if (left == 0) {
        return NULL;
    }
    const struct capture_message *message = (const struct capture_message *)(const void *)(ring->bytes + (ring->position & (ring->size - 1)));
    if (left < sizeof *message || left > ring->size || message->size < sizeof *message || message->size > left || message->size % 8) {
        return error_create(ERROR_FORMAT, "the recorder's ring holds no message at byte %llu", (unsigned long long)ring->position);
    }
    *out_message = message;
    return NULL;
}

void capture_ring_release(struct capture_ring *ring, const struct capture_message *message) {
    ring->position += message->size;
    atomic_store_explicit(&ring->header->read, ring->position, memory_order_release);
}
