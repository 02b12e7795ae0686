/* Types of the AST as facts: one entry for each canonical type without qualifiers. */
#include "clang/AST/RecordLayout.h"
#include "clang/Basic/TargetInfo.h"
#include "llvm/ADT/StringExtras.h"
#include "unit.h"

using namespace clang;

namespace spillscope {

namespace {

/* The type that decides: canonical, without qualifiers, without _Atomic. */
QualType plain(const ASTContext &context, QualType type) {
    QualType canonical = context.getCanonicalType(type).getUnqualifiedType();
    while (const auto *atomic = canonical->getAs<AtomicType>()) {
        canonical = context.getCanonicalType(atomic->getValueType()).getUnqualifiedType();
    }
    if (canonical->isArrayType()) { /* qualifiers sit on the element */
        Qualifiers qualifiers;
        canonical = context.getCanonicalType(context.getUnqualifiedArrayType(canonical, qualifiers));
    }
    return canonical;
}

} // namespace

uint32_t Unit::add_type(const facts_type &type) {
    types_.push_back(type);
    return static_cast<uint32_t>(types_.size() - 1);
}

uint64_t Unit::size_of(QualType type) const {
    type = plain(context_, type);
    if (type->isFunctionType() || type->isVoidType() || type->isIncompleteType() || type->isVariablyModifiedType() || type->isDependentType()) {
        return type->isPointerType() ? static_cast<uint64_t>(context_.getTypeSizeInChars(type).getQuantity()) : 0;
    }
    return static_cast<uint64_t>(context_.getTypeSizeInChars(type).getQuantity());
}

bool Unit::is_aggregate(QualType type) {
    QualType canonical = type.getCanonicalType();
    if (const auto *atomic = canonical->getAs<AtomicType>()) {
        canonical = atomic->getValueType().getCanonicalType();
    }
    return canonical->isRecordType() || canonical->isArrayType();
}

bool Unit::holds_pointer(QualType type) const {
    QualType canonical = plain(context_, type);
    if (canonical->isPointerType() || canonical->isBlockPointerType() || canonical->isFunctionType() || canonical->isNullPtrType()) {
        return true;
    }
    uint64_t pointer_bits = context_.getTargetInfo().getPointerWidth(LangAS::Default);
    if (canonical->isVectorType()) {
        return context_.getTypeSize(canonical) >= pointer_bits;
    }
    bool number = canonical->isIntegralOrEnumerationType() || canonical->isRealFloatingType(); /* a double may carry the bits of one */
    if (canonical->isBooleanType() || !number || canonical->isIncompleteType()) {
        return false;
    }
    return context_.getTypeSize(canonical) >= pointer_bits;
}

bool Unit::holds_relative_pointer(QualType type) const {
    QualType canonical = plain(context_, type);
    bool number = canonical->isIntegerType() && !canonical->isBooleanType() && !canonical->isIncompleteType();
    return number && !holds_pointer(canonical) && context_.getTypeSize(canonical) == 32;
}

std::string Unit::record_name(const RecordDecl *record) {
    std::string kind = record->isUnion() ? "union " : "struct ";
    if (record->getIdentifier()) {
        return kind + record->getName().str();
    }
    if (const TypedefNameDecl *name = record->getTypedefNameForAnonDecl()) {
        return name->getName().str();
    }
    facts_place where = place(record->getLocation());
    if (where.line == 0) {
        return kind + "<builtin>";
    }
    return kind + "<" + files_[where.file].path + ":" + llvm::utostr(where.line) + ":" + llvm::utostr(where.column) + ">";
}

void Unit::list_members(uint32_t index, const RecordDecl *record) {
    const ASTRecordLayout &layout = context_.getASTRecordLayout(record);
    std::vector<facts_member> members;
    for (const FieldDecl *field : record->fields()) {
        facts_member member = {};
        member.name = text(field->getName());
        member.type = type(field->getType(), true);
        member.bit_offset = layout.getFieldOffset(field->getFieldIndex());
        member.bit_field = field->isBitField();
        member.bit_size = member.bit_field ? field->getBitWidthValue(context_) : size_of(field->getType()) * 8;
        members.push_back(member);
    }
    facts_member *copy = array<facts_member>(members.size());
    std::copy(members.begin(), members.end(), copy);
    types_[index].members = copy;
    types_[index].member_count = members.size();
    types_[index].is_incomplete = false;
}

uint32_t Unit::record(const RecordDecl *record) {
    return type(context_.getRecordType(record), true);
}

uint32_t Unit::type(QualType original, bool with_layout) {
    QualType canonical = plain(context_, original);
    const Type *key = canonical.getTypePtr();
    auto found = type_indices_.find(key);
    if (found != type_indices_.end()) {
        uint32_t index = found->second;
        if (!with_layout) {
            return index;
        }
        if (const auto *array_type = context_.getAsArrayType(canonical)) {
            type(array_type->getElementType(), true);
        } else if (types_[index].kind == FACTS_RECORD && types_[index].is_incomplete) {
            const RecordDecl *definition = canonical->castAs<RecordType>()->getDecl()->getDefinition();
            if (definition && !definition->isInvalidDecl()) {
                types_[index].is_incomplete = false; /* before the members: they may point back */
                list_members(index, definition);
            }
        }
        return index;
    }

    facts_type entry = {};
    entry.name = "";
    entry.target = FACTS_NONE;
    entry.size = size_of(canonical);
    if (canonical->isVoidType()) {
        entry.kind = FACTS_VOID;
        entry.name = "void";
    } else if (canonical->isPointerType() || canonical->isBlockPointerType()) {
        entry.kind = FACTS_POINTER;
        entry.target = type(canonical->getPointeeType());
    } else if (const auto *array_type = context_.getAsArrayType(canonical)) {
        entry.kind = FACTS_ARRAY;
        entry.target = type(array_type->getElementType(), with_layout);
        if (const auto *constant = dyn_cast<ConstantArrayType>(array_type)) {
            entry.count = constant->getSize().getZExtValue();
        }
    } else if (const auto *record_type = canonical->getAs<RecordType>()) {
        const RecordDecl *declaration = record_type->getDecl();
        const RecordDecl *definition = declaration->getDefinition();
        entry.kind = FACTS_RECORD;
        entry.name = text(record_name(definition ? definition : declaration));
        entry.is_union = declaration->isUnion();
        entry.is_incomplete = true;
        entry.place = place((definition ? definition : declaration)->getLocation());
        uint32_t index = add_type(entry);
        type_indices_[key] = index;
        return with_layout ? type(original, true) : index;
    } else if (const auto *function = canonical->getAs<FunctionType>()) {
        entry.kind = FACTS_FUNCTION;
        entry.target = type(function->getReturnType());
        if (const auto *prototype = dyn_cast<FunctionProtoType>(function)) {
            entry.is_variadic = prototype->isVariadic();
            facts_member *parameters = array<facts_member>(prototype->getNumParams());
            for (unsigned i = 0; i < prototype->getNumParams(); i++) {
                parameters[i] = facts_member{"", type(prototype->getParamType(i)), 0, 0, false};
                parameters[i].bit_size = size_of(prototype->getParamType(i)) * 8;
            }
            entry.members = parameters;
            entry.member_count = prototype->getNumParams();
        } else {
            entry.is_variadic = true; /* no prototype: any arguments */
        }
    } else {
        entry.kind = FACTS_SCALAR;
        entry.name = text(canonical.getAsString(context_.getPrintingPolicy()));
    }
    auto again = type_indices_.find(key); /* a recursive call may have made it */
    if (again != type_indices_.end()) {
        return again->second;
    }
    uint32_t index = add_type(entry);
    type_indices_[key] = index;
    return index;
}

} // namespace spillscope
