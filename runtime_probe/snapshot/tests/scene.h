#ifndef SNAPSHOT_SCENE_H
#define SNAPSHOT_SCENE_H
/*
 * A scene of samples/sample.c, looked at: the sample is compiled and run, the memory that it wrote down is read as a guest's, and what differs is
 * told as text, one difference a line: "KEY INSTANCE EFFECT OLD -> NEW", and behind it
 * " (foreign)" or " (client)".
 */
#include <stdbool.h>
#include "spillscope/difference.h"

/* Who changed the bytes between the two looks. */
enum scene_own {
    OWN_UNASKED,
    OWN_ALL,
    OWN_NONE,
    OWN_KNOWN,
    OWN_STORED
}; /* known: all is, and none of it is its own; stored: all is, and all of it is */

/* What became of the allocated object between the two looks, or before them. */
enum scene_fate { FATE_NONE, FATE_FREED_BEFORE, FATE_REUSED };

struct scene_wish {
    const char *name;
    const char *const *whitelist; /* ended by NULL; NULL = every state */
    uint32_t object_budget;       /* 0 = plenty */
    const char *sql;              /* more facts of the analyzer or the manifest; NULL = none */
    bool client;                  /* the sample belongs to a client */
    struct {                      /* an object whose size the allocator told; 0 = none */
        uint64_t address;
        uint64_t size;
        const char *root;
    } allocated;
    enum scene_fate fate;
    uint64_t parameter; /* address of a struct item that the transaction's second parameter leads to; 0 = none */
    uint64_t stack;     /* 48 bytes from here on are a task's stack; 0 = none */
    enum scene_own own;
};

struct scene {
    const struct scene_wish *wish;
    char *told; /* owned */
    uint32_t objects;
    uint32_t servers; /* of these: reached from a server's global */
    uint32_t unreadable;
    bool cut;
    bool all_whitelisted;
};

void scene_look(const struct scene_wish *wish, struct scene *out_scene);
void scene_deinit(struct scene *scene);

/* Compiles the sample; for cmocka's group. */
int scenes_setup(void **state);
int scenes_teardown(void **state);

#endif
