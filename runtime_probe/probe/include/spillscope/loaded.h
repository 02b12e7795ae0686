#ifndef SPILLSCOPE_LOADED_H
#define SPILLSCOPE_LOADED_H
/* What a kernel behind a stub has loaded now: modules, cells. The machine stands still while it is asked, and goes on afterwards. */
#include "spillscope/error.h"
#include "spillscope/objects.h"

struct loaded_request {
    const char *elf;      /* of the kernel, with its debug information */
    const char *database; /* whose manifest says in [objects] how the list is kept; NULL = as Linux does */
    const char *stub;     /* unix:PATH, HOST:PORT or :PORT */
};

/*
 * Fills `out_loaded`, which the caller ends with objects_deinit; *out_slide is how far the kernel runs from where it was linked (Linux, by its
 * banner). ERROR_MISMATCH: another kernel runs; ERROR_FORMAT: its list leads nowhere.
 */
struct error *loaded_list(const struct loaded_request *request, struct loaded_objects *out_loaded, uint64_t *out_slide);

#endif
