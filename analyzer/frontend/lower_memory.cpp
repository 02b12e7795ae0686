/* Lvalues, loads, stores and the initialisers of local variables. */
#include "clang/AST/Attr.h"
#include "clang/AST/RecordLayout.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

Location Lowering::object_location(uint32_t object, QualType type) {
    Location location;
    location.object = object;
    location.type = type;
    return location;
}

Location Lowering::pointed_location(Value base, QualType type) {
    Location location;
    location.base = base;
    location.type = type;
    return location;
}

Location Lowering::variable_location(const VarDecl *variable, SourceLocation place) {
    variable = variable->getCanonicalDecl();
    QualType type = variable->getMostRecentDecl()->getType();
    if (variable->getStorageClass() == SC_Register && variable->hasAttr<AsmLabelAttr>() && !variable->isLocalVarDecl()) {
        Location location;
        location.type = type;
        location.machine_register = unit_.text(variable->getAttr<AsmLabelAttr>()->getLabel());
        return location;
    }
    if (!variable->hasLocalStorage()) {
        return object_location(unit_.object(variable), type);
    }
    auto value = variables_.find(variable);
    if (value != variables_.end()) {
        Location location;
        location.variable = value->second;
        location.type = type;
        return location;
    }
    auto local = locals_.find(variable);
    if (local != locals_.end()) {
        return object_location(local->second, type);
    }
    if (!Unit::is_aggregate(type) && !addressed_.contains(variable)) {
        Value fresh = new_value(type, variable->getName());
        variables_[variable] = fresh;
        Location location;
        location.variable = fresh;
        location.type = type;
        return location;
    }
    uint32_t object = unit_.local(variable->getName(), function_, type, 0, variable->getLocation());
    locals_[variable] = object;
    (void)place;
    return object_location(object, type);
}

Location Lowering::member_location(Location base, const FieldDecl *field) {
    const RecordDecl *record = field->getParent();
    uint64_t bits = context_.getASTRecordLayout(record).getFieldOffset(field->getFieldIndex());
    base.offset += static_cast<int64_t>(bits / 8);
    base.type = field->getType();
    base.record = unit_.record(record);
    base.member = unit_.member_index(field);
    base.bit_offset = base.bit_size = 0;
    if (field->isBitField()) {
        base.bit_offset = static_cast<uint32_t>(bits % 8);
        base.bit_size = field->getBitWidthValue(context_);
    }
    return base;
}

Location Lowering::element_location(const Location &array, uint64_t index, QualType element) {
    Location location = array;
    location.offset += static_cast<int64_t>(index * unit_.size_of(element));
    location.type = element;
    return location;
}

Location Lowering::any_element_location(const Location &array, QualType element, SourceLocation place) {
    Value base = address(array, place, false);
    Location location =
        pointed_location(emit_index(base, unit_.size_of(element), unit_.size_of(array.type), context_.getPointerType(element), place), element);
    location.record = array.record;
    location.member = array.member;
    return location;
}

Value Lowering::address(const Location &location, SourceLocation place, bool for_access) {
    if (location.object != NONE) {
        return address_of_object(location.object, location.offset, location.type, place);
    }
    if (location.base == NONE) {
        if (!for_access) {
            return NONE;
        }
        return emit_unknown("constant-address", context_.getPointerType(location.type), place);
    }
    if (location.offset == 0 && location.record == NONE) {
        return location.base;
    }
    if (location.offset == 0 && for_access) {
        return location.base; /* the access itself names the member */
    }
    return emit_offset(location.base, location.offset, context_.getPointerType(location.type), place, location.record, location.member);
}

static uint64_t accessed_size(const Unit &unit, const Location &location) {
    if (location.bit_size) {
        return (location.bit_offset + location.bit_size + 7) / 8;
    }
    return unit.size_of(location.type);
}

Value Lowering::load(const Location &location, SourceLocation place, uint32_t flags) {
    if (location.variable != NONE) {
        return unit_.holds_pointer(location.type) ? location.variable : NONE;
    }
    bool tracked = unit_.holds_pointer(location.type);
    if (location.machine_register) {
        return tracked ? emit_unknown(std::string("register ") + location.machine_register, location.type, place) : NONE;
    }
    if (Unit::is_aggregate(location.type) || location.type->isFunctionType()) {
        return address(location, place, false);
    }
    return location.type->isVoidType() ? NONE : load_memory(location, place, flags, tracked);
}

Value Lowering::load_relative(const Location &location, SourceLocation place) {
    bool in_memory = location.variable == NONE && !location.machine_register;
    return in_memory ? load_memory(location, place, 0, true) : NONE;
}

Value Lowering::load_memory(const Location &location, SourceLocation place, uint32_t flags, bool tracked) {
    Value from = address(location, place, true);
    Value result = tracked ? new_value(location.type.getUnqualifiedType()) : NONE;
    uint32_t type = unit_.type(location.type, true);
    facts_instruction &instruction = emit(FACTS_LOAD, place);
    instruction.result = result;
    instruction.a = from;
    instruction.size = accessed_size(unit_, location);
    instruction.bit_offset = location.bit_offset;
    instruction.bit_size = location.bit_size;
    instruction.type = type;
    instruction.record = location.record;
    instruction.member = location.member;
    instruction.flags = flags | (location.type.isVolatileQualified() ? static_cast<uint32_t>(FACTS_VOLATILE) : 0U);
    return result;
}

void Lowering::store(const Location &location, Value value, SourceLocation place, uint32_t flags) {
    if (location.machine_register) {
        return;
    }
    if (location.variable != NONE) {
        if (unit_.holds_pointer(location.type)) {
            copy_into(location.variable, value, place);
        }
        return;
    }
    Value to = address(location, place, true);
    uint64_t size = accessed_size(unit_, location);
    if (Unit::is_aggregate(location.type)) {
        emit_copymem(to, value, size, location.type, place);
        return;
    }
    uint32_t type = unit_.type(location.type, true);
    facts_instruction &instruction = emit(FACTS_STORE, place);
    instruction.a = to;
    bool tracked = unit_.holds_pointer(location.type) || (unit_.holds_relative_pointer(location.type) && !location.bit_size);
    instruction.b = tracked ? value : NONE;
    instruction.size = size;
    instruction.bit_offset = location.bit_offset;
    instruction.bit_size = location.bit_size;
    instruction.type = type;
    instruction.record = location.record;
    instruction.member = location.member;
    instruction.flags = flags | (location.type.isVolatileQualified() ? static_cast<uint32_t>(FACTS_VOLATILE) : 0U);
}

Value Lowering::temporary_address(llvm::StringRef name, QualType type, SourceLocation place) {
    uint32_t object = unit_.local(name, function_, type, 0, place);
    return address_of_object(object, 0, type, place);
}

Location Lowering::lvalue(const Expr *expression) {
    expression = expression->IgnoreParens();
    SourceLocation place = expression->getExprLoc();
    QualType type = expression->getType();
    switch (expression->getStmtClass()) {
    case Stmt::DeclRefExprClass: {
        const ValueDecl *declaration = cast<DeclRefExpr>(expression)->getDecl();
        if (const auto *variable = dyn_cast<VarDecl>(declaration)) {
            Location location = variable_location(variable, place);
            location.type = type->isIncompleteArrayType() ? location.type : type;
            return location;
        }
        if (const auto *function = dyn_cast<FunctionDecl>(declaration)) {
            return object_location(unit_.object(function), type);
        }
        break;
    }
    case Stmt::UnaryOperatorClass: {
        const auto *unary = cast<UnaryOperator>(expression);
        if (unary->getOpcode() == UO_Deref) {
            return pointed_location(rvalue(unary->getSubExpr()), type);
        }
        if (unary->getOpcode() == UO_Extension) {
            return lvalue(unary->getSubExpr());
        }
        if (unary->getOpcode() == UO_Real || unary->getOpcode() == UO_Imag) {
            Location location = lvalue(unary->getSubExpr());
            location.offset += unary->getOpcode() == UO_Imag ? static_cast<int64_t>(unit_.size_of(type)) : 0;
            location.type = type;
            return location;
        }
        if (unary->isIncrementDecrementOp() && unary->isPrefix()) {
            discard(unary);
            return lvalue(unary->getSubExpr());
        }
        break;
    }
    case Stmt::MemberExprClass: {
        const auto *member = cast<MemberExpr>(expression);
        const Expr *base = member->getBase();
        const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
        if (!field) {
            break;
        }
        bool through_value = member->isArrow() || !base->isLValue();
        if (!through_value) {
            return member_location(lvalue(base), field);
        }
        Value pointer = rvalue(base);
        int64_t number = 0;
        if (pointer == NONE && constant_integer(base->IgnoreParenCasts(), number) && number != 0) {
            pointer = emit_unknown("constant-address", base->getType(), place); /* registers of a device: some record of the type */
        }
        return member_location(pointed_location(pointer, field->getType()), field);
    }
    case Stmt::ArraySubscriptExprClass: {
        const auto *subscript = cast<ArraySubscriptExpr>(expression);
        const Expr *base = subscript->getBase();
        const Expr *index = subscript->getIdx();
        discard(index);
        int64_t position = 0;
        bool constant = constant_integer(index, position) && position > INT32_MIN && position < INT32_MAX;
        if (base->getType()->isVectorType()) {
            Location around = base->isLValue() ? lvalue(base) : Location{};
            around.type = type;
            return around;
        }
        const Expr *array = base->IgnoreParens();
        if (const auto *decay = dyn_cast<ImplicitCastExpr>(array); decay && decay->getCastKind() == CK_ArrayToPointerDecay) {
            Location around = lvalue(decay->getSubExpr());
            if (constant && position >= 0 && stride_of(type) != 0) {
                return element_location(around, static_cast<uint64_t>(position), type);
            }
            return any_element_location(around, type, place);
        }
        Value pointer = rvalue(base);
        if (constant && stride_of(type) != 0) {
            Location location = pointed_location(pointer, type);
            location.offset = position * static_cast<int64_t>(stride_of(type));
            return location;
        }
        return pointed_location(emit_index(pointer, stride_of(type), 0, context_.getPointerType(type), place), type);
    }
    case Stmt::CompoundLiteralExprClass: {
        const auto *literal = cast<CompoundLiteralExpr>(expression);
        if (literal->isFileScope()) {
            return object_location(unit_.compound_literal(literal), type);
        }
        Location location = object_location(unit_.local(".compoundliteral", function_, type, 0, place), type);
        initialise(location, literal->getInitializer());
        return location;
    }
    case Stmt::StringLiteralClass:
    case Stmt::PredefinedExprClass:
    case Stmt::ObjCEncodeExprClass:
        return object_location(unit_.literal(), type);
    case Stmt::ChooseExprClass:
        return lvalue(cast<ChooseExpr>(expression)->getChosenSubExpr());
    case Stmt::GenericSelectionExprClass:
        return lvalue(cast<GenericSelectionExpr>(expression)->getResultExpr());
    case Stmt::ConstantExprClass:
        return lvalue(cast<ConstantExpr>(expression)->getSubExpr());
    case Stmt::OpaqueValueExprClass:
        if (const Expr *source = cast<OpaqueValueExpr>(expression)->getSourceExpr()) {
            return lvalue(source);
        }
        break;
    case Stmt::ImplicitCastExprClass:
    case Stmt::CStyleCastExprClass: {
        const auto *cast_expression = cast<CastExpr>(expression);
        CastKind kind = cast_expression->getCastKind();
        if (kind == CK_NoOp || kind == CK_LValueBitCast || kind == CK_AddressSpaceConversion) {
            Location location = lvalue(cast_expression->getSubExpr());
            location.type = type;
            return location;
        }
        break;
    }
    case Stmt::ExtVectorElementExprClass: {
        const auto *element = cast<ExtVectorElementExpr>(expression);
        Location location = element->isArrow() ? pointed_location(rvalue(element->getBase()), type) : lvalue(element->getBase());
        location.type = type;
        return location;
    }
    case Stmt::BinaryOperatorClass:
        if (const auto *binary = cast<BinaryOperator>(expression); binary->getOpcode() == BO_Comma && binary->isLValue()) {
            discard(binary->getLHS());
            return lvalue(binary->getRHS());
        }
        break;
    default:
        break;
    }
    if (Unit::is_aggregate(type)) { /* a record that a call, an assignment or a statement expression gives */
        return pointed_location(rvalue(expression), type);
    }
    if (expression->isPRValue()) { /* a scalar that is used where memory is wanted */
        Location location = object_location(unit_.local(".temporary", function_, type, 0, place), type);
        store(location, rvalue(expression), place);
        return location;
    }
    return pointed_location(lower_unsupported(expression, context_.getPointerType(type), "lvalue"), type);
}

void Lowering::initialise_list(const Location &location, const InitListExpr *list) {
    QualType type = location.type;
    if (const InitListExpr *semantic = list->isSemanticForm() ? list : list->getSemanticForm()) {
        list = semantic;
    }
    if (const auto *record_type = type->getAs<RecordType>()) {
        const RecordDecl *record = record_type->getDecl()->getDefinition();
        if (record->isUnion()) {
            if (const FieldDecl *field = list->getInitializedFieldInUnion(); field && list->getNumInits() > 0) {
                initialise(member_location(location, field), list->getInit(0));
            }
            return;
        }
        unsigned next = 0;
        for (const FieldDecl *field : record->fields()) {
            if (field->isUnnamedBitField()) {
                continue;
            }
            if (next >= list->getNumInits()) {
                break;
            }
            initialise(member_location(location, field), list->getInit(next++));
        }
        return;
    }
    if (const ArrayType *array_type = context_.getAsArrayType(type)) {
        QualType element = array_type->getElementType();
        unsigned count = list->getNumInits();
        for (unsigned i = 0; i < count;) {
            unsigned end = i + 1;
            while (end < count && list->getInit(end) == list->getInit(i)) { /* [first ... last] = one expression */
                end++;
            }
            const Expr *init = list->getInit(i);
            bool many = end - i > 1;
            initialise(many ? any_element_location(location, element, init->getExprLoc()) : element_location(location, i, element), init);
            i = end;
        }
        if (const Expr *filler = list->hasArrayFiller() ? list->getArrayFiller() : nullptr; filler && !isa<ImplicitValueInitExpr>(filler)) {
            initialise(any_element_location(location, element, list->getExprLoc()), filler);
        }
        return;
    }
    for (const Expr *init : list->inits()) { /* a scalar or vector in braces */
        store(location, rvalue(init), init->getExprLoc());
    }
}

void Lowering::initialise(const Location &location, const Expr *initialiser) {
    initialiser = initialiser->IgnoreParens();
    SourceLocation place = initialiser->getExprLoc();
    if (const auto *constant = dyn_cast<ConstantExpr>(initialiser)) {
        return initialise(location, constant->getSubExpr());
    }
    if (isa<ImplicitValueInitExpr>(initialiser) || isa<NoInitExpr>(initialiser)) {
        return;
    }
    bool aggregate = Unit::is_aggregate(location.type);
    if (const auto *list = dyn_cast<InitListExpr>(initialiser)) {
        const InitListExpr *semantic = list->isSemanticForm() || !list->getSemanticForm() ? list : list->getSemanticForm();
        if (aggregate && semantic->isTransparent()) {
            return initialise(location, semantic->getInit(0));
        }
        if (aggregate && location.object != NONE && location.offset == 0 && location.record == NONE) {
            emit_fill(address(location, place, true), unit_.size_of(location.type), location.type, place);
        }
        return initialise_list(location, list);
    }
    if (const auto *update = dyn_cast<DesignatedInitUpdateExpr>(initialiser)) {
        initialise(location, update->getBase());
        return initialise_list(location, update->getUpdater());
    }
    if (aggregate) {
        if (const auto *cast_expression = dyn_cast<ImplicitCastExpr>(initialiser);
            cast_expression && cast_expression->getCastKind() == CK_LValueToRValue) {
            if (const auto *literal = dyn_cast<CompoundLiteralExpr>(cast_expression->getSubExpr()->IgnoreParens());
                literal && !literal->isFileScope()) {
                return initialise(location, literal->getInitializer());
            }
        }
        if (isa<StringLiteral>(initialiser) || isa<PredefinedExpr>(initialiser)) {
            emit_fill(address(location, place, true), unit_.size_of(location.type), location.type, place);
            return;
        }
        if (const auto *literal = dyn_cast<CompoundLiteralExpr>(initialiser); literal && !literal->isFileScope()) {
            return initialise(location, literal->getInitializer()); /* GNU: an array from a compound literal */
        }
        if (initialiser->isLValue()) {
            return store(location, address(lvalue(initialiser), place, true), place);
        }
    }
    Value value = rvalue(initialiser);
    store(location, value, place);
}

} // namespace spillscope
