#ifndef SPILLSCOPE_REPORTS_POLICY_H
#define SPILLSCOPE_REPORTS_POLICY_H
/*
 * Policy of a gate: what was accepted, and how much an entity may hold. A policy file is text, one rule a line, `#` starts a comment:
 *     suppress FINGERPRINT OWNER EXPIRES|never REASON...
 *     budget COUNT ENTITY...
 */
#include "spillscope/gate.h"

/* Adds the rules of `path` to the gate. Errors name FILE:LINE. */
struct error *policy_read(struct gate *gate, const char *path);
/* Adds the table `suppression` of a database; rules that are there already win. */
struct error *policy_read_store(struct gate *gate, struct store *store, const char *origin);
/* Adds what the head's source accepts (SPILLSCOPE_ACCEPT). Errors name FILE:LINE. */
struct error *policy_read_source(struct gate *gate, struct store *head);
/* Marks the budgets of entities that the head does not have: nobody's findings would ever be held to them. */
struct error *policy_check_budgets(struct gate *gate, struct store *head);
#endif
