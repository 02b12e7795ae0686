#ifndef DWARF_DIE_READER_H
#define DWARF_DIE_READER_H
/*
 * What the files that know libdwarf (release 20210528) share: die_reader.c visits the units, die_plain*.c their entries as bytes, or
 * die_library.c through libdwarf where it must; die_attribute.c says what attributes mean, die_code.c places in code and memory; die_lines.c reads
 * the file and line tables, die_access.c gives libdwarf the ELF file. Nothing else includes this.
 */
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#include "die.h"
#include "die_plain.h"
#include "elf_file.h"
#include "index_builder.h"

#define FILE_UNKNOWN UINT32_MAX
#define DWARF_LENGTH_LONG 0xffffffffU /* instead of a length: it follows, in 64 bits */

enum { NAME_CACHE_BITS = 16, NAME_CACHE = 1 << NAME_CACHE_BITS };

/* Strings of .debug_str are used again and again: the number of one that was interned before, by its place. */
struct known_name {
    const char *place;
    uint32_t number;
};

struct die_reader {
    struct elf_file *file;
    const char *source_root; /* "" = none */
    Dwarf_Debug dbg;
    struct index_builder *builder;
    struct vector dies;    /* struct die, of the unit at hand */
    struct vector ranges;  /* struct address_range, of the unit at hand */
    struct vector files;   /* uint32_t: string number of each entry of the unit's file table; FILE_UNKNOWN = not asked for yet */
    char **paths;          /* the file table, libdwarf's; NULL = it is the plain reader's */
    int64_t file_base;     /* number of its first entry: 0 since DWARF 5, else 1 */
    const char *unit_root; /* the unit's compile directory where it is relative: names are relative to it */
    uint16_t version;
    struct die_plain plain;
    uint64_t low_pc;          /* of the unit */
    uint64_t last;            /* offset of the entry visited last */
    struct known_name *names; /* NAME_CACHE of them; owned */
};

/* Turns a libdwarf failure into an error that names the place, and releases it. */
struct error *die_reader_error(struct die_reader *reader, Dwarf_Error cause, const char *what, uint64_t offset);

/* The entries that were gathered of a unit go to the builder, and everything that belongs to the unit is forgotten. */
struct error *die_reader_pass_on(struct die_reader *reader);

/* A handle on the file; ERROR_FORMAT when it has no DWARF. The interface must live as long as the handle. */
struct error *die_access_open(struct die_reader *reader, Dwarf_Obj_Access_Interface *interface);
void die_access_close(struct die_reader *reader);

/* Line table of a unit: its rows go to the builder, its file table stays until die_lines_drop. */
struct error *die_lines_read(struct die_reader *reader, Dwarf_Die unit, uint64_t offset);
void die_lines_drop(struct die_reader *reader);
/* The string number of a path, without what is left out of it. */
uint32_t die_lines_intern(struct die_reader *reader, const char *path);
/* String number of a file by its number in the unit's table; 0 = none. */
uint32_t die_lines_file(struct die_reader *reader, uint64_t number);

/* Which of the tags is it? False for those that do not matter. */
bool die_tag_of(unsigned raw, uint16_t *out_tag);
/* Are the sections of the mapping as they are what the debug information is? Not in object files and where they are compressed. */
bool die_access_fits(const struct elf_file *file);

/* Everything that an entry's attributes say, through libdwarf; tag and offset are set already. */
struct error *die_library_entry(struct die_reader *reader, Dwarf_Die raw, struct die *die);
/* What an attribute says of the entry, but for its bounds. `raw` is NULL where libdwarf did not read it. */
void die_attribute_take(struct die_reader *reader, Dwarf_Die raw, unsigned name, const struct die_value *value, struct die *die);

/* A variable's place, if it is a fixed one. */
void die_code_location(struct die_reader *reader, Dwarf_Die raw, const struct die_value *value, struct die *die);
/* One more range of a function or an inlined instance; the first is where it is entered. */
void die_code_range(struct die_reader *reader, struct die *die, uint64_t low, uint64_t high);
struct error *die_code_ranges(struct die_reader *reader, Dwarf_Attribute attribute, Dwarf_Die raw, struct die *die);
/* Bounds and entry of a function or an inlined instance. */
void die_code_bounds(struct die_reader *reader, Dwarf_Die raw, struct die *die);
/* One number of an expression; false at its end. */
bool die_code_uleb(const unsigned char **at, const unsigned char *end, uint64_t *out_value);

#endif
