#include "lowering.h"
#include "clang/Basic/TargetInfo.h"

using namespace clang;

namespace spillscope {

Lowering::Lowering(Unit &unit, const FunctionDecl *function) : unit_(unit), context_(unit.context()), function_(function), out_(unit.add_function()) {
}

facts_instruction &Lowering::emit(facts_op op, SourceLocation place) {
    facts_instruction instruction = {};
    instruction.op = op;
    instruction.result = instruction.a = instruction.b = instruction.object = NONE;
    instruction.type = instruction.record = instruction.member = instruction.hint = NONE;
    instruction.text = "";
    instruction.place = unit_.place(place);
    out_.instructions.push_back(instruction);
    return out_.instructions.back();
}

Value Lowering::new_value(QualType type, llvm::StringRef name) {
    out_.value_names.push_back(unit_.text(name));
    QualType pointee = type.isNull() ? QualType() : type->getPointeeType();
    if (!pointee.isNull() && pointee->isRecordType()) {
        unit_.type(pointee, true); /* whoever holds a pointer to it may ask what it leads to */
    }
    out_.value_types.push_back(type.isNull() ? NONE : unit_.type(type));
    return static_cast<Value>(out_.value_names.size() - 1);
}

Value Lowering::emit_unknown(llvm::StringRef cause, QualType type, SourceLocation place) {
    Value result = new_value(type);
    facts_instruction &instruction = emit(FACTS_UNKNOWN, place);
    instruction.result = result;
    instruction.text = unit_.text(cause);
    instruction.type = unit_.type(type);
    return result;
}

void Lowering::copy_into(Value variable, Value from, SourceLocation place) {
    if (from == NONE || from == variable) {
        return;
    }
    facts_instruction &instruction = emit(FACTS_COPY, place);
    instruction.result = variable;
    instruction.a = from;
}

Value Lowering::emit_copy(Value from, QualType type, SourceLocation place) {
    if (from == NONE) {
        return NONE;
    }
    Value result = new_value(type);
    copy_into(result, from, place);
    out_.instructions.back().type = unit_.type(type);
    return result;
}

Value Lowering::emit_arith(llvm::StringRef op, Value a, Value b, QualType type, SourceLocation place, const int64_t *constant) {
    if (a == NONE) {
        std::swap(a, b);
    }
    if (a == NONE || !unit_.holds_pointer(type)) {
        return NONE;
    }
    Value result = new_value(type);
    facts_instruction &instruction = emit(FACTS_ARITH, place);
    instruction.result = result;
    instruction.a = a;
    instruction.b = b;
    instruction.text = unit_.text(op);
    if (constant) {
        instruction.offset = *constant;
        instruction.flags = FACTS_CONSTANT;
    }
    return result;
}

Value Lowering::emit_offset(Value base, int64_t offset, QualType type, SourceLocation place, uint32_t record, uint32_t member) {
    if (base == NONE) {
        return NONE;
    }
    auto key = std::make_pair((static_cast<uint64_t>(base) << 32) | unit_.type(type),
                              std::make_pair((static_cast<uint64_t>(record) << 32) | member, offset));
    auto [known, is_new] = offsets_.try_emplace(key, NONE);
    if (!is_new) {
        return known->second;
    }
    Value result = new_value(type);
    known->second = result;
    facts_instruction &instruction = emit(FACTS_OFFSET, place);
    instruction.result = result;
    instruction.a = base;
    instruction.offset = offset;
    instruction.record = record;
    instruction.member = member;
    QualType pointee = type->getPointeeType();
    instruction.type = pointee.isNull() ? unit_.type(type) : unit_.type(pointee);
    return result;
}

Value Lowering::emit_index(Value base, uint64_t stride, uint64_t whole, QualType type, SourceLocation place) {
    if (base == NONE) {
        return NONE;
    }
    if (stride == 0) { /* elements of variable size */
        return emit_arith("+", base, NONE, type, place);
    }
    Value result = new_value(type);
    facts_instruction &instruction = emit(FACTS_INDEX, place);
    instruction.result = result;
    instruction.a = base;
    instruction.offset = static_cast<int64_t>(stride);
    instruction.size = whole;
    return result;
}

void Lowering::emit_copymem(Value to, Value from, uint64_t size, QualType type, SourceLocation place) {
    if (to == NONE) {
        to = emit_unknown("constant-address", context_.VoidPtrTy, place);
    }
    if (from == NONE) {
        from = emit_unknown("constant-address", context_.VoidPtrTy, place);
    }
    uint32_t type_index = type.isNull() ? NONE : unit_.type(type, true);
    facts_instruction &instruction = emit(FACTS_COPYMEM, place);
    instruction.a = to;
    instruction.b = from;
    instruction.size = size;
    instruction.type = type_index;
}

void Lowering::emit_fill(Value to, uint64_t size, QualType type, SourceLocation place) {
    if (to == NONE) {
        to = emit_unknown("constant-address", context_.VoidPtrTy, place);
    }
    uint32_t type_index = type.isNull() ? NONE : unit_.type(type, true);
    facts_instruction &instruction = emit(FACTS_FILL, place);
    instruction.a = to;
    instruction.size = size;
    instruction.type = type_index;
}

Value Lowering::address_of_object(uint32_t object, int64_t offset, QualType pointee, SourceLocation place) {
    auto [known, is_new] = addresses_.try_emplace({object, offset}, NONE);
    if (!is_new) {
        return known->second;
    }
    Value result = new_value(context_.getPointerType(pointee.isNull() ? context_.VoidTy : pointee));
    known->second = result;
    facts_instruction &instruction = emit(FACTS_ADDRESS, place);
    instruction.result = result;
    instruction.object = object;
    instruction.offset = offset;
    return result;
}

const Expr *Lowering::lasting_initialiser(const Expr *expression) const {
    const auto *reference = dyn_cast<DeclRefExpr>(expression);
    const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    if (!variable || !variable->hasLocalStorage() || isa<ParmVarDecl>(variable) || variable->getType().isVolatileQualified() ||
        addressed_.contains(variable->getCanonicalDecl()) || assigned_.contains(variable->getCanonicalDecl())) {
        return nullptr;
    }
    return variable->getInit();
}

static bool fits(int64_t value, QualType type, const ASTContext &context) {
    uint64_t width = context.getIntWidth(type);
    return width >= 64 || (type->isSignedIntegerOrEnumerationType() ? llvm::isIntN(width, value) : value >= 0 && llvm::isUIntN(width, value));
}

bool Lowering::constant_integer(const Expr *expression, int64_t &out_value, unsigned depth) const {
    Expr::EvalResult result;
    if (!expression->getType()->isIntegralOrEnumerationType() || depth > 16) {
        return false;
    }
    if (!expression->EvaluateAsInt(result, context_, Expr::SE_NoSideEffects)) {
        const Expr *inner = lasting_initialiser(expression->IgnoreParens());
        if (const auto *conversion = dyn_cast<CastExpr>(expression->IgnoreParens())) {
            inner = conversion->getSubExpr();
        }
        int64_t value = 0;
        if (!inner || !constant_integer(inner, value, depth + 1) || !fits(value, expression->getType(), context_)) {
            return false;
        }
        out_value = value;
        return true;
    }
    const llvm::APSInt &number = result.Val.getInt();
    if (number.getBitWidth() > 64) {
        return false;
    }
    bool wraps = number.getBitWidth() == context_.getTargetInfo().getPointerWidth(LangAS::Default);
    out_value = number.isSigned() || wraps ? static_cast<const llvm::APInt &>(number).getSExtValue() : static_cast<int64_t>(number.getZExtValue());
    return true;
}

void Lowering::run_ifunc(uint32_t resolver) {
    SourceLocation place = function_->getLocation();
    QualType pointer = context_.getPointerType(function_->getType());
    out_.facts.object = unit_.object(function_);
    out_.facts.varargs = NONE;
    out_.facts.place = unit_.place(place);
    out_.facts.end_line = out_.facts.place.line;
    size_t count = function_->getNumParams();
    uint32_t *arguments = unit_.array<uint32_t>(count);
    int64_t *constants = unit_.array<int64_t>(count);
    for (unsigned i = 0; i < count; i++) {
        const ParmVarDecl *parameter = function_->getParamDecl(i);
        arguments[i] = new_value(parameter->getType(), parameter->getName());
        constants[i] = INT64_MIN;
        out_.parameters.push_back(arguments[i]);
    }
    Value target = new_value(pointer);
    facts_instruction &resolve = emit(FACTS_CALL, place);
    resolve.object = resolver;
    resolve.result = target;
    QualType type = function_->getReturnType();
    bool by_value = Unit::is_aggregate(type);
    Value result = by_value ? new_value(context_.getPointerType(type)) : unit_.holds_pointer(type) ? new_value(type) : NONE;
    uint32_t function_type = unit_.type(function_->getType());
    facts_instruction &call = emit(FACTS_CALL, place);
    call.a = target;
    call.result = result;
    call.type = function_type;
    call.arguments = arguments;
    call.constants = constants;
    call.argument_count = count;
    call.flags = by_value ? static_cast<uint32_t>(FACTS_BY_VALUE) : 0U;
    facts_instruction &back = emit(FACTS_RETURN, place);
    back.a = result;
    back.flags = by_value ? static_cast<uint32_t>(FACTS_BY_VALUE) : 0U;
}

void Lowering::run() {
    find_addressed(function_->getBody());
    out_.facts.object = unit_.object(function_);
    out_.facts.varargs = NONE;
    out_.facts.place = unit_.place(function_->getLocation());
    out_.facts.end_line = unit_.place(function_->getBody()->getEndLoc()).line;
    for (const ParmVarDecl *parameter : function_->parameters()) {
        Value value = new_value(parameter->getType(), parameter->getName());
        out_.parameters.push_back(value);
        QualType type = parameter->getType();
        SourceLocation place = parameter->getLocation();
        if (Unit::is_aggregate(type)) {
            uint32_t object = unit_.local(parameter->getName(), function_, type, 0, place);
            locals_[parameter] = object;
            emit_copymem(address_of_object(object, 0, type, place), value, unit_.size_of(type), type, place);
        } else if (addressed_.contains(parameter)) {
            locals_[parameter] = unit_.local(parameter->getName(), function_, type, 0, place);
            store(object_location(locals_[parameter], type), unit_.holds_pointer(type) ? value : NONE, place);
        } else {
            variables_[parameter] = value;
        }
    }
    if (function_->isVariadic()) {
        out_.facts.varargs = new_value(context_.VoidPtrTy, "...");
    }
    lower(function_->getBody());
}

} // namespace spillscope
