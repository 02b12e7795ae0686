#include "spillscope/slide.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* No kernel moves further: physical addresses, at which it runs before it turns on paging, lie further away. */
static const uint64_t FURTHEST = 1ULL << 30;

void slide_search_init(struct slide_search *search, const unsigned char *text, uint64_t low, uint64_t size, uint64_t alignment) {
    *search = (struct slide_search){.text = text, .low = low, .size = size, .alignment = alignment, .known = alignment == 0};
}

const unsigned char *slide_map_text(const char *path, uint64_t offset, uint64_t size) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t before = offset % page;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return NULL;
    }
    void *bytes = mmap(NULL, size + before, PROT_READ, MAP_PRIVATE, descriptor, (off_t)(offset - before));
    close(descriptor);
    return bytes == MAP_FAILED ? NULL : (const unsigned char *)bytes + before;
}

static void slide_vote(struct slide_search *search, uint64_t slide) {
    uint32_t at = 0;
    while (at < search->candidate_count && search->candidates[at].slide != slide) {
        at++;
    }
    if (at == SLIDE_CANDIDATES) {
        return; /* so many wrong ones: the true one has come before, or comes again when one of these is known to be it */
    }
    if (at == search->candidate_count) {
        search->candidates[search->candidate_count++].slide = slide;
    }
    if (++search->candidates[at].votes == SLIDE_VOTES) {
        search->known = true;
        search->slide = slide;
    }
}

bool slide_search_see(struct slide_search *search, uint64_t pc, const void *bytes, size_t count) {
    if (search->known || pc == search->last || count < SLIDE_BYTES_MIN) {
        return search->known;
    }
    search->last = pc;
    uint64_t fits = 0;
    uint64_t slide = 0;
    for (uint64_t offset = (pc - search->low) % search->alignment; offset + count <= search->size; offset += search->alignment) {
        uint64_t distance = pc - (search->low + offset);
        bool near = distance < FURTHEST || 0 - distance < FURTHEST;
        if (near && memcmp(search->text + offset, bytes, count) == 0) {
            fits++;
            slide = distance;
        }
    }
    if (fits == 1) {
        slide_vote(search, slide);
    }
    return search->known;
}
