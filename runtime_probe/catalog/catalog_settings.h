#ifndef SPILLSCOPE_CATALOG_SETTINGS_H
#define SPILLSCOPE_CATALOG_SETTINGS_H
/* The manifest's settings for the run-time side: [stacks], [switch], [interrupts], [transactions] begin and end. */
#include "spillscope/catalog.h"

struct error *catalog_load_settings(struct store *store, const struct plan *plan, struct catalog *catalog);

#endif
