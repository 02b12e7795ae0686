#ifndef SPILLSCOPE_PLACEMENT_H
#define SPILLSCOPE_PLACEMENT_H
/*
 * Where the sections of loadable objects (modules, cells) run now. An object is loaded anywhere, each time elsewhere, and perhaps not at all; so
 * that what is known of its code and data does not depend on that, it has home addresses, at which nothing ever runs: object N's begin at
 * PLACEMENT_HOME + N * PLACEMENT_ROOM. All that is made ahead (types, hooks, plans) speaks of home addresses; what comes from the guest is
 * brought home, and what goes there is sent out.
 *
 * The kernel itself needs no placement: its addresses are what they are in both directions (KASLR is the image's slide).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACEMENT_HOME ((uint64_t)0x4000000000000000)
#define PLACEMENT_ROOM ((uint64_t)1 << 32)
#define PLACEMENT_NOWHERE UINT64_MAX
enum { PLACEMENT_OBJECTS = 64 };

struct placement_section {
    const char *object; /* name of the object; not owned */
    const char *name;   /* not owned */
    uint64_t home;
    uint64_t size;    /* bytes, above 0 */
    uint64_t running; /* PLACEMENT_NOWHERE: not loaded */
};

/* A zeroed struct has no sections. */
struct placement {
    struct placement_section *sections; /* sorted by home; owned */
    uint32_t count;
    uint64_t low; /* all that runs lies within [low, high) */
    uint64_t high;
};

static inline bool placement_is_home(uint64_t address) {
    return address - PLACEMENT_HOME < PLACEMENT_ROOM * PLACEMENT_OBJECTS;
}

/* Adds a section, behind all others; false when memory is short. The section is nowhere yet. */
bool placement_add(struct placement *placement, const char *object, const char *name, uint64_t home, uint64_t size);
void placement_deinit(struct placement *placement);

/* From now on a section runs there; PLACEMENT_NOWHERE: it is gone. */
void placement_put(struct placement *placement, uint32_t section, uint64_t running);

/* Index of a section; UINT32_MAX = there is none. */
uint32_t placement_find(const struct placement *placement, const char *object, const char *name);

/* The home address of what runs at an address; the address itself where no object's section runs. */
uint64_t placement_home(const struct placement *placement, uint64_t running);
/* Where a home address runs, PLACEMENT_NOWHERE while it does not; any other address itself. */
uint64_t placement_running(const struct placement *placement, uint64_t home);

#endif
