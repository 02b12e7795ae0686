#include "capture.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECT_BUDGET = 1 << 18, PAGE = 4096, WORD = 8 };
static const uint64_t BYTE_BUDGET = 256ULL << 20;
static const uint64_t ENTRY_MASK = ~(uint64_t)0x60; /* accessed and dirty tell nothing */

struct capture_run {
    uint32_t line; /* first */
    uint32_t count;
};
struct capture_top {
    uint64_t place; /* byte offset in the table */
    uint64_t value;
    uint32_t bytes;
};

void capture_init(struct capture *capture, const struct scope *scope) {
    *capture = (struct capture){.scope = scope,
                                .pieces = VECTOR_OF(struct capture_piece),
                                .runs = VECTOR_OF(struct capture_run),
                                .tops = VECTOR_OF(struct capture_top),
                                .asked = VECTOR_OF(uint64_t),
                                .others = VECTOR_OF(uint8_t),
                                .changes = VECTOR_OF(struct capture_change)};
}

void capture_deinit(struct capture *capture) {
    snapshot_destroy(capture->now);
    vector_deinit(&capture->pieces);
    vector_deinit(&capture->runs);
    vector_deinit(&capture->tops);
    vector_deinit(&capture->asked);
    vector_deinit(&capture->others);
    vector_deinit(&capture->changes);
}

/* ------------------------------------------------------------------------------------------------ the walk and what it rests on */

struct read_note {
    uint64_t address;
    uint64_t count;
};

struct walk_notes {
    struct vector *asked;
    struct vector reads; /* struct read_note */
};

static void note_read(void *context, uint64_t address, size_t count, bool valid) {
    struct walk_notes *notes = context;
    (void)valid;
    *(struct read_note *)vector_push(&notes->reads) = (struct read_note){address, count};
}

static void note_asked(void *context, uint64_t address) {
    struct walk_notes *notes = context;
    *(uint64_t *)vector_push(notes->asked) = address;
}

static int compare_u64(const void *one, const void *other) {
    uint64_t a = *(const uint64_t *)one;
    uint64_t b = *(const uint64_t *)other;
    return a < b ? -1 : a > b;
}

static int compare_pieces(const void *one, const void *other) {
    return compare_u64(&((const struct capture_piece *)one)->ram, &((const struct capture_piece *)other)->ram);
}

struct rest {
    struct capture *capture;
    const struct capture_ground *ground;
    struct map pages;   /* virtual page -> offset in RAM + 1, 0 = nowhere */
    struct map entries; /* page-table entries that are noted */
};

/* Offset in RAM of a virtual page; the page-table entries on the way there become pieces. */
static uint64_t rest_page(struct rest *rest, uint64_t page) {
    uint64_t known = 0;
    if (map_find(&rest->pages, page, &known)) {
        return known - 1;
    }
    struct guest_memory_path path;
    guest_memory_find_page(rest->ground->memory, page, &path);
    for (uint32_t i = 0; i < path.count; i++) {
        if (map_find(&rest->entries, path.entries[i].offset, &known)) {
            continue;
        }
        map_insert(&rest->entries, path.entries[i].offset, 1);
        if (i == 0) {
            *(struct capture_top *)vector_push(&rest->capture->tops) =
                (struct capture_top){path.entries[i].offset % PAGE, path.entries[i].value, path.entries[i].bytes};
        }
        struct capture_piece piece = {.ram = path.entries[i].offset,
                                      .size = path.entries[i].bytes,
                                      .region = SNAPSHOT_NONE,
                                      .copy = rest->capture->others.count,
                                      .entry = true};
        vector_append(&rest->capture->others, &path.entries[i].value, WORD);
        *(struct capture_piece *)vector_push(&rest->capture->pieces) = piece;
    }
    map_insert(&rest->pages, page, path.page + 1);
    return path.page;
}

/* Pieces for a range of virtual addresses, one a page. Copies of what belongs to no region go to `others`. */
static void rest_range(struct rest *rest, uint64_t address, uint64_t count, uint32_t region) {
    struct capture *capture = rest->capture;
    for (uint64_t done = 0; done < count;) {
        uint64_t at = address + done;
        uint64_t step = PAGE - at % PAGE < count - done ? PAGE - at % PAGE : count - done;
        uint64_t page = rest_page(rest, at & ~(uint64_t)(PAGE - 1));
        if (page != GUEST_MEMORY_NOWHERE) {
            struct capture_piece piece = {.ram = page + at % PAGE, .size = (uint32_t)step, .region = region, .offset = done};
            if (region == SNAPSHOT_NONE) {
                piece.copy = capture->others.count;
                vector_append(&capture->others, guest_memory_map(rest->ground->memory) + piece.ram, step);
            } else {
                piece.copy = capture->now->regions[region].data + done;
                shadow_check(rest->ground->shadow, piece.ram, piece.size);
            }
            *(struct capture_piece *)vector_push(&capture->pieces) = piece;
        }
        done += step;
    }
}

/* Pieces in order of where they lie, and the runs of lines that they cover. */
static void rest_lines(struct capture *capture) {
    struct capture_run *run = NULL;
    uint64_t reach = 0;
    vector_sort(&capture->pieces, compare_pieces);
    capture->lines = 0;
    memset(capture->known, 0xff, sizeof capture->known);
    for (size_t i = 0; i < capture->pieces.count; i++) {
        struct capture_piece *piece = VECTOR_AT(&capture->pieces, struct capture_piece, i);
        uint32_t low = (uint32_t)(piece->ram / DIRTY_LINE);
        uint32_t end = (uint32_t)((piece->ram + piece->size - 1) / DIRTY_LINE) + 1;
        reach = piece->ram + piece->size > reach ? piece->ram + piece->size : reach;
        piece->reach = reach;
        if (!run || low > run->line + run->count) {
            run = vector_push(&capture->runs);
            *run = (struct capture_run){.line = low};
        }
        uint32_t count = end > run->line + run->count ? end - run->line : run->count;
        capture->lines += count - run->count;
        run->count = count;
    }
}

/* Every read of the walk becomes pieces: of a region where it read one whole, else of what decided. */
static bool capture_note_rest(struct capture *capture, const struct capture_ground *ground, const struct vector *reads) {
    struct rest rest = {.capture = capture, .ground = ground};
    struct map regions = {0}; /* address and size of a region that is noted */
    for (uint32_t i = 0; i < capture->now->count; i++) {
        const struct region *region = &capture->now->regions[i];
        if (region->size) {
            rest_range(&rest, region->address, region->size, i);
            map_insert(&regions, region->address, region->size);
        }
    }
    for (size_t i = 0; i < reads->count; i++) {
        const struct read_note *read = VECTOR_AT(reads, struct read_note, i);
        uint64_t size = 0;
        if (!map_find(&regions, read->address, &size) || size < read->count) {
            rest_range(&rest, read->address, read->count, SNAPSHOT_NONE);
        }
    }
    rest_lines(capture);
    vector_sort(&capture->asked, compare_u64);
    bool good = !rest.pages.failed && !rest.entries.failed && !regions.failed && !capture->pieces.failed && !capture->runs.failed &&
                !capture->tops.failed && !capture->asked.failed && !capture->others.failed && !reads->failed;
    map_deinit(&rest.pages);
    map_deinit(&rest.entries);
    map_deinit(&regions);
    return good;
}

static struct error *capture_walk(struct capture *capture, struct capture_ground *ground) {
    struct walk_notes notes = {.asked = &capture->asked, .reads = VECTOR_OF(struct read_note)};
    struct snapshot_request request = {
        .plan = ground->plan,
        .scope = capture->scope,
        .memory = ground->memory,
        .parameters = capture->parameters,
        .parameter_count = capture->parameter_count,
        .stacks = ground->stacks,
        .stack_count = ground->stack_count,
        .allocations = ground->allocations,
        .object_budget = OBJECT_BUDGET,
        .byte_budget = BYTE_BUDGET,
        .trace = note_asked,
        .trace_context = &notes,
    };
    vector_clear(&capture->pieces);
    vector_clear(&capture->runs);
    vector_clear(&capture->tops);
    vector_clear(&capture->asked);
    vector_clear(&capture->others);
    snapshot_destroy(capture->now);
    capture->now = NULL;
    capture->walks++;
    capture->root = ground->translation.root;
    capture->stacks_version = ground->stacks_version;
    capture->heap_events = ground->heap_events.count;
    guest_memory_moved(ground->memory, &ground->translation);
    guest_memory_set_trace(ground->memory, note_read, &notes);
    struct error *error = snapshot_take(&request, &capture->now);
    guest_memory_set_trace(ground->memory, NULL, NULL);
    if (!error && !capture_note_rest(capture, ground, &notes.reads)) {
        error = error_out_of_memory();
    }
    vector_deinit(&notes.reads);
    return error;
}

/* ------------------------------------------------------------------------------------------------ looking again */

/* Does [from, to) touch an element of the pointer, from this dimension on? */
static bool pointer_touched(const struct plan_pointer *pointer, uint32_t dimension, uint64_t offset, uint64_t size, uint64_t from, uint64_t to) {
    if (dimension == pointer->dimensions) {
        return offset < to && from < offset + WORD;
    }
    uint64_t stride = pointer->dimension[dimension].stride;
    uint64_t count = pointer->dimension[dimension].count ? pointer->dimension[dimension].count
                     : stride && size > offset           ? (size - offset) / stride
                                                         : 0;
    if (!stride || to <= offset) {
        return false;
    }
    /* An element's pointers lie within its stride of where the first one lies, or in the next one's beginning. */
    uint64_t first = from > offset + stride + WORD ? (from - offset - WORD) / stride - 1 : 0;
    for (uint64_t i = first; i < count && offset + i * stride < to; i++) {
        if (pointer_touched(pointer, dimension + 1, offset + i * stride, size, from, to)) {
            return true;
        }
    }
    return false;
}

/* Do these bytes hold a pointer that the walk follows? */
static bool shape_touched(const struct plan *plan, const struct scope *scope, const struct region *region, uint64_t from, uint64_t to) {
    const struct shape *shape = &plan->shapes[region->shape];
    for (uint32_t p = 0; p < shape->pointer_count; p++) {
        const struct plan_pointer *pointer = &shape->pointers[p];
        bool leads = false;
        if (pointer->offset >= to) {
            continue;
        }
        for (uint32_t t = 0; t < pointer->target_count && !leads; t++) {
            leads = scope->leads[pointer->targets[t].shape];
        }
        if (leads && (pointer->dimensions ? pointer_touched(pointer, 0, pointer->offset, region->size, from, to)
                                          : pointer->offset < to && from < pointer->offset + WORD)) {
            return true;
        }
    }
    return false;
}

/* Compares one line of a piece; true when the graph must be walked anew. */
static bool piece_compare(struct capture *capture, const struct capture_ground *ground, const struct capture_piece *piece, uint32_t line) {
    uint64_t low = (uint64_t)line * DIRTY_LINE > piece->ram ? (uint64_t)line * DIRTY_LINE : piece->ram;
    uint64_t high = ((uint64_t)line + 1) * DIRTY_LINE < piece->ram + piece->size ? ((uint64_t)line + 1) * DIRTY_LINE : piece->ram + piece->size;
    const uint8_t *fresh = guest_memory_map(ground->memory) + low;
    uint8_t *known = (piece->region == SNAPSHOT_NONE ? (uint8_t *)capture->others.items : capture->now->bytes) + piece->copy + (low - piece->ram);
    if (piece->entry) {
        uint64_t one = 0;
        uint64_t other = 0;
        memcpy(&one, fresh, high - low);
        memcpy(&other, known, high - low);
        return ((one ^ other) & ENTRY_MASK) != 0;
    }
    uint32_t count = (uint32_t)(high - low);
    if (memcmp(fresh, known, count) == 0) {
        return false;
    }
    if (piece->region == SNAPSHOT_NONE) {
        return true;
    }
    uint32_t from = 0;
    while (from + WORD <= count && memcmp(fresh + from, known + from, WORD) == 0) {
        from += WORD;
    }
    while (from < count && fresh[from] == known[from]) {
        from++;
    }
    while (count >= from + WORD && memcmp(fresh + count - WORD, known + count - WORD, WORD) == 0) {
        count -= WORD;
    }
    while (count > from && fresh[count - 1] == known[count - 1]) {
        count--;
    }
    if (from == count) {
        return false; /* another CPU stored it back */
    }
    uint64_t offset = piece->offset + (low - piece->ram) + from;
    if (shape_touched(ground->plan, capture->scope, &capture->now->regions[piece->region], offset, offset + count - from)) {
        return true;
    }
    memcpy(known + from, fresh + from, count - from);
    shadow_check(ground->shadow, low + from, count - from);
    *(struct capture_change *)vector_push(&capture->changes) = (struct capture_change){piece->region, (uint32_t)offset, count - from};
    return false;
}

/* Index one past the last piece that begins before this place. */
static size_t pieces_upper(const struct capture *capture, uint64_t ram) {
    const struct capture_piece *pieces = capture->pieces.items;
    size_t low = 0;
    size_t high = capture->pieces.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pieces[middle].ram < ram) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool runs_have(const struct capture *capture, uint32_t line) {
    const struct capture_run *runs = capture->runs.items;
    size_t low = 0;
    size_t high = capture->runs.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (runs[middle].line + runs[middle].count <= line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < capture->runs.count && runs[low].line <= line;
}

static bool line_compare(struct capture *capture, const struct capture_ground *ground, uint32_t line) {
    const struct capture_piece *pieces = capture->pieces.items;
    uint64_t low = (uint64_t)line * DIRTY_LINE;
    uint32_t slot = line % CAPTURE_KNOWN_LINES;
    if (capture->known[slot].line != line) {
        capture->known[slot].line = line;
        capture->known[slot].upper = runs_have(capture, line) ? (uint32_t)pieces_upper(capture, low + DIRTY_LINE) : 0;
    }
    for (size_t i = capture->known[slot].upper; i > 0 && pieces[i - 1].reach > low; i--) {
        if (pieces[i - 1].ram + pieces[i - 1].size > low && piece_compare(capture, ground, &pieces[i - 1], line)) {
            return true;
        }
    }
    return false;
}

/* Has the heap's answer for an address that was asked for changed? */
static bool heap_changed(struct capture *capture, const struct capture_ground *ground) {
    const uint64_t *asked = capture->asked.items;
    for (; capture->heap_events < ground->heap_events.count; capture->heap_events++) {
        const struct heap_event *event = VECTOR_AT(&ground->heap_events, struct heap_event, capture->heap_events);
        size_t low = 0;
        size_t high = capture->asked.count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (asked[middle] < event->low) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < capture->asked.count && asked[low] < event->high) {
            return true;
        }
    }
    return false;
}

/* Another address space: is the captured memory mapped alike in it? */
static bool root_differs(struct capture *capture, const struct capture_ground *ground) {
    if (capture->root == ground->translation.root) {
        return false;
    }
    const uint8_t *map = guest_memory_map(ground->memory);
    for (size_t i = 0; i < capture->tops.count; i++) {
        const struct capture_top *top = VECTOR_AT(&capture->tops, struct capture_top, i);
        uint64_t value = 0;
        memcpy(&value, map + (ground->translation.root & ~(uint64_t)(PAGE - 1)) + top->place, top->bytes);
        if ((value ^ top->value) & ENTRY_MASK) {
            return true;
        }
    }
    return false;
}

static bool parameters_differ(const struct capture *capture, const struct snapshot_parameter *parameters, size_t count) {
    if (capture->parameter_count != count) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        const struct snapshot_parameter *known = &capture->parameters[i];
        if (known->address != parameters[i].address || known->shape != parameters[i].shape || known->offset != parameters[i].offset) {
            return true;
        }
    }
    return false;
}

/* Looks at what was stamped since the last look: at the lines that were listed, where these are fewer than the captured ones. */
static bool lines_compare(struct capture *capture, const struct capture_ground *ground, uint32_t since, uint64_t from) {
    const struct dirty *dirty = ground->dirty;
    const struct capture_run *runs = capture->runs.items;
    uint64_t listed = dirty->count - from;
    if (dirty->alone && listed < DIRTY_RECENT && listed < capture->lines) {
        for (uint64_t i = from; i < dirty->count; i++) {
            uint32_t line = dirty->recent[i % DIRTY_RECENT];
            if (line_compare(capture, ground, line)) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < capture->runs.count; i++) {
        for (uint32_t line = runs[i].line; line < runs[i].line + runs[i].count; line++) {
            if (dirty_since(ground->dirty, line, since) && line_compare(capture, ground, line)) {
                return true;
            }
        }
    }
    return false;
}

struct error *capture_look(struct capture *capture, struct capture_ground *ground, const struct snapshot_parameter *parameters, size_t count,
                           enum capture_result *out_result) {
    uint32_t since = capture->epoch;
    uint64_t from = capture->recent;
    capture->epoch = dirty_look(ground->dirty);
    capture->recent = ground->dirty->count;
    capture->looks++;
    vector_clear(&capture->changes);
    bool stale = !capture->now || parameters_differ(capture, parameters, count) || capture->stacks_version != ground->stacks_version ||
                 heap_changed(capture, ground) || root_differs(capture, ground) || lines_compare(capture, ground, since, from);
    if (!stale && !capture->changes.failed) {
        *out_result = capture->changes.count ? CAPTURE_CHANGED : CAPTURE_SAME;
        return NULL;
    }
    capture->parameter_count = count;
    for (size_t i = 0; i < count; i++) {
        capture->parameters[i] = parameters[i];
    }
    struct error *error = capture_walk(capture, ground);
    if (!error) {
        *out_result = CAPTURE_RESHAPED;
    }
    return error;
}

void capture_find(const struct capture *capture, uint64_t ram, uint64_t count, capture_visitor *visitor, void *context) {
    const struct capture_piece *pieces = capture->pieces.items;
    for (size_t i = pieces_upper(capture, ram + count); i > 0 && pieces[i - 1].reach > ram; i--) {
        const struct capture_piece *piece = &pieces[i - 1];
        uint64_t low = ram > piece->ram ? ram : piece->ram;
        uint64_t high = ram + count < piece->ram + piece->size ? ram + count : piece->ram + piece->size;
        if (piece->region != SNAPSHOT_NONE && low < high) {
            visitor(context, piece->region, piece->offset + (low - piece->ram), high - low);
        }
    }
}
