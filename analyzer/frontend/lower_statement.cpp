/* Statements, declarations, and which variables live in memory. */
#include "clang/AST/Attr.h"
#include "clang/Basic/TargetInfo.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

void Lowering::mark(const Expr *expression, Variables &out_variables) {
    for (unsigned depth = 0; depth < 64; depth++) {
        expression = expression->IgnoreParens();
        if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
            if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl())) {
                out_variables.insert(variable->getCanonicalDecl());
            }
            return;
        }
        if (const auto *unary = dyn_cast<UnaryOperator>(expression)) {
            if (unary->getOpcode() == UO_Deref) {
                return;
            }
            expression = unary->getSubExpr(); /* __extension__, __real__, ++x */
        } else if (const auto *cast_expression = dyn_cast<CastExpr>(expression)) {
            expression = cast_expression->getSubExpr();
        } else if (const auto *choose = dyn_cast<ChooseExpr>(expression)) {
            expression = choose->getChosenSubExpr();
        } else if (const auto *generic = dyn_cast<GenericSelectionExpr>(expression)) {
            expression = generic->getResultExpr();
        } else if (const auto *subscript = dyn_cast<ArraySubscriptExpr>(expression)) {
            if (!subscript->getBase()->getType()->isVectorType()) {
                return;
            }
            expression = subscript->getBase();
        } else if (const auto *element = dyn_cast<ExtVectorElementExpr>(expression)) {
            if (element->isArrow()) {
                return;
            }
            expression = element->getBase();
        } else if (const auto *binary = dyn_cast<BinaryOperator>(expression); binary && binary->getOpcode() == BO_Comma) {
            expression = binary->getRHS();
        } else {
            return;
        }
    }
}

void Lowering::find_addressed(const Stmt *statement) {
    if (!statement) {
        return;
    }
    if (const auto *unary = dyn_cast<UnaryOperator>(statement)) {
        if (unary->getOpcode() == UO_AddrOf) {
            mark(unary->getSubExpr(), addressed_);
        } else if (unary->isIncrementDecrementOp()) {
            mark(unary->getSubExpr(), assigned_);
        }
    } else if (const auto *binary = dyn_cast<BinaryOperator>(statement)) {
        if (binary->isAssignmentOp()) {
            mark(binary->getLHS(), assigned_);
        }
    } else if (const auto *subscript = dyn_cast<ArraySubscriptExpr>(statement)) {
        if (subscript->getBase()->getType()->isVectorType()) {
            mark(subscript->getBase(), addressed_);
        }
    } else if (const auto *element = dyn_cast<ExtVectorElementExpr>(statement)) {
        mark(element, addressed_);
    } else if (const auto *assembly = dyn_cast<GCCAsmStmt>(statement)) {
        const TargetInfo &target = context_.getTargetInfo();
        llvm::SmallVector<TargetInfo::ConstraintInfo, 8> output_infos;
        for (unsigned i = 0; i < assembly->getNumOutputs(); i++) {
            TargetInfo::ConstraintInfo info(assembly->getOutputConstraint(i), assembly->getOutputName(i));
            target.validateOutputConstraint(info);
            output_infos.push_back(info);
            mark(assembly->getOutputExpr(i), assigned_);
            if (info.allowsMemory() && !info.allowsRegister()) {
                mark(assembly->getOutputExpr(i), addressed_);
            }
        }
        for (unsigned i = 0; i < assembly->getNumInputs(); i++) {
            TargetInfo::ConstraintInfo info(assembly->getInputConstraint(i), assembly->getInputName(i));
            target.validateInputConstraint(output_infos, info);
            if (info.allowsMemory() && !info.allowsRegister()) {
                mark(assembly->getInputExpr(i), addressed_);
            }
        }
    } else if (const auto *declaration = dyn_cast<DeclStmt>(statement)) {
        for (const Decl *each : declaration->decls()) {
            const auto *variable = dyn_cast<VarDecl>(each);
            if (variable && variable->hasLocalStorage() && variable->hasAttr<CleanupAttr>()) {
                addressed_.insert(variable->getCanonicalDecl());
            }
        }
    } else if (const auto *generic = dyn_cast<GenericSelectionExpr>(statement)) {
        return find_addressed(generic->getResultExpr());
    }
    for (const Stmt *child : statement->children()) {
        find_addressed(child);
    }
}

bool Lowering::is_constant(const Expr *condition, bool &out_value) const {
    return !condition->HasSideEffects(context_) && condition->EvaluateAsBooleanCondition(out_value, context_);
}

static bool contains_label(const Stmt *statement, bool in_switch) {
    if (!statement) {
        return false;
    }
    if (isa<LabelStmt>(statement) || (isa<SwitchCase>(statement) && !in_switch)) {
        return true;
    }
    bool inner = in_switch || isa<SwitchStmt>(statement);
    for (const Stmt *child : statement->children()) {
        if (contains_label(child, inner)) {
            return true;
        }
    }
    return false;
}

bool Lowering::is_dead(const Stmt *statement) const {
    return !contains_label(statement, false);
}

void Lowering::lower_variable(const VarDecl *variable) {
    SourceLocation place = variable->getLocation();
    if (variable->isStaticLocal()) {
        unit_.object(variable);
        return;
    }
    if (!variable->hasLocalStorage()) {
        return;
    }
    QualType type = variable->getType();
    for (QualType at = type; !at.isNull();) { /* sizes of variable arrays are evaluated here */
        if (const auto *array = context_.getAsVariableArrayType(at)) {
            if (array->getSizeExpr()) {
                discard(array->getSizeExpr());
            }
            at = array->getElementType();
        } else {
            at = at->isPointerType() ? at->getPointeeType() : QualType();
        }
    }
    Location location = variable_location(variable, place);
    if (const Expr *init = variable->getInit()) {
        initialise(location, init);
    }
    call_cleanup(variable, place);
}

void Lowering::lower_declaration(const DeclStmt *statement) {
    for (const Decl *each : statement->decls()) {
        if (const auto *variable = dyn_cast<VarDecl>(each)) {
            lower_variable(variable);
        }
    }
}

void Lowering::lower_if(const IfStmt *statement) {
    discard(statement->getCond());
    bool value = false;
    bool known = is_constant(statement->getCond(), value);
    const Stmt *yes = statement->getThen();
    const Stmt *no = statement->getElse();
    if (!known || value || !is_dead(yes)) {
        lower(yes);
    }
    if (no && (!known || !value || !is_dead(no))) {
        lower(no);
    }
}

/* Does control leave the switch at the end of this statement? */
static bool ends_with_jump(const Stmt *statement) {
    while (const auto *compound = dyn_cast<CompoundStmt>(statement)) {
        if (compound->body_empty()) {
            return false;
        }
        statement = compound->body_back();
    }
    return isa<BreakStmt>(statement) || isa<ReturnStmt>(statement) || isa<GotoStmt>(statement) || isa<ContinueStmt>(statement);
}

/* With a constant condition only the statements from the matching case to the first jump out of the switch run. */
void Lowering::lower_switch(const SwitchStmt *statement) {
    discard(statement->getCond());
    Expr::EvalResult result;
    const auto *body = dyn_cast<CompoundStmt>(statement->getBody());
    bool constant = body && statement->getCond()->EvaluateAsInt(result, context_, Expr::SE_NoSideEffects);
    if (!constant || contains_label(body, true)) {
        return lower(statement->getBody());
    }
    llvm::APSInt value = result.Val.getInt();
    const SwitchCase *target = nullptr;
    for (const SwitchCase *each = statement->getSwitchCaseList(); each; each = each->getNextSwitchCase()) {
        const auto *labelled = dyn_cast<CaseStmt>(each);
        if (!labelled) {
            target = target ? target : each; /* default, unless a case matches */
            continue;
        }
        llvm::APSInt low = labelled->getLHS()->EvaluateKnownConstInt(context_);
        llvm::APSInt high = labelled->getRHS() ? labelled->getRHS()->EvaluateKnownConstInt(context_) : low;
        if (llvm::APSInt::compareValues(value, low) >= 0 && llvm::APSInt::compareValues(value, high) <= 0) {
            target = each;
            break;
        }
    }
    bool running = false;
    for (const Stmt *each : body->body()) {
        const Stmt *at = each;
        bool is_case = isa<SwitchCase>(at);
        while (const auto *label = dyn_cast<SwitchCase>(at)) {
            running = running || label == target;
            at = label->getSubStmt();
        }
        if (!running) {
            if (!is_case && !is_dead(each)) { /* a case deeper inside */
                return lower(statement->getBody());
            }
            if (is_case && !is_dead(at)) {
                return lower(statement->getBody());
            }
            continue;
        }
        lower(at);
        if (ends_with_jump(at)) {
            return;
        }
    }
}

void Lowering::lower_return(const ReturnStmt *statement) {
    const Expr *expression = statement->getRetValue();
    Value value = NONE;
    bool by_value = false;
    if (expression) {
        value = rvalue(expression);
        by_value = Unit::is_aggregate(expression->getType());
        if (!by_value && !unit_.holds_pointer(expression->getType())) {
            value = NONE;
        }
    }
    facts_instruction &instruction = emit(FACTS_RETURN, statement->getReturnLoc());
    instruction.a = value;
    instruction.flags = by_value ? static_cast<uint32_t>(FACTS_BY_VALUE) : 0U;
}

void Lowering::lower(const Stmt *statement) {
    if (!statement) {
        return;
    }
    if (const auto *expression = dyn_cast<Expr>(statement)) {
        discard(expression);
        return;
    }
    switch (statement->getStmtClass()) {
    case Stmt::CompoundStmtClass:
        for (const Stmt *each : cast<CompoundStmt>(statement)->body()) {
            lower(each);
        }
        return;
    case Stmt::DeclStmtClass:
        return lower_declaration(cast<DeclStmt>(statement));
    case Stmt::IfStmtClass:
        return lower_if(cast<IfStmt>(statement));
    case Stmt::SwitchStmtClass:
        return lower_switch(cast<SwitchStmt>(statement));
    case Stmt::CaseStmtClass:
    case Stmt::DefaultStmtClass:
        return lower(cast<SwitchCase>(statement)->getSubStmt());
    case Stmt::LabelStmtClass:
        return lower(cast<LabelStmt>(statement)->getSubStmt());
    case Stmt::AttributedStmtClass:
        return lower(cast<AttributedStmt>(statement)->getSubStmt());
    case Stmt::WhileStmtClass: {
        const auto *loop = cast<WhileStmt>(statement);
        discard(loop->getCond());
        bool value = true;
        if (!(is_constant(loop->getCond(), value) && !value && is_dead(loop->getBody()))) {
            lower(loop->getBody());
        }
        return;
    }
    case Stmt::DoStmtClass: {
        const auto *loop = cast<DoStmt>(statement);
        lower(loop->getBody());
        discard(loop->getCond());
        return;
    }
    case Stmt::ForStmtClass: {
        const auto *loop = cast<ForStmt>(statement);
        lower(loop->getInit());
        if (loop->getCond()) {
            discard(loop->getCond());
        }
        lower(loop->getBody());
        if (loop->getInc()) {
            discard(loop->getInc());
        }
        return;
    }
    case Stmt::ReturnStmtClass:
        return lower_return(cast<ReturnStmt>(statement));
    case Stmt::IndirectGotoStmtClass:
        discard(cast<IndirectGotoStmt>(statement)->getTarget());
        return;
    case Stmt::GCCAsmStmtClass:
        return lower_asm(cast<GCCAsmStmt>(statement));
    case Stmt::NullStmtClass:
    case Stmt::GotoStmtClass:
    case Stmt::BreakStmtClass:
    case Stmt::ContinueStmtClass:
        return;
    default:
        lower_unsupported(statement, context_.VoidPtrTy, "statement");
        return;
    }
}

} // namespace spillscope
