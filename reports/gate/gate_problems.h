#ifndef SPILLSCOPE_REPORTS_GATE_PROBLEMS_H
#define SPILLSCOPE_REPORTS_GATE_PROBLEMS_H
/*
 * Why the gate does not pass, besides findings: no format may look clean while one of these holds. Texts hold names as they are: the writer of a
 * format escapes them.
 */
#include "spillscope/gate.h"

enum gate_problem_kind {
    PROBLEM_BUDGET,      /* exceeded, or of an entity that does not exist */
    PROBLEM_SUPPRESSION, /* stale */
    PROBLEM_UNKNOWN,     /* new, where new unknowns fail the gate */
    PROBLEM_INCOMPLETE,
    PROBLEM_KINDS
};
const char *gate_problem_name(enum gate_problem_kind kind); /* "budget", "suppression", "unknown", "incomplete" */

struct gate_problem {
    enum gate_problem_kind kind;
    char *words; /* owned */
    char *file;  /* of the policy or the source; NULL = none. Owned */
    int64_t line;
};

struct gate_problems {
    struct gate_problem *items; /* by kind */
    size_t count;
    size_t counts[PROBLEM_KINDS];
};

struct error *gate_problems_list(const struct gate *gate, struct gate_problems *out_problems);
void gate_problems_deinit(struct gate_problems *problems);

#endif
