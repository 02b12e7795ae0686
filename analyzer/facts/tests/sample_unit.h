#ifndef SAMPLE_UNIT_H
#define SAMPLE_UNIT_H
/* A small unit that uses every part of the format, for tests. Static storage, never written to. */
#include "spillscope/facts.h"

const struct facts_unit *sample_unit(void);

#endif
