#ifndef SPILLSCOPE_FRONTEND_UNIT_H
#define SPILLSCOPE_FRONTEND_UNIT_H
/*
 * The facts of one translation unit while they are made: the tables of strings, files, types and objects that lowering fills, and the
 * queue of functions and variables that are reached but not lowered yet. Lives as long as the AST it reads.
 */
#include <deque>
#include <string>
#include <vector>
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/StringSaver.h"
#include "spillscope/facts.h"

namespace spillscope {

/* A function as it is lowered; finished ones stay until the unit is written. */
struct LoweredFunction {
    facts_function facts = {};
    std::vector<facts_instruction> instructions;
    std::vector<uint32_t> parameters;
    std::vector<const char *> value_names;
    std::vector<uint32_t> value_types;
};

class Unit {
  public:
    Unit(clang::ASTContext &context, llvm::StringRef directory);

    clang::ASTContext &context() {
        return context_;
    }
    const clang::SourceManager &sources() const {
        return sources_;
    }

    /* Interned; lives as long as the unit. */
    const char *text(llvm::StringRef string) {
        return strings_.save(string).data();
    }
    /* Uninitialised array in the unit's memory. */
    template <typename T> T *array(size_t count) {
        return memory_.Allocate<T>(count);
    }

    facts_place place(clang::SourceLocation location);

    /* Index of a type. The members of a record are listed only when `with_layout`, or an earlier or later call, asks for it. */
    uint32_t type(clang::QualType type, bool with_layout = false);
    uint32_t record(const clang::RecordDecl *record);
    uint32_t member_index(const clang::FieldDecl *field) const {
        return field->getFieldIndex();
    }

    /* Bytes; 0 when incomplete or variable. */
    uint64_t size_of(clang::QualType type) const;
    /* May a value of this type hold a pointer? Records and arrays are no values. */
    bool holds_pointer(clang::QualType type) const;
    /* An integer narrower than a pointer that may hold how far one place is from another: 32 bits, where pointers have more. */
    bool holds_relative_pointer(clang::QualType type) const;
    static bool is_aggregate(clang::QualType type);

    /* The object of a function or of a variable with static storage; what it needs is queued when it is defined here. */
    uint32_t object(const clang::ValueDecl *declaration);
    uint32_t literal();
    uint32_t compound_literal(const clang::CompoundLiteralExpr *literal);
    /* A function known by name alone (a builtin that stands for a library function). */
    uint32_t external_function(llvm::StringRef name, clang::QualType type);
    uint32_t local(llvm::StringRef name, const clang::FunctionDecl *function, clang::QualType type, uint32_t flags, clang::SourceLocation location);

    void add_initialiser(uint32_t object, uint64_t offset, uint32_t target, int64_t target_offset);
    void add_assembly(llvm::StringRef statement) {
        assembly_.push_back(text(statement));
    }
    struct Note {
        std::string message;
        clang::SourceLocation location;
    };
    struct Finding {
        std::string rule;
        std::string function;
        std::string message;
        clang::SourceLocation location;
        std::vector<Note> notes;
    };
    void add_finding(const Finding &finding);
    /* Absolute and normalised; "" = no file. */
    llvm::StringRef path_of(clang::SourceLocation spelled);
    LoweredFunction &add_function() {
        return functions_.emplace_back();
    }

    /* Work that object() queued: NULL when there is none left. */
    const clang::FunctionDecl *next_function();
    const clang::VarDecl *next_variable();
    struct PendingLiteral {
        const clang::CompoundLiteralExpr *literal;
        uint32_t object;
    };
    bool next_literal(PendingLiteral &out);
    struct PendingIfunc {
        const clang::FunctionDecl *function;
        uint32_t resolver;
    };
    bool next_ifunc(PendingIfunc &out);

    /* After the last lowering: the whole as the C side sees it. Valid as long as the unit. */
    facts_unit finish(llvm::StringRef main_file);

  private:
    uint32_t add_type(const facts_type &type);
    void list_members(uint32_t index, const clang::RecordDecl *record);
    std::string record_name(const clang::RecordDecl *record);
    uint32_t file(clang::FileID id);
    const char *normalised(llvm::StringRef path);
    uint32_t add_object(const facts_object &object) {
        objects_.push_back(object);
        return static_cast<uint32_t>(objects_.size() - 1);
    }
    uint32_t function_flags(const clang::FunctionDecl *function, const clang::FunctionDecl *definition);
    void set_attributes(facts_object &object, const clang::ValueDecl *declaration);
    uint32_t named_object(llvm::StringRef name);
    bool leads_to(uint32_t object, uint32_t other) const;
    uint32_t assembly_base(llvm::StringRef name, bool is_code) const;
    void mark_assembly_names();
    void set_syscall_entries();
    void collect_files();

    clang::ASTContext &context_;
    const clang::SourceManager &sources_;
    std::string directory_;
    llvm::BumpPtrAllocator memory_;
    llvm::BumpPtrAllocator string_memory_; /* filled by LLVM only: under ASan its code and ours mark an arena differently */
    llvm::UniqueStringSaver strings_{string_memory_};

    std::vector<facts_file> files_;
    llvm::DenseMap<clang::FileID, uint32_t> file_indices_;
    llvm::StringMap<uint32_t> path_indices_;

    std::vector<facts_type> types_;
    llvm::DenseMap<const clang::Type *, uint32_t> type_indices_;

    std::vector<facts_object> objects_;
    llvm::DenseMap<const clang::Decl *, uint32_t> object_indices_;
    llvm::StringMap<uint32_t> linked_indices_; /* external linkage, by name */
    llvm::DenseMap<const clang::Expr *, uint32_t> literal_indices_;
    uint32_t literal_ = FACTS_NONE;

    std::vector<facts_initialiser> initialisers_;
    std::vector<const char *> assembly_;
    std::vector<facts_finding> findings_;
    std::deque<LoweredFunction> functions_; /* stable addresses */
    std::vector<facts_function> function_facts_;

    std::deque<const clang::FunctionDecl *> pending_functions_;
    std::deque<const clang::VarDecl *> pending_variables_;
    std::deque<PendingLiteral> pending_literals_;
    std::deque<PendingIfunc> pending_ifuncs_;
    std::vector<std::pair<uint32_t, const clang::FunctionDecl *>> syscall_entries_;
};

} // namespace spillscope
#endif
