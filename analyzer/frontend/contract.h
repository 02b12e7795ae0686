#ifndef CONTRACT_H
#define CONTRACT_H
/* What annotations promise (analyzer/contracts/spillscope_contracts.h), and the rules that hold one unit against them (docs/checks/). */
#include "unit.h"

namespace spillscope {

/* Is there an annotation "spillscope:WORD" on any declaration of this? */
bool contract_has(const clang::Decl *declaration, llvm::StringRef word);
/* Does an object of this type own something, itself or in a member? */
bool contract_owns(clang::QualType type);
/* May code at this place look inside the record? True for records that are not opaque. */
bool contract_may_look(Unit &unit, const clang::RecordDecl *record, clang::SourceLocation location);
const clang::RecordDecl *contract_record(clang::QualType type); /* the record behind typedefs and arrays, NULL */

/* Rules opaque-access and, for copies of owning records, second-owner: every function and initialiser of the unit. */
void contract_check_access(Unit &unit);
/* Rules second-owner and unreleased along the paths of one function. */
void contract_check_paths(Unit &unit, const clang::FunctionDecl *function);
/* All rules over all that the unit defines. */
void contract_check(Unit &unit);

} // namespace spillscope
#endif
