#ifndef DWARF_INDEX_PROCESS_H
#define DWARF_INDEX_PROCESS_H
/*
 * Makes an index in a process of its own: what malformed debug information does to the library that reads it (a crash, a loop) becomes an error
 * that names the file, and its memory is gone afterwards.
 */
#include "die.h"
#include "elf_file.h"

/* Reads the DWARF of `file` and of the objects chained to it in this process, and writes the index to the empty file `descriptor`, unless there is an
 * error. */
struct error *index_make(struct elf_file *file, const char *source_root, enum die_decoder decoder, int descriptor);
/* The same in a child. What the plain decoder refuses goes to libdwarf, whose word is the last. */
struct error *index_make_apart(struct elf_file *file, const char *source_root, int descriptor);

#endif
