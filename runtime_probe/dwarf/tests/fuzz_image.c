/* Fuzz target: any bytes as an ELF file, from section table to DWARF to leaves. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../image_index.h"
#include "../index_process.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static bool visit(void *context, const struct leaf *leaf) {
    size_t *left = context;
    return leaf->path && --*left > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    char path[64];
    int descriptor = memfd_create("image", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, bytes, count) != (ssize_t)count) {
        return 1;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    struct elf_file *elf = NULL;
    struct error *error = elf_file_open(path, &elf);
    int index = memfd_create("index", MFD_CLOEXEC); /* made in this process, where a crash is seen */
    error = error ? error : index_make(elf, "", die_decoder_of(elf), index);
    struct image_private *private = error ? NULL : calloc(1, sizeof *private);
    size_t size = 0;
    unsigned char *block = private ? image_index_map(index, &size) : NULL;
    if (block) {
        private->elf = elf;
        image_index_attach(block, size, private);
    } else {
        elf_file_close(elf);
        free(private);
    }
    struct image *image = block ? &private->image : NULL;
    for (uint32_t i = 0; image && i < image->variable_count; i++) {
        const char *file = NULL;
        const char *function = NULL;
        uint32_t line = 0;
        size_t left = 1000;
        image_leaves(image, image->variables[i].type, 4096, 8, 64, visit, &left);
        image_line_at(image, image->variables[i].address, &file, &line, &function);
    }
    for (uint32_t i = 0; image && i < image->inlined_count; i++) {
        struct image_frame frames[4];
        image_frames_at(image, image->inlined[i].entry, frames, 4);
    }
    error_destroy(error);
    image_close(image);
    close(index);
    close(descriptor);
    return 0;
}
