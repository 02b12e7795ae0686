#ifndef SPILLSCOPE_FRONTEND_LOWERING_H
#define SPILLSCOPE_FRONTEND_LOWERING_H
/*
 * One function body, from statements and expressions to facts. Facts are flow-insensitive, so control flow leaves no trace but for
 * branches that a constant condition rules out.
 *
 * A Value is a register index or NONE (a plain constant, or a type that cannot hold a pointer). An rvalue of record or array type is the
 * address of memory that holds it.
 */
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseSet.h"
#include "unit.h"

namespace spillscope {

using Value = uint32_t;
constexpr uint32_t NONE = FACTS_NONE;

/* Where an lvalue lies: a variable kept in a value, or memory at (object or base value) + offset. */
struct Location {
    Value variable = NONE;
    uint32_t object = NONE;
    Value base = NONE; /* with object: unused. All three NONE: a constant address */
    int64_t offset = 0;
    clang::QualType type;
    uint32_t record = NONE; /* the member last selected */
    uint32_t member = NONE;
    uint32_t bit_offset = 0; /* bit-field: from offset */
    uint32_t bit_size = 0;
    const char *machine_register = nullptr; /* a global register variable */
};

class Lowering {
  public:
    Lowering(Unit &unit, const clang::FunctionDecl *function);
    void run();
    /* The body that an ifunc stands for: a call of what its resolver gives. */
    void run_ifunc(uint32_t resolver);

  private:
    /* Instructions (lowering.cpp). */
    facts_instruction &emit(facts_op op, clang::SourceLocation place);
    Value new_value(clang::QualType type, llvm::StringRef name = "");
    Value emit_unknown(llvm::StringRef cause, clang::QualType type, clang::SourceLocation place);
    Value emit_copy(Value from, clang::QualType type, clang::SourceLocation place);
    void copy_into(Value variable, Value from, clang::SourceLocation place);
    Value emit_arith(llvm::StringRef op, Value a, Value b, clang::QualType type, clang::SourceLocation place, const int64_t *constant = nullptr);
    Value emit_offset(Value base, int64_t offset, clang::QualType type, clang::SourceLocation place, uint32_t record = NONE, uint32_t member = NONE);
    Value emit_index(Value base, uint64_t stride, uint64_t whole, clang::QualType type, clang::SourceLocation place);
    void emit_copymem(Value to, Value from, uint64_t size, clang::QualType type, clang::SourceLocation place);
    void emit_fill(Value to, uint64_t size, clang::QualType type, clang::SourceLocation place);
    Value address_of_object(uint32_t object, int64_t offset, clang::QualType pointee, clang::SourceLocation place);

    /* Memory (lower_memory.cpp). */
    Location lvalue(const clang::Expr *expression);
    Location variable_location(const clang::VarDecl *variable, clang::SourceLocation place);
    Location member_location(Location base, const clang::FieldDecl *field);
    Location pointed_location(Value base, clang::QualType type);
    Location object_location(uint32_t object, clang::QualType type);
    /* For an access, a constant address becomes an unknown. */
    Value address(const Location &location, clang::SourceLocation place, bool for_access);
    Value load(const Location &location, clang::SourceLocation place, uint32_t flags = 0);
    Value load_relative(const Location &location, clang::SourceLocation place); /* Unit::holds_relative_pointer */
    Value load_memory(const Location &location, clang::SourceLocation place, uint32_t flags, bool tracked);
    void store(const Location &location, Value value, clang::SourceLocation place, uint32_t flags = 0);
    void initialise(const Location &location, const clang::Expr *initialiser);
    void initialise_list(const Location &location, const clang::InitListExpr *list);
    Location element_location(const Location &array, uint64_t index, clang::QualType element);
    Location any_element_location(const Location &array, clang::QualType element, clang::SourceLocation place);
    Value temporary_address(llvm::StringRef name, clang::QualType type, clang::SourceLocation place);

    /* Expressions (lower_expression.cpp). `hint`: what a void pointer that comes out of it is cast to. */
    Value rvalue(const clang::Expr *expression, clang::QualType hint = {});
    void discard(const clang::Expr *expression) {
        rvalue(expression);
    }
    Value lower_cast(const clang::CastExpr *cast, clang::QualType hint);
    Value lower_unary(const clang::UnaryOperator *unary);
    Value lower_binary(const clang::BinaryOperator *binary, clang::QualType hint);
    Value lower_assignment(const clang::BinaryOperator *assignment);
    Value lower_compound_assignment(const clang::CompoundAssignOperator *assignment);
    const clang::Expr *loaded_relative(const clang::Expr *operand) const;
    Value lower_arithmetic(const clang::BinaryOperator *binary);
    Value lower_conditional(const clang::Expr *condition, const clang::Expr *yes, const clang::Expr *no, Value yes_value, clang::QualType type,
                            clang::QualType hint, clang::SourceLocation place);
    Value lower_statement_expression(const clang::StmtExpr *statement, clang::QualType hint);
    Value lower_unsupported(const clang::Stmt *statement, clang::QualType type, llvm::StringRef what);
    Value address_of_function(const clang::FunctionDecl *function, clang::SourceLocation place);
    /* Steps a pointer by a number of elements: `by` an integer expression. */
    Value step_pointer(Value pointer, clang::QualType pointer_type, const clang::Expr *by, bool backwards, clang::SourceLocation place);
    uint64_t stride_of(clang::QualType pointee) const;

    /* Calls (lower_call.cpp). */
    Value lower_call(const clang::CallExpr *call, clang::QualType hint);
    Value emit_call(const clang::CallExpr *call, uint32_t object, Value callee, const clang::Expr *callee_expression, clang::QualType hint);
    Value lower_argument(const clang::Expr *argument);
    clang::QualType allocation_hint(const clang::CallExpr *call, clang::QualType cast_to);
    void call_cleanup(const clang::VarDecl *variable, clang::SourceLocation place);

    /* Builtins (lower_builtin.cpp): false when it is an ordinary call. */
    bool lower_builtin(const clang::CallExpr *call, const clang::FunctionDecl *callee, clang::QualType hint, Value &out);
    uint64_t constant_size(const clang::Expr *expression, bool &out_known) const; /* bytes; 0 = unknown or nothing */
    bool lower_memory_builtin(const clang::CallExpr *call, llvm::StringRef name, Value &out);
    bool lower_sync_builtin(const clang::CallExpr *call, llvm::StringRef name, Value &out);
    bool lower_varargs_builtin(const clang::CallExpr *call, llvm::StringRef name, Value &out);
    bool lower_arithmetic_builtin(const clang::CallExpr *call, llvm::StringRef name, Value &out);
    Value lower_va_arg(const clang::VAArgExpr *expression);
    Value lower_atomic(const clang::AtomicExpr *atomic);
    Location va_list_location(const clang::Expr *expression);
    clang::QualType memory_type(const clang::Expr *argument, uint64_t size);
    Value atomic_update(Value pointer, clang::QualType type, llvm::StringRef op, Value operand, bool wants_new, clang::SourceLocation place);

    /* Inline assembly (lower_asm.cpp). */
    void lower_asm(const clang::GCCAsmStmt *statement);

    /* Statements (lower_statement.cpp). */
    void lower(const clang::Stmt *statement);
    void lower_declaration(const clang::DeclStmt *statement);
    void lower_variable(const clang::VarDecl *variable);
    void lower_if(const clang::IfStmt *statement);
    void lower_switch(const clang::SwitchStmt *statement);
    void lower_return(const clang::ReturnStmt *statement);
    bool is_constant(const clang::Expr *condition, bool &out_value) const;
    /* An integer constant, as what adding it to a pointer does: values of pointer width wrap to signed. */
    bool constant_integer(const clang::Expr *expression, int64_t &out_value, unsigned depth = 0) const;
    bool is_dead(const clang::Stmt *statement) const; /* no label leads into it */
    void find_addressed(const clang::Stmt *statement);
    using Variables = llvm::DenseSet<const clang::VarDecl *>;
    void mark(const clang::Expr *lvalue, Variables &out_variables);
    /* The initialiser of a local variable that never changes afterwards, nullptr for other expressions. */
    const clang::Expr *lasting_initialiser(const clang::Expr *expression) const;

    Unit &unit_;
    clang::ASTContext &context_;
    const clang::FunctionDecl *function_;
    LoweredFunction &out_;
    Variables addressed_;
    Variables assigned_; /* after their initialisation */
    llvm::DenseMap<const clang::VarDecl *, Value> variables_;
    llvm::DenseMap<const clang::VarDecl *, uint32_t> locals_;
    llvm::DenseMap<const clang::Expr *, Value> opaque_values_;
    llvm::DenseMap<std::pair<uint32_t, int64_t>, Value> addresses_;                    /* &object + offset, made once */
    llvm::DenseMap<std::pair<uint64_t, std::pair<uint64_t, int64_t>>, Value> offsets_; /* base, record and member, offset */
};

/* The static initialiser of a variable or compound literal: every pointer in it (lower_global.cpp). */
void lower_initialiser(Unit &unit, uint32_t object, clang::QualType type, const clang::Expr *initialiser);

} // namespace spillscope
#endif
