/* Moves an image to where its kernel runs. */
#include "die.h"
#include "image_index.h"

struct mover {
    uint64_t from; /* addresses below do not move: they are offsets (per-CPU variables), or absolute */
    uint64_t slide;
};

static void move(const struct mover *mover, const uint64_t *address) {
    uint64_t *place = (uint64_t *)(uintptr_t)address; /* the index is mapped privately, and is this image's alone */
    *place += *place >= mover->from && !placement_is_home(*place) ? mover->slide : 0;
}

static void move_ranges(const struct mover *mover, const struct address_range *ranges, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        move(mover, &ranges[i].low);
        move(mover, &ranges[i].high);
    }
}

static void move_spans(const struct mover *mover, const struct span *spans, size_t count) {
    for (size_t i = 0; i < count; i++) {
        move(mover, &spans[i].low);
        move(mover, &spans[i].high);
        move(mover, &spans[i].reach);
    }
}

static const struct elf_section *text_section(const struct elf_file *elf) {
    return elf_file_section(elf, ".text");
}

bool image_text(const struct image *image, uint64_t *out_address, uint64_t *out_size, uint64_t *out_offset) {
    const struct elf_section *section = text_section(image_private(image)->elf);
    if (!section) {
        return false;
    }
    *out_address = section->address + image->slide;
    *out_size = section->size;
    *out_offset = section->offset;
    return true;
}

void image_slide_to(struct image *image, uint64_t slide) {
    struct image_private *private = (struct image_private *)image;
    const struct elf_section *text = text_section(private->elf);
    struct mover mover = {.slide = slide - image->slide};
    if (!text || !mover.slide) {
        return;
    }
    mover.from = text->address + image->slide;
    for (uint32_t i = 0; i < image->variable_count; i++) {
        move(&mover, &image->variables[i].address);
    }
    for (uint32_t i = 0; i < image->function_count; i++) {
        move(&mover, &image->functions[i].entry);
        move_ranges(&mover, image->functions[i].ranges, image->functions[i].range_count);
    }
    for (uint32_t i = 0; i < image->inlined_count; i++) {
        move(&mover, &image->inlined[i].entry);
        move_ranges(&mover, image->inlined[i].ranges, image->inlined[i].range_count);
    }
    for (uint32_t i = 0; i < image->symbol_count; i++) {
        move(&mover, &image->symbols[i].address);
    }
    for (size_t i = 0; i < private->line_count; i++) {
        move(&mover, &private->lines[i].address);
    }
    move_spans(&mover, private->function_spans, private->function_span_count);
    move_spans(&mover, private->inlined_spans, private->inlined_span_count);
    image->slide = slide;
}
