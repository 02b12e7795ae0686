/*
 * spillscope-facts: compile commands in, facts files out. One unit is one pure command, so that any engine can spread them:
 *
 *     spillscope-facts --compile-commands FILE --index N -o OUT          one entry of a compile database
 *     spillscope-facts -o OUT [--directory DIR] SOURCE -- CC ARGS...     one command given as it is
 *     spillscope-facts --compile-commands FILE --out-dir DIR             all C entries, DIR/N.facts
 *     spillscope-facts --compile-commands FILE --jobs-file JOBS          the entries that JOBS lists, lines "N<tab>OUT"
 *     spillscope-facts --print ...                                       readable facts on stdout instead (with --index or a command)
 *     spillscope-facts --read FACTS                                      a facts file in readable form
 *
 * Several units report on stdout, one line each: "start N", then "ok N" or "failed N message". Exit: 0 all written, 3 a unit
 * failed, 2 usage.
 */
#include <cstdio>
#include <cstring>
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/thread.h"
#include "spillscope/facts.h"
#include "unit_run.h"

using namespace spillscope;

namespace {

struct Job {
    size_t index;
    std::string output;
};

struct Options {
    std::string compile_commands;
    std::string out_dir;
    std::string jobs_file;
    std::string output;
    std::string directory;
    std::string source;
    std::string facts_file;
    std::vector<std::string> command;
    long index = -1;
    bool print = false;
};

int usage(const std::string &message) {
    std::fprintf(stderr, "spillscope-facts: %s\n", message.c_str());
    std::fputs("usage: spillscope-facts --compile-commands FILE (--out-dir DIR | --jobs-file JOBS | --index N -o OUT)\n"
               "       spillscope-facts -o OUT [--directory DIR] SOURCE -- CC ARGS...\n",
               stderr);
    return 2;
}

bool parse_options(int count, char **arguments, Options &options, std::string &message) {
    struct Text {
        const char *name;
        std::string *value;
    };
    const Text texts[] = {{"--compile-commands", &options.compile_commands},
                          {"--out-dir", &options.out_dir},
                          {"--jobs-file", &options.jobs_file},
                          {"-o", &options.output},
                          {"--directory", &options.directory},
                          {"--read", &options.facts_file}};
    for (int i = 1; i < count; i++) {
        std::string argument = arguments[i];
        if (argument == "--") {
            options.command.assign(arguments + i + 1, arguments + count);
            return true;
        }
        if (argument == "--print") {
            options.print = true;
            continue;
        }
        bool found = false;
        for (const Text &text : texts) {
            if (argument == text.name) {
                if (i + 1 >= count) {
                    message = argument + " wants a value";
                    return false;
                }
                *text.value = arguments[++i];
                found = true;
            }
        }
        if (found) {
            continue;
        }
        if (argument == "--index") {
            if (i + 1 >= count || !llvm::to_integer(llvm::StringRef(arguments[++i]), options.index) || options.index < 0) {
                message = "--index wants a number from 0";
                return false;
            }
        } else if (argument.size() > 1 && argument[0] == '-') {
            message = "unknown option " + argument;
            return false;
        } else if (options.source.empty()) {
            options.source = argument;
        } else {
            message = "more than one source: " + argument;
            return false;
        }
    }
    return true;
}

bool read_jobs(const std::string &path, size_t command_count, std::vector<Job> &out, std::string &message) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    if (!buffer) {
        message = path + ": " + buffer.getError().message();
        return false;
    }
    llvm::SmallVector<llvm::StringRef, 64> lines;
    (*buffer)->getBuffer().split(lines, '\n', -1, false);
    for (size_t i = 0; i < lines.size(); i++) {
        auto [number, output] = lines[i].split('\t');
        Job job;
        if (!llvm::to_integer(number, job.index) || job.index >= command_count || output.empty()) {
            message = path + ":" + std::to_string(i + 1) + ": wants an index within the compile database, a tab and an output";
            return false;
        }
        job.output = output.str();
        out.push_back(job);
    }
    return true;
}

/* One line, whatever the message holds. */
std::string one_line(std::string text) {
    for (char &c : text) {
        c = c == '\n' || c == '\r' ? ' ' : c;
    }
    return text;
}

int run_one(const Options &options, const Command &command) {
    std::string message;
    bool written = options.print ? unit_print(command, message) : unit_run(command, options.output, message);
    if (!written) {
        std::fprintf(stderr, "spillscope-facts: %s\n", message.c_str());
    }
    return written ? 0 : 3;
}

int print_file(const std::string &path) {
    facts_unit *unit = nullptr;
    if (struct error *error = facts_read_file(path.c_str(), &unit)) {
        std::fprintf(stderr, "spillscope-facts: %s\n", error_message(error));
        int code = error_exit_code(error);
        error_destroy(error);
        return code;
    }
    facts_print(unit, stdout);
    facts_destroy(unit);
    return 0;
}

bool is_c_source(llvm::StringRef file) {
    return file.ends_with(".c") || file.ends_with(".i");
}

int run_database(const Options &options) {
    std::vector<Command> commands;
    std::string message;
    if (!commands_read(options.compile_commands, commands, message)) {
        std::fprintf(stderr, "spillscope-facts: %s\n", message.c_str());
        return 2;
    }
    if (options.index >= 0) {
        if (static_cast<size_t>(options.index) >= commands.size()) {
            return usage(options.compile_commands + " has no entry " + std::to_string(options.index));
        }
        if (!options.print && options.output.empty()) {
            return usage("--index wants -o OUT");
        }
        return run_one(options, commands[static_cast<size_t>(options.index)]);
    }
    std::vector<Job> jobs;
    if (!options.jobs_file.empty()) {
        if (!read_jobs(options.jobs_file, commands.size(), jobs, message)) {
            std::fprintf(stderr, "spillscope-facts: %s\n", message.c_str());
            return 2;
        }
    } else if (!options.out_dir.empty()) {
        if (std::error_code code = llvm::sys::fs::create_directories(options.out_dir)) {
            std::fprintf(stderr, "spillscope-facts: %s: %s\n", options.out_dir.c_str(), code.message().c_str());
            return 2;
        }
        for (size_t i = 0; i < commands.size(); i++) {
            if (is_c_source(commands[i].file)) {
                jobs.push_back({i, options.out_dir + "/" + std::to_string(i) + ".facts"});
            }
        }
    } else {
        return usage("--compile-commands wants --out-dir, --jobs-file or --index");
    }
    bool all = true;
    for (const Job &job : jobs) {
        std::printf("start %zu\n", job.index);
        std::fflush(stdout);
        std::string failure;
        if (unit_run(commands[job.index], job.output, failure)) {
            std::printf("ok %zu\n", job.index);
        } else {
            std::printf("failed %zu %s\n", job.index, one_line(failure).c_str());
            all = false;
        }
        std::fflush(stdout);
    }
    return all ? 0 : 3;
}

} // namespace

static int run_program(int count, char **arguments) {
    Options options;
    std::string message;
    if (!parse_options(count, arguments, options, message)) {
        return usage(message);
    }
    if (!options.facts_file.empty()) {
        return print_file(options.facts_file);
    }
    if (!options.compile_commands.empty()) {
        return run_database(options);
    }
    if (options.source.empty() || options.command.empty() || (!options.print && options.output.empty())) {
        return usage("nothing to do");
    }
    llvm::SmallString<256> directory(options.directory);
    llvm::sys::fs::make_absolute(directory);
    Command command = {directory.str().str(), options.source, options.command};
    return run_one(options, command);
}

/* Parsing and lowering recurse as deep as a source nests, and generated sources nest deep: a stack of their own, of which only what is used exists.
 */
int main(int count, char **arguments) {
    int result = 2;
    llvm::thread worker(std::optional<unsigned>(1U << 30), [&] { result = run_program(count, arguments); });
    worker.join();
    return result;
}
