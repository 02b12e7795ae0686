#ifndef SPILLSCOPE_REPORTS_POOL_H
#define SPILLSCOPE_REPORTS_POOL_H
/*
 * Interned strings: equal strings are one pointer and one number, so findings compare and index names cheaply. Strings live as long as the
 * pool. When memory runs out the pool turns failed and hands out ""; pool_check reports it once the work is done.
 */
#include <stddef.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"

struct pool;

struct pool *pool_create(void); /* NULL: out of memory */
void pool_destroy(struct pool *pool);
SCOPE_DEFINE(pool, struct pool *, pool_destroy)

const char *pool_intern(struct pool *pool, const char *string);   /* NULL counts as "" */
size_t pool_index(const struct pool *pool, const char *interned); /* numbers run from 0 in order of first use */
size_t pool_count(const struct pool *pool);
const char *pool_at(const struct pool *pool, size_t index);
struct error *pool_check(const struct pool *pool);
#endif
