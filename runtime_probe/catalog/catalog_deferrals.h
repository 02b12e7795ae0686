#ifndef SPILLSCOPE_CATALOG_DEFERRALS_H
#define SPILLSCOPE_CATALOG_DEFERRALS_H
/* Functions that let others run later: the manifest's [thread_entry], and the models that the analyzer used. */
#include "spillscope/catalog.h"

struct error *catalog_load_deferrals(struct store *store, const struct plan *plan, struct catalog *catalog);

#endif
