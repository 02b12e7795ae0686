/* The ELF file as libdwarf asks for it. */
#include <elf.h>
#include <string.h>
#include "die_reader.h"

/* Sections of the mapping, as they are. A kernel's relocations were applied when it was linked. */

static int access_section(void *object, Dwarf_Half index, Dwarf_Obj_Access_Section *out_section, int *error) {
    const struct elf_file *file = object;
    (void)error;
    if (index >= file->section_count) {
        return DW_DLV_NO_ENTRY;
    }
    const struct elf_section *section = &file->sections[index];
    bool relocations = section->type == SHT_RELA || section->type == SHT_REL;
    *out_section = (Dwarf_Obj_Access_Section){
        .addr = section->address,
        .type = relocations ? SHT_NULL : section->type,
        .size = relocations ? 0 : section->size,
        .name = relocations ? "" : section->name,
        .link = section->link,
        .entrysize = section->entry_size,
    };
    return DW_DLV_OK;
}

static Dwarf_Endianness access_byte_order(void *object) {
    (void)object;
    return DW_OBJECT_LSB;
}

static Dwarf_Small access_length_size(void *object) {
    (void)object;
    return 4;
}

static Dwarf_Small access_pointer_size(void *object) {
    return (Dwarf_Small)((const struct elf_file *)object)->pointer_size;
}

static Dwarf_Unsigned access_count(void *object) {
    return ((const struct elf_file *)object)->section_count;
}

static int access_load(void *object, Dwarf_Half index, Dwarf_Small **out_bytes, int *error) {
    const struct elf_file *file = object;
    (void)error;
    if (index >= file->section_count || file->sections[index].type == SHT_NOBITS || !file->sections[index].size) {
        return DW_DLV_NO_ENTRY;
    }
    *out_bytes = (Dwarf_Small *)(uintptr_t)(file->bytes + file->sections[index].offset); /* it is only read */
    return DW_DLV_OK;
}

static const Dwarf_Obj_Access_Methods access_methods = {
    .get_section_info = access_section,
    .get_byte_order = access_byte_order,
    .get_length_size = access_length_size,
    .get_pointer_size = access_pointer_size,
    .get_section_count = access_count,
    .load_section = access_load,
};

/* libdwarf itself reads what is compressed, and an object file's relocations; both need the whole library's way in. */
bool die_access_fits(const struct elf_file *file) {
    bool linked = false;
    for (size_t i = 0; i < file->section_count; i++) {
        if (file->sections[i].flags & SHF_COMPRESSED) {
            return false;
        }
        linked = linked || (file->sections[i].flags & SHF_ALLOC && file->sections[i].address);
    }
    return linked;
}

struct error *die_access_open(struct die_reader *reader, Dwarf_Obj_Access_Interface *interface) {
    Dwarf_Error cause = NULL;
    const char *path = reader->file->path;
    *interface = (Dwarf_Obj_Access_Interface){.object = reader->file, .methods = &access_methods};
    int result = die_access_fits(reader->file)
                     ? dwarf_object_init_b(interface, NULL, NULL, DW_GROUPNUMBER_ANY, &reader->dbg, &cause)
                     : dwarf_init_path(path, NULL, 0, DW_DLC_READ, DW_GROUPNUMBER_ANY, NULL, NULL, &reader->dbg, NULL, 0, NULL, &cause);
    if (result == DW_DLV_NO_ENTRY) {
        return error_create(ERROR_FORMAT, "%s: no DWARF debug information (build with -g)", path);
    }
    if (result == DW_DLV_ERROR) {
        struct error *failure = error_create(ERROR_FORMAT, "%s: cannot read DWARF at offset 0: %s", path, cause ? dwarf_errmsg(cause) : "unknown");
        dwarf_dealloc_error(NULL, cause);
        return failure;
    }
    return NULL;
}

void die_access_close(struct die_reader *reader) {
    Dwarf_Error cause = NULL;
    if (die_access_fits(reader->file)) {
        dwarf_object_finish(reader->dbg, &cause);
    } else {
        dwarf_finish(reader->dbg, &cause);
    }
    reader->dbg = NULL;
    memset(reader->names, 0, NAME_CACHE * sizeof *reader->names); /* a string that was decompressed goes away with its handle */
    elf_file_forget(reader->file);
}
