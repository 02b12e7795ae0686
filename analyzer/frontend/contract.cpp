#include "contract.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;

namespace spillscope {

namespace {

constexpr llvm::StringLiteral kPrefix = "spillscope:";

/* What follows "spillscope:WORD" in an annotation of any declaration; nothing when there is none. */
std::optional<llvm::StringRef> contract_value(const Decl *declaration, llvm::StringRef word) {
    for (const Decl *each : declaration->redecls()) {
        for (const auto *annotate : each->specific_attrs<AnnotateAttr>()) {
            llvm::StringRef text = annotate->getAnnotation();
            if (text.consume_front(kPrefix) && text.consume_front(word) && (text.empty() || text.consume_front(":"))) {
                return text;
            }
        }
    }
    return std::nullopt;
}

/* Does the path end in, or lie below, this tail of a path? */
bool path_matches(llvm::StringRef path, llvm::StringRef tail) {
    tail = tail.trim().trim('/');
    for (size_t at = tail.empty() ? llvm::StringRef::npos : path.find(tail); at != llvm::StringRef::npos; at = path.find(tail, at + 1)) {
        size_t end = at + tail.size();
        if ((at == 0 || path[at - 1] == '/') && (end == path.size() || path[end] == '/')) {
            return true;
        }
    }
    return false;
}

/* Everything that looks inside an opaque record, or copies an owning one. */
class AccessVisitor : public RecursiveASTVisitor<AccessVisitor> {
  public:
    explicit AccessVisitor(Unit &unit) : unit_(unit) {
    }

    bool TraverseFunctionDecl(FunctionDecl *function) {
        const FunctionDecl *outer = function_;
        function_ = function;
        bool result = RecursiveASTVisitor::TraverseFunctionDecl(function);
        function_ = outer;
        return result;
    }

    bool VisitMemberExpr(MemberExpr *member) {
        if (const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl()); field && !field->isAnonymousStructOrUnion()) {
            look(field->getParent(), member->getMemberLoc(), ("field '" + field->getName() + "'").str());
        }
        return true;
    }

    bool VisitOffsetOfExpr(OffsetOfExpr *offset) {
        for (unsigned i = 0; i < offset->getNumComponents(); i++) {
            const OffsetOfNode &node = offset->getComponent(i);
            if (node.getKind() == OffsetOfNode::Field && !node.getField()->isAnonymousStructOrUnion()) {
                look(node.getField()->getParent(), node.getEndLoc(), ("offset of field '" + node.getField()->getName() + "'").str());
            }
        }
        return true;
    }

    /* An initialiser of nothing but zeros makes the empty value, of which no field need be known. */
    bool VisitInitListExpr(InitListExpr *list) {
        const RecordDecl *record = contract_record(list->getType());
        bool semantic = !list->isSemanticForm() || !list->getSyntacticForm();
        if (!record || !semantic || list->getType()->isArrayType()) {
            return true;
        }
        for (const Expr *value : list->inits()) {
            if (isa<DesignatedInitExpr>(value) || !is_zero(value)) {
                look(record, value->getBeginLoc(), "initialiser of its fields");
                break;
            }
        }
        return true;
    }

    bool VisitCastExpr(CastExpr *cast) {
        if (cast->getCastKind() == CK_BitCast && isa<ExplicitCastExpr>(cast)) {
            const RecordDecl *record = contract_record(cast->getSubExpr()->getType()->getPointeeType());
            QualType target = cast->getType()->getPointeeType();
            if (record && !target.isNull() && !target->isVoidType() && contract_record(target) != record) {
                look(record, cast->getExprLoc(), "cast to '" + cast->getType().getAsString() + "'");
            }
        }
        /* The value of a record that stands in memory: a copy of it. */
        if (cast->getCastKind() == CK_LValueToRValue && contract_owns(cast->getType()) && !is_borrowed(cast) &&
            !isa<CompoundLiteralExpr>(cast->getSubExpr()->IgnoreParens())) {
            copy(cast->getType(), cast->getExprLoc());
        }
        return true;
    }

    bool VisitCallExpr(CallExpr *call) {
        const FunctionDecl *callee = call->getDirectCallee();
        if (!callee || call->getNumArgs() < 3 || !callee->getIdentifier()) {
            return true;
        }
        llvm::StringRef name = callee->getName();
        name.consume_front("__builtin_");
        if (name == "memcpy" || name == "memmove" || name == "__memcpy" || name == "__memmove") {
            QualType source = call->getArg(1)->IgnoreParenCasts()->getType();
            QualType pointee = source->isArrayType() ? source : source->getPointeeType();
            if (!pointee.isNull() && contract_owns(pointee)) {
                copy(pointee, call->getExprLoc());
            }
        }
        return true;
    }

    /* Copies into places that are declared to borrow; filled before the visit reaches the copies (a parent is visited before its children). */
    bool VisitVarDecl(VarDecl *variable) {
        if (variable->getInit() && contract_has(variable, "borrows")) {
            borrow(variable->getInit());
        }
        return true;
    }
    /* A local that is returned by value ends with the return: moved, not copied (contract_paths.cpp follows it). */
    bool VisitReturnStmt(ReturnStmt *statement) {
        const auto *cast = dyn_cast_or_null<CastExpr>(statement->getRetValue() ? statement->getRetValue()->IgnoreParens() : nullptr);
        const auto *name = cast ? dyn_cast<DeclRefExpr>(cast->getSubExpr()->IgnoreParens()) : nullptr;
        const auto *variable = name ? dyn_cast<VarDecl>(name->getDecl()) : nullptr;
        if (variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable)) {
            borrow(cast);
        }
        return true;
    }
    bool VisitBinaryOperator(BinaryOperator *operation) {
        if (operation->getOpcode() == BO_Assign) {
            const Expr *left = operation->getLHS()->IgnoreParens();
            const auto *member = dyn_cast<MemberExpr>(left);
            const auto *name = dyn_cast<DeclRefExpr>(left);
            const ValueDecl *target = member ? member->getMemberDecl() : name ? name->getDecl() : nullptr;
            if (target && contract_has(target, "borrows")) {
                borrow(operation->getRHS());
            }
        }
        return true;
    }
    /* As written, for designators; then what it means, for copies that designators name and lists that they imply. Each once. */
    bool TraverseInitListExpr(InitListExpr *list, DataRecursionQueue *queue = nullptr) {
        (void)queue;
        InitListExpr *semantic = list->isSemanticForm() ? list : list->getSemanticForm();
        if (!lists_.insert(semantic ? semantic : list).second) {
            return true;
        }
        const RecordDecl *record = contract_record(list->getType());
        if (semantic && record && !record->isUnion() && !list->getType()->isArrayType()) {
            unsigned index = 0;
            for (const FieldDecl *field : record->fields()) {
                if (field->isUnnamedBitField()) {
                    continue;
                }
                if (index < semantic->getNumInits() && contract_has(field, "borrows")) {
                    borrow(semantic->getInit(index));
                }
                index++;
            }
        }
        bool result = RecursiveASTVisitor::TraverseInitListExpr(list);
        for (unsigned i = 0; result && semantic && !semantic->isSyntacticForm() && i < semantic->getNumInits(); i++) {
            result = TraverseStmt(semantic->getInit(i));
        }
        return result;
    }

  private:
    static bool is_zero(const Expr *value) {
        value = value->IgnoreParenImpCasts();
        if (const auto *list = dyn_cast<InitListExpr>(value)) {
            return llvm::all_of(list->inits(), [](const Expr *each) { return is_zero(each); });
        }
        if (isa<ImplicitValueInitExpr>(value)) {
            return true;
        }
        const auto *number = dyn_cast<IntegerLiteral>(value);
        return number && number->getValue() == 0;
    }
    void borrow(const Expr *value) {
        borrowed_.insert(value->IgnoreParens());
    }
    bool is_borrowed(const Expr *value) const {
        return borrowed_.contains(value->IgnoreParens());
    }
    std::string where() const {
        return function_ ? function_->getNameAsString() : "";
    }

    void look(const RecordDecl *record, SourceLocation location, const std::string &what) {
        /* A member of an anonymous record belongs to the record around it. */
        while (record->isAnonymousStructOrUnion() && isa<RecordDecl>(record->getDeclContext()) && !contract_has(record, "opaque")) {
            record = cast<RecordDecl>(record->getDeclContext());
        }
        if (contract_may_look(unit_, record, location)) {
            return;
        }
        if (!found_.insert(location.getRawEncoding()).second) {
            return;
        }
        std::string type = unit_.context().getRecordType(record).getAsString();
        unit_.add_finding({"opaque-access",
                           where(),
                           what + " of opaque type '" + type + "' is used outside of its implementation",
                           location,
                           {{"'" + type + "' is declared opaque here", record->getLocation()}}});
    }

    void copy(QualType type, SourceLocation location) {
        const RecordDecl *record = contract_record(type);
        if (record && contract_has(record, "opaque") && contract_may_look(unit_, record, location)) {
            return; /* the implementation moves its own objects */
        }
        if (!copies_.insert(location.getRawEncoding()).second) {
            return;
        }
        std::string name = type.getUnqualifiedType().getAsString();
        unit_.add_finding({"second-owner",
                           where(),
                           "copying an object of owned type '" + name + "' makes a second owner",
                           location,
                           {{"'" + name + "' is or holds an owner", record ? record->getLocation() : location}}});
    }

    Unit &unit_;
    const FunctionDecl *function_ = nullptr;
    llvm::DenseSet<const Expr *> borrowed_;
    llvm::DenseSet<const InitListExpr *> lists_;            /* visited, by their semantic form */
    llvm::DenseSet<SourceLocation::UIntTy> found_, copies_; /* places with a finding: a list's elements are met in both forms */
};

} // namespace

bool contract_has(const Decl *declaration, llvm::StringRef word) {
    return contract_value(declaration, word).has_value();
}

const RecordDecl *contract_record(QualType type) {
    if (type.isNull()) {
        return nullptr;
    }
    while (const auto *array = dyn_cast<ArrayType>(type.getCanonicalType())) {
        type = array->getElementType();
    }
    const RecordType *record = type->getAs<RecordType>();
    return record ? record->getDecl() : nullptr;
}

bool contract_owns(QualType type) {
    const RecordDecl *record = contract_record(type);
    if (!record) {
        return false;
    }
    if (contract_has(record, "owned")) {
        return true;
    }
    const RecordDecl *definition = record->getDefinition();
    return definition && llvm::any_of(definition->fields(),
                                      [](const FieldDecl *field) { return !contract_has(field, "borrows") && contract_owns(field->getType()); });
}

bool contract_may_look(Unit &unit, const RecordDecl *record, SourceLocation location) {
    std::optional<llvm::StringRef> paths = contract_value(record, "opaque");
    if (!paths) {
        return true;
    }
    /* Where the name of the field is written, also inside a macro; a name that a macro pastes together counts where the macro is used. */
    const SourceManager &sources = unit.context().getSourceManager();
    SourceLocation spelled = sources.getSpellingLoc(location);
    if (sources.isWrittenInScratchSpace(spelled)) {
        spelled = sources.getExpansionLoc(location);
    }
    llvm::StringRef path = unit.path_of(spelled);
    llvm::SmallVector<llvm::StringRef, 4> tails;
    paths->split(tails, ',', -1, false);
    return llvm::any_of(tails, [&](llvm::StringRef tail) { return path_matches(path, tail); });
}

void contract_check_access(Unit &unit) {
    AccessVisitor(unit).TraverseDecl(unit.context().getTranslationUnitDecl());
}

/* A unit without contracts costs nothing. */
static bool has_contracts(const DeclContext *context) {
    for (const Decl *declaration : context->decls()) {
        for (const auto *annotate : declaration->specific_attrs<AnnotateAttr>()) {
            if (annotate->getAnnotation().starts_with(kPrefix)) {
                return true;
            }
        }
        if (const auto *function = dyn_cast<FunctionDecl>(declaration)) {
            if (llvm::any_of(function->parameters(), [](const ParmVarDecl *each) { return each->hasAttr<AnnotateAttr>(); })) {
                return true;
            }
        } else if (const auto *record = dyn_cast<RecordDecl>(declaration); record && has_contracts(record)) {
            return true;
        }
    }
    return false;
}

void contract_check(Unit &unit) {
    const TranslationUnitDecl *whole = unit.context().getTranslationUnitDecl();
    if (!has_contracts(whole)) {
        return;
    }
    contract_check_access(unit);
    for (const Decl *declaration : whole->decls()) {
        const auto *function = dyn_cast<FunctionDecl>(declaration);
        if (function && function->doesThisDeclarationHaveABody()) {
            contract_check_paths(unit, function);
        }
    }
}

} // namespace spillscope
