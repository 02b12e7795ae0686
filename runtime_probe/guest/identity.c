/* Is the kernel that runs the one that the ELF file describes? */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spillscope/guest.h"
#include "spillscope/image.h"
#include "spillscope/packet.h"

enum { NOTE_LIMIT = 4096, ID_LIMIT = 64, TEXT_SAMPLE = 64, TEXT_SAMPLES = 16, SEGMENTS = 64 };

/* Digits of the build-id in a run of ELF notes; false when there is none. */
static bool notes_build_id(const uint8_t *bytes, size_t count, char out_digits[2 * ID_LIMIT + 1]) {
    size_t at = 0;
    while (at + sizeof(Elf64_Nhdr) <= count) {
        Elf64_Nhdr header;
        memcpy(&header, bytes + at, sizeof header);
        size_t name = at + sizeof header;
        size_t content = name + (((size_t)header.n_namesz + 3) & ~(size_t)3);
        size_t next = content + (((size_t)header.n_descsz + 3) & ~(size_t)3);
        if (next > count || next < at) {
            return false;
        }
        if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == 4 && memcmp(bytes + name, "GNU", 4) == 0 && header.n_descsz <= ID_LIMIT) {
            hex_encode(bytes + content, header.n_descsz, out_digits);
            out_digits[2 * header.n_descsz] = 0;
            return true;
        }
        at = next;
    }
    return false;
}

/* The loaded note segment that holds the build-id; false when the file has none. Malformed files were refused by image_open. */
static bool file_note(const char *path, Elf64_Phdr *out_segment) {
    int descriptor SCOPE_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr header;
    if (descriptor < 0 || pread(descriptor, &header, sizeof header, 0) != (ssize_t)sizeof header || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_phentsize != sizeof(Elf64_Phdr)) {
        return false;
    }
    for (unsigned i = 0; i < header.e_phnum && i < SEGMENTS; i++) {
        Elf64_Phdr segment;
        uint8_t bytes[NOTE_LIMIT];
        char digits[2 * ID_LIMIT + 1];
        if (pread(descriptor, &segment, sizeof segment, (off_t)(header.e_phoff + i * sizeof segment)) != (ssize_t)sizeof segment) {
            return false;
        }
        if (segment.p_type == PT_NOTE && segment.p_vaddr != 0 && segment.p_filesz <= NOTE_LIMIT &&
            pread(descriptor, bytes, segment.p_filesz, (off_t)segment.p_offset) == (ssize_t)segment.p_filesz &&
            notes_build_id(bytes, segment.p_filesz, digits)) {
            *out_segment = segment;
            return true;
        }
    }
    return false;
}

/* The running kernel's text at a few functions against the file's. */
static struct error *identity_by_text(struct guest *guest, const struct image *image, bool *out_known) {
    uint32_t step = image->function_count / TEXT_SAMPLES + 1;
    bool known = false;
    for (uint32_t i = 0; i < image->function_count; i += step) {
        uint64_t entry = image->functions[i].entry;
        uint8_t file[TEXT_SAMPLE];
        uint8_t running[TEXT_SAMPLE];
        bool valid = false;
        if (entry == 0 || !image_bytes(image, entry, file, sizeof file)) {
            continue;
        }
        struct error *error = guest_memory_read(guest->memory, entry, running, sizeof running, &valid);
        if (error) {
            return error;
        }
        if (valid && memcmp(file, running, sizeof file) != 0) {
            return error_create(
                ERROR_MISMATCH,
                "%s is not the kernel that runs: text differs in function %s at 0x%llx (build-id of the file: %s; of the guest: none found)",
                image->path, image->functions[i].name, (unsigned long long)entry, image->build_id[0] ? image->build_id : "none");
        }
        known = known || valid;
    }
    *out_known = known;
    return NULL;
}

struct error *guest_check_identity(struct guest *guest, const struct image *image, bool *out_known) {
    Elf64_Phdr segment;
    uint8_t bytes[NOTE_LIMIT];
    char running[2 * ID_LIMIT + 1] = "";
    bool valid = false;
    if (image->build_id[0] && file_note(image->path, &segment)) {
        struct error *error = guest_memory_read(guest->memory, segment.p_vaddr + image->slide, bytes, segment.p_filesz, &valid);
        if (error) {
            return error;
        }
        if (valid && notes_build_id(bytes, segment.p_filesz, running)) {
            if (strcmp(running, image->build_id) != 0) {
                return error_create(ERROR_MISMATCH, "%s is not the kernel that runs: build-id of the file %s, of the guest %s", image->path,
                                    image->build_id, running);
            }
            *out_known = true;
            return NULL;
        }
    }
    return identity_by_text(guest, image, out_known);
}
