#include "unit_lower.h"
#include "clang/AST/Attr.h"
#include "contract.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

static void lower_pending(Unit &unit) {
    Unit::PendingLiteral literal;
    bool more = true;
    while (more) {
        more = false;
        while (const VarDecl *variable = unit.next_variable()) {
            more = true;
            if (const Expr *initialiser = variable->getAnyInitializer()) {
                lower_initialiser(unit, unit.object(variable), variable->getType(), initialiser);
            }
        }
        while (unit.next_literal(literal)) {
            more = true;
            lower_initialiser(unit, literal.object, literal.literal->getType(), literal.literal->getInitializer());
        }
        Unit::PendingIfunc ifunc;
        while (unit.next_ifunc(ifunc)) {
            more = true;
            Lowering(unit, ifunc.function).run_ifunc(ifunc.resolver);
        }
        if (const FunctionDecl *function = unit.next_function()) {
            more = true;
            Lowering(unit, function).run();
        }
    }
}

void lower_unit(Unit &unit) {
    ASTContext &context = unit.context();
    for (const Decl *declaration : context.getTranslationUnitDecl()->decls()) {
        if (const auto *assembly = dyn_cast<FileScopeAsmDecl>(declaration)) {
            unit.add_assembly(assembly->getAsmString()->getString());
        } else if (isa<FunctionDecl>(declaration) || isa<VarDecl>(declaration)) {
            if (context.DeclMustBeEmitted(declaration)) {
                unit.object(cast<ValueDecl>(declaration));
            } else if (declaration->hasAttr<AliasAttr>() || declaration->hasAttr<UsedAttr>() || declaration->hasAttr<IFuncAttr>()) {
                unit.object(cast<ValueDecl>(declaration));
            }
        }
    }
    lower_pending(unit);
    contract_check(unit);
}

} // namespace spillscope
