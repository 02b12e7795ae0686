#ifndef SPILLSCOPE_CATALOG_PLACES_H
#define SPILLSCOPE_CATALOG_PLACES_H
/* Where transactions begin other than by a call: inlined instances and clones of their functions, source lines of the manifest. */
#include "spillscope/catalog.h"

struct error *catalog_load_places(struct store *store, const struct image *image, struct catalog *catalog);

#endif
