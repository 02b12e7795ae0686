#ifndef SPILLSCOPE_STATE_KEY_H
#define SPILLSCOPE_STATE_KEY_H
/*
 * State keys, the names by which all parts speak of states (docs/SCHEMA.md "State keys").
 *
 *     key  := root path | root path ".*" | "*"
 *     root := global | FILE ":" static | FILE ":" function ":" static | [FILE ":"] "struct " TAG | [FILE ":"] "union " TAG | "alloc@" FILE ":"
 * function path := ( "." member | "[]" )*
 *
 * A key without a wildcard names one leaf or a whole aggregate; "ROOT PATH.*" covers every leaf at or below ROOT PATH; "*" covers all.
 */
#include <stdbool.h>
#include <stddef.h>

/* Length of the root in `key`: the path is the rest. Roots end at the first '.' or '[' that follows the last ':' or blank,
   where dots inside FILE and inside "struct TAG" do not count. */
size_t state_key_root_length(const char *key);

/*
 * Do the two keys speak of overlapping state? True when they are equal, when one is a wildcard that covers the other, or when one
 * is an aggregate that holds the other ("struct task.ctx" and "struct task.ctx.rip"). Union members are siblings here: the
 * caller offers every member that overlaps in bits.
 */
bool state_key_overlaps(const char *one, const char *other);

#endif
