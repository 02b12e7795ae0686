#ifndef SPILLSCOPE_TURN_H
#define SPILLSCOPE_TURN_H
/*
 * How long one processor runs alone before the next one does (docs/adr/007): until it stays without a stop for a while (it idles, or waits for
 * another), or has met many stops (it may wait by calling). After a return from a transaction the processor steps one instruction, so that neither a
 * turn's end nor an interrupt comes before what it returned to (docs/adr/014). A stub may tell of a stop in which nothing was executed (QEMU 7.2 does
 * so now and then, and where it was asked for a stop): then it is stepped again.
 */
#include <stdbool.h>
#include <stdint.h>

enum { TURN_PATIENCE_MS = 3, TURN_SETTLE_MS = 250, TURN_STOPS = 200, TURN_SETTLE_STEPS = 64 };

struct turn {
    uint32_t stops; /* met in this turn */
    bool asked;     /* the stub was asked for a stop since the processor was last resumed */
    bool over;      /* ends at the next stop */
    bool settling;  /* the next resume steps one instruction */
    uint32_t steps; /* tried since the return that settles; 0 = none does */
    uint64_t pc;    /* where that return led */
    uint64_t sp;
};

/* Milliseconds to wait for a stop before turn_ask. */
int turn_patience(const struct turn *turn);

/* No stop came for that long: the turn is over. True when the stub is to be asked for a stop; once for each resume. */
bool turn_ask(struct turn *turn);

/*
 * A stop came. True when the turn ends here: not where the processor has `returned` from a transaction, whose end is seen by others only once what
 * it returned to has begun.
 */
bool turn_stopped(struct turn *turn, bool returned);

/* What the processor returned to, at pc with sp, begins next: one instruction is stepped. */
void turn_settle(struct turn *turn, uint64_t pc, uint64_t sp);

/*
 * A stop came, and the processor stands at pc with sp. True when what it returned to has not begun yet: it is stepped again, whatever the stop was.
 * An instruction that repeats itself in place has begun after many steps.
 */
bool turn_unsettled(struct turn *turn, uint64_t pc, uint64_t sp);

/* The next processor's turn. */
void turn_begin(struct turn *turn);

#endif
