"""One .c file a rule of `spillscope check`: the diagnostic expected under the line that causes it, correct code in the same file."""
import os

import lit.formats

config.name = "check"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".c"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = lit_config.params["scratch"]
tools = lit_config.params["llvm_tools"]
config.environment["SPILLSCOPE"] = lit_config.params["spillscope"]
config.environment["CONTRACTS"] = os.path.join(os.path.dirname(__file__), "..", "..", "contracts")
config.substitutions += [
    ("%check", os.path.join(config.test_source_root, "check.sh")),
    ("%FileCheck", os.path.join(tools, "FileCheck") + " %s"),
    ("split-file", os.path.join(tools, "split-file")),
    ("%not", os.path.join(tools, "not")),
]
