/* From program counters to source places: functions, inlined frames, lines. */
#include <string.h>
#include "die.h"
#include "image_index.h"

/* Number of spans that begin at or before `pc`. */
static size_t spans_before(const struct span *spans, size_t count, uint64_t pc) {
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].low <= pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct function *image_function_at(const struct image *image, uint64_t pc) {
    const struct image_private *private = image_private(image);
    pc = image_home(image, pc);
    for (size_t i = spans_before(private->function_spans, private->function_span_count, pc); i > 0; i--) {
        const struct span *span = &private->function_spans[i - 1];
        if (span->reach <= pc) {
            break;
        }
        if (span->high > pc) {
            return &image->functions[span->index];
        }
    }
    return NULL;
}

static const struct line_row *line_row_at(const struct image_private *private, uint64_t pc) {
    size_t low = 0;
    size_t high = private->line_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (private->lines[middle].address <= pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Line 0 marks code of no line: it belongs to what the line before it does. */
    while (low > 0 && private->lines[low - 1].file != LINE_END && !private->lines[low - 1].line) {
        low--;
    }
    return low > 0 && private->lines[low - 1].file != LINE_END ? &private->lines[low - 1] : NULL;
}

size_t image_frames_at(const struct image *image, uint64_t pc, struct image_frame *frames, size_t capacity) {
    const struct image_private *private = image_private(image);
    pc = image_home(image, pc);
    const struct line_row *row = line_row_at(private, pc);
    const struct function *function = image_function_at(image, pc);
    const char *file = row ? private->strings + row->file : function ? function->file : "";
    uint32_t line = row ? row->line : 0;
    size_t count = 0;
    uint32_t below = UINT32_MAX; /* the deepest instance not yet taken lies above this depth */
    while (count < capacity) {
        const struct span *best = NULL;
        for (size_t i = spans_before(private->inlined_spans, private->inlined_span_count, pc); i > 0; i--) {
            const struct span *span = &private->inlined_spans[i - 1];
            if (span->reach <= pc) {
                break;
            }
            if (span->high > pc && span->depth < below && (!best || span->depth > best->depth)) {
                best = span;
            }
        }
        if (!best) {
            break;
        }
        const struct inlined *inlined = &image->inlined[best->index];
        frames[count++] = (struct image_frame){image->functions[inlined->function].name, file, line};
        file = inlined->call_file;
        line = inlined->call_line;
        below = best->depth;
    }
    if (count < capacity && function) {
        frames[count++] = (struct image_frame){function->name, file, line};
    }
    return count;
}

bool image_line_at(const struct image *image, uint64_t pc, const char **out_file, uint32_t *out_line, const char **out_function) {
    const struct image_private *private = image_private(image);
    pc = image_home(image, pc);
    const struct line_row *row = line_row_at(private, pc);
    struct image_frame frame;
    size_t count = image_frames_at(image, pc, &frame, 1);
    const struct symbol *symbol = count ? NULL : image_symbol_at(image, pc);
    if (!row && !count) {
        return false;
    }
    *out_file = count ? frame.file : private->strings + row->file;
    *out_line = count ? frame.line : row->line;
    *out_function = count ? frame.function : symbol ? symbol->name : "";
    return true;
}
