#include "unit_run.h"
#include <functional>
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/Utils.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "unit_lower.h"

using namespace clang;

namespace spillscope {

namespace {

using Sink = std::function<bool(const facts_unit &, std::string &)>;

/* Keeps the first error, with its place. */
class FirstError : public DiagnosticConsumer {
  public:
    explicit FirstError(const std::string &unit) : unit_(unit) {
    }
    void HandleDiagnostic(DiagnosticsEngine::Level level, const Diagnostic &info) override {
        DiagnosticConsumer::HandleDiagnostic(level, info);
        if (level < DiagnosticsEngine::Error || !message.empty()) {
            return;
        }
        llvm::SmallString<256> text;
        info.FormatDiagnostic(text);
        if (info.hasSourceManager() && info.getLocation().isValid()) {
            const SourceManager &sources = info.getSourceManager();
            SourceLocation at = sources.getExpansionLoc(info.getLocation());
            auto [id, offset] = sources.getDecomposedLoc(at);
            if (OptionalFileEntryRef entry = sources.getFileEntryRefForID(id)) {
                message = entry->getName().str() + ":" + std::to_string(sources.getLineNumber(id, offset)) + ":" +
                          std::to_string(sources.getColumnNumber(id, offset)) + ": ";
            }
        }
        placed = !message.empty();
        if (!placed) {
            message = unit_ + ": ";
        }
        message += text.str();
    }
    std::string message;
    bool placed = false; /* in a source file, not in the command */

  private:
    std::string unit_;
};

class Consumer : public ASTConsumer {
  public:
    Consumer(CompilerInstance &compiler, const Command &command, const Sink &sink, bool &done, std::string &message)
        : compiler_(compiler), command_(command), sink_(sink), done_(done), message_(message) {
    }

    void HandleTranslationUnit(ASTContext &context) override {
        if (compiler_.getDiagnostics().hasErrorOccurred()) {
            return;
        }
        Unit unit(context, command_.directory);
        lower_unit(unit);
        done_ = sink_(unit.finish(command_.file), message_);
    }

  private:
    CompilerInstance &compiler_;
    const Command &command_;
    const Sink &sink_;
    bool &done_;
    std::string &message_;
};

class Action : public ASTFrontendAction {
  public:
    Action(const Command &command, const Sink &sink, bool &done, std::string &message)
        : command_(command), sink_(sink), done_(done), message_(message) {
    }
    std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &compiler, llvm::StringRef) override {
        return std::make_unique<Consumer>(compiler, command_, sink_, done_, message_);
    }

  private:
    const Command &command_;
    const Sink &sink_;
    bool &done_;
    std::string &message_;
};

/* `out_command_fault`: the command is what Clang does not take, not the source. */
bool attempt(const Command &command, const Sink &sink, bool plain_machine, std::string &message, bool &out_command_fault) {
    std::string name = command.file;
    out_command_fault = false;
    if (!command.problem.empty()) {
        message = name + ": " + command.problem;
        return false;
    }
    FirstError errors(name);
    auto diagnostics = CompilerInstance::createDiagnostics(new DiagnosticOptions, &errors, false);
    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files = llvm::vfs::createPhysicalFileSystem();
    if (files->setCurrentWorkingDirectory(command.directory)) {
        message = name + ": no such directory: " + command.directory;
        return false;
    }
    std::vector<std::string> arguments = command_for_clang(command, SPILLSCOPE_RESOURCE_DIR, plain_machine);
    std::vector<const char *> pointers;
    for (const std::string &argument : arguments) {
        pointers.push_back(argument.c_str());
    }
    CreateInvocationOptions options;
    options.Diags = diagnostics;
    options.VFS = files;
    std::shared_ptr<CompilerInvocation> invocation = createInvocation(pointers, options);
    if (!invocation || !errors.message.empty()) {
        message = errors.message.empty() ? name + ": the compile command cannot be understood" : errors.message;
        out_command_fault = true;
        return false;
    }
    invocation->getFrontendOpts().DisableFree = false;
    invocation->getFrontendOpts().ProgramAction = frontend::ParseSyntaxOnly;
    invocation->getDiagnosticOpts().IgnoreWarnings = true;
    invocation->getDiagnosticOpts().ShowCarets = false;                   /* or it prints how many there were */
    ProcessWarningOptions(*diagnostics, invocation->getDiagnosticOpts()); /* -Wno-everything: what gcc only warns of is no error */
    diagnostics->setIgnoreAllWarnings(true);
    invocation->getDependencyOutputOpts() = DependencyOutputOptions();
    invocation->getLangOpts().SpellChecking = false;
    invocation->getLangOpts().CommentOpts.ParseAllComments = false;

    CompilerInstance compiler;
    compiler.setInvocation(std::move(invocation));
    compiler.setDiagnostics(diagnostics.get());
    compiler.createFileManager(files);
    compiler.createSourceManager(compiler.getFileManager());
    bool done = false;
    Action action(command, sink, done, message);
    bool parsed = compiler.ExecuteAction(action);
    if (parsed && done && errors.message.empty()) {
        return true;
    }
    out_command_fault = !errors.message.empty() && !errors.placed;
    if (!errors.message.empty()) {
        message = errors.message;
    } else if (message.empty()) {
        message = name + ": the parser gave up without a message";
    }
    return false;
}

/* gcc's names of instruction sets and ABIs are not all Clang's: without them the source parses all the same, for the target's usual machine. */
bool run(const Command &command, const Sink &sink, std::string &message) {
    bool command_fault = false;
    if (attempt(command, sink, false, message, command_fault)) {
        return true;
    }
    std::string second;
    if (command_fault && attempt(command, sink, true, second, command_fault)) {
        return true;
    }
    return false;
}

} // namespace

bool unit_run(const Command &command, const std::string &output, std::string &message) {
    Sink sink = [&](const facts_unit &unit, std::string &failure) {
        struct error *error = facts_write(&unit, output.c_str());
        if (error) {
            failure = error_message(error);
            error_destroy(error);
            return false;
        }
        return true;
    };
    return run(command, sink, message);
}

bool unit_print(const Command &command, std::string &message) {
    Sink sink = [](const facts_unit &unit, std::string &) {
        facts_print(&unit, stdout);
        return true;
    };
    return run(command, sink, message);
}

} // namespace spillscope
