#ifndef FUZZ_FACTS_H
#define FUZZ_FACTS_H
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

#endif
