#ifndef PROBE_OBJECT_WATCH_H
#define PROBE_OBJECT_WATCH_H
/*
 * Follows what the kernel loads and unloads while it is probed by stops: the functions of the manifest's [objects] are breakpoints of their own, the
 * image's objects are placed by the kernel's list, and the breakpoints in them are moved to where they run now.
 */
#include "points.h"
#include "spillscope/guest.h"
#include "spillscope/objects_layout.h"

struct object_watch {
    struct objects_layout layout; /* list 0: the kernel loads nothing, or the image has no objects */
    struct objects_events events;
    struct vector breaks; /* struct object_break */
};

struct object_break {
    uint64_t home;
    uint64_t running; /* where the breakpoint is; PLACEMENT_NOWHERE: nowhere */
};

struct error *object_watch_load(struct store *store, const struct image *image, struct object_watch *out_watch);
void object_watch_deinit(struct object_watch *watch);

/* Breakpoints where objects come and go; from the first instruction on, so that what is loaded before the window is known in it. */
struct error *object_watch_arm(struct object_watch *watch, struct points *points);
/* A breakpoint at an address of the kernel's, or at a home address for as long as its object is loaded. 0: nothing. */
struct error *object_watch_break(struct object_watch *watch, const struct image *image, struct points *points, uint64_t address);
/* The guest stands at a breakpoint: is it one where objects come or go? */
bool object_watch_is_event(const struct object_watch *watch, uint64_t pc);
/* Reads the list, and moves everything. Where an object goes, the guest stands at that function's entry. */
struct error *object_watch_follow(struct object_watch *watch, struct guest *guest, struct image *image, struct points *points);

#endif
