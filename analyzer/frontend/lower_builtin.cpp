/* Compiler builtins, atomics and variable arguments. A builtin that is not known here and takes or gives pointers stays a call. */
#include "clang/Basic/Builtins.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

namespace {

/* The digits or size suffix of a builtin family: __sync_fetch_and_add_4 -> __sync_fetch_and_add. */
llvm::StringRef without_size(llvm::StringRef name) {
    for (llvm::StringRef suffix : {"_16", "_1", "_2", "_4", "_8"}) {
        if (name.ends_with(suffix)) {
            return name.drop_back(suffix.size());
        }
    }
    return name;
}

bool starts_with_any(llvm::StringRef name, std::initializer_list<llvm::StringRef> prefixes) {
    for (llvm::StringRef prefix : prefixes) {
        if (name.starts_with(prefix)) {
            return true;
        }
    }
    return false;
}

bool equals_any(llvm::StringRef name, std::initializer_list<llvm::StringRef> names) {
    for (llvm::StringRef each : names) {
        if (name == each) {
            return true;
        }
    }
    return false;
}

} // namespace

/* What a block of `size` bytes behind a pointer argument is: its record, or nothing when the argument does not tell. */
QualType Lowering::memory_type(const Expr *argument, uint64_t size) {
    const Expr *plain = argument->IgnoreParenCasts();
    QualType type = plain->getType();
    QualType pointee = type->isPointerType() ? type->getPointeeType()
                       : type->isArrayType() ? context_.getAsArrayType(type)->getElementType()
                                             : QualType();
    if (pointee.isNull() || pointee->isVoidType() || pointee->isFunctionType() || pointee->isIncompleteType()) {
        return {};
    }
    return size != 0 && unit_.size_of(pointee) == size ? pointee : QualType();
}

/* The member that an expression is the address of: its offset from the variable that leads to it. */
static const ValueDecl *member_place(const Expr *expression, const ASTContext &context, int64_t &out_offset) {
    expression = expression->IgnoreParenCasts(); /* of an array member, too: its address is where it decays to */
    if (const auto *unary = dyn_cast<UnaryOperator>(expression); unary && unary->getOpcode() == UO_AddrOf) {
        expression = unary->getSubExpr()->IgnoreParens();
    }
    out_offset = 0;
    while (const auto *member = dyn_cast<MemberExpr>(expression)) {
        const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
        if (!field || field->isBitField() || (!member->isArrow() && !member->getBase()->isLValue())) {
            return nullptr;
        }
        out_offset += static_cast<int64_t>(context.toCharUnitsFromBits(context.getFieldOffset(field)).getQuantity());
        expression = member->isArrow() ? member->getBase()->IgnoreParenImpCasts() : member->getBase()->IgnoreParens();
        const auto *reference = dyn_cast<DeclRefExpr>(expression);
        if (reference) {
            return reference->getDecl()->getType().isVolatileQualified() ? nullptr : reference->getDecl();
        }
        if (member->isArrow()) {
            return nullptr;
        }
    }
    return nullptr;
}

/* Bytes between two members of one object, "(char *)&p->end - (char *)&p->start". */
static bool member_distance(const Expr *expression, const ASTContext &context, int64_t &out_distance) {
    const auto *difference = dyn_cast<BinaryOperator>(expression->IgnoreParenCasts());
    if (!difference || difference->getOpcode() != BO_Sub) {
        return false;
    }
    QualType type = difference->getLHS()->getType();
    bool bytes = type->isPointerType() ? type->getPointeeType()->isVoidType() || type->getPointeeType()->isCharType() : type->isIntegerType();
    int64_t end = 0;
    int64_t start = 0;
    const ValueDecl *one = bytes ? member_place(difference->getLHS(), context, end) : nullptr;
    const ValueDecl *other = one ? member_place(difference->getRHS(), context, start) : nullptr;
    out_distance = end - start;
    return one && one == other;
}

uint64_t Lowering::constant_size(const Expr *expression, bool &out_known) const {
    int64_t size = 0;
    out_known = (constant_integer(expression, size) || member_distance(expression, context_, size)) && size >= 0;
    return out_known ? static_cast<uint64_t>(size) : 0;
}

/* name: without "__builtin_". Memory and string functions that move bytes, with their _chk forms. */
bool Lowering::lower_memory_builtin(const CallExpr *call, llvm::StringRef name, Value &out) {
    SourceLocation place = call->getExprLoc();
    if (name.consume_front("__")) { /* __builtin___memcpy_chk */
        name.consume_back("_chk");
    }
    bool sized_copy = equals_any(name, {"memcpy", "memmove", "mempcpy", "memcpy_inline"});
    bool string_copy = equals_any(name, {"strcpy", "strncpy", "stpcpy", "stpncpy", "strcat", "strncat", "strlcpy", "strlcat"});
    if (sized_copy || string_copy) {
        Value to = rvalue(call->getArg(0));
        Value from = rvalue(call->getArg(1));
        for (unsigned i = 2; i < call->getNumArgs(); i++) {
            discard(call->getArg(i));
        }
        bool known = false;
        uint64_t size = sized_copy ? constant_size(call->getArg(2), known) : 0;
        QualType type = memory_type(call->getArg(0), size);
        if (type.isNull()) {
            type = memory_type(call->getArg(1), size);
        }
        if (size != 0 || !known) {
            emit_copymem(to, from, size, type, place);
        }
        bool moved = equals_any(name, {"mempcpy", "stpcpy", "stpncpy"});
        out = moved ? emit_index(to, 1, 0, call->getType(), place) : to;
        return true;
    }
    if (equals_any(name, {"memset", "bzero", "memset_inline"})) {
        Value to = rvalue(call->getArg(0));
        for (unsigned i = 1; i < call->getNumArgs(); i++) {
            discard(call->getArg(i));
        }
        const Expr *size_argument = call->getArg(name == "bzero" ? 1 : 2);
        bool known = false;
        uint64_t size = constant_size(size_argument, known);
        if (size != 0 || !known) {
            emit_fill(to, size, memory_type(call->getArg(0), size), place);
        }
        out = to;
        return true;
    }
    if (equals_any(name, {"memchr", "strchr", "strrchr", "strstr", "strpbrk", "index", "rindex", "char_memchr"})) {
        Value from = rvalue(call->getArg(0));
        for (unsigned i = 1; i < call->getNumArgs(); i++) {
            discard(call->getArg(i));
        }
        out = emit_index(from, 1, 0, call->getType(), place);
        return true;
    }
    return false;
}

Value Lowering::atomic_update(Value pointer, QualType type, llvm::StringRef op, Value operand, bool wants_new, SourceLocation place) {
    Location location = pointed_location(pointer, type);
    Value before = load(location, place, FACTS_ATOMIC);
    Value after = emit_arith(op, before, operand, type.getUnqualifiedType(), place);
    store(location, after, place, FACTS_ATOMIC);
    return wants_new ? after : before;
}

/* The __sync_ family: the pointer comes first. */
bool Lowering::lower_sync_builtin(const CallExpr *call, llvm::StringRef name, Value &out) {
    if (!name.consume_front("__sync_")) {
        return false;
    }
    SourceLocation place = call->getExprLoc();
    out = NONE;
    if (name == "synchronize") {
        return true;
    }
    name = without_size(name);
    Value pointer = rvalue(call->getArg(0));
    QualType type = call->getArg(0)->getType()->getPointeeType().getUnqualifiedType();
    std::vector<Value> operands;
    for (unsigned i = 1; i < call->getNumArgs(); i++) {
        operands.push_back(rvalue(call->getArg(i)));
    }
    Location location = pointed_location(pointer, type);
    if (name == "lock_release") {
        store(location, NONE, place, FACTS_ATOMIC);
    } else if (name == "lock_test_and_set" || name == "swap") {
        out = load(location, place, FACTS_ATOMIC);
        store(location, operands.empty() ? NONE : operands[0], place, FACTS_ATOMIC);
    } else if (name == "bool_compare_and_swap" || name == "val_compare_and_swap") {
        Value before = load(location, place, FACTS_ATOMIC);
        store(location, operands.size() > 1 ? operands[1] : NONE, place, FACTS_ATOMIC);
        out = name == "val_compare_and_swap" ? before : NONE;
    } else {
        bool wants_new = name.ends_with("_and_fetch");
        llvm::StringRef op = name.contains("add") ? "+" : name.contains("sub") ? "-" : name.contains("or") && !name.contains("xor") ? "|" : "&";
        out = atomic_update(pointer, type, op, operands.empty() ? NONE : operands[0], wants_new, place);
    }
    return true;
}

Value Lowering::lower_atomic(const AtomicExpr *atomic) {
    SourceLocation place = atomic->getExprLoc();
    AtomicExpr::AtomicOp op = atomic->getOp();
    Value pointer = rvalue(atomic->getPtr());
    QualType type = atomic->getPtr()->getType()->getPointeeType();
    if (const auto *wrapped = type->getAs<AtomicType>()) {
        type = wrapped->getValueType();
    }
    type = type.getUnqualifiedType();
    Location location = pointed_location(pointer, type);
    bool aggregate = Unit::is_aggregate(type);
    switch (op) {
    case AtomicExpr::AO__c11_atomic_init:
    case AtomicExpr::AO__c11_atomic_store:
    case AtomicExpr::AO__atomic_store_n:
    case AtomicExpr::AO__scoped_atomic_store_n:
        store(location, rvalue(atomic->getVal1()), place, FACTS_ATOMIC);
        return NONE;
    case AtomicExpr::AO__atomic_store:
    case AtomicExpr::AO__scoped_atomic_store: {
        Value from = rvalue(atomic->getVal1());
        store(location, aggregate ? from : load(pointed_location(from, type), place), place, FACTS_ATOMIC);
        return NONE;
    }
    case AtomicExpr::AO__c11_atomic_load:
    case AtomicExpr::AO__atomic_load_n:
    case AtomicExpr::AO__scoped_atomic_load_n:
        return load(location, place, FACTS_ATOMIC);
    case AtomicExpr::AO__atomic_load:
    case AtomicExpr::AO__scoped_atomic_load: {
        Value to = rvalue(atomic->getVal1());
        store(pointed_location(to, type), load(location, place, FACTS_ATOMIC), place);
        return NONE;
    }
    case AtomicExpr::AO__c11_atomic_exchange:
    case AtomicExpr::AO__atomic_exchange_n:
    case AtomicExpr::AO__scoped_atomic_exchange_n: {
        Value with = rvalue(atomic->getVal1());
        Value before = load(location, place, FACTS_ATOMIC);
        store(location, with, place, FACTS_ATOMIC);
        return before;
    }
    case AtomicExpr::AO__atomic_exchange:
    case AtomicExpr::AO__scoped_atomic_exchange: {
        Value with = rvalue(atomic->getVal1());
        Value to = rvalue(atomic->getVal2());
        store(pointed_location(to, type), load(location, place, FACTS_ATOMIC), place);
        store(location, aggregate ? with : load(pointed_location(with, type), place), place, FACTS_ATOMIC);
        return NONE;
    }
    case AtomicExpr::AO__c11_atomic_compare_exchange_strong:
    case AtomicExpr::AO__c11_atomic_compare_exchange_weak:
    case AtomicExpr::AO__atomic_compare_exchange:
    case AtomicExpr::AO__atomic_compare_exchange_n:
    case AtomicExpr::AO__scoped_atomic_compare_exchange:
    case AtomicExpr::AO__scoped_atomic_compare_exchange_n: {
        Value expected = rvalue(atomic->getVal1());
        Value desired = rvalue(atomic->getVal2());
        bool by_pointer = op == AtomicExpr::AO__atomic_compare_exchange || op == AtomicExpr::AO__scoped_atomic_compare_exchange;
        if (by_pointer && !aggregate) {
            desired = load(pointed_location(desired, type), place);
        }
        store(pointed_location(expected, type), load(location, place, FACTS_ATOMIC), place);
        store(location, desired, place, FACTS_ATOMIC);
        return NONE;
    }
    default: { /* fetch and modify */
        if (atomic->getNumSubExprs() < 3) {
            return lower_unsupported(atomic, atomic->getType(), "atomic");
        }
        Value operand = rvalue(atomic->getVal1());
        bool wants_new = false;
        llvm::StringRef text = "atomic";
        switch (op) {
        case AtomicExpr::AO__atomic_add_fetch:
        case AtomicExpr::AO__atomic_sub_fetch:
        case AtomicExpr::AO__atomic_and_fetch:
        case AtomicExpr::AO__atomic_or_fetch:
        case AtomicExpr::AO__atomic_xor_fetch:
        case AtomicExpr::AO__atomic_nand_fetch:
        case AtomicExpr::AO__atomic_max_fetch:
        case AtomicExpr::AO__atomic_min_fetch:
            wants_new = true;
            break;
        default:
            break;
        }
        return atomic_update(pointer, type, text, operand, wants_new, place);
    }
    }
}

/* The object that an expression of type va_list speaks of: an array decays to a pointer when it is passed on. */
Location Lowering::va_list_location(const Expr *expression) {
    const Expr *plain = expression->IgnoreParens();
    if (const auto *decay = dyn_cast<ImplicitCastExpr>(plain)) {
        if (decay->getCastKind() == CK_ArrayToPointerDecay) {
            return pointed_location(address(lvalue(decay->getSubExpr()), plain->getExprLoc(), true), context_.VoidPtrTy);
        }
        if (decay->getCastKind() == CK_LValueToRValue && !decay->getType()->isRecordType() &&
            !(decay->getType()->isPointerType() && decay->getType()->getPointeeType()->isRecordType())) {
            return lvalue(decay->getSubExpr()); /* char * or void * */
        }
    }
    QualType type = plain->getType();
    if (type->isPointerType() && type->getPointeeType()->isRecordType()) {
        return pointed_location(rvalue(plain), context_.VoidPtrTy);
    }
    if (Unit::is_aggregate(type)) {
        return pointed_location(plain->isLValue() ? address(lvalue(plain), plain->getExprLoc(), true) : rvalue(plain), context_.VoidPtrTy);
    }
    Location location = lvalue(plain);
    return location;
}

Value Lowering::lower_va_arg(const VAArgExpr *expression) {
    SourceLocation place = expression->getExprLoc();
    Location list = va_list_location(expression->getSubExpr());
    Value value = load(list, place);
    if (list.variable == NONE) { /* it steps the list on */
        QualType list_type = context_.getBuiltinVaListType();
        emit_fill(address(list, place, true), unit_.size_of(list_type), list_type, place);
    }
    QualType type = expression->getType();
    if (Unit::is_aggregate(type)) {
        return emit_copy(value, context_.getPointerType(type), place);
    }
    return unit_.holds_pointer(type) ? emit_copy(value, type, place) : NONE;
}

bool Lowering::lower_varargs_builtin(const CallExpr *call, llvm::StringRef name, Value &out) {
    SourceLocation place = call->getExprLoc();
    out = NONE;
    if (equals_any(name, {"va_start", "stdarg_start", "c23_va_start", "ms_va_start"})) {
        store(va_list_location(call->getArg(0)), out_.facts.varargs, place);
        return true;
    }
    if (equals_any(name, {"va_copy", "ms_va_copy"})) {
        Location from = va_list_location(call->getArg(1));
        store(va_list_location(call->getArg(0)), load(from, place), place);
        return true;
    }
    return equals_any(name, {"va_end", "ms_va_end"});
}

/* Builtins that compute: bits, overflow checks, byte swaps. */
bool Lowering::lower_arithmetic_builtin(const CallExpr *call, llvm::StringRef name, Value &out) {
    SourceLocation place = call->getExprLoc();
    bool overflow =
        name.ends_with("_overflow") || (starts_with_any(name, {"sadd", "uadd", "ssub", "usub", "smul", "umul"}) && name.contains("_overflow"));
    if (overflow && call->getNumArgs() == 3) {
        Value one = rvalue(call->getArg(0));
        Value other = rvalue(call->getArg(1));
        Value to = rvalue(call->getArg(2));
        QualType type = call->getArg(2)->getType()->getPointeeType();
        llvm::StringRef op = name.contains("add") ? "+" : name.contains("sub") ? "-" : "*";
        store(pointed_location(to, type), emit_arith(op, one, other, type, place), place);
        out = NONE;
        return true;
    }
    bool pure = starts_with_any(name, {"clz",        "ctz",         "popcount",   "parity",     "ffs",        "clrsb",   "isnan",  "isinf",
                                       "isfinite",   "fabs",        "huge_val",   "inf",        "nan",        "signbit", "abs",    "labs",
                                       "llabs",      "is",          "fpclassify", "flt_rounds", "bitreverse", "bswap",   "rotate", "readcyclecounter",
                                       "ia32_",      "strlen",      "strcmp",     "strncmp",    "memcmp",     "bcmp",    "strspn", "strcspn",
                                       "strcasecmp", "strncasecmp", "strnlen"});
    if (!pure || call->getType()->isPointerType()) {
        return false;
    }
    bool with_pointers = false;
    Value result = NONE;
    bool reads_only = starts_with_any(name, {"str", "mem", "bcmp"});
    for (const Expr *argument : call->arguments()) {
        with_pointers = with_pointers || argument->getType()->isPointerType();
    }
    if (with_pointers && !reads_only) {
        return false; /* an instruction that may store */
    }
    for (const Expr *argument : call->arguments()) {
        result = emit_arith(name, result, rvalue(argument), call->getType(), place);
    }
    out = reads_only ? NONE : result;
    return true;
}

bool Lowering::lower_builtin(const CallExpr *call, const FunctionDecl *callee, QualType hint, Value &out) {
    unsigned id = callee->getBuiltinID();
    if (id == 0) {
        return false;
    }
    SourceLocation place = call->getExprLoc();
    llvm::StringRef name = callee->getName();
    if (starts_with_any(name, {"__sync_"})) {
        return lower_sync_builtin(call, name, out);
    }
    out = NONE;
    if (name == "__atomic_test_and_set" || name == "__atomic_clear") {
        QualType type = call->getArg(0)->getType()->getPointeeType();
        store(pointed_location(rvalue(call->getArg(0)), type->isVoidType() ? context_.CharTy : type.getUnqualifiedType()), NONE, place, FACTS_ATOMIC);
        return true;
    }
    if (starts_with_any(name, {"__atomic_thread_fence", "__atomic_signal_fence", "__c11_atomic_thread_fence", "__c11_atomic_signal_fence",
                               "__atomic_is_lock_free", "__atomic_always_lock_free", "__c11_atomic_is_lock_free"})) {
        return true;
    }
    if (!name.consume_front("__builtin_")) {
        return false; /* a library function, or a machine's own */
    }
    if (equals_any(name, {"expect", "expect_with_probability", "assume_aligned", "launder", "preserve_access_index", "addressof", "assoc_barrier",
                          "__builtin_function_start", "ptrauth_strip", "extract_return_addr", "unpredictable", "arithmetic_fence"})) {
        for (unsigned i = 1; i < call->getNumArgs(); i++) {
            discard(call->getArg(i));
        }
        out = rvalue(call->getArg(0), hint);
        if (!unit_.holds_pointer(call->getType())) {
            out = NONE;
        }
        return true;
    }
    if (equals_any(name, {"constant_p",
                          "object_size",
                          "dynamic_object_size",
                          "classify_type",
                          "is_constant_evaluated",
                          "assume",
                          "unreachable",
                          "trap",
                          "debugtrap",
                          "verbose_trap",
                          "prefetch",
                          "cpu_init",
                          "cpu_supports",
                          "cpu_is",
                          "return_address",
                          "frob_return_addr",
                          "init_dwarf_reg_size_table",
                          "types_compatible_p",
                          "unwind_init",
                          "huge_val",
                          "LINE",
                          "COLUMN",
                          "FILE",
                          "FUNCTION",
                          "os_log_format_buffer_size",
                          "ia32_pause"})) {
        if (equals_any(name, {"prefetch"})) {
            discard(call->getArg(0));
        }
        return true;
    }
    if (equals_any(name, {"frame_address", "dwarf_cfa", "sponentry"})) {
        out = temporary_address(".frame", context_.CharTy, place);
        return true;
    }
    if (starts_with_any(name, {"alloca"})) {
        discard(call->getArg(0));
        QualType element = hint.isNull() || hint->isVoidType() || hint->isIncompleteType() ? context_.CharTy : hint;
        out = temporary_address(".alloca", context_.getIncompleteArrayType(element, ArraySizeModifier::Normal, 0), place);
        return true;
    }
    if (name == "thread_pointer") {
        out = emit_unknown("thread-pointer", call->getType(), place);
        return true;
    }
    if (name == "nontemporal_load") {
        out = load(pointed_location(rvalue(call->getArg(0)), call->getType()), place);
        return true;
    }
    if (name == "nontemporal_store") {
        Value value = rvalue(call->getArg(0));
        store(pointed_location(rvalue(call->getArg(1)), call->getArg(1)->getType()->getPointeeType()), value, place);
        return true;
    }
    if (equals_any(name, {"is_aligned", "align_up", "align_down"})) {
        Value value = rvalue(call->getArg(0));
        discard(call->getArg(1));
        out = unit_.holds_pointer(call->getType()) ? emit_arith("&", value, NONE, call->getType(), place) : NONE;
        return true;
    }
    return lower_varargs_builtin(call, name, out) || lower_memory_builtin(call, name, out) || lower_arithmetic_builtin(call, name, out);
}

} // namespace spillscope
