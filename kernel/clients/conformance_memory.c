#include <api/memory.h>
#include <clients/conformance.h>

enum { PAGES = 3 };

static bool all_zero(const uint64_t *words, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        if (words[i] != 0) {
            return false;
        }
    }
    return true;
}

void conformance_memory(struct conformance *suite) {
    owned(memory_region) struct memory_region region = {0};
    owned(memory_region) struct memory_region other = {0};
    struct memory_information information = {0};
    enum { WORDS = MEMORY_PAGE_SIZE / 8 };
    void *address = 0;
    void *second = 0;

    conformance_check(suite, "memory_map of nothing", memory_map(&region, 0, MEMORY_READ, &address) == STATUS_INVALID);
    conformance_check(suite, "memory_map of too much", memory_map(&region, MEMORY_PAGES_MAX + 1, MEMORY_READ, &address) == STATUS_INVALID);
    conformance_check(suite, "memory_map without access", memory_map(&region, 1, 0, &address) == STATUS_INVALID);
    conformance_check(suite, "memory_unmap of none", memory_unmap(&region) == STATUS_BAD_OBJECT);
    conformance_check(suite, "memory_protect of none", memory_protect(&region, MEMORY_READ) == STATUS_BAD_OBJECT);
    conformance_check(suite, "memory_query of none", memory_query(&region, &information) == STATUS_BAD_OBJECT);
    conformance_check(suite, "memory_resize of none", memory_resize(&region, 1, &address) == STATUS_BAD_OBJECT);
    conformance_check(suite, "memory_map", memory_map(&region, PAGES, MEMORY_READ | MEMORY_WRITE, &address) == STATUS_OK && address != 0);
    uint64_t *words = address;
    conformance_check(suite, "it is zero", all_zero(words, PAGES * WORDS));
    conformance_check(suite, "memory_query",
                      memory_query(&region, &information) == STATUS_OK && information.pages == PAGES &&
                          information.protection == (MEMORY_READ | MEMORY_WRITE));
    for (uint64_t i = 0; i < PAGES * WORDS; i++) {
        words[i] = i;
    }
    conformance_check(suite, "memory_map again", memory_map(&other, 1, MEMORY_READ, &second) == STATUS_OK);
    conformance_check(suite, "regions are apart", second != address && all_zero(second, WORDS));
    conformance_check(suite, "memory_resize to more", memory_resize(&region, PAGES + 2, &address) == STATUS_OK);
    words = address;
    conformance_check(suite, "the contents are kept", words[1] == 1 && words[PAGES * WORDS - 1] == PAGES * WORDS - 1);
    conformance_check(suite, "the rest is zero", all_zero(words + PAGES * WORDS, 2 * WORDS));
    words[5 * WORDS - 1] = 1;
    conformance_check(suite, "memory_resize to less", memory_resize(&region, 1, &address) == STATUS_OK);
    words = address;
    conformance_check(suite, "the beginning is kept", words[WORDS - 1] == WORDS - 1);
    conformance_check(suite, "memory_resize to nothing", memory_resize(&region, 0, &address) == STATUS_INVALID);
    conformance_check(suite, "memory_protect", memory_protect(&region, MEMORY_READ) == STATUS_OK);
    conformance_check(suite, "it can be read", words[1] == 1);
    conformance_check(suite, "memory_query after both",
                      memory_query(&region, &information) == STATUS_OK && information.pages == 1 && information.protection == MEMORY_READ);
    conformance_check(suite, "memory_protect from everything", memory_protect(&region, 0) == STATUS_INVALID);
    conformance_check(suite, "memory_protect back", memory_protect(&region, MEMORY_READ | MEMORY_WRITE) == STATUS_OK);
    words[1] = 2;
    conformance_check(suite, "it can be written", words[1] == 2);
    conformance_check(suite, "memory_unmap", memory_unmap(&region) == STATUS_OK);
    conformance_check(suite, "memory_unmap again", memory_unmap(&region) == STATUS_BAD_OBJECT);
}
