#ifndef SPILLSCOPE_FRONTEND_UNIT_RUN_H
#define SPILLSCOPE_FRONTEND_UNIT_RUN_H
/* One compile command in, one facts file out. */
#include <string>
#include "command.h"

namespace spillscope {

/* True when `output` was written; else `message` holds the first error: "file:line:col: text". No state is kept between units. */
bool unit_run(const Command &command, const std::string &output, std::string &message);

/* The same, but prints the facts in readable form to stdout. */
bool unit_print(const Command &command, std::string &message);

} // namespace spillscope
#endif
