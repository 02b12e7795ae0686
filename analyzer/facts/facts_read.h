#ifndef FACTS_READ_H
#define FACTS_READ_H
/* Inside of the reader, for its parts and its fuzz target. */
#include "facts_cursor.h"

/* As facts_read, from the payload alone (no header, no digest), so that a fuzzer gets past the digest. */
struct error *facts_read_payload(const unsigned char *bytes, size_t count, bool sources_only, struct facts_unit **out_unit);

/* Reads the functions (facts_body.c); types and objects are read already. */
void facts_body_read(struct facts_cursor *cursor, struct facts_unit *unit);

struct facts_place facts_place_read(struct facts_cursor *cursor, const struct facts_unit *unit);

/* What single fields cannot show (facts_check.c): types contain and alias no cycles. NULL, or a static text that says what is wrong. */
const char *facts_check_types(const struct facts_unit *unit);
const char *facts_check_objects(const struct facts_unit *unit);

#endif
