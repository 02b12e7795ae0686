#include "command.h"
#include <memory>
#include "clang/Driver/Options.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Option/Option.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

using namespace clang::driver;

namespace spillscope {

/* Arguments "@FILE", as gcc and clang read them. */
static void expand_response_files(Command &command) {
    llvm::BumpPtrAllocator memory;
    llvm::SmallVector<const char *, 128> arguments;
    for (const std::string &argument : command.arguments) {
        arguments.push_back(argument.c_str());
    }
    llvm::cl::ExpansionContext context(memory, llvm::cl::TokenizeGNUCommandLine);
    context.setCurrentDir(command.directory);
    if (llvm::Error error = context.expandResponseFiles(arguments)) {
        command.problem = "response file: " + llvm::toString(std::move(error));
        return;
    }
    for (const char *argument : arguments) {
        if (*argument == '@') {
            command.problem = std::string("response file ") + (argument + 1) + " cannot be read, or is nested too deep";
        }
    }
    std::vector<std::string> expanded(arguments.begin(), arguments.end());
    command.arguments = std::move(expanded);
}

bool commands_read(llvm::StringRef path, std::vector<Command> &out, std::string &message) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer) {
        message = path.str() + ": " + buffer.getError().message();
        return false;
    }
    /* A name in another encoding must not cost the whole database: its unit fails, as a file that is not there. */
    auto parsed = llvm::json::parse(llvm::json::fixUTF8((*buffer)->getBuffer()));
    if (!parsed) {
        message = path.str() + ": malformed JSON: " + llvm::toString(parsed.takeError());
        return false;
    }
    const llvm::json::Array *entries = parsed->getAsArray();
    if (!entries) {
        message = path.str() + ": malformed compile database: the top level is no array";
        return false;
    }
    llvm::SmallString<256> base(path);
    llvm::sys::fs::make_absolute(base);
    llvm::sys::path::remove_filename(base);
    for (size_t i = 0; i < entries->size(); i++) {
        auto malformed = [&](const char *what) {
            message = path.str() + ": malformed compile database: entry " + std::to_string(i) + ": " + what;
            return false;
        };
        const llvm::json::Object *entry = (*entries)[i].getAsObject();
        if (!entry) {
            return malformed("no object");
        }
        Command command;
        auto file = entry->getString("file");
        if (!file) {
            return malformed("no \"file\"");
        }
        command.file = file->str();
        llvm::SmallString<256> directory(entry->getString("directory").value_or(""));
        llvm::sys::fs::make_absolute(base, directory);
        llvm::sys::path::remove_dots(directory, true);
        command.directory = directory.str().str();
        if (const llvm::json::Array *arguments = entry->getArray("arguments")) {
            for (const llvm::json::Value &argument : *arguments) {
                auto string = argument.getAsString();
                if (!string) {
                    return malformed("\"arguments\" holds something that is no string");
                }
                command.arguments.push_back(string->str());
            }
        } else if (auto line = entry->getString("command")) {
            llvm::BumpPtrAllocator memory;
            llvm::StringSaver saver(memory);
            llvm::SmallVector<const char *, 128> tokens;
            llvm::cl::TokenizeGNUCommandLine(*line, saver, tokens);
            command.arguments.assign(tokens.begin(), tokens.end());
        } else {
            return malformed("neither \"command\" nor \"arguments\"");
        }
        if (command.arguments.empty()) {
            return malformed("empty command");
        }
        expand_response_files(command);
        out.push_back(std::move(command));
    }
    return true;
}

namespace {

/* "riscv64-linux-gnu-gcc-12" -> "riscv64-linux-gnu"; "" for a native compiler. */
std::string target_prefix(llvm::StringRef compiler) {
    llvm::StringRef name = llvm::sys::path::filename(compiler);
    while (!name.empty()) { /* -12, -19.1 */
        size_t dash = name.rfind('-');
        llvm::StringRef tail = dash == llvm::StringRef::npos ? "" : name.drop_front(dash + 1);
        if (tail.empty() || tail.find_first_not_of("0123456789.") != llvm::StringRef::npos) {
            break;
        }
        name = name.take_front(dash);
    }
    for (llvm::StringRef suffix : {"-gcc", "-cc", "-clang"}) {
        if (name.consume_back(suffix)) {
            return name.str();
        }
    }
    return "";
}

bool is_wrapper(llvm::StringRef program) {
    llvm::StringRef name = llvm::sys::path::filename(program);
    return name == "ccache" || name == "sccache" || name == "distcc" || name == "icecc";
}

/* Options that have no part in parsing. */
bool is_dropped(const llvm::opt::Arg &argument) {
    const llvm::opt::Option &option = argument.getOption();
    if (option.matches(options::OPT_UNKNOWN) || option.matches(options::OPT_W_Group) || option.matches(options::OPT_pedantic_Group) ||
        option.matches(options::OPT_M_Group) || option.matches(options::OPT_g_Group) || option.matches(options::OPT_Link_Group)) {
        return true;
    }
    switch (option.getID()) {
    case options::OPT_INPUT:
    case options::OPT_o:
    case options::OPT_c:
    case options::OPT_S:
    case options::OPT_E:
    case options::OPT_save_temps:
    case options::OPT_save_temps_EQ:
    case options::OPT_fplugin_EQ:
    case options::OPT_fplugin_arg:
    case options::OPT_flto:
    case options::OPT_flto_EQ:
    case options::OPT_fsyntax_only:
    case options::OPT_pipe:
    case options::OPT_v:
    case options::OPT__HASH_HASH_HASH:
    case options::OPT_w:
    case options::OPT_emit_llvm:
    case options::OPT_time:
    case options::OPT_ftime_report:
    case options::OPT_ftime_trace:
    case options::OPT_ftime_trace_EQ:
    case options::OPT_MJ:
        return true;
    default:
        return false;
    }
}

/* Options that choose an instruction set, an ABI or code generation by names that compilers do not share; word size and target stay. */
bool is_machine_choice(const llvm::opt::Arg &argument) {
    const llvm::opt::Option &option = argument.getOption();
    bool word_size = option.matches(options::OPT_m32) || option.matches(options::OPT_m64) || option.matches(options::OPT_m16) ||
                     option.matches(options::OPT_mx32) || option.matches(options::OPT_mbig_endian) || option.matches(options::OPT_mlittle_endian);
    return option.matches(options::OPT_m_Group) && !word_size;
}

} // namespace

std::vector<std::string> command_for_clang(const Command &command, llvm::StringRef resource_directory, bool plain_machine) {
    size_t first = 0;
    while (first + 1 < command.arguments.size() && is_wrapper(command.arguments[first])) {
        first++;
    }
    const std::string &compiler = command.arguments[first];
    std::vector<const char *> raw;
    for (size_t i = first + 1; i < command.arguments.size(); i++) {
        raw.push_back(command.arguments[i].c_str());
    }
    unsigned missing_index = 0;
    unsigned missing_count = 0;
    llvm::opt::InputArgList parsed = getDriverOptTable().ParseArgs(raw, missing_index, missing_count, llvm::opt::Visibility(options::ClangOption));

    std::vector<std::string> result;
    result.emplace_back("clang");
    result.emplace_back("-resource-dir=" + resource_directory.str());
    bool has_target = false;
    llvm::opt::ArgStringList rendered;
    for (const llvm::opt::Arg *argument : parsed) {
        if (is_dropped(*argument) || (plain_machine && is_machine_choice(*argument))) {
            continue;
        }
        has_target = has_target || argument->getOption().matches(options::OPT_target);
        rendered.clear();
        argument->render(parsed, rendered);
        result.insert(result.end(), rendered.begin(), rendered.end());
    }
    std::string prefix = target_prefix(compiler);
    if (!has_target && !prefix.empty()) {
        result.push_back("--target=" + prefix);
    }
    for (const char *option :
         {"-fsyntax-only", "-w", "-Wno-everything", "-Wno-error", "-ferror-limit=1", "-fbracket-depth=20000", "-Qunused-arguments", "--"}) {
        result.emplace_back(option);
    }
    result.push_back(command.file);
    return result;
}

} // namespace spillscope
