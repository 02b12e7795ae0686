#ifndef SPILLSCOPE_REPORTS_DIGEST_H
#define SPILLSCOPE_REPORTS_DIGEST_H
/* SHA-256 (FIPS 180-4), for fingerprints and the script's content security policy. */
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32

struct digest {
    uint32_t state[8];
    uint64_t length;         /* bytes fed so far */
    unsigned char block[64]; /* the bytes of the last, unfinished block */
};

void digest_init(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t count);
void digest_add_string(struct digest *digest, const char *string); /* with its NUL, so that neighbours cannot run together */
void digest_finish(struct digest *digest, unsigned char out_bytes[DIGEST_SIZE]);
void digest_hex(const char *string, char out_hex[2 * DIGEST_SIZE + 1]); /* of one string, without its NUL */
#endif
