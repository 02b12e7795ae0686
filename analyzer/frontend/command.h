#ifndef SPILLSCOPE_FRONTEND_COMMAND_H
#define SPILLSCOPE_FRONTEND_COMMAND_H
/*
 * Compile commands: entries of a compile_commands.json, and their translation into arguments that clang's parser takes, whichever compiler
 * they were made for.
 */
#include <string>
#include <vector>
#include "llvm/ADT/StringRef.h"

namespace spillscope {

struct Command {
    std::string directory;              /* absolute */
    std::string file;                   /* as given, relative to the directory or absolute */
    std::vector<std::string> arguments; /* compiler first */
    std::string problem = {};           /* why it cannot be run at all; "" = none */
};

/* Reads all entries in their order; false and a message that names the place when the file is no compile database. */
bool commands_read(llvm::StringRef path, std::vector<Command> &out, std::string &message);

/*
 * Arguments for clang's driver that parse the same source: output, dependency, warning and code generation options go, what decides
 * macros, include paths, language and target stays; options unknown to clang go; a cross compiler's prefix becomes --target. plain_machine: options
 * that choose an instruction set or an ABI go, too.
 */
std::vector<std::string> command_for_clang(const Command &command, llvm::StringRef resource_directory, bool plain_machine = false);

} // namespace spillscope
#endif
