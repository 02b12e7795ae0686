/* Static initialisers: where pointers stand in an object before the program runs. */
#include "clang/AST/APValue.h"
#include "clang/AST/RecordLayout.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

namespace {

class Initialiser {
  public:
    Initialiser(Unit &unit, uint32_t object) : unit_(unit), context_(unit.context()), object_(object) {
    }
    void walk(QualType type, const Expr *expression, uint64_t offset);

  private:
    void walk_list(QualType type, const InitListExpr *list, uint64_t offset);
    void scalar(const Expr *expression, uint64_t offset);
    void pointer(const APValue &value, uint64_t offset);
    void everything_in(const Stmt *statement, uint64_t offset);

    Unit &unit_;
    ASTContext &context_;
    uint32_t object_;
};

/* Could evaluating it give an address? Spares the evaluator most of a big table of numbers. */
bool may_name_object(const Stmt *statement) {
    if (!statement) {
        return false;
    }
    if (const auto *reference = dyn_cast<DeclRefExpr>(statement)) {
        return !isa<EnumConstantDecl>(reference->getDecl());
    }
    if (isa<StringLiteral>(statement) || isa<CompoundLiteralExpr>(statement) || isa<PredefinedExpr>(statement)) {
        return true;
    }
    if (isa<UnaryExprOrTypeTraitExpr>(statement)) {
        return false;
    }
    for (const Stmt *child : statement->children()) {
        if (may_name_object(child)) {
            return true;
        }
    }
    return false;
}

void Initialiser::pointer(const APValue &value, uint64_t offset) {
    if (!value.isLValue()) {
        if (value.isAddrLabelDiff() || value.isInt() || value.isFloat()) {
            return;
        }
        if (value.isVector()) {
            for (unsigned i = 0; i < value.getVectorLength(); i++) {
                pointer(value.getVectorElt(i), offset);
            }
        }
        return;
    }
    int64_t target_offset = value.getLValueOffset().getQuantity();
    APValue::LValueBase base = value.getLValueBase();
    if (const auto *declaration = base.dyn_cast<const ValueDecl *>()) {
        if (isa<VarDecl>(declaration) || isa<FunctionDecl>(declaration)) {
            unit_.add_initialiser(object_, offset, unit_.object(declaration), target_offset);
        }
    } else if (const auto *expression = base.dyn_cast<const Expr *>()) {
        if (const auto *literal = dyn_cast<CompoundLiteralExpr>(expression)) {
            unit_.add_initialiser(object_, offset, unit_.compound_literal(literal), target_offset);
        } else if (isa<StringLiteral>(expression) || isa<PredefinedExpr>(expression)) {
            unit_.add_initialiser(object_, offset, unit_.literal(), target_offset);
        }
    }
}

/* Not a constant to the evaluator: every object that it names may be the target. */
void Initialiser::everything_in(const Stmt *statement, uint64_t offset) {
    if (!statement) {
        return;
    }
    if (const auto *reference = dyn_cast<DeclRefExpr>(statement)) {
        const ValueDecl *declaration = reference->getDecl();
        const auto *variable = dyn_cast<VarDecl>(declaration);
        if (isa<FunctionDecl>(declaration) || (variable && !variable->hasLocalStorage())) {
            unit_.add_initialiser(object_, offset, unit_.object(declaration), 0);
        }
    } else if (const auto *literal = dyn_cast<CompoundLiteralExpr>(statement)) {
        unit_.add_initialiser(object_, offset, unit_.compound_literal(literal), 0);
    }
    for (const Stmt *child : statement->children()) {
        everything_in(child, offset);
    }
}

void Initialiser::scalar(const Expr *expression, uint64_t offset) {
    if (!may_name_object(expression)) {
        return;
    }
    Expr::EvalResult result;
    if (expression->EvaluateAsRValue(result, context_) && !result.Val.isAbsent() && !result.Val.isIndeterminate()) {
        pointer(result.Val, offset);
        return;
    }
    everything_in(expression, offset);
}

void Initialiser::walk_list(QualType type, const InitListExpr *list, uint64_t offset) {
    if (const InitListExpr *semantic = list->isSemanticForm() ? list : list->getSemanticForm()) {
        list = semantic;
    }
    if (list->isTransparent() && list->getNumInits() > 0) {
        return walk(type, list->getInit(0), offset);
    }
    if (const auto *record_type = type->getAs<RecordType>()) {
        const RecordDecl *record = record_type->getDecl()->getDefinition();
        const ASTRecordLayout &layout = context_.getASTRecordLayout(record);
        auto field_offset = [&](const FieldDecl *field) { return offset + layout.getFieldOffset(field->getFieldIndex()) / 8; };
        if (record->isUnion()) {
            if (const FieldDecl *field = list->getInitializedFieldInUnion(); field && list->getNumInits() > 0) {
                walk(field->getType(), list->getInit(0), field_offset(field));
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
            walk(field->getType(), list->getInit(next++), field_offset(field));
        }
        return;
    }
    if (const ArrayType *array = context_.getAsArrayType(type)) {
        QualType element = array->getElementType();
        uint64_t stride = unit_.size_of(element);
        for (unsigned i = 0; i < list->getNumInits(); i++) {
            walk(element, list->getInit(i), offset + i * stride);
        }
        const Expr *filler = list->hasArrayFiller() ? list->getArrayFiller() : nullptr;
        if (const auto *constant = dyn_cast<ConstantArrayType>(array); constant && filler && may_name_object(filler)) {
            for (uint64_t i = list->getNumInits(); i < constant->getSize().getZExtValue(); i++) {
                walk(element, filler, offset + i * stride);
            }
        }
        return;
    }
    for (const Expr *init : list->inits()) {
        walk(type, init, offset);
    }
}

void Initialiser::walk(QualType type, const Expr *expression, uint64_t offset) {
    expression = expression->IgnoreParens();
    if (const auto *constant = dyn_cast<ConstantExpr>(expression)) {
        return walk(type, constant->getSubExpr(), offset);
    }
    if (const auto *list = dyn_cast<InitListExpr>(expression)) {
        return walk_list(type, list, offset);
    }
    if (const auto *update = dyn_cast<DesignatedInitUpdateExpr>(expression)) {
        walk(type, update->getBase(), offset);
        return walk_list(type, update->getUpdater(), offset);
    }
    if (!Unit::is_aggregate(type)) {
        if (unit_.holds_pointer(type)) {
            scalar(expression, offset);
        }
        return;
    }
    if (isa<StringLiteral>(expression) || isa<ImplicitValueInitExpr>(expression) || isa<NoInitExpr>(expression)) {
        return;
    }
    if (const auto *cast_expression = dyn_cast<CastExpr>(expression)) {
        if (cast_expression->getCastKind() == CK_ToUnion) {
            return walk(cast_expression->getSubExpr()->getType(), cast_expression->getSubExpr(), offset);
        }
        return walk(type, cast_expression->getSubExpr(), offset);
    }
    if (const auto *literal = dyn_cast<CompoundLiteralExpr>(expression)) {
        return walk(type, literal->getInitializer(), offset);
    }
    if (const auto *choose = dyn_cast<ChooseExpr>(expression)) {
        return walk(type, choose->getChosenSubExpr(), offset);
    }
    if (const auto *generic = dyn_cast<GenericSelectionExpr>(expression)) {
        return walk(type, generic->getResultExpr(), offset);
    }
    if (const auto *conditional = dyn_cast<ConditionalOperator>(expression)) {
        walk(type, conditional->getTrueExpr(), offset);
        return walk(type, conditional->getFalseExpr(), offset);
    }
    if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) { /* GNU: the value of another constant object */
        if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl()); variable && variable->getAnyInitializer()) {
            return walk(type, variable->getAnyInitializer(), offset);
        }
    }
    everything_in(expression, offset);
}

} // namespace

void lower_initialiser(Unit &unit, uint32_t object, QualType type, const Expr *initialiser) {
    Initialiser(unit, object).walk(type, initialiser, 0);
}

} // namespace spillscope
