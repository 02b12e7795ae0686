#ifndef SPILLSCOPE_OBSERVER_H
#define SPILLSCOPE_OBSERVER_H
/*
 * Turns stops of the guest into observations: opens a transaction at its entry, takes its snapshots, sets apart what interrupts and other
 * tasks did meanwhile, closes it at its return and stores what it changed.
 *
 * While a transaction is open on the running stack, interrupt entries are breakpoints; while any is open, so is the place where the
 * kernel has just changed stacks. A transaction's time is thereby cut into pieces in which its task ran by itself; what changed in none
 * of them is not its own.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/catalog.h"
#include "spillscope/causes.h"
#include "group_watch.h"
#include "heap_watch.h"
#include "journal.h"
#include "points.h"
#include "store_watch.h"
#include "spillscope/guest.h"
#include "spillscope/track.h"

struct open_transaction; /* private */

struct observer {
    struct guest *guest;
    struct points *points;
    const struct plan *plan;
    const struct catalog *catalog;
    struct journal *journal; /* set before the first entry */
    struct heap_watch heap;
    struct causes causes;
    struct groups groups;
    struct group_watch group_watch;
    struct store_spans_cache spans; /* set on several CPUs where switches are seen: stores are watched */
    struct track track;
    char **threads; /* of the CPUs, as the stub spells them; owned */
    uint32_t cpus;
    uint32_t turn;    /* index in `threads` of the CPU that runs alone, on several CPUs */
    bool crowded;     /* another CPU than that one was seen to run: the stub does not resume one alone */
    uint64_t landing; /* address of the first instruction on a new stack; 0 = not learned yet */
    bool interrupts_armed;
    bool switch_armed;
    uint32_t open; /* transactions open now */
    int64_t sequence;
    uint64_t completed;
    struct snapshot_spares *spares;
    uint64_t *seen;      /* completed observations of each catalog transaction */
    uint64_t *abandoned; /* ended without return, by catalog transaction */
    uint64_t unreadable; /* for notices */
    uint64_t ambiguous;
    uint64_t cut_walks;
    uint64_t unknown_stacks;
    uint64_t unknown_clients; /* transactions whose client's expression could not be told */
    uint64_t objects;         /* in all snapshots, for figures */
    uint64_t snapshots;
    double first_entry; /* seconds of a monotonic clock; 0 = none yet */
    double last_exit;
    struct error *error; /* raised inside a callback */
};

struct error *observer_init(struct observer *observer, struct guest *guest, struct points *points, const struct plan *plan,
                            const struct catalog *catalog, struct sites *sites, char **threads, uint32_t cpus);
void observer_deinit(struct observer *observer);

/* The guest stands at the entry of this transaction. */
struct error *observer_enter(struct observer *observer, const struct catalog_transaction *kind);
/* The guest stands where one begins otherwise than by a call. */
struct error *observer_enter_place(struct observer *observer, const struct catalog_place *place);
/* The guest stands at the entry of a function that lets another one run later. */
struct error *observer_defer(struct observer *observer, const struct catalog_deferral *deferral);
/*
 * The guest has stopped, as the stub says: stores of a transaction under way may be why. To be called at every stop, before observer_returns. A
 * watchpoint that is not set can only be told `late`, of an earlier stop; otherwise stores may have gone untold.
 */
struct error *observer_stores(struct observer *observer, const struct stop_reply *reply, bool late);
/*
 * Closes what has just returned, on whatever CPU. To be called at every stop, first of all: several CPUs may run into their points before the machine
 * stands still, and a stub tells of one of them; a breakpoint is met again by its CPU, a return is not.
 */
struct error *observer_returns(struct observer *observer);
/* The guest stands at the entry of an asynchronous interrupt. */
struct error *observer_interrupt(struct observer *observer);
/* The guest stands at the switch function: steps through it once to learn where stacks change. */
struct error *observer_learn_switch(struct observer *observer, int timeout_ms);
/* The guest stands where stacks have just changed. */
struct error *observer_switched(struct observer *observer);

/* The instruction at the breakpoint where the guest stood, at pc with sp, has been executed. */
void observer_passed(struct observer *observer, uint64_t pc, uint64_t sp);

/* Sets and clears the breakpoints that the present state needs; to be called before the guest goes on. */
struct error *observer_arm(struct observer *observer);

/* Thread of the CPU that is to run alone; NULL with one CPU. */
const char *observer_turn(const struct observer *observer);
/* Is something of a stack watched on which that CPU was last seen? */
bool observer_turn_is_busy(const struct observer *observer);
/*
 * Gives the next CPU its turn while the guest stands still. Transactions of the old one pause, those of the new one resume; the guest is looked at on
 * the new one.
 */
struct error *observer_turn_next(struct observer *observer);

/* What the user must know of how it went, a line for each thing. */
void observer_tell(const struct observer *observer, struct text *out);

/* Marks transactions that never return, when the run is over. */
struct error *observer_finish(struct observer *observer);

#endif
