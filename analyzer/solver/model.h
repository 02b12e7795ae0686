#ifndef SOLVER_MODEL_H
#define SOLVER_MODEL_H
/*
 * What functions do that the analysis does not look into: external and assembly functions, allocators, the context switch. Read from
 * *.model files (docs/models.md) and from the manifest's [allocator], [switch] and [thread_entry] sections.
 */
#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "map.h"
#include "spillscope/error.h"

#define MODEL_NO_ARGUMENT (-1)
#define MODEL_RESULT (-2)
#define MODEL_MEMBERS 8
#define MODEL_DEFERRED 4
#define MODEL_CHANGES 8

/* A function that runs later, as a transaction of its own. */
struct model_deferred {
    int argument;       /* the function, or ... */
    const char *member; /* ... the record that holds it in this member; NULL = the argument itself */
    uint32_t arguments; /* bit N: it is called with argument N, in order; 0 = with what outside chooses */
};

struct model {
    const char *name;
    uint32_t writes; /* bit N: writes the object that argument N points to, no pointers that it could find elsewhere */
    struct {
        int argument;     /* of which only this member is written, where one is named for it at all */
        const char *name; /* of a member of the record that the parameter is declared to point to */
    } members[MODEL_MEMBERS];
    uint32_t member_count;
    const char *changes[MODEL_CHANGES]; /* keys of states that it changes whatever its arguments: "VARIABLE", "struct TAG.MEMBER" */
    uint32_t change_count;
    uint32_t escapes; /* bit N: keeps or hands on argument N: what it points to may be changed from outside later */
    int size;         /* argument that holds the bytes of writes, copies and fills; MODEL_NO_ARGUMENT = unknown */
    int copies_to;    /* copies the object of argument copies_from to that of copies_to; MODEL_RESULT = to the new object */
    int copies_from;
    int returns;             /* gives this argument back */
    bool returns_unknown;    /* gives a pointer from outside, typed by the call's use */
    bool allocates;          /* gives a new object */
    int allocation_size;     /* argument with its bytes; MODEL_NO_ARGUMENT = unknown */
    int allocation_count;    /* calloc-like second factor */
    int frees;               /* argument whose object ends */
    int calls;               /* calls this argument, a function, before it returns ... */
    uint32_t call_arguments; /* ... with these arguments, in order */
    struct model_deferred deferred[MODEL_DEFERRED];
    uint32_t deferred_count;
    bool switches; /* changes stacks: others run before it returns */
    bool opaque;   /* replaces the body even when the function is defined in scope */
    bool outside;  /* an opaque one that runs code that is not in scope: as if nothing were known of it */
};

struct models {
    VECTOR(struct model) items;
    struct names names; /* of `items`, by the same numbers */
    struct arena *arena;
};

/* Reads one file of models; a later line for the same name replaces the earlier. Errors name FILE:LINE. */
struct error *models_read(struct models *models, const char *path);
/* Parses the text of a model file. */
struct error *models_parse(struct models *models, const char *text, const char *file);
/* Reads all *.model files of a directory in the order of their names. */
struct error *models_read_directory(struct models *models, const char *directory);

const struct model *models_find(const struct models *models, const char *name); /* NULL when there is none */
/* The model of this name, made (as "does nothing") when there is none. */
struct model *models_add(struct models *models, const char *name);

#endif
