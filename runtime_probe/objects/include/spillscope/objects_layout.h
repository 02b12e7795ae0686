#ifndef SPILLSCOPE_OBJECTS_LAYOUT_H
#define SPILLSCOPE_OBJECTS_LAYOUT_H
/*
 * The readers: how a kernel keeps its list of loaded objects, by the manifest's [objects] and the types of the image.
 *
 * `linux`: a variable that is the head of a list of `struct module` (6.1: core_layout and init_layout; from 6.4 on: mem[]), sections by
 * `sect_attrs`, which a kernel has with CONFIG_KALLSYMS. Source: include/linux/module.h, kernel/module/sysfs.c.
 *
 * `cells`: a variable that points to the first of records that are chained by `next`, with `name`, `section_count`, and `sections`, whose elements
 * have `name` and `address`. Names are arrays of characters or pointers to text, `sections` an array or a pointer to one.
 */
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/objects.h"
#include "spillscope/store.h"

/* Where the running kernel tells that its list is about to be another one; 0 = the manifest names no such function. */
struct objects_events {
    uint64_t load;   /* entered once an object lies where it will run and is in the list, before its code runs */
    uint64_t unload; /* entered when it will not run any more; its record is the first argument */
};

/* Without [objects] the layout's list is 0. A variable, function or member that the image does not have: ERROR_MISMATCH. */
struct error *objects_layout_load(struct store *store, const struct image *image, struct objects_layout *out_layout,
                                  struct objects_events *out_events);
/* The same of a kernel without a database: `reader` is "linux" or "cells", `list` the variable's name. */
struct error *objects_layout_make(const struct image *image, const char *reader, const char *list, struct objects_layout *out_layout);

/*
 * The image's objects among the loaded ones must be the files that were opened with it, by their build-ids (section .note.gnu.build-id); what has
 * none is not compared. ERROR_MISMATCH names both.
 */
struct error *objects_check(const struct image *image, const struct loaded_objects *loaded, objects_memory *memory, void *context);

/*
 * Reads the list and places the image's objects by it (objects_read, objects_check, objects_apply). A list that cannot be followed is ERROR_FORMAT
 * with its place.
 */
struct error *objects_follow(const struct objects_layout *layout, objects_memory *memory, void *context, uint64_t leaving, struct image *image);

#endif
