#include "findings/digest.h"

#include <string.h>

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t value, unsigned count) {
    return value >> count | value << (32 - count);
}

static void digest_block(struct digest *digest, const unsigned char *bytes) {
    uint32_t words[64];
    for (size_t index = 0; index < 16; index++) {
        words[index] =
            (uint32_t)bytes[4 * index] << 24 | (uint32_t)bytes[4 * index + 1] << 16 | (uint32_t)bytes[4 * index + 2] << 8 | bytes[4 * index + 3];
    }
    for (size_t index = 16; index < 64; index++) {
        uint32_t early = words[index - 15];
        uint32_t late = words[index - 2];
        words[index] = words[index - 16] + (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) + words[index - 7] +
                       (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
    }
    uint32_t work[8];
    memcpy(work, digest->state, sizeof work);
    for (size_t index = 0; index < 64; index++) {
        uint32_t e = work[4];
        uint32_t a = work[0];
        uint32_t first =
            work[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & work[5]) ^ (~e & work[6])) + round_constants[index] + words[index];
        uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & work[1]) ^ (a & work[2]) ^ (work[1] & work[2]));
        memmove(work + 1, work, 7 * sizeof work[0]);
        work[4] += first;
        work[0] = first + second;
    }
    for (size_t index = 0; index < 8; index++) {
        digest->state[index] += work[index];
    }
}

void digest_init(struct digest *digest) {
    *digest = (struct digest){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
    };
}

void digest_add(struct digest *digest, const void *bytes, size_t count) {
    const unsigned char *at = bytes;
    while (count) {
        size_t used = digest->length % sizeof digest->block;
        size_t take = sizeof digest->block - used < count ? sizeof digest->block - used : count;
        memcpy(digest->block + used, at, take);
        digest->length += take;
        at += take;
        count -= take;
        if (used + take == sizeof digest->block) {
            digest_block(digest, digest->block);
        }
    }
}

void digest_add_string(struct digest *digest, const char *string) {
    digest_add(digest, string, strlen(string) + 1);
}

void digest_finish(struct digest *digest, unsigned char out_bytes[DIGEST_SIZE]) {
    uint64_t bits = digest->length * 8;
    digest_add(digest, "\x80", 1);
    while (digest->length % sizeof digest->block != 56) {
        digest_add(digest, "", 1);
    }
    unsigned char tail[8];
    for (size_t index = 0; index < sizeof tail; index++) {
        tail[index] = (unsigned char)(bits >> (56 - 8 * index));
    }
    digest_add(digest, tail, sizeof tail);
    for (size_t index = 0; index < DIGEST_SIZE; index++) {
        out_bytes[index] = (unsigned char)(digest->state[index / 4] >> (24 - 8 * (index % 4)));
    }
}

void digest_hex(const char *string, char out_hex[2 * DIGEST_SIZE + 1]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_SIZE];
    struct digest digest;
    digest_init(&digest);
    digest_add(&digest, string, strlen(string));
    digest_finish(&digest, bytes);
    for (size_t index = 0; index < sizeof bytes; index++) {
        out_hex[2 * index] = digits[bytes[index] >> 4];
        out_hex[2 * index + 1] = digits[bytes[index] & 15];
    }
    out_hex[sizeof bytes * 2] = '\0';
}
