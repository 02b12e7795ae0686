#include "elf_place.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <stdio.h>
#include "spillscope/placement.h"
#include "spillscope/scope.h"

enum { LEAST_ALIGNMENT = 16, ALIGNMENT_MAX = 1 << 20 };

/* The file at hand: as it was opened, and the copy that is changed. */
struct placer {
    const struct elf_file *file;
    unsigned char *bytes;
    uint64_t *addresses; /* of each section; 0 = not allocated */
};

static struct error *place_format(const struct placer *placer, uint64_t offset, const char *what) {
    return error_create(ERROR_FORMAT, "%s: %s at offset 0x%llx", placer->file->path, what, (unsigned long long)offset);
}

/* ------------------------------------------------------------------------------------------------ sections and symbols */

static struct error *place_sections(struct placer *placer, uint64_t base) {
    const struct elf_file *file = placer->file;
    Elf64_Ehdr header;
    uint64_t at = base;
    memcpy(&header, placer->bytes, sizeof header);
    for (size_t i = 0; i < file->section_count; i++) {
        Elf64_Shdr section;
        unsigned char *place = placer->bytes + header.e_shoff + i * header.e_shentsize; /* elf_file_open has seen that all of them lie in the file */
        memcpy(&section, place, sizeof section);
        if (!(section.sh_flags & SHF_ALLOC) || !section.sh_size) {
            continue;
        }
        uint64_t alignment = section.sh_addralign < LEAST_ALIGNMENT ? LEAST_ALIGNMENT : section.sh_addralign;
        if (alignment & (alignment - 1) || alignment > ALIGNMENT_MAX) {
            return place_format(placer, header.e_shoff + i * header.e_shentsize, "a section's alignment is no power of two up to 1 MiB");
        }
        at = (at + alignment - 1) & ~(alignment - 1);
        if (section.sh_size > PLACEMENT_ROOM - (at - base)) {
            return place_format(placer, header.e_shoff + i * header.e_shentsize, "a section makes the object larger than 4 GiB");
        }
        placer->addresses[i] = at;
        section.sh_addr = at;
        at += section.sh_size;
        memcpy(place, &section, sizeof section);
    }
    header.e_type = ET_EXEC;
    memcpy(placer->bytes, &header, sizeof header);
    return NULL;
}

/* Where a symbol lies; false when it is another object's. Sections that are not allocated (debug information) begin at 0. */
static bool symbol_address(const struct placer *placer, const Elf64_Sym *symbol, uint64_t *out_address) {
    if (symbol->st_shndx == SHN_ABS) {
        *out_address = symbol->st_value;
        return true;
    }
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= placer->file->section_count) {
        return false;
    }
    *out_address = placer->addresses[symbol->st_shndx] + symbol->st_value;
    return true;
}

static void place_symbols(struct placer *placer) {
    for (size_t i = 0; i < placer->file->section_count; i++) {
        const struct elf_section *table = &placer->file->sections[i];
        for (uint64_t at = 0; table->type == SHT_SYMTAB && at + sizeof(Elf64_Sym) <= table->size; at += sizeof(Elf64_Sym)) {
            Elf64_Sym symbol;
            memcpy(&symbol, placer->bytes + table->offset + at, sizeof symbol);
            if (symbol.st_shndx != SHN_ABS && symbol_address(placer, &symbol, &symbol.st_value)) {
                memcpy(placer->bytes + table->offset + at, &symbol, sizeof symbol);
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------ relocations */

enum relocation { RELOCATION_NONE, RELOCATION_ABSOLUTE, RELOCATION_RELATIVE, RELOCATION_ADD, RELOCATION_SUBTRACT, RELOCATION_SET };

static enum relocation relocation_x86(uint32_t type, size_t *size) {
    *size = type == R_X86_64_64 || type == R_X86_64_PC64 ? 8 : 4;
    switch (type) {
    case R_X86_64_64:
    case R_X86_64_32:
        return RELOCATION_ABSOLUTE;
    case R_X86_64_PC64:
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
        return RELOCATION_RELATIVE;
    default:
        return RELOCATION_NONE;
    }
}

static enum relocation relocation_aarch64(uint32_t type, size_t *size) {
    *size = type == R_AARCH64_ABS64 || type == R_AARCH64_PREL64 ? 8 : 4;
    return type == R_AARCH64_ABS64 || type == R_AARCH64_ABS32     ? RELOCATION_ABSOLUTE
           : type == R_AARCH64_PREL64 || type == R_AARCH64_PREL32 ? RELOCATION_RELATIVE
                                                                  : RELOCATION_NONE;
}

/* Its assembler leaves differences of labels to the linker, as pairs of additions and subtractions. */
static enum relocation relocation_riscv(uint32_t type, size_t *size) {
    static const struct {
        uint32_t type;
        size_t size;
        enum relocation kind;
    } known[] = {
        {R_RISCV_32, 4, RELOCATION_ABSOLUTE},    {R_RISCV_64, 8, RELOCATION_ABSOLUTE},    {R_RISCV_ADD8, 1, RELOCATION_ADD},
        {R_RISCV_ADD16, 2, RELOCATION_ADD},      {R_RISCV_ADD32, 4, RELOCATION_ADD},      {R_RISCV_ADD64, 8, RELOCATION_ADD},
        {R_RISCV_SUB8, 1, RELOCATION_SUBTRACT},  {R_RISCV_SUB16, 2, RELOCATION_SUBTRACT}, {R_RISCV_SUB32, 4, RELOCATION_SUBTRACT},
        {R_RISCV_SUB64, 8, RELOCATION_SUBTRACT}, {R_RISCV_SET8, 1, RELOCATION_SET},       {R_RISCV_SET16, 2, RELOCATION_SET},
        {R_RISCV_SET32, 4, RELOCATION_SET},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].type == type) {
            *size = known[i].size;
            return known[i].kind;
        }
    }
    return RELOCATION_NONE;
}

static enum relocation relocation_of(uint16_t machine, uint32_t type, size_t *size) {
    return machine == EM_X86_64 ? relocation_x86(type, size) : machine == EM_AARCH64 ? relocation_aarch64(type, size) : relocation_riscv(type, size);
}

static void relocation_apply(unsigned char *place, enum relocation kind, size_t size, uint64_t value, uint64_t place_address) {
    uint64_t old = 0;
    memcpy(&old, place, size);
    uint64_t result = kind == RELOCATION_ADD        ? old + value
                      : kind == RELOCATION_SUBTRACT ? old - value
                      : kind == RELOCATION_RELATIVE ? value - place_address
                                                    : value;
    memcpy(place, &result, size);
}

static struct error *place_relocations(struct placer *placer, const struct elf_section *table) {
    const struct elf_file *file = placer->file;
    if (table->info >= file->section_count || table->link >= file->section_count || file->sections[table->link].type != SHT_SYMTAB) {
        return place_format(placer, table->offset, "relocations without a target or without symbols");
    }
    const struct elf_section *target = &file->sections[table->info];
    const struct elf_section *symbols = &file->sections[table->link];
    if (target->type == SHT_NOBITS) {
        return NULL; /* a debug file holds the relocations of what it does not hold */
    }
    for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= table->size; at += sizeof(Elf64_Rela)) {
        Elf64_Rela entry;
        Elf64_Sym symbol;
        uint64_t value = 0;
        size_t size = 0;
        memcpy(&entry, placer->bytes + table->offset + at, sizeof entry);
        enum relocation kind = relocation_of(file->machine, ELF64_R_TYPE(entry.r_info), &size);
        uint64_t index = ELF64_R_SYM(entry.r_info);
        if (kind == RELOCATION_NONE) {
            continue;
        }
        if (index >= symbols->size / sizeof symbol || entry.r_offset > target->size || size > target->size - entry.r_offset) {
            return place_format(placer, table->offset + at, "a relocation lies outside of its section, or its symbol does not exist");
        }
        memcpy(&symbol, file->bytes + symbols->offset + index * sizeof symbol, sizeof symbol);
        if (symbol_address(placer, &symbol, &value)) {
            relocation_apply(placer->bytes + target->offset + entry.r_offset, kind, size, value + (uint64_t)entry.r_addend,
                             placer->addresses[table->info] + entry.r_offset);
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ the file */

static struct error *place_check(const struct elf_file *file) {
    Elf64_Ehdr header;
    if (file->pointer_size != 8 || (file->machine != EM_X86_64 && file->machine != EM_AARCH64 && file->machine != EM_RISCV)) {
        return error_create(ERROR_FORMAT, "%s: loadable objects are read of x86_64, aarch64 and riscv64, not of machine %u with %u-byte pointers",
                            file->path, file->machine, file->pointer_size);
    }
    memcpy(&header, file->bytes, sizeof header);
    if (header.e_type != ET_REL) {
        return error_create(ERROR_FORMAT, "%s: offset 16: no object file that a kernel could load (ELF type %u instead of %u)", file->path,
                            header.e_type, ET_REL);
    }
    for (size_t i = 0; i < file->section_count; i++) {
        if (file->sections[i].flags & SHF_COMPRESSED) {
            return error_create(ERROR_FORMAT, "%s: section %s at offset 0x%llx is compressed: decompress it (objcopy --decompress-debug-sections)",
                                file->path, file->sections[i].name, (unsigned long long)file->sections[i].offset);
        }
    }
    return NULL;
}

static struct error *place_all(struct placer *placer, uint64_t base) {
    struct error *error = place_sections(placer, base);
    for (size_t i = 0; !error && i < placer->file->section_count; i++) {
        if (placer->file->sections[i].type == SHT_RELA) {
            error = place_relocations(placer, &placer->file->sections[i]);
        }
    }
    if (!error) {
        place_symbols(placer); /* last: relocations are told from the symbols as they were */
    }
    return error;
}

/* What was placed, as a file of its own, so that it is mapped and let go of like any other. */
static struct error *place_open_copy(const struct placer *placer, struct elf_file **out_file) {
    int descriptor SCOPE_CLOSE = memfd_create("spillscope-object", MFD_CLOEXEC);
    char path[64];
    size_t done = 0;
    if (descriptor < 0) {
        return error_create_errno("%s: no memory for a copy", placer->file->path);
    }
    while (done < placer->file->size) {
        ssize_t wrote = write(descriptor, placer->bytes + done, placer->file->size - done);
        if (wrote <= 0) {
            return error_create_errno("%s: no memory for a copy", placer->file->path);
        }
        done += (size_t)wrote;
    }
    char *name = strdup(placer->file->path);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    struct error *error = name ? elf_file_open(path, out_file) : error_out_of_memory();
    if (error) {
        free(name);
        return error;
    }
    free((*out_file)->path);
    (*out_file)->path = name; /* messages name what the user gave */
    return NULL;
}

struct error *elf_place_open(const char *path, uint64_t base, struct elf_file **out_file) {
    struct elf_file *file = NULL;
    struct error *error = elf_file_open(path, &file);
    if (error) {
        return error;
    }
    struct placer placer = {.file = file};
    error = place_check(file);
    if (!error) {
        placer.bytes = malloc(file->size);
        placer.addresses = calloc(file->section_count, sizeof *placer.addresses);
        error = placer.bytes && placer.addresses ? NULL : error_out_of_memory();
    }
    if (!error) {
        memcpy(placer.bytes, file->bytes, file->size);
        error = place_all(&placer, base);
    }
    error = error ? error : place_open_copy(&placer, out_file);
    free(placer.bytes);
    free(placer.addresses);
    elf_file_close(file);
    return error;
}
