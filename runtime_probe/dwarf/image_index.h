#ifndef DWARF_IMAGE_INDEX_H
#define DWARF_IMAGE_INDEX_H
/*
 * The index of an image: all arrays of `struct image` in one file, which is mapped. In the file pointers are positions (index_builder.h);
 * attaching turns them into pointers in the mapping, which is private.
 *
 * File: a header, then the arrays, each 16-byte aligned. A damaged or foreign file is not used.
 */
#include "elf_file.h"
#include "index_builder.h"
#include "spillscope/image.h"

/* Code ranges sorted by `low`, so that those around an address are found by walking back while `reach` lies beyond it. */
struct span {
    uint64_t low;
    uint64_t high;
    uint64_t reach; /* greatest `high` of this and all spans before */
    uint32_t index; /* of the function or inlined instance */
    uint32_t depth; /* of inlined instances */
};

/* What an opened image consists of; `image` comes first, so that a pointer to it is a pointer to this. */
struct image_private {
    struct image image;
    struct elf_file *elf;                    /* owned, with the loadable objects that are chained to it */
    char (*object_names)[IMAGE_OBJECT_NAME]; /* in the order of the chain; owned */
    unsigned char *block;                    /* the mapped index; owned */
    size_t block_size;
    const char *strings;
    const struct line_row *lines;
    size_t line_count;
    const struct span *function_spans;
    size_t function_span_count;
    const struct span *inlined_spans;
    size_t inlined_span_count;
    const uint32_t *type_names; /* indices sorted by name, then by index */
    const uint32_t *variable_names;
    const uint32_t *variable_roots;
    const uint32_t *function_names;
    const uint32_t *symbol_names;
};

static inline const struct image_private *image_private(const struct image *image) {
    return (const struct image_private *)image;
}

/* Writes a finished builder to an empty file. */
struct error *image_index_write(const struct index_builder *builder, uint16_t machine, const char *build_id, int file);
/* Maps an index; NULL when the file holds none that is whole. */
unsigned char *image_index_map(int file, size_t *out_size);
void image_index_unmap(unsigned char *block, size_t size); /* NULL is fine */
/* Turns the positions of a block into pointers, and takes it over. */
void image_index_attach(unsigned char *block, size_t size, struct image_private *image);

#endif
