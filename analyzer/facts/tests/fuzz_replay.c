/* Runs the fuzz target over files given as arguments, or over mutations of the sample unit made from a fixed seed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz_facts.h"
#include "sample_unit.h"
#include "spillscope/scope.h"

#define INPUT_LIMIT ((size_t)1 << 20)
#define MUTATIONS 20000

static size_t read_input(const char *path, uint8_t *bytes) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "rb");
    if (!stream) {
        perror(path);
        exit(2);
    }
    return fread(bytes, 1, INPUT_LIMIT, stream);
}

/* xorshift64: the same inputs everywhere. */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void mutate(uint8_t *bytes, size_t *count, uint64_t *random) {
    size_t edits = 1 + next_random(random) % 4;
    for (size_t i = 0; i < edits && *count > 0; i++) {
        size_t at = next_random(random) % *count;
        switch (next_random(random) % 4) {
        case 0:
            bytes[at] = (uint8_t)next_random(random);
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1U << next_random(random) % 8);
            break;
        case 2: { /* copy a run elsewhere */
            size_t to = next_random(random) % *count;
            size_t length = next_random(random) % 16;
            size_t room = *count - (at > to ? at : to);
            memmove(bytes + to, bytes + at, length < room ? length : room);
            break;
        }
        default:
            *count = next_random(random) % 8 == 0 ? at : *count;
            break;
        }
    }
}

static void run_mutations(uint8_t *bytes) {
    char path[] = "/tmp/spillscope-fuzz-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        perror(path);
        exit(2);
    }
    close(descriptor);
    struct error *error = facts_write(sample_unit(), path);
    if (error) {
        fprintf(stderr, "%s\n", error_message(error));
        exit(2);
    }
    uint8_t *original SCOPE_FREE = malloc(INPUT_LIMIT);
    size_t original_count = read_input(path, original);
    unlink(path);
    uint64_t random = 0x5b1115c0de;
    for (size_t i = 0; i < MUTATIONS; i++) {
        size_t count = original_count;
        memcpy(bytes, original, count);
        mutate(bytes, &count, &random);
        uint8_t *exact SCOPE_FREE = malloc(count ? count : 1); /* exactly as long: a sanitizer sees one byte too far */
        memcpy(exact, bytes, count);
        LLVMFuzzerTestOneInput(exact, count);
    }
}

int main(int count, char **arguments) {
    uint8_t *bytes SCOPE_FREE = malloc(INPUT_LIMIT);
    if (!bytes) {
        return 2;
    }
    for (int i = 1; i < count; i++) {
        LLVMFuzzerTestOneInput(bytes, read_input(arguments[i], bytes));
    }
    if (count == 1) {
        run_mutations(bytes);
    }
    return 0;
}
