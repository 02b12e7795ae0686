#ifndef SPILLSCOPE_REPORTS_FINGERPRINT_H
#define SPILLSCOPE_REPORTS_FINGERPRINT_H
/*
 * Identity of a finding across versions of the source. Tiers, strongest first; docs/gate.md explains them to users:
 *   exact    rule, transaction, entity, state key, primary or secondary
 *   moved    the same without entity and file: a file was renamed or a function moved, which may turn primary spill into secondary. This is the
 *            printed fingerprint.
 *   renamed  the same without the transaction's name: only between transactions of which one is gone and the other is new
 *   retyped  the same without the root's name: only between roots of which one is gone and the other is new, and which have the same
 *            findings otherwise (two at least)
 *   relaid   the same transaction, root and place of the store, in code that did not change, whatever the path: members changed places in memory, and
 * with them what an imprecise pointer may reach; only as many as went But for that, lines, columns, byte offsets and array indices take part in none
 * of them.
 */
#include "spillscope/findings.h"
#include "spillscope/text.h"

#define FINGERPRINT_VERSION "1"
#define RULE_SPILL "state-spill"

enum fingerprint_tier { TIER_EXACT, TIER_MOVED, TIER_RENAMED, TIER_RETYPED, TIER_RELAID, TIER_COUNT };
const char *fingerprint_tier_name(enum fingerprint_tier tier);

/* Appends `root` without the directory and file that it contains: "ipc/msg.c:table" -> ":table". */
void fingerprint_strip_root(struct text *out, const char *root);
/* The text by which two findings are the same in a tier; ordinals among equals are the caller's. */
void fingerprint_describe(struct text *out, const struct finding *finding, enum fingerprint_tier tier);
/* Fills `fingerprint` of all findings (already in their order). */
struct error *fingerprint_assign(struct findings *findings);
#endif
