#include "die_abbreviation.h"

#include <libdwarf/dwarf.h>

/* Codes up to here have a place of their own. */
enum { CODE_DENSE = 1 << 16 };

void die_abbreviations_init(struct die_abbreviations *abbreviations) {
    *abbreviations = (struct die_abbreviations){
        .by_code = VECTOR_OF(struct die_abbreviation), .others = VECTOR_OF(struct die_abbreviation), .forms = VECTOR_OF(struct die_form)};
}

void die_abbreviations_deinit(struct die_abbreviations *abbreviations) {
    vector_deinit(&abbreviations->by_code);
    vector_deinit(&abbreviations->others);
    vector_deinit(&abbreviations->forms);
}

static void abbreviation_place(struct die_abbreviations *abbreviations, const struct die_abbreviation *abbreviation) {
    if (abbreviation->code > CODE_DENSE) {
        vector_append(&abbreviations->others, abbreviation, 1);
        return;
    }
    while (abbreviations->by_code.count < abbreviation->code && !abbreviations->by_code.failed) {
        vector_push(&abbreviations->by_code);
    }
    if (!abbreviations->by_code.failed) {
        *VECTOR_AT(&abbreviations->by_code, struct die_abbreviation, abbreviation->code - 1) = *abbreviation;
    }
}

bool die_abbreviations_read(struct die_abbreviations *abbreviations, struct die_cursor cursor) {
    vector_clear(&abbreviations->by_code);
    vector_clear(&abbreviations->others);
    vector_clear(&abbreviations->forms);
    while (!cursor.failed) {
        struct die_abbreviation abbreviation = {.code = die_cursor_uleb(&cursor)};
        if (!abbreviation.code) {
            break;
        }
        abbreviation.tag = (uint16_t)die_cursor_uleb(&cursor);
        abbreviation.children = die_cursor_fixed(&cursor, 1) != 0;
        abbreviation.first = (uint32_t)abbreviations->forms.count;
        while (!cursor.failed) {
            struct die_form form = {.name = (uint16_t)die_cursor_uleb(&cursor), .form = (uint16_t)die_cursor_uleb(&cursor)};
            form.constant = form.form == DW_FORM_implicit_const ? die_cursor_sleb(&cursor) : 0;
            if (!form.name && !form.form) {
                break;
            }
            vector_append(&abbreviations->forms, &form, 1);
            abbreviation.count++;
        }
        abbreviation_place(abbreviations, &abbreviation);
    }
    return !cursor.failed && !abbreviations->by_code.failed && !abbreviations->others.failed && !abbreviations->forms.failed;
}

const struct die_abbreviation *die_abbreviations_find(const struct die_abbreviations *abbreviations, uint64_t code) {
    if (code && code <= abbreviations->by_code.count) {
        const struct die_abbreviation *found = VECTOR_AT(&abbreviations->by_code, struct die_abbreviation, code - 1);
        return found->code ? found : NULL;
    }
    for (size_t i = 0; code && i < abbreviations->others.count; i++) {
        const struct die_abbreviation *each = VECTOR_AT(&abbreviations->others, struct die_abbreviation, i);
        if (each->code == code) {
            return each;
        }
    }
    return NULL;
}
