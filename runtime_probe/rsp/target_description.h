#ifndef SPILLSCOPE_TARGET_DESCRIPTION_H
#define SPILLSCOPE_TARGET_DESCRIPTION_H
/* Registers of the target from the XML of qXfer:features:read (GDB manual, appendix G). Bytes in, registers out. */
#include "spillscope/session.h"

struct target_description {
    struct session_register *registers; /* in order of their number; owned, names too */
    size_t count;
    size_t capacity;
    uint32_t next_number;
};

/* One <xi:include href="..."/>; the name lives in the XML. */
typedef struct error *target_include(void *context, const char *name, size_t length);

/*
 * Adds the registers of one document, calling `include` where it includes another. Malformed XML is ERROR_TARGET with the place;
 * elements that are not <reg> or <xi:include> are passed over.
 */
struct error *target_description_add(struct target_description *description, const char *xml, size_t length, target_include *include, void *context);
/* Sorts by number and computes the offsets. */
void target_description_finish(struct target_description *description);
void target_description_deinit(struct target_description *description);

#endif
