/* Whether a kernel still is what it was at start, for trials: its code, secrets that it keeps, what its allocators know. */
#ifndef BASE_INTEGRITY_H
#define BASE_INTEGRITY_H

#include <api/trial.h>
#include <stdbool.h>

/* At start, once the heap works: remembers the code, lays the secrets out. With `filling` all memory that is allocated from now on
 * is a secret until it is written to (trial_fill). */
void integrity_init(bool filling);
void integrity_secrets(struct trial_secrets *secrets);
/* The sum of the enum trial_part that are not as they were. */
uint32_t integrity_broken(void);

#endif
