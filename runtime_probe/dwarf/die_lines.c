/* File tables and line tables. */
#include <stdlib.h>
#include <string.h>
#include "die_reader.h"

/* The part of `path` behind the directory `root`; `path` itself where it lies elsewhere. */
static const char *path_below(const char *path, const char *root) {
    size_t length = root ? strlen(root) : 0;
    return length && strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

/* Removes "." and ".." and doubled slashes, then the root. */
uint32_t die_lines_intern(struct die_reader *reader, const char *path) {
    char *clean = malloc(strlen(path) + 2);
    if (!clean) {
        reader->builder->strings.failed = true;
        return 0;
    }
    size_t length = 0;
    bool absolute = path[0] == '/';
    while (*path) {
        while (*path == '/') {
            path++;
        }
        size_t part = strcspn(path, "/");
        if (part == 2 && path[0] == '.' && path[1] == '.' && length && strcmp(clean + (length >= 2 ? length - 2 : 0), "..") != 0) {
            while (length && clean[length - 1] != '/') {
                length--;
            }
            length -= length ? 1 : 0;
        } else if (part && !(part == 1 && path[0] == '.')) {
            if (length || absolute) {
                clean[length++] = '/';
            }
            memcpy(clean + length, path, part);
            length += part;
        }
        clean[length] = 0;
        path += part;
    }
    clean[length] = 0;
    uint32_t number = strings_intern(&reader->builder->strings, path_below(path_below(clean, reader->source_root), reader->unit_root));
    free(clean);
    return number;
}

uint32_t die_lines_file(struct die_reader *reader, uint64_t number) {
    int64_t index = (int64_t)number - reader->file_base;
    if (index < 0 || (uint64_t)index >= reader->files.count) {
        return 0;
    }
    uint32_t *known = VECTOR_AT(&reader->files, uint32_t, index);
    if (*known == FILE_UNKNOWN) {
        *known = reader->paths ? die_lines_intern(reader, reader->paths[index]) : die_plain_file(reader, (size_t)index);
    }
    return *known;
}

/* The unit's file table: names are interned when they are asked for. reader_drop_files gives it back. */
static struct error *reader_read_files(struct die_reader *reader, Dwarf_Die unit, uint64_t offset) {
    Dwarf_Error cause = NULL;
    Dwarf_Signed count = 0;
    char *directory = NULL;
    int result = dwarf_srcfiles(unit, &reader->paths, &count, &cause);
    if (result == DW_DLV_ERROR) {
        return die_reader_error(reader, cause, "file table", offset);
    }
    for (Dwarf_Signed i = 0; result == DW_DLV_OK && i < count; i++) {
        *(uint32_t *)vector_push(&reader->files) = FILE_UNKNOWN;
    }
    if (dwarf_die_text(unit, DW_AT_comp_dir, &directory, &cause) == DW_DLV_OK && directory[0] != '/') {
        reader->unit_root = directory; /* a reproducible build mapped it away */
    }
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return NULL;
}

void die_lines_drop(struct die_reader *reader) {
    for (size_t i = 0; reader->paths && i < reader->files.count; i++) {
        dwarf_dealloc(reader->dbg, reader->paths[i], DW_DLA_STRING);
    }
    if (reader->paths) {
        dwarf_dealloc(reader->dbg, reader->paths, DW_DLA_LIST);
    }
    reader->paths = NULL;
    reader->unit_root = NULL;
    vector_clear(&reader->files);
}

static struct error *reader_rows(struct die_reader *reader, Dwarf_Line *lines, Dwarf_Signed count, uint64_t offset) {
    bool discarded = false;
    bool first = true;
    for (Dwarf_Signed i = 0; i < count; i++) {
        Dwarf_Error cause = NULL;
        Dwarf_Addr address = 0;
        Dwarf_Unsigned line = 0;
        Dwarf_Unsigned file = 0;
        Dwarf_Bool end = 0;
        if (dwarf_lineaddr(lines[i], &address, &cause) != DW_DLV_OK || dwarf_lineno(lines[i], &line, &cause) != DW_DLV_OK ||
            dwarf_line_srcfileno(lines[i], &file, &cause) != DW_DLV_OK || dwarf_lineendsequence(lines[i], &end, &cause) != DW_DLV_OK) {
            return die_reader_error(reader, cause, "line table row", offset);
        }
        if (first) {
            discarded = address == 0; /* the linker dropped this function's section */
        }
        first = end != 0;
        if (!discarded && elf_file_is_code(reader->file, end ? address - 1 : address)) {
            index_builder_line(reader->builder, address, die_lines_file(reader, file), (uint32_t)line, end != 0);
        }
    }
    return NULL;
}

struct error *die_lines_read(struct die_reader *reader, Dwarf_Die unit, uint64_t offset) {
    Dwarf_Error cause = NULL;
    Dwarf_Unsigned version = 0;
    Dwarf_Small tables = 0;
    Dwarf_Line_Context context = NULL;
    int result = dwarf_srclines_b(unit, &version, &tables, &context, &cause);
    if (result == DW_DLV_ERROR) {
        return die_reader_error(reader, cause, "line table", offset);
    }
    if (result == DW_DLV_NO_ENTRY) {
        return NULL;
    }
    reader->file_base = version >= 5 ? 0 : 1;
    struct error *error = reader_read_files(reader, unit, offset);
    Dwarf_Line *lines = NULL;
    Dwarf_Signed count = 0;
    if (!error && dwarf_srclines_from_linecontext(context, &lines, &count, &cause) == DW_DLV_ERROR) {
        error = die_reader_error(reader, cause, "line table", offset);
    }
    if (!error) {
        error = reader_rows(reader, lines, count, offset);
    }
    dwarf_srclines_dealloc_b(context);
    return error;
}
