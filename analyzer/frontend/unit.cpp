#include "unit.h"
#include "assembly_symbol.h"
#include <algorithm>
#include <cctype>
#include "clang/AST/Attr.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/TargetInfo.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/Path.h"

using namespace clang;

namespace spillscope {

static uint32_t flag_if(bool condition, uint32_t flag) {
    return condition ? flag : 0;
}

Unit::Unit(ASTContext &context, llvm::StringRef directory) : context_(context), sources_(context.getSourceManager()), directory_(directory.str()) {
}

const char *Unit::normalised(llvm::StringRef path) {
    llvm::SmallString<256> absolute;
    if (!llvm::sys::path::is_absolute(path)) {
        absolute = directory_;
    }
    llvm::sys::path::append(absolute, path);
    llvm::sys::path::remove_dots(absolute, true);
    return text(absolute);
}

uint32_t Unit::file(FileID id) {
    auto found = file_indices_.find(id);
    if (found != file_indices_.end()) {
        return found->second;
    }
    uint32_t index = FACTS_NONE;
    if (OptionalFileEntryRef entry = sources_.getFileEntryRefForID(id)) {
        const char *path = normalised(entry->getName());
        auto [known, is_new] = path_indices_.try_emplace(path, static_cast<uint32_t>(files_.size()));
        if (is_new) {
            llvm::MemoryBufferRef content = sources_.getBufferOrFake(id);
            files_.push_back(facts_file{path, facts_digest_bytes(content.getBufferStart(), content.getBufferSize(), 0)});
        }
        index = known->second;
    }
    file_indices_[id] = index;
    return index;
}

facts_place Unit::place(SourceLocation location) {
    facts_place result = {0, 0, 0};
    if (location.isInvalid()) {
        return result;
    }
    auto [id, offset] = sources_.getDecomposedLoc(sources_.getExpansionLoc(location));
    uint32_t index = file(id);
    if (index == FACTS_NONE) { /* built in, or given on the command line */
        return result;
    }
    result.file = index;
    result.line = sources_.getLineNumber(id, offset);
    result.column = sources_.getColumnNumber(id, offset);
    return result;
}

void Unit::set_attributes(facts_object &object, const ValueDecl *declaration) {
    std::string annotations;
    for (const Decl *each : declaration->redecls()) {
        for (const auto *annotate : each->specific_attrs<AnnotateAttr>()) {
            std::string entry = annotate->getAnnotation().str();
            if (("\n" + annotations + "\n").find("\n" + entry + "\n") == std::string::npos) {
                annotations += (annotations.empty() ? "" : "\n") + entry;
            }
        }
        if (each->hasAttr<WeakAttr>() || each->hasAttr<WeakRefAttr>()) {
            object.flags |= FACTS_WEAK;
        }
        if (each->hasAttr<UsedAttr>() || each->hasAttr<RetainAttr>()) {
            object.flags |= FACTS_USED;
        }
        if (const auto *section = each->getAttr<SectionAttr>()) {
            object.section = text(section->getName());
        }
    }
    object.annotations = text(annotations);
    llvm::StringRef section = object.section;
    if (section.contains("percpu")) {
        object.flags |= FACTS_PER_CPU;
    }
    if (object.kind == FACTS_CODE && (section.starts_with(".init.") || section.starts_with(".head.text"))) {
        object.flags |= FACTS_INIT_TEXT;
    }
}

uint32_t Unit::function_flags(const FunctionDecl *function, const FunctionDecl *definition) {
    uint32_t flags = 0;
    if (definition) {
        flags |= FACTS_DEFINED;
        FileID home = sources_.getDecomposedExpansionLoc(definition->getLocation()).first;
        if (definition->getFormalLinkage() == Linkage::Internal && home != sources_.getMainFileID()) {
            flags |= FACTS_INLINE_HEADER;
        }
        if (definition->isInlined() && definition->getFormalLinkage() == Linkage::External && !context_.DeclMustBeEmitted(definition)) {
            flags |= FACTS_INLINE_HEADER; /* extern inline: every unit has the copy that it uses */
        }
    }
    flags |= flag_if(function->isVariadic(), FACTS_VARIADIC);
    flags |= flag_if(function->isNoReturn(), FACTS_NORETURN);
    for (const FunctionDecl *each : function->redecls()) {
        flags |= flag_if(each->hasAttr<ConstructorAttr>(), FACTS_INIT_TEXT);
        flags |= flag_if(each->hasAttr<ReturnsTwiceAttr>(), FACTS_SETJMP);
        flags |= flag_if(each->hasAttr<NoReturnAttr>() || each->hasAttr<C11NoReturnAttr>(), FACTS_NORETURN);
    }
    return flags;
}

/* The linkage name: an asm label, else the name. */
static llvm::StringRef linkage_name(const ValueDecl *declaration) {
    if (const auto *label = declaration->getAttr<AsmLabelAttr>()) {
        llvm::StringRef name = label->getLabel();
        name.consume_front("\1");
        return name;
    }
    return declaration->getIdentifier() ? declaration->getName() : "";
}

uint32_t Unit::object(const ValueDecl *declaration) {
    const Decl *key = declaration->getCanonicalDecl();
    auto found = object_indices_.find(key);
    if (found != object_indices_.end()) {
        return found->second;
    }
    llvm::StringRef name = linkage_name(declaration);
    bool external = declaration->getFormalLinkage() == Linkage::External;
    if (external) {
        auto linked = linked_indices_.find(name);
        if (linked != linked_indices_.end()) { /* declared apart in two blocks */
            object_indices_[key] = linked->second;
            return linked->second;
        }
    }

    facts_object object = {};
    object.name = text(name);
    object.function = "";
    object.section = "";
    object.annotations = "";
    object.alias_of = FACTS_NONE;
    const auto *function = dyn_cast<FunctionDecl>(declaration);
    const FunctionDecl *function_definition = function ? function->getDefinition() : nullptr;
    const VarDecl *variable_definition = nullptr;
    if (function) {
        object.kind = FACTS_CODE;
        object.type = type(function->getType());
        object.flags = function_flags(function, function_definition) | flag_if(!external, FACTS_INTERNAL);
        object.place = place((function_definition ? function_definition : function)->getLocation());
    } else {
        const auto *variable = cast<VarDecl>(declaration);
        variable_definition = variable->getDefinition(context_);
        if (!variable_definition) {
            variable_definition = variable->getActingDefinition();
        }
        const VarDecl *best = variable_definition ? variable_definition : variable->getMostRecentDecl();
        object.kind = external ? FACTS_GLOBAL : FACTS_STATIC;
        object.type = type(best->getType(), true);
        object.flags |= flag_if(variable_definition, FACTS_DEFINED);
        object.flags |= flag_if(variable->getTLSKind() != VarDecl::TLS_None, FACTS_THREAD_LOCAL);
        QualType element = context_.getBaseElementType(best->getType());
        object.flags |= flag_if(element.isConstQualified() && !element.isVolatileQualified(), FACTS_CONST);
        object.place = place((variable_definition ? variable_definition : variable)->getLocation());
        if (variable->isStaticLocal()) {
            if (const auto *around = dyn_cast_or_null<FunctionDecl>(variable->getParentFunctionOrMethod())) {
                object.function = text(around->getName());
            }
        }
    }
    set_attributes(object, declaration);
    uint32_t index = add_object(object);
    object_indices_[key] = index;
    if (external) {
        linked_indices_[name] = index;
    }
    for (const Decl *each : declaration->redecls()) {
        llvm::StringRef target;
        if (const auto *alias = each->getAttr<AliasAttr>()) {
            target = alias->getAliasee();
        } else if (const auto *ifunc = each->getAttr<IFuncAttr>()) {
            objects_[index].flags |= FACTS_DEFINED;
            pending_ifuncs_.push_back({function, named_object(ifunc->getResolver())});
            break;
        } else if (const auto *weak = each->getAttr<WeakRefAttr>()) {
            target = weak->getAliasee();
        }
        if (!target.empty()) {
            uint32_t aliased = named_object(target);
            if (!leads_to(aliased, index)) { /* a circle is an error that only code generation finds */
                objects_[index].alias_of = aliased;
                objects_[index].flags |= FACTS_DEFINED;
            }
        }
    }
    if (function_definition && function_definition->doesThisDeclarationHaveABody()) {
        pending_functions_.push_back(function_definition);
        llvm::StringRef macro;
        if (function_definition->getLocation().isMacroID()) {
            SourceLocation at = function_definition->getLocation();
            while (at.isMacroID()) {
                macro = Lexer::getImmediateMacroName(at, sources_, context_.getLangOpts());
                at = sources_.getImmediateMacroCallerLoc(at);
            }
        }
        if (external && macro.contains("SYSCALL_DEFINE")) {
            syscall_entries_.emplace_back(index, function_definition);
        }
    }
    if (variable_definition) {
        pending_variables_.push_back(variable_definition);
    }
    return index;
}

/* Is the object another one, or an alias of it? */
bool Unit::leads_to(uint32_t object, uint32_t other) const {
    while (object != FACTS_NONE && object != other) {
        object = objects_[object].alias_of;
    }
    return object == other;
}

uint32_t Unit::named_object(llvm::StringRef name) {
    auto linked = linked_indices_.find(name);
    if (linked != linked_indices_.end()) {
        return linked->second;
    }
    for (const NamedDecl *each : context_.getTranslationUnitDecl()->lookup(&context_.Idents.get(name))) {
        if (isa<FunctionDecl>(each) || isa<VarDecl>(each)) {
            return object(cast<ValueDecl>(each));
        }
    }
    return external_function(name, context_.getFunctionNoProtoType(context_.IntTy));
}

uint32_t Unit::external_function(llvm::StringRef name, QualType type_of) {
    auto linked = linked_indices_.find(name);
    if (linked != linked_indices_.end()) {
        return linked->second;
    }
    for (const NamedDecl *each : context_.getTranslationUnitDecl()->lookup(&context_.Idents.get(name))) {
        if (isa<FunctionDecl>(each)) {
            return object(cast<ValueDecl>(each));
        }
    }
    facts_object entry = {};
    entry.kind = FACTS_CODE;
    entry.name = text(name);
    entry.function = entry.section = entry.annotations = "";
    entry.type = type(type_of);
    entry.alias_of = FACTS_NONE;
    uint32_t index = add_object(entry);
    linked_indices_[name] = index;
    return index;
}

uint32_t Unit::literal() {
    if (literal_ == FACTS_NONE) {
        facts_object entry = {};
        entry.kind = FACTS_LITERAL;
        entry.name = entry.function = entry.section = entry.annotations = "";
        entry.flags = FACTS_DEFINED | FACTS_CONST;
        entry.alias_of = FACTS_NONE;
        entry.type = type(context_.CharTy);
        literal_ = add_object(entry);
    }
    return literal_;
}

uint32_t Unit::compound_literal(const CompoundLiteralExpr *literal) {
    auto found = literal_indices_.find(literal);
    if (found != literal_indices_.end()) {
        return found->second;
    }
    facts_object entry = {};
    entry.kind = FACTS_STATIC;
    entry.name = ".compoundliteral";
    entry.function = entry.section = entry.annotations = "";
    entry.flags = FACTS_DEFINED;
    entry.flags |= flag_if(context_.getBaseElementType(literal->getType()).isConstQualified(), FACTS_CONST);
    entry.alias_of = FACTS_NONE;
    entry.type = type(literal->getType(), true);
    entry.place = place(literal->getBeginLoc());
    uint32_t index = add_object(entry);
    literal_indices_[literal] = index;
    pending_literals_.push_back({literal, index});
    return index;
}

uint32_t Unit::local(llvm::StringRef name, const FunctionDecl *function, QualType type_of, uint32_t flags, SourceLocation location) {
    facts_object entry = {};
    entry.kind = FACTS_LOCAL;
    entry.name = text(name);
    entry.function = text(function->getName());
    entry.section = entry.annotations = "";
    entry.flags = flags | FACTS_DEFINED;
    entry.alias_of = FACTS_NONE;
    entry.type = type(type_of, true);
    entry.place = place(location);
    return add_object(entry);
}

void Unit::add_initialiser(uint32_t object, uint64_t offset, uint32_t target, int64_t target_offset) {
    initialisers_.push_back(facts_initialiser{object, offset, target, target_offset});
}

const FunctionDecl *Unit::next_function() {
    if (pending_functions_.empty()) {
        return nullptr;
    }
    const FunctionDecl *next = pending_functions_.front();
    pending_functions_.pop_front();
    return next;
}

const VarDecl *Unit::next_variable() {
    if (pending_variables_.empty()) {
        return nullptr;
    }
    const VarDecl *next = pending_variables_.front();
    pending_variables_.pop_front();
    return next;
}

bool Unit::next_ifunc(PendingIfunc &out) {
    if (pending_ifuncs_.empty()) {
        return false;
    }
    out = pending_ifuncs_.front();
    pending_ifuncs_.pop_front();
    return true;
}

bool Unit::next_literal(PendingLiteral &out) {
    if (pending_literals_.empty()) {
        return false;
    }
    out = pending_literals_.front();
    pending_literals_.pop_front();
    return true;
}

/* The object that the assembly's name means in this unit; FACTS_NONE: C does not know it. */
uint32_t Unit::assembly_base(llvm::StringRef name, bool is_code) const {
    for (size_t i = 0; i < objects_.size(); i++) {
        const facts_object &object = objects_[i];
        if ((object.kind == FACTS_CODE) == is_code && object.kind != FACTS_LOCAL && !*object.function && name == object.name) {
            return static_cast<uint32_t>(i);
        }
    }
    return FACTS_NONE;
}

void Unit::mark_assembly_names() {
    for (size_t i = 0; i < objects_.size(); i++) {
        facts_object &object = objects_[i];
        bool linkable = object.kind == FACTS_CODE || object.kind == FACTS_GLOBAL || object.kind == FACTS_STATIC;
        if (!linkable || (object.flags & FACTS_DEFINED) || object.name[0] == '\0') {
            continue;
        }
        AssemblySymbol symbol = find_assembly_symbol(assembly_, object.name);
        object.flags |= flag_if(symbol.defined, FACTS_TRANSPARENT_ASM);
        uint32_t base = symbol.base.empty() ? FACTS_NONE : assembly_base(symbol.base, object.kind == FACTS_CODE);
        if (base != FACTS_NONE && !leads_to(base, static_cast<uint32_t>(i))) {
            object.alias_of = base;
            object.alias_offset = symbol.offset_known ? symbol.offset : FACTS_OFFSET_UNKNOWN;
        }
    }
}

/* The function that a SYSCALL_DEFINE macro's visible entry stands for: the one that the same macro makes of the body in the braces. */
void Unit::set_syscall_entries() {
    for (auto [index, definition] : syscall_entries_) {
        SourceLocation expansion = sources_.getExpansionLoc(definition->getLocation());
        const FunctionDecl *last = nullptr;
        for (const FunctionDecl *next = definition; next;) {
            const Decl *following = next->getNextDeclInContext();
            while (following && !isa<FunctionDecl>(following)) {
                following = following->getNextDeclInContext();
            }
            next = cast_or_null<FunctionDecl>(following);
            if (!next || sources_.getExpansionLoc(next->getLocation()) != expansion) {
                break;
            }
            if (next->isThisDeclarationADefinition()) {
                last = next;
            }
        }
        objects_[index].flags |= FACTS_ENTRY_SYSCALL;
        if (last && objects_[index].alias_of == FACTS_NONE) {
            auto found = object_indices_.find(last->getCanonicalDecl());
            if (found != object_indices_.end() && found->second != index && objects_[found->second].alias_of == FACTS_NONE) {
                objects_[index].alias_of = found->second;
            }
        }
    }
}

/* Every file that was read, also those that hold no place. */
void Unit::collect_files() {
    std::vector<FileID> ids;
    for (unsigned i = 0; i < sources_.local_sloc_entry_size(); i++) {
        const SrcMgr::SLocEntry &entry = sources_.getLocalSLocEntry(i);
        if (entry.isFile()) {
            SourceLocation start = SourceLocation::getFromRawEncoding(entry.getOffset());
            ids.push_back(sources_.getFileID(start));
        }
    }
    for (FileID id : ids) {
        file(id);
    }
}

void Unit::add_finding(const Finding &finding) {
    facts_note *notes = array<facts_note>(finding.notes.size());
    for (size_t i = 0; i < finding.notes.size(); i++) {
        notes[i] = {text(finding.notes[i].message), place(finding.notes[i].location)};
    }
    facts_finding entry = {text(finding.rule), text(finding.function), text(finding.message), place(finding.location), notes, finding.notes.size()};
    for (const facts_finding &known : findings_) {
        if (known.place.file == entry.place.file && known.place.line == entry.place.line && known.place.column == entry.place.column &&
            llvm::StringRef(known.rule) == entry.rule && llvm::StringRef(known.message) == entry.message) {
            return;
        }
    }
    findings_.push_back(entry);
}

llvm::StringRef Unit::path_of(SourceLocation spelled) {
    FileID id = sources_.getFileID(spelled);
    return sources_.getFileEntryRefForID(id) ? llvm::StringRef(files_[file(id)].path) : llvm::StringRef();
}

facts_unit Unit::finish(llvm::StringRef main_file) {
    mark_assembly_names();
    set_syscall_entries();
    collect_files();
    facts_unit unit = {};
    unit.main_file = normalised(main_file);
    unit.target = text(context_.getTargetInfo().getTriple().str());
    unit.pointer_size = static_cast<uint32_t>(context_.getTargetInfo().getPointerWidth(LangAS::Default) / 8);
    unit.files = files_.data();
    unit.file_count = files_.size();
    unit.types = types_.data();
    unit.type_count = types_.size();
    unit.objects = objects_.data();
    unit.object_count = objects_.size();
    unit.initialisers = initialisers_.data();
    unit.initialiser_count = initialisers_.size();
    unit.assembly = assembly_.data();
    unit.assembly_count = assembly_.size();
    llvm::stable_sort(findings_, [](const facts_finding &a, const facts_finding &b) {
        return std::tie(a.place.file, a.place.line, a.place.column) < std::tie(b.place.file, b.place.line, b.place.column);
    });
    unit.findings = findings_.data();
    unit.finding_count = findings_.size();
    for (LoweredFunction &lowered : functions_) {
        facts_function &function = lowered.facts;
        function.parameters = lowered.parameters.data();
        function.parameter_count = lowered.parameters.size();
        function.value_names = lowered.value_names.data();
        function.value_types = lowered.value_types.data();
        function.value_count = lowered.value_names.size();
        function.instructions = lowered.instructions.data();
        function.instruction_count = lowered.instructions.size();
        function.digest = facts_function_digest(&unit, &function);
        function_facts_.push_back(function);
    }
    unit.functions = function_facts_.data();
    unit.function_count = function_facts_.size();
    return unit;
}

} // namespace spillscope
