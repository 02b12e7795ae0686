#ifndef SPILLSCOPE_SCOPE_H
#define SPILLSCOPE_SCOPE_H
/* Scope guards: a variable marked with one of these releases what it holds when its scope ends. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void scope_free(void *pointer_to_pointer) {
    free(*(void **)pointer_to_pointer);
}
static inline void scope_close(const int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}
static inline void scope_fclose(FILE **stream) {
    if (*stream) {
        fclose(*stream);
    }
}

#define SCOPE_FREE __attribute__((cleanup(scope_free)))     /* char *p SCOPE_FREE = NULL; */
#define SCOPE_CLOSE __attribute__((cleanup(scope_close)))   /* int fd SCOPE_CLOSE = -1; */
#define SCOPE_FCLOSE __attribute__((cleanup(scope_fclose))) /* FILE *f SCOPE_FCLOSE = NULL; */

/* SCOPE_DESTROY(type, destroy): defines scope_type, for `struct store *s __attribute__((cleanup(scope_store)))`. */
#define SCOPE_DEFINE(name, type, destroy)                                                                                                            \
    static inline void scope_##name(type *pointer) {                                                                                                 \
        destroy(*pointer);                                                                                                                           \
    }
#endif
