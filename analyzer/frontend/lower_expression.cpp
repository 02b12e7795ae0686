/* Rvalues: every kind of expression of C and GNU C. What is not known becomes a counted unknown, never nothing. */
#include "clang/AST/ExprCXX.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

Value Lowering::address_of_function(const FunctionDecl *function, SourceLocation place) {
    return address_of_object(unit_.object(function), 0, function->getType(), place);
}

uint64_t Lowering::stride_of(QualType pointee) const {
    if (pointee->isVoidType() || pointee->isFunctionType()) {
        return 1;
    }
    return unit_.size_of(pointee);
}

Value Lowering::lower_unsupported(const Stmt *statement, QualType type, llvm::StringRef what) {
    for (const Stmt *child : statement->children()) {
        if (const auto *expression = dyn_cast_or_null<Expr>(child)) {
            discard(expression);
        }
    }
    std::string cause = what.str() + " " + statement->getStmtClassName();
    return emit_unknown(cause, type, statement->getBeginLoc());
}

Value Lowering::rvalue(const Expr *expression, QualType hint) {
    QualType type = expression->getType();
    SourceLocation place = expression->getExprLoc();
    switch (expression->getStmtClass()) {
    /* Constants. */
    case Stmt::IntegerLiteralClass:
    case Stmt::CharacterLiteralClass:
    case Stmt::FloatingLiteralClass:
    case Stmt::ImaginaryLiteralClass:
    case Stmt::FixedPointLiteralClass:
    case Stmt::GNUNullExprClass:
    case Stmt::CXXBoolLiteralExprClass:
    case Stmt::CXXNullPtrLiteralExprClass:
    case Stmt::TypeTraitExprClass:
    case Stmt::SourceLocExprClass:
    case Stmt::AddrLabelExprClass:
    case Stmt::ImplicitValueInitExprClass:
    case Stmt::NoInitExprClass:
        return NONE;
    case Stmt::UnaryExprOrTypeTraitExprClass: {
        const auto *trait = cast<UnaryExprOrTypeTraitExpr>(expression);
        if (trait->getKind() == UETT_SizeOf && !trait->isArgumentType() && trait->getTypeOfArgument()->isVariableArrayType()) {
            discard(trait->getArgumentExpr());
        }
        return NONE;
    }
    case Stmt::OffsetOfExprClass: {
        const auto *offset = cast<OffsetOfExpr>(expression);
        for (unsigned i = 0; i < offset->getNumExpressions(); i++) {
            discard(offset->getIndexExpr(i));
        }
        return NONE;
    }
    /* What only wraps. */
    case Stmt::ParenExprClass:
        return rvalue(cast<ParenExpr>(expression)->getSubExpr(), hint);
    case Stmt::ConstantExprClass:
        return rvalue(cast<ConstantExpr>(expression)->getSubExpr(), hint);
    case Stmt::ExprWithCleanupsClass:
        return rvalue(cast<ExprWithCleanups>(expression)->getSubExpr(), hint);
    case Stmt::ChooseExprClass:
        return rvalue(cast<ChooseExpr>(expression)->getChosenSubExpr(), hint);
    case Stmt::GenericSelectionExprClass:
        return rvalue(cast<GenericSelectionExpr>(expression)->getResultExpr(), hint);
    case Stmt::PseudoObjectExprClass:
        return lower_unsupported(expression, type, "expression");
    case Stmt::OpaqueValueExprClass: {
        auto known = opaque_values_.find(expression);
        if (known != opaque_values_.end()) {
            return known->second;
        }
        const Expr *source = cast<OpaqueValueExpr>(expression)->getSourceExpr();
        return source ? rvalue(source, hint) : lower_unsupported(expression, type, "expression");
    }
    /* Memory. */
    case Stmt::DeclRefExprClass:
        if (isa<EnumConstantDecl>(cast<DeclRefExpr>(expression)->getDecl())) {
            return NONE;
        }
        return load(lvalue(expression), place);
    case Stmt::MemberExprClass:
    case Stmt::ArraySubscriptExprClass:
    case Stmt::ExtVectorElementExprClass:
    case Stmt::CompoundLiteralExprClass:
    case Stmt::StringLiteralClass:
    case Stmt::PredefinedExprClass:
        return load(lvalue(expression), place);
    case Stmt::MatrixSubscriptExprClass:
        return lower_unsupported(expression, type, "expression");
    case Stmt::InitListExprClass: {
        if (Unit::is_aggregate(type)) {
            Location location = object_location(unit_.local(".initialiser", function_, type, 0, place), type);
            initialise(location, expression);
            return address(location, place, false);
        }
        const auto *list = cast<InitListExpr>(expression);
        Value result = NONE;
        for (const Expr *init : list->inits()) {
            result = emit_arith("{}", result, rvalue(init), type, place);
        }
        return result;
    }
    case Stmt::DesignatedInitUpdateExprClass: {
        Location location = object_location(unit_.local(".initialiser", function_, type, 0, place), type);
        initialise(location, expression);
        return address(location, place, false);
    }
    /* Operations. */
    case Stmt::ImplicitCastExprClass:
    case Stmt::CStyleCastExprClass:
        return lower_cast(cast<CastExpr>(expression), hint);
    case Stmt::UnaryOperatorClass:
        if (cast<UnaryOperator>(expression)->getOpcode() == UO_Extension) {
            return rvalue(cast<UnaryOperator>(expression)->getSubExpr(), hint);
        }
        return lower_unary(cast<UnaryOperator>(expression));
    case Stmt::BinaryOperatorClass:
        return lower_binary(cast<BinaryOperator>(expression), hint);
    case Stmt::CompoundAssignOperatorClass:
        return lower_compound_assignment(cast<CompoundAssignOperator>(expression));
    case Stmt::ConditionalOperatorClass: {
        const auto *conditional = cast<ConditionalOperator>(expression);
        return lower_conditional(conditional->getCond(), conditional->getTrueExpr(), conditional->getFalseExpr(), NONE, type, hint, place);
    }
    case Stmt::BinaryConditionalOperatorClass: {
        const auto *conditional = cast<BinaryConditionalOperator>(expression);
        Value common = rvalue(conditional->getCommon(), hint);
        opaque_values_[conditional->getOpaqueValue()] = common;
        Value yes = rvalue(conditional->getTrueExpr());
        return lower_conditional(nullptr, nullptr, conditional->getFalseExpr(), yes, type, hint, place);
    }
    case Stmt::CallExprClass:
        return lower_call(cast<CallExpr>(expression), hint);
    case Stmt::StmtExprClass:
        return lower_statement_expression(cast<StmtExpr>(expression), hint);
    case Stmt::VAArgExprClass:
        return lower_va_arg(cast<VAArgExpr>(expression));
    case Stmt::AtomicExprClass:
        return lower_atomic(cast<AtomicExpr>(expression));
    case Stmt::ShuffleVectorExprClass:
    case Stmt::ConvertVectorExprClass: {
        Value result = NONE;
        for (const Stmt *child : expression->children()) {
            if (const auto *part = dyn_cast_or_null<Expr>(child)) {
                result = emit_arith("vector", result, rvalue(part), type, place);
            }
        }
        return result;
    }
    default:
        return lower_unsupported(expression, type, "expression");
    }
}

/* A void pointer, or one to characters: what an allocator returns. */
static bool is_untyped_pointer(QualType type) {
    return type->isPointerType() && (type->getPointeeType()->isVoidType() || type->getPointeeType()->isCharType());
}

Value Lowering::lower_cast(const CastExpr *cast, QualType hint) {
    const Expr *sub = cast->getSubExpr();
    QualType type = cast->getType();
    SourceLocation place = cast->getExprLoc();
    switch (cast->getCastKind()) {
    case CK_LValueToRValue:
        return load(lvalue(sub), place);
    case CK_ArrayToPointerDecay:
        return address(lvalue(sub), place, false);
    case CK_FunctionToPointerDecay:
    case CK_BuiltinFnToFnPtr: {
        const Expr *plain = sub->IgnoreParens();
        if (const auto *reference = dyn_cast<DeclRefExpr>(plain)) {
            if (const auto *function = dyn_cast<FunctionDecl>(reference->getDecl())) {
                return address_of_function(function, place);
            }
        }
        return address(lvalue(sub), place, false); /* *pointer, conditional ... */
    }
    case CK_BitCast:
    case CK_AddressSpaceConversion:
    case CK_CPointerToObjCPointerCast: {
        QualType wanted = is_untyped_pointer(sub->getType()) && type->isPointerType() ? type->getPointeeType() : hint;
        Value value = rvalue(sub, wanted.isNull() || wanted->isVoidType() ? hint : wanted);
        if (!unit_.holds_pointer(type)) {
            return NONE;
        }
        return emit_copy(value, type, place);
    }
    case CK_NoOp:
    case CK_NonAtomicToAtomic:
    case CK_AtomicToNonAtomic:
    case CK_LValueToRValueBitCast:
        return rvalue(sub, hint);
    case CK_IntegralToPointer: {
        Value value = rvalue(sub, type->getPointeeType());
        Expr::EvalResult result;
        int64_t number = 0;
        if (constant_integer(sub, number) || (value == NONE && sub->EvaluateAsInt(result, context_, Expr::SE_AllowSideEffects))) {
            return NONE;
        }
        if (value == NONE) {
            return emit_unknown("int-to-pointer", type, place);
        }
        return emit_copy(value, type, place);
    }
    case CK_PointerToIntegral:
    case CK_IntegralCast:
    case CK_BooleanToSignedIntegral: {
        Value value = rvalue(sub, hint);
        const auto *difference = dyn_cast<BinaryOperator>(sub->IgnoreParenCasts());
        bool relative = difference && difference->getOpcode() == BO_Sub && unit_.holds_relative_pointer(type);
        return unit_.holds_pointer(type) || relative ? value : NONE;
    }
    case CK_ToUnion: {
        QualType union_type = type;
        Location location = object_location(unit_.local(".union", function_, union_type, 0, place), union_type);
        const RecordDecl *record = union_type->castAs<RecordType>()->getDecl()->getDefinition();
        for (const FieldDecl *field : record->fields()) {
            if (context_.hasSameUnqualifiedType(field->getType(), sub->getType())) {
                initialise(member_location(location, field), sub);
                return address(location, place, false);
            }
        }
        store(pointed_location(address(location, place, false), sub->getType()), rvalue(sub), place);
        return address(location, place, false);
    }
    case CK_NullToPointer:
    case CK_ToVoid:
    case CK_PointerToBoolean:
    case CK_IntegralToBoolean:
    case CK_FloatingToBoolean:
        discard(sub);
        return NONE;
    default: { /* floats, vectors, complex numbers: keep what a pointer-sized result may hold */
        Value value = rvalue(sub, hint);
        return unit_.holds_pointer(type) ? value : NONE;
    }
    }
}

Value Lowering::step_pointer(Value pointer, QualType pointer_type, const Expr *by, bool backwards, SourceLocation place) {
    QualType pointee = pointer_type->getPointeeType();
    uint64_t stride = stride_of(pointee);
    discard(by);
    int64_t count = 0;
    if (stride != 0 && constant_integer(by, count)) {
        int64_t offset = 0;
        if (!__builtin_mul_overflow(count, backwards ? -static_cast<int64_t>(stride) : static_cast<int64_t>(stride), &offset)) {
            return offset == 0 ? pointer : emit_offset(pointer, offset, pointer_type, place);
        }
    }
    return emit_index(pointer, stride, 0, pointer_type, place);
}

Value Lowering::lower_unary(const UnaryOperator *unary) {
    const Expr *sub = unary->getSubExpr();
    QualType type = unary->getType();
    SourceLocation place = unary->getExprLoc();
    switch (unary->getOpcode()) {
    case UO_AddrOf: {
        Location location = lvalue(sub);
        if (location.variable != NONE) { /* the search for addressed variables is meant to make this impossible */
            return emit_unknown("address of a value", type, place);
        }
        return address(location, place, false);
    }
    case UO_Deref:
        return load(lvalue(unary), place);
    case UO_Plus:
        return rvalue(sub);
    case UO_Minus:
    case UO_Not: {
        Value value = rvalue(sub);
        return emit_arith(unary->getOpcode() == UO_Minus ? "neg" : "~", value, NONE, type, place);
    }
    case UO_LNot:
        discard(sub);
        return NONE;
    case UO_PreInc:
    case UO_PreDec:
    case UO_PostInc:
    case UO_PostDec: {
        Location location = lvalue(sub);
        Value before = load(location, place);
        Value after = NONE;
        if (before != NONE && type->isPointerType()) {
            after = emit_index(before, stride_of(type->getPointeeType()), 0, type.getUnqualifiedType(), place); /* repeated: any multiple */
        } else if (before != NONE) {
            after = emit_arith(unary->isIncrementOp() ? "++" : "--", before, NONE, type, place);
        }
        store(location, after, place);
        return unary->isPrefix() ? after : before;
    }
    case UO_Real:
    case UO_Imag:
        discard(sub);
        return NONE;
    case UO_Extension:
        return rvalue(sub);
    case UO_Coawait:
        break;
    }
    return lower_unsupported(unary, type, "expression");
}

/* The place that an integer narrower than a pointer is copied from as it is: a byte of a whole, a half of an address. NULL: something else. */
static const Expr *copied_piece(const Expr *left, const Expr *right, const ASTContext &context) {
    const Expr *source = right->IgnoreParenImpCasts();
    QualType from = source->getType();
    QualType to = left->getType();
    bool whole = source->isLValue() && !source->refersToBitField() && !left->refersToBitField();
    bool numbers = to->isIntegerType() && !to->isBooleanType() && !to->isIncompleteType() && from->isIntegerType() && !from->isBooleanType();
    return whole && numbers && context.getTypeSize(from) == context.getTypeSize(to) ? source : nullptr;
}

Value Lowering::lower_assignment(const BinaryOperator *assignment) {
    const Expr *left = assignment->getLHS();
    const Expr *right = assignment->getRHS();
    SourceLocation place = assignment->getOperatorLoc();
    if (Unit::is_aggregate(left->getType())) {
        Value from = rvalue(right);
        Location to = lvalue(left);
        Value target = address(to, place, true);
        uint64_t size = unit_.size_of(left->getType());
        emit_copymem(target, from, size, left->getType(), place);
        out_.instructions.back().record = to.record;
        out_.instructions.back().member = to.member;
        return target;
    }
    if (const Expr *source = unit_.holds_pointer(left->getType()) ? nullptr : copied_piece(left, right, context_)) {
        Location from = lvalue(source);
        Location to = lvalue(left);
        bool memory = from.variable == NONE && to.variable == NONE && !from.machine_register && !to.machine_register;
        if (!memory) {
            store(to, load(from, place), place);
            return NONE;
        }
        emit_copymem(address(to, place, true), address(from, place, true), unit_.size_of(to.type), to.type, place);
        out_.instructions.back().record = to.record;
        out_.instructions.back().member = to.member;
        return NONE;
    }
    Value value = rvalue(right);
    store(lvalue(left), value, place);
    return unit_.holds_pointer(left->getType()) ? value : NONE;
}

static llvm::StringRef operator_text(BinaryOperatorKind kind) {
    if (BinaryOperator::isCompoundAssignmentOp(kind)) {
        kind = BinaryOperator::getOpForCompoundAssignment(kind);
    }
    return BinaryOperator::getOpcodeStr(kind);
}

Value Lowering::lower_compound_assignment(const CompoundAssignOperator *assignment) {
    const Expr *left = assignment->getLHS();
    const Expr *right = assignment->getRHS();
    QualType type = left->getType();
    SourceLocation place = assignment->getOperatorLoc();
    Value operand = rvalue(right);
    Location location = lvalue(left);
    Value before = load(location, place);
    Value after = NONE;
    if (type->isPointerType()) {
        after = emit_index(before, stride_of(type->getPointeeType()), 0, type.getUnqualifiedType(), place);
    } else if (unit_.holds_pointer(type)) {
        int64_t number = 0;
        bool constant = constant_integer(right, number);
        after = emit_arith(operator_text(assignment->getOpcode()), before, operand, type.getUnqualifiedType(), place, constant ? &number : nullptr);
    }
    store(location, after, place);
    return after;
}

/* The x of x / y * y: rounded down to a multiple, an address stays one. Alone, division and multiplication by a variable leave none. */
static const Expr *rounded_to_multiple(const Expr *quotient, const Expr *factor, const ASTContext &context) {
    const auto *division = dyn_cast<BinaryOperator>(quotient->IgnoreParenImpCasts());
    if (!division || division->getOpcode() != BO_Div || factor->HasSideEffects(context)) {
        return nullptr;
    }
    llvm::FoldingSetNodeID divisor, multiplier;
    division->getRHS()->IgnoreParenImpCasts()->Profile(divisor, context, true);
    factor->IgnoreParenImpCasts()->Profile(multiplier, context, true);
    return divisor == multiplier ? division->getLHS() : nullptr;
}

/* The place that an operand is read from, if what is there may be how far another place is from an address: a narrow integer made wide. */
const Expr *Lowering::loaded_relative(const Expr *operand) const {
    const auto *widened = dyn_cast<CastExpr>(operand->IgnoreParens());
    if (!widened || widened->getCastKind() != CK_IntegralCast || !unit_.holds_relative_pointer(widened->getSubExpr()->getType())) {
        return nullptr;
    }
    const auto *loaded = dyn_cast<CastExpr>(widened->getSubExpr()->IgnoreParens());
    return loaded && loaded->getCastKind() == CK_LValueToRValue && !loaded->getSubExpr()->refersToBitField() ? loaded->getSubExpr() : nullptr;
}

Value Lowering::lower_arithmetic(const BinaryOperator *binary) {
    const Expr *left = binary->getLHS();
    const Expr *right = binary->getRHS();
    QualType type = binary->getType();
    SourceLocation place = binary->getOperatorLoc();
    BinaryOperatorKind kind = binary->getOpcode();
    if (type->isPointerType()) { /* pointer + integer, integer + pointer, pointer - integer */
        const Expr *pointer = left->getType()->isPointerType() ? left : right;
        const Expr *by = pointer == left ? right : left;
        Value base = rvalue(pointer);
        return step_pointer(base, type, by, kind == BO_Sub, place);
    }
    for (const Expr *factor : {right, left}) {
        const Expr *rounded = kind == BO_Mul ? rounded_to_multiple(factor == right ? left : right, factor, context_) : nullptr;
        if (rounded) {
            Value address = rvalue(rounded);
            rvalue(factor);
            return emit_arith("&", address, NONE, type, place);
        }
    }
    bool sum = kind == BO_Add && unit_.holds_pointer(type);
    if (sum && loaded_relative(left)) {
        std::swap(left, right);
    }
    const Expr *relative = sum ? loaded_relative(right) : nullptr;
    Value one = rvalue(left);
    Value other = relative && one != NONE ? load_relative(lvalue(relative), place) : rvalue(right);
    int64_t shift = 0;
    if (one == NONE && kind == BO_Shl && unit_.holds_pointer(type) && constant_integer(right, shift) && shift >= 16 &&
        !constant_integer(left, shift)) {
        return emit_unknown("joined-halves", type, place); /* the upper half of an address that was kept in pieces, for all we know */
    }
    if (!unit_.holds_pointer(type) || (one == NONE && other == NONE)) {
        return NONE;
    }
    const Expr *constant_side = other == NONE ? right : one == NONE ? left : nullptr;
    int64_t number = 0;
    bool constant = constant_side && constant_integer(constant_side, number);
    if (constant && (kind == BO_Add || (kind == BO_Sub && constant_side == right)) && number != INT64_MIN) {
        Value base = one != NONE ? one : other;
        return number == 0 ? base : emit_offset(base, kind == BO_Sub ? -number : number, type, place);
    }
    return emit_arith(operator_text(kind), one, other, type, place, constant ? &number : nullptr);
}

Value Lowering::lower_binary(const BinaryOperator *binary, QualType hint) {
    const Expr *left = binary->getLHS();
    const Expr *right = binary->getRHS();
    switch (binary->getOpcode()) {
    case BO_Assign:
        return lower_assignment(binary);
    case BO_Comma:
        discard(left);
        return rvalue(right, hint);
    case BO_LAnd:
    case BO_LOr: {
        discard(left);
        bool value = false;
        bool known = is_constant(left, value);
        if (!(known && value == (binary->getOpcode() == BO_LOr) && is_dead(right))) {
            discard(right);
        }
        return NONE;
    }
    default:
        break;
    }
    if (binary->isComparisonOp()) {
        discard(left);
        discard(right);
        return NONE;
    }
    return lower_arithmetic(binary);
}

Value Lowering::lower_conditional(const Expr *condition, const Expr *yes, const Expr *no, Value yes_value, QualType type, QualType hint,
                                  SourceLocation place) {
    bool value = false;
    if (condition) {
        discard(condition);
        if (is_constant(condition, value) && is_dead(value ? no : yes)) {
            return rvalue(value ? yes : no, hint);
        }
        yes_value = rvalue(yes, hint);
    }
    Value no_value = rvalue(no, hint);
    bool tracked = unit_.holds_pointer(type) || Unit::is_aggregate(type);
    if (!tracked || (yes_value == NONE && no_value == NONE)) {
        return NONE;
    }
    if (yes_value == NONE || no_value == NONE) {
        return yes_value == NONE ? no_value : yes_value;
    }
    Value result = new_value(Unit::is_aggregate(type) ? context_.getPointerType(type) : type);
    copy_into(result, yes_value, place);
    copy_into(result, no_value, place);
    return result;
}

Value Lowering::lower_statement_expression(const StmtExpr *statement, QualType hint) {
    const CompoundStmt *body = statement->getSubStmt();
    const Stmt *last = body->body_empty() ? nullptr : body->getStmtExprResult();
    for (const Stmt *each : body->body()) {
        if (each != last) {
            lower(each);
            continue;
        }
        const Stmt *inner = each;
        while (true) { /* labels and attributes before the value */
            if (const auto *label = dyn_cast<LabelStmt>(inner)) {
                inner = label->getSubStmt();
            } else if (const auto *attributed = dyn_cast<AttributedStmt>(inner)) {
                inner = attributed->getSubStmt();
            } else {
                break;
            }
        }
        if (const auto *value = dyn_cast<Expr>(inner)) {
            Value result = rvalue(value, hint);
            bool tracked = unit_.holds_pointer(statement->getType()) || Unit::is_aggregate(statement->getType());
            return tracked ? result : NONE;
        }
        lower(each);
    }
    return NONE;
}

} // namespace spillscope
