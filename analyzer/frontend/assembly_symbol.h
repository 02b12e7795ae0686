#ifndef ASSEMBLY_SYMBOL_H
#define ASSEMBLY_SYMBOL_H
/* Names that file-scope assembly defines: labels, and what `.set`, `.equ`, `.equiv`, `.eqv`, `.weakref` and `=` make of other names. */
#include <cstdint>
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace spillscope {

struct AssemblySymbol {
    bool defined = false;
    llvm::StringRef base;      /* the name that it lies at or behind; "" = a label or a number. Part of the statements */
    int64_t offset = 0;        /* bytes from the base */
    bool offset_known = false; /* else it may lie anywhere in the base: an expression of more than sums and products */
};

/* What the statements make of a name, through other names that they define themselves. */
AssemblySymbol find_assembly_symbol(llvm::ArrayRef<const char *> statements, llvm::StringRef name);

} // namespace spillscope

#endif
