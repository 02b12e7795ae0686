"""One .c file a behaviour of the frontend: facts_print's output is checked by FileCheck, the expectation under the line that causes it."""
import os

import lit.formats

config.name = "frontend"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".c"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = lit_config.params["scratch"]
tools = lit_config.params["llvm_tools"]
facts = lit_config.params["facts"]
config.substitutions += [
    ("%facts", facts),
    ("%print", facts + " --print %s -- clang -ffreestanding -c"),
    ("%FileCheck", os.path.join(tools, "FileCheck") + " %s"),
    ("%not", os.path.join(tools, "not")),
]
