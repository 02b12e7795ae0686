#include "object_watch.h"
#include "object_reader.h"

struct error *object_watch_load(struct store *store, const struct image *image, struct object_watch *out_watch) {
    struct object_watch watch = {.breaks = VECTOR_OF(struct object_break)};
    struct error *error = image->placement.count ? objects_layout_load(store, image, &watch.layout, &watch.events) : NULL;
    if (!error && image->placement.count && !watch.layout.list) {
        error = error_create(ERROR_USAGE, "--module: the manifest has no [objects], which says how the kernel keeps its list of them");
    }
    if (!error) {
        *out_watch = watch;
    }
    return error;
}

void object_watch_deinit(struct object_watch *watch) {
    vector_deinit(&watch->breaks);
}

static struct error *break_add(struct points *points, uint64_t address) {
    return points_add(points, SESSION_BREAK_SOFTWARE, address, points->guest->arch->break_length);
}

struct error *object_watch_arm(struct object_watch *watch, struct points *points) {
    struct error *error = watch->events.load ? break_add(points, watch->events.load) : NULL;
    return !error && watch->events.unload ? break_add(points, watch->events.unload) : error;
}

struct error *object_watch_break(struct object_watch *watch, const struct image *image, struct points *points, uint64_t address) {
    if (!placement_is_home(address)) {
        return address ? break_add(points, address) : NULL;
    }
    struct object_break *added = vector_push(&watch->breaks);
    *added = (struct object_break){.home = address, .running = image_running(image, address)};
    if (watch->breaks.failed) {
        return error_out_of_memory();
    }
    return added->running == PLACEMENT_NOWHERE ? NULL : break_add(points, added->running);
}

bool object_watch_is_event(const struct object_watch *watch, uint64_t pc) {
    return pc && (pc == watch->events.load || pc == watch->events.unload);
}

static struct error *breaks_move(struct object_watch *watch, const struct image *image, struct points *points) {
    struct error *error = NULL;
    for (size_t i = 0; !error && i < watch->breaks.count; i++) {
        struct object_break *at = VECTOR_AT(&watch->breaks, struct object_break, i);
        uint64_t running = image_running(image, at->home);
        if (running == at->running) {
            continue;
        }
        if (at->running != PLACEMENT_NOWHERE) {
            error = points_remove(points, SESSION_BREAK_SOFTWARE, at->running, points->guest->arch->break_length);
        }
        if (!error && running != PLACEMENT_NOWHERE) {
            error = break_add(points, running);
        }
        at->running = running;
    }
    return error;
}

struct error *object_watch_follow(struct object_watch *watch, struct guest *guest, struct image *image, struct points *points) {
    struct object_reader reader = {.memory = guest->memory};
    uint64_t leaving = 0;
    struct error *error = watch->events.unload && guest->registers.pc == watch->events.unload ? guest_call_argument(guest, 0, &leaving) : NULL;
    if (error) {
        return error;
    }
    error = objects_follow(&watch->layout, object_reader_read, &reader, leaving, image);
    if (reader.error) {
        error_destroy(error);
        return reader.error;
    }
    return error ? error : breaks_move(watch, image, points);
}
