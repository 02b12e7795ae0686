#include "spillscope/loaded.h"

#include <string.h>
#include "object_reader.h"
#include "spillscope/guest.h"
#include "spillscope/image.h"
#include "spillscope/objects_layout.h"
#include "spillscope/store.h"

enum { STUB_TIMEOUT_MS = 10000, BANNER_BYTES = 32 };
/* Linux moves by multiples of the first, and no further than the second (x86_64; others move less finely). */
static const uint64_t SLIDE_STEP = 2 << 20;
static const uint64_t SLIDE_FURTHEST = 1 << 30;

/* A kernel without a banner is taken to run where it was linked. */
static struct error *find_slide(struct object_reader *reader, const struct image *image, uint64_t *out_slide) {
    const struct symbol *banner = image_symbol_by_name(image, "linux_banner");
    char wanted[BANNER_BYTES];
    char running[BANNER_BYTES];
    *out_slide = 0;
    if (!banner || !image_bytes(image, banner->address, wanted, sizeof wanted)) {
        return NULL;
    }
    for (uint64_t slide = 0; slide < SLIDE_FURTHEST && !reader->error; slide += SLIDE_STEP) {
        if (object_reader_read(reader, banner->address + slide, running, sizeof running) && memcmp(running, wanted, sizeof wanted) == 0) {
            *out_slide = slide;
            return NULL;
        }
    }
    struct error *error = reader->error;
    reader->error = NULL;
    return error ? error
                 : error_create(ERROR_MISMATCH,
                                "%s is not the kernel that runs, or it has not started, or hides its memory while a program runs: try again",
                                image->path);
}

static struct error *list_objects(struct guest *guest, struct image *image, struct objects_layout *layout, struct loaded_objects *out_loaded,
                                  uint64_t *out_slide) {
    struct object_reader reader = {.memory = guest->memory};
    bool known = false;
    uint64_t at = 0;
    struct error *error = find_slide(&reader, image, out_slide);
    if (!error) {
        image_slide_to(image, *out_slide);
        layout->list += *out_slide;
        error = guest_check_identity(guest, image, &known);
    }
    if (error) {
        return error;
    }
    const char *problem = objects_read(layout, object_reader_read, &reader, out_loaded, &at);
    if (reader.error) {
        return reader.error;
    }
    return problem ? error_create(ERROR_FORMAT, "%s: %s at 0x%llx", image->path, problem, (unsigned long long)at) : NULL;
}

/* How the kernel keeps its list. */
static struct error *list_layout(const struct loaded_request *request, const struct image *image, struct objects_layout *out_layout) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct objects_events events;
    if (!request->database) {
        return objects_layout_make(image, "linux", "modules", out_layout);
    }
    struct error *error = store_open(request->database, STORE_READ, &store);
    error = error ? error : objects_layout_load(store, image, out_layout, &events);
    if (!error && !out_layout->list) {
        error = error_create(ERROR_USAGE, "%s: its manifest has no [objects], which says how the kernel keeps its list", request->database);
    }
    return error;
}

struct error *loaded_list(const struct loaded_request *request, struct loaded_objects *out_loaded, uint64_t *out_slide) {
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    struct session *session __attribute__((cleanup(scope_session))) = NULL;
    struct guest_memory *memory __attribute__((cleanup(scope_guest_memory))) = NULL;
    struct transport *transport = NULL;
    struct objects_layout layout;
    struct guest guest;
    struct loaded_objects loaded = {0};
    struct error *error = image_open(request->elf, NULL, NULL, &image);
    error = error ? error : list_layout(request, image, &layout);
    error = error ? error : transport_connect(request->stub, STUB_TIMEOUT_MS, &transport);
    error = error ? error : session_create(transport, STUB_TIMEOUT_MS, &session);
    error = error ? error : guest_memory_create_stub(session, &memory);
    error = error ? error : guest_attach(session, memory, arch_by_machine(image->machine, image->pointer_size), &guest);
    error = error ? error : list_objects(&guest, image, &layout, &loaded, out_slide);
    if (session) {
        struct error *detached = session_detach(session); /* whatever was found, the machine goes on */
        if (error) {
            error_destroy(detached);
        } else {
            error = detached;
        }
    }
    if (error) {
        objects_deinit(&loaded);
        return error;
    }
    *out_loaded = loaded;
    return NULL;
}
