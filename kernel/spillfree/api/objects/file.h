/* Client objects of api/file.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_FILE_H
#define OBJECTS_FILE_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct tree;
struct tree_node;

/* A share of a volume. */
struct SPILLSCOPE_OPAQUE("spillfree/files") SPILLSCOPE_OWNED volume {
    struct tree *tree; /* NULL: none */
};

/* An open file: the client's progress in it. */
struct SPILLSCOPE_OPAQUE("spillfree/files") SPILLSCOPE_OWNED file {
    struct tree *tree;      /* a share of it; NULL: none */
    struct tree_node *node; /* a share of it */
    uint64_t position;      /* where the next read or write begins */
    uint32_t flags;         /* FILE_READ ... as opened */
};

/* An open directory. */
struct SPILLSCOPE_OPAQUE("spillfree/files") SPILLSCOPE_OWNED directory {
    struct tree *tree;      /* a share of it; NULL: none */
    struct tree_node *node; /* a share of it */
    uint64_t position;      /* entries read so far */
};

#endif
