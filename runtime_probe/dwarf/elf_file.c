#include "elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "spillscope/scope.h"

/* A run of bytes at `offset`, or NULL when the file ends before. */
static const void *file_bytes(const struct elf_file *file, uint64_t offset, uint64_t count) {
    if (offset > file->size || count > file->size - offset) {
        return NULL;
    }
    return file->bytes + offset;
}

static struct error *file_truncated(const struct elf_file *file, uint64_t offset, const char *what) {
    return error_create(ERROR_FORMAT, "%s: truncated ELF file: %s at offset 0x%llx lies outside its %zu bytes", file->path, what,
                        (unsigned long long)offset, file->size);
}

static const char *table_string(const struct elf_file *file, const struct elf_section *table, uint64_t index) {
    if (index >= table->size) {
        return NULL;
    }
    const char *start = file_bytes(file, table->offset + index, 1);
    if (!start || !memchr(start, 0, (size_t)(table->size - index))) {
        return NULL;
    }
    return start;
}

static void section_decode(const struct elf_file *file, const void *header, struct elf_section *section, uint32_t *name) {
    if (file->pointer_size == 8) {
        Elf64_Shdr raw;
        memcpy(&raw, header, sizeof raw);
        *name = raw.sh_name;
        *section =
            (struct elf_section){NULL, raw.sh_type, raw.sh_flags, raw.sh_addr, raw.sh_offset, raw.sh_size, raw.sh_link, raw.sh_info, raw.sh_entsize};
    } else {
        Elf32_Shdr raw;
        memcpy(&raw, header, sizeof raw);
        *name = raw.sh_name;
        *section =
            (struct elf_section){NULL, raw.sh_type, raw.sh_flags, raw.sh_addr, raw.sh_offset, raw.sh_size, raw.sh_link, raw.sh_info, raw.sh_entsize};
    }
}

static struct error *file_read_sections(struct elf_file *file) {
    uint64_t table = 0;
    uint16_t entry = 0;
    uint64_t count = 0;
    uint32_t names = 0;
    if (file->pointer_size == 8) {
        Elf64_Ehdr header;
        const void *bytes = file_bytes(file, 0, sizeof header);
        if (!bytes) {
            return file_truncated(file, 0, "the header");
        }
        memcpy(&header, bytes, sizeof header);
        file->machine = header.e_machine;
        table = header.e_shoff, entry = header.e_shentsize, count = header.e_shnum, names = header.e_shstrndx;
    } else {
        Elf32_Ehdr header;
        const void *bytes = file_bytes(file, 0, sizeof header);
        if (!bytes) {
            return file_truncated(file, 0, "the header");
        }
        memcpy(&header, bytes, sizeof header);
        file->machine = header.e_machine;
        table = header.e_shoff, entry = header.e_shentsize, count = header.e_shnum, names = header.e_shstrndx;
    }
    size_t wanted = file->pointer_size == 8 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    if (!table) {
        return error_create(ERROR_FORMAT, "%s: no section headers (a stripped or hand-made ELF file carries no debug information)", file->path);
    }
    if (entry < wanted) {
        return error_create(ERROR_FORMAT, "%s: section header size %u at offset 0x%x is too small", file->path, entry,
                            file->pointer_size == 8 ? 58 : 46);
    }
    uint32_t name = 0;
    if (!file_bytes(file, table, wanted)) {
        return file_truncated(file, table, "the section table");
    }
    struct elf_section first;
    section_decode(file, file->bytes + table, &first, &name);
    count = count ? count : first.size; /* more than 0xff00 sections: the number lies in the first header */
    names = names == SHN_XINDEX ? first.link : names;
    if (count > file->size / entry || !file_bytes(file, table, count * entry)) {
        return file_truncated(file, table, "the section table");
    }
    if (names >= count) {
        return error_create(ERROR_FORMAT, "%s: section name table %u does not exist", file->path, names);
    }
    file->sections = calloc((size_t)count, sizeof *file->sections);
    if (!file->sections) {
        return error_out_of_memory();
    }
    file->section_count = (size_t)count;
    section_decode(file, file->bytes + table + (uint64_t)names * entry, &file->sections[names], &name);
    struct elf_section strings = file->sections[names];
    for (uint64_t i = 0; i < count; i++) {
        struct elf_section *section = &file->sections[i];
        section_decode(file, file->bytes + table + i * entry, section, &name);
        section->name = table_string(file, &strings, name);
        if (!section->name) {
            return error_create(ERROR_FORMAT, "%s: name of section %llu at offset 0x%llx is no string", file->path, (unsigned long long)i,
                                (unsigned long long)(table + i * entry));
        }
        if (section->type != SHT_NOBITS && section->type != SHT_NULL && !file_bytes(file, section->offset, section->size)) {
            return file_truncated(file, section->offset, section->name);
        }
    }
    return NULL;
}

static struct error *file_read_symbols(struct elf_file *file, const struct elf_section *table) {
    bool wide = file->pointer_size == 8;
    size_t entry = wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    if (table->link >= file->section_count) {
        return error_create(ERROR_FORMAT, "%s: string table %u of %s does not exist", file->path, table->link, table->name);
    }
    const struct elf_section *names = &file->sections[table->link];
    size_t count = (size_t)(table->size / entry);
    file->symbols = calloc(count ? count : 1, sizeof *file->symbols);
    if (!file->symbols) {
        return error_out_of_memory();
    }
    for (size_t i = 0; i < count; i++) {
        Elf64_Sym raw = {0};
        const unsigned char *bytes = file->bytes + table->offset + i * entry;
        if (wide) {
            memcpy(&raw, bytes, sizeof raw);
        } else {
            Elf32_Sym narrow;
            memcpy(&narrow, bytes, sizeof narrow);
            raw = (Elf64_Sym){narrow.st_name, narrow.st_info, narrow.st_other, narrow.st_shndx, narrow.st_value, narrow.st_size};
        }
        uint8_t type = ELF64_ST_TYPE(raw.st_info);
        if (raw.st_shndx == SHN_UNDEF || type == STT_FILE || type == STT_SECTION || type == STT_TLS || !raw.st_name) {
            continue;
        }
        const char *name = table_string(file, names, raw.st_name);
        if (!name) {
            return error_create(ERROR_FORMAT, "%s: name of symbol %zu at offset 0x%llx is no string", file->path, i,
                                (unsigned long long)(table->offset + i * entry));
        }
        file->symbols[file->symbol_count++] = (struct elf_symbol){name, raw.st_value, raw.st_size, type, raw.st_shndx};
    }
    return NULL;
}

static void file_read_build_id(struct elf_file *file) {
    for (size_t i = 0; i < file->section_count; i++) {
        const struct elf_section *section = &file->sections[i];
        if (section->type != SHT_NOTE) {
            continue;
        }
        uint64_t position = 0;
        while (section->size - position >= sizeof(Elf64_Nhdr)) {
            Elf64_Nhdr note;
            memcpy(&note, file->bytes + section->offset + position, sizeof note);
            uint64_t name = position + sizeof note;
            uint64_t value = name + (((uint64_t)note.n_namesz + 3) & ~(uint64_t)3);
            uint64_t end = value + (((uint64_t)note.n_descsz + 3) & ~(uint64_t)3);
            if (end > section->size) {
                break;
            }
            const unsigned char *base = file->bytes + section->offset;
            if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(base + name, "GNU", 4) == 0 && note.n_descsz <= 64) {
                for (uint32_t byte = 0; byte < note.n_descsz; byte++) {
                    snprintf(file->build_id + (size_t)byte * 2, 3, "%02x", base[value + byte]);
                }
                return;
            }
            position = end;
        }
    }
}

static struct error *file_map(struct elf_file *file) {
    int descriptor SCOPE_CLOSE = open(file->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        return error_create_errno("%s: cannot open", file->path);
    }
    if (!S_ISREG(status.st_mode)) {
        return error_create(ERROR_FORMAT, "%s: not a regular file", file->path);
    }
    if ((uint64_t)status.st_size < EI_NIDENT) {
        return error_create(ERROR_FORMAT, "%s: not an ELF file: it has %lld bytes, at offset 0 an ELF header is expected", file->path,
                            (long long)status.st_size);
    }
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED) {
        return error_create_errno("%s: cannot map", file->path);
    }
    file->bytes = bytes;
    file->size = (size_t)status.st_size;
    return NULL;
}

static struct error *file_read(struct elf_file *file) {
    struct error *error = file_map(file);
    if (error) {
        return error;
    }
    if (memcmp(file->bytes, ELFMAG, SELFMAG) != 0) {
        return error_create(ERROR_FORMAT, "%s: not an ELF file (offset 0: no ELF magic)", file->path);
    }
    if (file->bytes[EI_DATA] != ELFDATA2LSB || (file->bytes[EI_CLASS] != ELFCLASS64 && file->bytes[EI_CLASS] != ELFCLASS32)) {
        return error_create(ERROR_FORMAT, "%s: offset 4: only little-endian ELF files of class 32 or 64 are supported", file->path);
    }
    file->pointer_size = file->bytes[EI_CLASS] == ELFCLASS64 ? 8 : 4;
    error = file_read_sections(file);
    for (size_t i = 0; !error && i < file->section_count; i++) {
        if (file->sections[i].type == SHT_SYMTAB && !file->symbols) {
            error = file_read_symbols(file, &file->sections[i]);
        }
    }
    if (!error) {
        file_read_build_id(file);
    }
    return error;
}

struct error *elf_file_open(const char *path, struct elf_file **out_file) {
    struct elf_file *file = calloc(1, sizeof *file);
    if (!file || !(file->path = strdup(path))) {
        free(file);
        return error_out_of_memory();
    }
    struct error *error = file_read(file);
    if (error) {
        elf_file_close(file);
        return error;
    }
    *out_file = file;
    return NULL;
}

void elf_file_close(struct elf_file *file) {
    if (file) {
        if (file->bytes) {
            munmap((void *)(uintptr_t)file->bytes, file->size);
        }
        free(file->sections);
        free(file->symbols);
        free(file->path);
        free(file);
    }
}

const struct elf_section *elf_file_section(const struct elf_file *file, const char *name) {
    for (size_t i = 0; i < file->section_count; i++) {
        if (strcmp(file->sections[i].name, name) == 0) {
            return &file->sections[i];
        }
    }
    return NULL;
}

bool elf_file_read(const struct elf_file *file, uint64_t address, void *buffer, size_t count) {
    for (size_t i = 0; i < file->section_count; i++) {
        const struct elf_section *section = &file->sections[i];
        if ((section->flags & SHF_ALLOC) && section->type != SHT_NOBITS && address >= section->address &&
            address - section->address <= section->size && count <= section->size - (address - section->address)) {
            memcpy(buffer, file->bytes + section->offset + (address - section->address), count);
            return true;
        }
    }
    return false;
}

bool elf_file_is_code(const struct elf_file *file, uint64_t address) {
    for (size_t i = 0; i < file->section_count; i++) {
        const struct elf_section *section = &file->sections[i];
        if ((section->flags & (SHF_ALLOC | SHF_EXECINSTR)) == (SHF_ALLOC | SHF_EXECINSTR) && address - section->address < section->size) {
            return true;
        }
    }
    return false;
}

void elf_file_forget(const struct elf_file *file) {
    madvise((void *)(uintptr_t)file->bytes, file->size, MADV_DONTNEED); /* a private mapping that nobody writes to: nothing is lost */
}
