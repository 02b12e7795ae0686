/* Runs a fuzz target without libFuzzer: each file of the corpus, and from each a fixed series of mutations. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { FILE_LIMIT = 1 << 16, MUTATIONS = 2000 };

static uint32_t replay_random(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void replay_mutations(const uint8_t *bytes, size_t count) {
    static uint8_t copy[2 * FILE_LIMIT];
    uint32_t random = 1;
    for (int round = 0; round < MUTATIONS; round++) {
        size_t length = count;
        memcpy(copy, bytes, count);
        for (uint32_t edits = replay_random(&random) % 4 + 1; edits > 0 && length > 0; edits--) {
            size_t at = replay_random(&random) % length;
            switch (replay_random(&random) % 3) {
            case 0:
                copy[at] = (uint8_t)replay_random(&random);
                break;
            case 1:
                length = at;
                break;
            default:
                memmove(copy + at + 1, copy + at, length - at);
                length++;
                break;
            }
        }
        LLVMFuzzerTestOneInput(copy, length);
    }
}

static int replay_file(const char *path) {
    static uint8_t bytes[FILE_LIMIT];
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        fprintf(stderr, "cannot open %s\n", path);
        return 1;
    }
    size_t count = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    LLVMFuzzerTestOneInput(bytes, count);
    replay_mutations(bytes, count);
    return 0;
}

int main(int count, char **arguments) {
    int failures = 0;
    int files = 0;
    for (int i = 1; i < count; i++) {
        struct dirent **entries = NULL;
        int found = scandir(arguments[i], &entries, NULL, alphasort);
        for (int k = 0; k < found; k++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", arguments[i], entries[k]->d_name);
            if (entries[k]->d_name[0] != '.') {
                failures += replay_file(path);
                files++;
            }
            free(entries[k]);
        }
        free(entries);
    }
    printf("%d files, %d mutations of each\n", files, MUTATIONS);
    return failures > 0 || files == 0;
}
