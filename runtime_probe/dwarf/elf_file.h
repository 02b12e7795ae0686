#ifndef DWARF_ELF_FILE_H
#define DWARF_ELF_FILE_H
/*
 * An ELF file mapped for reading, of either class, little-endian: sections, symbols, build-id. Every access is bounds-checked
 * against the file; a file that ends too early is ERROR_FORMAT that names it and the offset. Source: System V gABI, chapters 4 and 5.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

struct elf_section {
    const char *name;
    uint32_t type;  /* SHT_* */
    uint64_t flags; /* SHF_* */
    uint64_t address;
    uint64_t offset; /* in the file */
    uint64_t size;
    uint32_t link;
    uint32_t info;
    uint64_t entry_size;
};

struct elf_symbol {
    const char *name;
    uint64_t address;
    uint64_t size;
    uint8_t type; /* STT_* */
    uint16_t section;
};

struct elf_file {
    char *path;                 /* owned */
    const unsigned char *bytes; /* the mapping */
    size_t size;
    uint16_t machine;
    uint32_t pointer_size;
    struct elf_section *sections; /* owned; names point into the mapping */
    size_t section_count;
    struct elf_symbol *symbols; /* owned; those of SHT_SYMTAB that have an address */
    size_t symbol_count;
    char build_id[129];    /* lower-case hex, "" = none */
    struct elf_file *next; /* the next object of the same image; NULL = the last. Not closed with this one */
};

struct error *elf_file_open(const char *path, struct elf_file **out_file);
void elf_file_close(struct elf_file *file); /* NULL is fine */

const struct elf_section *elf_file_section(const struct elf_file *file, const char *name); /* NULL = none */
/* Bytes at an address of an allocated section with contents; false when not wholly in one. */
bool elf_file_read(const struct elf_file *file, uint64_t address, void *buffer, size_t count);
/* Does the address lie in a section of code? */
bool elf_file_is_code(const struct elf_file *file, uint64_t address);
/* Lets go of the memory that reading took; the next reader gets it from the file again. */
void elf_file_forget(const struct elf_file *file);

#endif
