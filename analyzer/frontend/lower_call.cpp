/* Calls: whom, through which member, with which arguments, and what an untyped result becomes. */
#include "clang/AST/Attr.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

Value Lowering::lower_argument(const Expr *argument) {
    QualType type = argument->getType();
    if (!Unit::is_aggregate(type)) {
        Value value = rvalue(argument);
        return unit_.holds_pointer(type) ? value : NONE;
    }
    SourceLocation place = argument->getExprLoc();
    Location copy = object_location(unit_.local(".argument", function_, type, 0, place), type);
    initialise(copy, argument);
    return address(copy, place, false);
}

/* The record (else the type) of the first sizeof inside an expression. */
static QualType sizeof_operand(const Expr *expression, const ASTContext &context, unsigned depth) {
    if (depth == 0 || !expression) {
        return {};
    }
    expression = expression->IgnoreParenCasts();
    if (const auto *trait = dyn_cast<UnaryExprOrTypeTraitExpr>(expression)) {
        return trait->getKind() == UETT_SizeOf ? trait->getTypeOfArgument() : QualType();
    }
    QualType other;
    for (const Stmt *child : expression->children()) {
        const Expr *part = dyn_cast_or_null<Expr>(child);
        QualType found = sizeof_operand(part, context, depth - 1);
        if (!found.isNull() && found->isRecordType()) {
            return found;
        }
        if (other.isNull()) {
            other = found;
        }
    }
    return other;
}

QualType Lowering::allocation_hint(const CallExpr *call, QualType cast_to) {
    QualType result = call->getType();
    if (!result->isPointerType() && !unit_.holds_pointer(result)) {
        return {};
    }
    if (!cast_to.isNull() && cast_to->isRecordType()) {
        return cast_to;
    }
    QualType of_size;
    for (const Expr *argument : call->arguments()) {
        QualType found = sizeof_operand(argument, context_, 8);
        if (!found.isNull() && (of_size.isNull() || (found->isRecordType() && !of_size->isRecordType()))) {
            of_size = found;
        }
    }
    if (!of_size.isNull() && of_size->isRecordType()) {
        return of_size;
    }
    bool useful = !cast_to.isNull() && !cast_to->isVoidType() && !cast_to->isFunctionType();
    return useful ? cast_to : of_size;
}

/* The member that a callee comes from: p->ops->read, table[i].read, (*p->read). */
static const MemberExpr *callee_member(const Expr *callee) {
    for (unsigned depth = 0; depth < 16; depth++) {
        callee = callee->IgnoreParenCasts();
        if (const auto *member = dyn_cast<MemberExpr>(callee)) {
            return member;
        }
        if (const auto *subscript = dyn_cast<ArraySubscriptExpr>(callee)) {
            callee = subscript->getBase();
        } else if (const auto *unary = dyn_cast<UnaryOperator>(callee)) {
            callee = unary->getSubExpr();
        } else {
            return nullptr;
        }
    }
    return nullptr;
}

Value Lowering::emit_call(const CallExpr *call, uint32_t object, Value callee, const Expr *callee_expression, QualType hint) {
    SourceLocation place = call->getExprLoc();
    size_t count = call->getNumArgs();
    uint32_t *arguments = unit_.array<uint32_t>(count);
    int64_t *constants = unit_.array<int64_t>(count);
    for (unsigned i = 0; i < count; i++) {
        const Expr *argument = call->getArg(i);
        arguments[i] = lower_argument(argument);
        constants[i] = INT64_MIN;
        bool known = false;
        if (int64_t number = 0; arguments[i] == NONE && constant_integer(argument, number)) {
            constants[i] = number;
        } else if (uint64_t size = constant_size(argument, known); known) { /* the distance between two members */
            arguments[i] = NONE;
            constants[i] = static_cast<int64_t>(size);
        }
    }
    if (object == NONE && callee == NONE) {
        callee = emit_unknown("constant-address", context_.VoidPtrTy, place);
    }
    QualType type = call->getType();
    bool by_value = Unit::is_aggregate(type);
    Value result = by_value ? new_value(context_.getPointerType(type)) : unit_.holds_pointer(type) ? new_value(type) : NONE;
    QualType allocated = allocation_hint(call, hint);
    uint32_t hint_type = allocated.isNull() ? NONE : unit_.type(allocated, true);
    QualType callee_type = callee_expression->getType();
    if (callee_type->isPointerType()) {
        callee_type = callee_type->getPointeeType();
    }
    uint32_t function_type = callee_type->isFunctionType() ? unit_.type(callee_type) : NONE;
    uint32_t record = NONE;
    uint32_t member = NONE;
    if (object == NONE) {
        if (const MemberExpr *through = callee_member(callee_expression)) {
            if (const auto *field = dyn_cast<FieldDecl>(through->getMemberDecl())) {
                record = unit_.record(field->getParent());
                member = unit_.member_index(field);
            }
        }
    }
    facts_instruction &instruction = emit(FACTS_CALL, place);
    instruction.result = result;
    instruction.object = object;
    instruction.a = callee;
    instruction.type = function_type;
    instruction.record = record;
    instruction.member = member;
    instruction.hint = hint_type;
    instruction.flags = by_value ? static_cast<uint32_t>(FACTS_BY_VALUE) : 0U;
    instruction.arguments = arguments;
    instruction.constants = constants;
    instruction.argument_count = count;
    return result;
}

Value Lowering::lower_call(const CallExpr *call, QualType hint) {
    const Expr *callee = call->getCallee();
    const Expr *plain = callee->IgnoreParenCasts();              /* a known function is called directly, whatever its type is cast to */
    while (const auto *unary = dyn_cast<UnaryOperator>(plain)) { /* (*f)() and (&f)() are f() */
        const Expr *sub = unary->getSubExpr()->IgnoreParenCasts();
        const auto *reference = dyn_cast<DeclRefExpr>(sub);
        bool same = (unary->getOpcode() == UO_Deref || unary->getOpcode() == UO_AddrOf) && reference && isa<FunctionDecl>(reference->getDecl());
        if (!same) {
            break;
        }
        plain = sub;
    }
    const FunctionDecl *function = nullptr;
    if (const auto *reference = dyn_cast<DeclRefExpr>(plain)) {
        function = dyn_cast<FunctionDecl>(reference->getDecl());
    }
    if (!function) {
        Value value = rvalue(callee);
        return emit_call(call, NONE, value, callee, hint);
    }
    Value result = NONE;
    if (lower_builtin(call, function, hint, result)) {
        return result;
    }
    llvm::StringRef name = function->getIdentifier() ? function->getName() : "";
    if (name.consume_front("__builtin_")) { /* stands for the library's */
        return emit_call(call, unit_.external_function(name, function->getType()), NONE, plain, hint);
    }
    return emit_call(call, unit_.object(function), NONE, plain, hint);
}

void Lowering::call_cleanup(const VarDecl *variable, SourceLocation place) {
    const auto *cleanup = variable->getAttr<CleanupAttr>();
    if (!cleanup) {
        return;
    }
    const FunctionDecl *function = cleanup->getFunctionDecl();
    uint32_t object = unit_.object(function);
    uint32_t *arguments = unit_.array<uint32_t>(1);
    int64_t *constants = unit_.array<int64_t>(1);
    arguments[0] = address(variable_location(variable, place), place, false);
    constants[0] = INT64_MIN;
    uint32_t type = unit_.type(function->getType());
    facts_instruction &instruction = emit(FACTS_CALL, place);
    instruction.object = object;
    instruction.type = type;
    instruction.arguments = arguments;
    instruction.constants = constants;
    instruction.argument_count = 1;
}

} // namespace spillscope
