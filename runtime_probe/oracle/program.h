#ifndef ORACLE_PROGRAM_H
#define ORACLE_PROGRAM_H
/*
 * What the database says of the program: entities, transactions, whitelists, allocation sites, and the manifest's settings. Read once.
 */
#include "spillscope/collection.h"
#include "spillscope/image.h"
#include "spillscope/store.h"
#include "whitelist.h"

struct program_entity {
    const char *name;
    bool client; /* role client */
};

struct program_path { /* files of an entity */
    const char *prefix;
    uint32_t entity;
};

struct program_txn {
    int64_t id;
    const char *name;
    uint32_t entity;
    bool deferred; /* work that others queue, or an interrupt */
};

struct program_site { /* an allocation site */
    uint32_t file;    /* string numbers */
    uint32_t line;
    uint32_t function;
    uint32_t allocator;
    uint32_t root;
};

struct program {
    struct strings strings; /* owns all names below; frozen once loaded */
    struct vector entities; /* struct program_entity */
    struct vector paths;    /* struct program_path */
    struct vector txns;     /* struct program_txn */
    struct map txn_by_id;   /* table id -> index */
    struct vector sites;    /* struct program_site */
    struct map defined;     /* string number of "FILE:FUNCTION" -> 1: functions that were analysed */
    struct whitelist whitelist;
    struct vector owners; /* struct program_owner */
    char *stack_struct;   /* owned; NULL = the manifest names none */
    char *stack_base;
    uint64_t stack_size; /* bytes, when stack_size_member is NULL */
    char *stack_size_member;
    struct vector stack_roots; /* char *, owned: state roots of objects that are stacks */
    struct vector boot_stacks; /* struct address_range, virtual */
    struct vector table_roots; /* char *, owned: "struct TAG.member" or "global.member" or "global" */
};

struct program_owner { /* a declared owner */
    const char *pattern;
    bool client;
};

struct error *program_load(struct store *store, const struct image *image, struct program *program);
void program_deinit(struct program *program);

/* Entity of a file (longest path that the manifest gives it), IMAGE_NONE when none has it. */
uint32_t program_entity_of(const struct program *program, const char *file);
/* Without one the clients are programs outside of the kernel, and what lies on its heap is never theirs. */
bool program_has_clients(const struct program *program);
bool program_is_client(const struct program *program, uint32_t entity);

bool program_is_stack_root(const struct program *program, const char *root);
/* Was a function of this name analysed in this file? */
bool program_defines(const struct program *program, const char *name, const char *file);

/* What a declaration says of the owner of a key: 1 client, 0 server, -1 nothing. */
int program_declared_owner(const struct program *program, const char *key);

#endif
