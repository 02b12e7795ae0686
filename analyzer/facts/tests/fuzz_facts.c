/* libFuzzer target: any bytes are either refused or give a unit that can be walked. fuzz_replay.c runs it without libFuzzer. */
#include <stdio.h>
#include "../facts_format.h"
#include "../facts_read.h"
#include "fuzz_facts.h"
#include "spillscope/scope.h"

static void try_read(const uint8_t *bytes, size_t count, bool with_header) {
    struct facts_unit *unit = NULL;
    struct error *error = with_header ? facts_read(bytes, count, &unit) : facts_read_payload(bytes, count, false, &unit);
    if (error) {
        error_destroy(error);
        return;
    }
    FILE *nowhere SCOPE_FCLOSE = fopen("/dev/null", "w");
    if (nowhere) {
        facts_print(unit, nowhere);
    }
    for (size_t i = 0; i < unit->function_count; i++) {
        facts_function_digest(unit, &unit->functions[i]);
    }
    facts_destroy(unit);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    try_read(bytes, count, true);
    /* Past the digest, which no fuzzer guesses. */
    size_t header = count < FACTS_HEADER_SIZE ? count : FACTS_HEADER_SIZE;
    try_read(bytes + header, count - header, false);
    return 0;
}
