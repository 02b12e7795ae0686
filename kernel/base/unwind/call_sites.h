/* The call-site table of a function, as gcc writes it for C (.gcc_except_table: the exception header of the Itanium C++ ABI). */
#ifndef BASE_CALL_SITES_H
#define BASE_CALL_SITES_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the instruction at `offset` in its function is one that the compiler expects to be left for good, and so knows what to do then.
 * False as well if the table has an encoding that gcc does not use here. */
bool call_sites_cover(const uint8_t *table, uint64_t offset);

#endif
