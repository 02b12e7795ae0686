#ifndef DWARF_DIE_PLAIN_H
#define DWARF_DIE_PLAIN_H
/*
 * Entries read from the mapping itself, without libdwarf: a linked file whose sections are not compressed, as kernels are. One pass over the bytes,
 * no allocation for an entry or attribute. Source: DWARF 5, sections 7.4, 7.5 and 7.25 to 7.28; DWARF 2 to 4 where they differ.
 */
#include "die_abbreviation.h"
#include "die_value.h"

struct die_reader;
struct die;

/* A row of the file table. */
struct die_plain_file {
    const char *name;
    uint64_t directory; /* number */
};

/* What the values of a unit's attributes depend on. */
struct die_plain {
    struct die_cursor info; /* whole sections; empty ones have no bytes */
    struct die_cursor abbreviation;
    struct die_cursor string;
    struct die_cursor line_string;
    struct die_cursor string_offsets;
    struct die_cursor address;
    struct die_cursor range_lists;
    struct die_cursor ranges;
    struct die_cursor lines;
    struct die_abbreviations abbreviations;
    uint64_t abbreviations_at; /* where in .debug_abbrev they were read; UINT64_MAX = nowhere yet */

    uint64_t unit; /* offset of the unit at hand */
    uint16_t version;
    size_t offset_size; /* 4 or 8 */
    size_t address_size;
    uint64_t string_offsets_base;
    uint64_t address_base;
    uint64_t range_lists_base;
    const char *directory;     /* that it was compiled in */
    struct vector directories; /* const char *: of its line table */
    struct vector files;       /* struct die_plain_file */
};

/* All units, with their lines, into the builder. */
struct error *die_plain_run(struct die_reader *reader);

/* The line table at this place of .debug_line. */
struct error *die_plain_lines(struct die_reader *reader, uint64_t place);
/* String number of the file with this index in the file table. */
uint32_t die_plain_file(struct die_reader *reader, size_t index);

/* Entry of the unit's address table; false when it is not there. */
bool die_plain_address(const struct die_plain *plain, uint64_t index, uint64_t *out_address);
/* The ranges that a value of DW_AT_ranges names, added to the entry's. */
bool die_plain_ranges(struct die_reader *reader, const struct die_value *value, struct die *die);
/* The value of a form; the cursor fails where it is malformed, or of a form that is not known. */
struct die_value die_plain_value(const struct die_plain *plain, struct die_cursor *cursor, const struct die_form *form);

#endif
