#ifndef SPILLSCOPE_GROUPS_H
#define SPILLSCOPE_GROUPS_H
/*
 * Groups of consecutive transactions that are under way: one for each group of the manifest and client. A group begins where a first transaction of
 * a client begins that has none open, and ends with as many last ones as first ones have succeeded; other transactions of the client between them
 * neither belong to it nor end it. A first one that fails alone leaves no group.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/catalog.h"

struct group_open {
    uint32_t group;  /* index in the catalog */
    uint32_t client; /* number in `clients` */
    uint64_t number; /* of this one, from 1 */
    uint32_t depth;  /* first ones that have begun, less last ones that have ended */
};

struct groups {
    struct vector open; /* struct group_open */
    struct strings clients;
    uint64_t number;
};

enum group_event { GROUP_NOTHING, GROUP_BEGINS, GROUP_ENDS, GROUP_VANISHES };

void groups_init(struct groups *groups);
void groups_deinit(struct groups *groups);

/* A transaction of the client begins; *out_number is the group that it belongs to, 0 = none. GROUP_BEGINS: with it. */
enum group_event groups_enter(struct groups *groups, const struct catalog_transaction *kind, const char *client, uint64_t *out_number);
/*
 * It has ended: `failed` by its result, or without return. GROUP_ENDS: its group ends here; GROUP_VANISHES: the group has only begun with what
 * failed. *out_number is the group.
 */
enum group_event groups_leave(struct groups *groups, const struct catalog_transaction *kind, uint64_t number, bool failed);
bool groups_failed(const struct groups *groups); /* out of memory */

#endif
