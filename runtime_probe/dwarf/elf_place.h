#ifndef DWARF_ELF_PLACE_H
#define DWARF_ELF_PLACE_H
/*
 * An object file (ET_REL: a kernel module, a cell) as if it had been linked: its allocated sections lie one behind the other from an address on,
 * symbols have addresses, and relocations between its own sections are applied, those of the debug information among them. What refers to
 * other objects stays as it is in the file. Sections whose bytes are elsewhere (a debug file's) get their addresses all the same.
 * Sources: System V gABI, chapter 4; psABIs of x86_64, AArch64 and RISC-V for the relocations.
 */
#include "elf_file.h"

/* Objects of 64-bit machines that this part knows relocations of (x86_64, aarch64, riscv64); a file that is no object file is ERROR_FORMAT. */
struct error *elf_place_open(const char *path, uint64_t base, struct elf_file **out_file);

#endif
