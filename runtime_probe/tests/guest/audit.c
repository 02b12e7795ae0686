/* The entity that the ledger calls. */
#include "guest.h"

enum { NOTES = 4 };

struct note {
    unsigned kind;
    long amount;
};

struct note notes[NOTES];
unsigned note_next;
static unsigned note_kinds[2];

/* One element of notes[], note_next, one of note_kinds[]. -1 for an unknown kind. */
int audit_note(unsigned kind, long amount) {
    if (kind > 1) {
        return -1;
    }
    notes[note_next % NOTES].kind = kind;
    notes[note_next % NOTES].amount = amount;
    note_next++;
    note_kinds[kind]++;
    return (int)note_next;
}

/* Stores what is there already, and changes note_kinds[] and back: seen by the judge alone. */
int audit_drop(void) {
    note_next = note_next + 0;
    volatile unsigned *kind = &note_kinds[1];
    *kind += 3;
    *kind -= 3;
    return 0;
}
