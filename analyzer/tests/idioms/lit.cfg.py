"""One .c file a shape of an idiom: which states each function may modify is printed by may_modify.sh and compared exactly by FileCheck. CHECK lines are the
exact set; EXTRA lines are what the analysis adds to it, known and counted (analyzer/bench/idioms)."""
import os

import lit.formats

config.name = "idioms"
config.test_format = lit.formats.ShTest(True)
config.suffixes = [".c"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = lit_config.params["scratch"]
tools = lit_config.params["llvm_tools"]
run = lit_config.params["spillscope"]
config.environment["SPILLSCOPE_FACTS"] = lit_config.params["facts"]
script = os.path.join(config.test_source_root, "..", "may_modify.sh")
config.substitutions += [
    ("%may_modify", "sh %s %s %%t" % (script, run)),
    ("%FileCheck", os.path.join(tools, "FileCheck") + " --check-prefixes=CHECK,EXTRA --allow-unused-prefixes --implicit-check-not={{.}} --match-full-lines --strict-whitespace %s"),
    ("%split", os.path.join(tools, "split-file") + " %s"),
]
