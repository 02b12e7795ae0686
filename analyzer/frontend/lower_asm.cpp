/* Inline assembly: each operand as the register that is read or written, or as the address of the memory. */
#include <cstring>
#include <iterator>
#include "clang/AST/Attr.h"
#include "clang/Basic/TargetInfo.h"
#include "lowering.h"

using namespace clang;

namespace spillscope {

namespace {

/* "[name]" at `at` as the number of the operand it names, "" when it names none. */
std::string operand_number(const GCCAsmStmt *statement, llvm::StringRef name) {
    for (unsigned i = 0; i < statement->getNumOutputs() + statement->getNumInputs(); i++) {
        bool output = i < statement->getNumOutputs();
        if (name == (output ? statement->getOutputName(i) : statement->getInputName(i - statement->getNumOutputs()))) {
            return std::to_string(i);
        }
    }
    return "";
}

/*
 * The text with each "%[name]" and "%X[name]" replaced by the operand's number; names of labels stay. Of "{one|another}", spellings for several
 * assemblers, the first; where there are no operands a lone % is one of the text, and is doubled as it would stand elsewhere.
 */
std::string numbered(const GCCAsmStmt *statement, llvm::StringRef text, bool has_variants) {
    std::string result;
    bool skipping = false;
    for (size_t at = 0; at < text.size(); at++) {
        char letter = text[at];
        bool escaped = letter == '%' && at + 1 < text.size() && strchr("{|}", text[at + 1]);
        if (statement->isSimple()) {
            result += letter == '%' ? "%%" : std::string(1, letter);
            continue;
        }
        if (has_variants && strchr("{|}", letter)) {
            skipping = letter == '|';
            continue;
        }
        if (skipping) {
            at += escaped ? 1 : 0;
            continue;
        }
        if (escaped) {
            result += text[++at];
            continue;
        }
        result += letter;
        if (text[at] != '%' || at + 1 >= text.size()) {
            continue;
        }
        if (text[at + 1] == '%') {
            result += text[++at];
            continue;
        }
        size_t open = at + 1 + (isalpha(static_cast<unsigned char>(text[at + 1])) ? 1 : 0);
        size_t close = open < text.size() && text[open] == '[' ? text.find(']', open) : llvm::StringRef::npos;
        std::string number = close == llvm::StringRef::npos ? "" : operand_number(statement, text.slice(open + 1, close));
        if (!number.empty()) {
            result += text.slice(at + 1, open).str() + number;
            at = close;
        }
    }
    return result;
}

/* A constraint "[name]", which ties an input to an output, as the output's number. */
std::string numbered_constraint(const GCCAsmStmt *statement, llvm::StringRef constraint) {
    if (!constraint.starts_with("[") || !constraint.ends_with("]")) {
        return constraint.str();
    }
    std::string number = operand_number(statement, constraint.drop_front().drop_back());
    return number.empty() ? constraint.str() : number;
}

/* Registers that the calling convention passes parameters in, as constraints: what a naked function's assembly finds there. */
const char *parameter_register(const llvm::Triple &triple, size_t index) {
    static const char *const x86_64[] = {"D", "S", "d", "c"};
    return triple.getArch() == llvm::Triple::x86_64 && index < std::size(x86_64) ? x86_64[index] : "r";
}

} // namespace

void Lowering::lower_asm(const GCCAsmStmt *statement) {
    SourceLocation place = statement->getAsmLoc();
    const TargetInfo &target = context_.getTargetInfo();
    unsigned outputs = statement->getNumOutputs();
    unsigned inputs = statement->getNumInputs();
    std::vector<facts_operand> operands;
    std::vector<std::pair<Location, Value>> results; /* register outputs: where they go afterwards */
    llvm::SmallVector<TargetInfo::ConstraintInfo, 8> output_infos;

    for (unsigned i = 0; i < outputs; i++) {
        const Expr *expression = statement->getOutputExpr(i);
        TargetInfo::ConstraintInfo info(statement->getOutputConstraint(i), statement->getOutputName(i));
        target.validateOutputConstraint(info);
        output_infos.push_back(info);
        facts_operand operand = {};
        operand.constraint = unit_.text(statement->getOutputConstraint(i));
        operand.is_output = true;
        operand.type = unit_.type(expression->getType(), true);
        Location location = lvalue(expression);
        if ((info.allowsMemory() && !info.allowsRegister()) || Unit::is_aggregate(expression->getType())) {
            operand.is_memory = true;
            if (location.variable != NONE) { /* the search for addressed variables is meant to make this impossible */
                operand.value = emit_unknown("address of a value", context_.getPointerType(expression->getType()), place);
            } else {
                operand.value = address(location, place, true);
            }
        } else {
            QualType type = expression->getType().getUnqualifiedType();
            bool tracked = unit_.holds_pointer(type);
            operand.value = tracked ? new_value(type) : NONE;
            if (info.isReadWrite()) {
                Value before = load(location, place);
                if (tracked) {
                    copy_into(operand.value, before, place);
                }
            }
            results.emplace_back(location, operand.value);
        }
        operands.push_back(operand);
    }
    for (unsigned i = 0; i < inputs; i++) {
        const Expr *expression = statement->getInputExpr(i);
        TargetInfo::ConstraintInfo info(statement->getInputConstraint(i), statement->getInputName(i));
        target.validateInputConstraint(output_infos, info);
        facts_operand operand = {};
        operand.constraint = unit_.text(numbered_constraint(statement, statement->getInputConstraint(i)));
        operand.type = unit_.type(expression->getType(), true);
        operand.value = NONE;
        if ((info.allowsMemory() && !info.allowsRegister()) || Unit::is_aggregate(expression->getType())) {
            operand.is_memory = true;
            operand.value = address(lvalue(expression), place, true);
        } else {
            operand.value = rvalue(expression);
        }
        operands.push_back(operand);
    }

    bool naked = function_->hasAttr<NakedAttr>();
    for (size_t i = 0; naked && i < out_.parameters.size(); i++) {
        facts_operand operand = {};
        operand.constraint = parameter_register(target.getTriple(), i);
        operand.value = out_.parameters[i];
        operand.type = unit_.type(function_->getParamDecl(i)->getType(), true);
        operands.push_back(operand);
    }

    uint32_t flags = statement->isVolatile() ? static_cast<uint32_t>(FACTS_ASM_VOLATILE) : 0U;
    flags |= statement->isAsmGoto() ? static_cast<uint32_t>(FACTS_ASM_GOTO) : 0U;
    for (unsigned i = 0; i < statement->getNumClobbers(); i++) {
        flags |= statement->getClobber(i) == "memory" ? static_cast<uint32_t>(FACTS_ASM_MEMORY) : 0U;
    }
    flags |= statement->isSimple() ? static_cast<uint32_t>(FACTS_ASM_VOLATILE) : 0U;
    facts_operand *copies = unit_.array<facts_operand>(operands.size());
    std::copy(operands.begin(), operands.end(), copies);
    const char *text = unit_.text(numbered(statement, statement->getAsmString()->getString(), !target.hasNoAsmVariants()));
    facts_instruction &instruction = emit(FACTS_ASM, place);
    instruction.text = text;
    instruction.flags = flags;
    instruction.operands = copies;
    instruction.operand_count = operands.size();
    for (auto &[location, value] : results) {
        store(location, value, place);
    }
    if (naked && unit_.holds_pointer(function_->getReturnType())) {
        Value result = emit_unknown("asm-output", function_->getReturnType(), place);
        emit(FACTS_RETURN, place).a = result;
    }
}

} // namespace spillscope
