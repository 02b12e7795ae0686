#ifndef SPILLSCOPE_REPORTS_SOURCE_H
#define SPILLSCOPE_REPORTS_SOURCE_H
/* Lines of the analysed source, where it lies on this machine. */
#include <stdint.h>
#include "spillscope/text.h"

#define SOURCE_CONTEXT 3 /* lines before and after */

struct source_cache;

/* Reads below `root`, or nothing at all when it is NULL or "". */
struct error *source_cache_create(const char *root, struct source_cache **out_cache);
void source_cache_destroy(struct source_cache *cache);

/* Appends <pre> with the line and its neighbours, the line marked; false (nothing appended) when there is no such file or line. */
bool source_write(struct source_cache *cache, const char *file, int64_t line, struct text *out);
#endif
