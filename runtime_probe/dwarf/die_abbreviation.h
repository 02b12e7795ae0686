#ifndef DWARF_DIE_ABBREVIATION_H
#define DWARF_DIE_ABBREVIATION_H
/* Which attributes the entries of a unit have, and in which form. Source: DWARF 5, section 7.5.3. */
#include "die_cursor.h"
#include "spillscope/collection.h"

struct die_form {
    uint16_t name;    /* DW_AT_* */
    uint16_t form;    /* DW_FORM_* */
    int64_t constant; /* of DW_FORM_implicit_const */
};

struct die_abbreviation {
    uint64_t code; /* 0 = none of this number */
    uint16_t tag;  /* DW_TAG_* */
    bool children;
    uint32_t first; /* index in `forms` */
    uint32_t count;
};

struct die_abbreviations {
    struct vector by_code; /* struct die_abbreviation, by code less 1, where producers count */
    struct vector others;  /* struct die_abbreviation with larger codes */
    struct vector forms;   /* struct die_form */
};

void die_abbreviations_init(struct die_abbreviations *abbreviations);
void die_abbreviations_deinit(struct die_abbreviations *abbreviations);
/* Reads one table; false when it is malformed. */
bool die_abbreviations_read(struct die_abbreviations *abbreviations, struct die_cursor cursor);
const struct die_abbreviation *die_abbreviations_find(const struct die_abbreviations *abbreviations, uint64_t code); /* NULL = none */

#endif
