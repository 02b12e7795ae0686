#ifndef SPILLSCOPE_REPORTS_MATCH_H
#define SPILLSCOPE_REPORTS_MATCH_H
/* Which finding of the head is which of the baseline, by the tiers of findings/fingerprint.h. */
#include "findings/fingerprint.h"

struct match_pair {
    const struct finding *finding; /* of the head, or of the baseline */
    const struct finding *other;   /* its counterpart; NULL = none */
    enum fingerprint_tier tier;    /* when there is one */
    bool code_unchanged;           /* of the store and of the entry; asked by match_relaid alone */
};

/*
 * Fills `other` and `tier` on both sides, but for the last tier. The pairs come with `finding` set, in any order. `head` and `base` give the names
 * that still exist: all their findings, whether they take part or not.
 */
struct error *match_findings(const struct findings *head, const struct findings *base, struct match_pair *head_pairs, size_t head_count,
                             struct match_pair *base_pairs, size_t base_count);

/* The last tier, among what match_findings left alone and whose code did not change. */
struct error *match_relaid(struct match_pair *head_pairs, size_t head_count, struct match_pair *base_pairs, size_t base_count);
#endif
