#!/usr/bin/env python3
"""mutate.py KIND SEED TREE DATABASE MANIFEST COMMANDS: edits one place of an analysed tree, chosen by the seed among all that fit, and prints what the gate must
say of it: the exit code, then regular expressions of lines that its text must have. What must be said follows from how the edit is made.

DATABASE is the analysis of TREE before the edit; MANIFEST and COMMANDS (compile_commands.json) are edited too where the kind asks for it. "mutate.py KINDS" lists the kinds.
"""
import collections
import json
import pathlib
import random
import re
import sqlite3
import sys

CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
ALL_EXACT = r"^known findings by identity: [1-9][0-9]* exact, 0 moved, 0 renamed, 0 retyped"


def blanked(text):
    """The text with comments and literals overwritten by blanks: brackets and names in them do not count."""
    return CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def closing(code, at):
    """Where the bracket at `at` is closed; None when it is not."""
    pairs = {"(": ")", "{": "}"}
    depth = 0
    for index in range(at, len(code)):
        depth += (code[index] == code[at]) - (code[index] == pairs[code[at]])
        if depth == 0:
            return index
    return None


class Function:
    """A function's place in its file: text[start:body] is the head, text[body] the bracket that opens the body, text[end - 1] the one that closes it."""

    def __init__(self, text, name, line):
        code = blanked(text)
        self.found = False
        offset = sum(len(part) for part in text.splitlines(True)[: line - 1])
        match = re.compile(r"\b%s\s*\(" % re.escape(name)).search(code, offset)
        if not match or code.count("\n", offset, match.start()) > 1:
            return
        closed = closing(code, match.end() - 1)
        rest = closed is not None and re.match(r"\s*\{", code[closed + 1 :])
        if not rest:
            return
        self.body = closed + rest.end()
        end = closing(code, self.body)
        before = max(code.rfind(mark, 0, match.start()) for mark in "};") + 1
        head = code[before : match.start()]
        if end is None or "#" in head:
            return
        self.start = before + len(head) - len(head.lstrip())
        self.end = end + 1
        self.found = True


class Mutation:
    def __init__(self, seed, tree, database, manifest, commands):
        self.random = random.Random(seed)
        self.name = f"mutant_{seed}"
        self.tree = pathlib.Path(tree)
        self.manifest = pathlib.Path(manifest)
        self.commands = pathlib.Path(commands)
        self.store = sqlite3.connect(f"file:{database}?mode=ro", uri=True)

    def read(self, path):
        return (self.tree / path).read_text(encoding="utf-8")

    def write(self, path, text):
        (self.tree / path).write_text(text, encoding="utf-8")

    def choose(self, candidates, fits):
        """The first candidate, in an order that the seed decides, of which `fits` makes something."""
        candidates = sorted(candidates)
        self.random.shuffle(candidates)
        for candidate in candidates:
            found = fits(*candidate)
            if found:
                return found
        sys.exit("mutate.py: no place fits")

    def functions(self, linkage="%"):
        """Functions of servers that some transaction runs: what they do at their beginning, a transaction does."""
        return self.store.execute(
            "SELECT DISTINCT i.path, f.name, f.line FROM closure c JOIN function f ON f.id = c.function_id JOIN file i ON i.id = f.file_id JOIN entity e "
            "ON e.id = i.entity_id JOIN txn t ON t.id = c.txn_id JOIN entity te ON te.id = t.entity_id WHERE e.role = 'server' AND te.role = 'server' "
            "AND i.path IN (SELECT path FROM unit WHERE status = 'ok') AND f.linkage LIKE ?",
            (linkage,),
        ).fetchall()

    def files(self):
        return sorted({path for path, _, _ in self.functions()})

    def is_ours(self, path):
        """Does it lie in a folder with files of servers?"""
        return path.split("/")[0] in {file.split("/")[0] for file in self.files()} and (self.tree / path).is_file()

    def insert(self, statement):
        """Puts a statement at the beginning of a function."""

        def fits(path, name, line):
            text = self.read(path)
            function = Function(text, name, line)
            if not function.found:
                return None
            self.write(path, text[: function.body + 1] + "\n\t" + statement + text[function.body + 1 :])
            return path, name

        return self.choose(self.functions(), fits)

    def add_spill(self):
        path, function = self.insert(f"static unsigned long {self.name}; {self.name}++;")
        return 1, [rf"new: .*may modify {re.escape(path)}:{function}:{self.name}( |$)"]

    def add_callback(self):
        caller, function = self.insert(f"extern void (*{self.name}_hook)(void); {self.name}_hook();")
        far = self.random.choice([path for path in self.files() if path != caller])
        self.write(far, self.read(far) + f"\nstatic unsigned long {self.name};\nstatic void {self.name}_count(void) {{ {self.name}++; }}\n"
                   f"void (*{self.name}_hook)(void) = {self.name}_count;\n")
        return 1, [rf"new: .*may modify {re.escape(far)}:{self.name}( |$)", rf"{function} -> {self.name}_count"]

    def remove_store(self):
        """Only a member that one statement of all sources stores to, and no pointer to which is taken. More may go with it: what is reached through it alone."""
        texts = [blanked(path.read_text(encoding="utf-8", errors="replace")) for folder in {path.split("/")[0] for path in self.files()}
                 for path in sorted((self.tree / folder).rglob("*.[ch]"))]

        def fits(path, line, key):
            member = re.search(r"(\w+)(\[\])*$", key).group(1)
            text = self.read(path).splitlines(True)
            if not 0 < line <= len(text) or not re.match(rf"\s+[\w>.\[\]-]+(->|\.){member}\s*(\+\+|--|[-+|&]?=[^=;{{(]*);\s*(/\*.*\*/)?\s*$", text[line - 1]):
                return None
            stores = rf"\b{member}\b(\[[^]]*\])*\s*(\+\+|--|[-+|&^*/]?=[^=]|<<=|>>=)|(\+\+|--|&)[\w>.\[\]-]*\b{member}\b"
            if sum(len(re.findall(stores, other)) for other in texts) != 1:
                return None
            if re.match(r"\s*(if|else|for|while).*[^{;}]$", text[line - 2].rstrip()):
                return None
            text[line - 1] = "\n"
            self.write(path, "".join(text))
            return (key,)

        (key,) = self.choose(
            self.store.execute(
                "SELECT w.file, w.line, w.key FROM v_writer w WHERE w.file IN (SELECT path FROM unit WHERE status = 'ok') AND "
                "w.state_id IN (SELECT state_id FROM v_undeclared) AND w.key GLOB '*.[a-z]*' GROUP BY w.key HAVING count(DISTINCT w.file || w.line) = 1"),
            fits)
        return 0, [r"^new/resolved: 0/[1-9]", rf"resolved: .* may modify {re.escape(key)} "]

    def rename_function(self):
        def fits(path, name, line):
            text = self.read(path)
            function = Function(text, name, line)
            if not function.found or re.search(r"\bstatic\b", blanked(text)[function.body : function.end]):
                return None
            self.write(path, re.sub(rf"\b{name}\b", f"{self.name}_{name}", text))
            return (path,)

        self.choose(self.functions("static"), fits)
        return 0, ["^new/resolved: 0/0 ", ALL_EXACT]

    def move_function(self):
        """To the end of the file; a prototype stays."""

        def fits(path, name, line):
            text = self.read(path)
            function = Function(text, name, line)
            if not function.found or re.search(r"^\s*#", text[function.start : function.end], re.M):
                return None
            whole = text[function.start : function.end]
            head = text[function.start : function.body].rstrip()
            self.write(path, text[: function.start] + head + ";" + text[function.end :] + "\n" + whole + "\n")
            return (path,)

        self.choose(self.functions("static"), fits)
        return 0, ["^new/resolved: 0/0 ", ALL_EXACT]

    def rename_file(self):
        """Within its folder, in the manifest and in the compile commands too."""
        states = {root.split(":")[0] for root, in self.store.execute("SELECT DISTINCT s.root FROM state s JOIN v_undeclared u ON u.state_id = s.id")}
        path = self.random.choice([path for path in self.files() if path in states])
        renamed = str(pathlib.PurePosixPath(path).with_name(f"{self.name}.c"))
        (self.tree / path).rename(self.tree / renamed)
        entries = json.loads(self.commands.read_text(encoding="utf-8"))
        for entry in entries:
            for field in ("file", "command"):
                if field in entry:
                    entry[field] = entry[field].replace(path, renamed)
            if "arguments" in entry:
                entry["arguments"] = [argument.replace(path, renamed) for argument in entry["arguments"]]
        self.commands.write_text(json.dumps(entries), encoding="utf-8")
        self.manifest.write_text(self.manifest.read_text(encoding="utf-8").replace(path, renamed), encoding="utf-8")
        return 0, ["^new/resolved: 0/0 ", "^known findings by identity: .* [1-9][0-9]* moved, 0 renamed, 0 retyped"]

    def reformat(self):
        """Comments and blank lines between lines, other indentation; macros and comments stay as they are."""
        path = self.random.choice(self.files())
        text = self.read(path)
        code = blanked(text).splitlines()
        lines = []
        for index, line in enumerate(text.splitlines()):
            whole = index and not code[index - 1].rstrip().endswith("\\") and not text.splitlines()[index - 1].rstrip().endswith("\\")
            plain = whole and code[index].strip() and not code[index].lstrip().startswith("#")
            if plain and line.lstrip() == code[index].lstrip() and self.random.random() < 0.4:
                lines.append(self.random.choice(["", "\t", f"/* {self.name} */", "// { (\" ' }"]))
                line = self.random.choice(["  ", "\t\t\t", ""]) + line.strip()
            lines.append(line)
        self.write(path, "\n".join(lines) + "\n")
        return 0, ["^new/resolved: 0/0 ", ALL_EXACT]

    def swap_members(self):
        """Two neighbours of one type change places."""

        def fits(path, line):
            if not self.is_ours(path):
                return None
            lines = self.read(path).splitlines(True)
            first = line
            while first < len(lines) and not re.match(r"\s*}", lines[first]):
                parts = [re.match(r"(\s+(?:struct )?\w+[ \t]+)(\**\w+);\s*(/\*[^\n]*\*/)?\s*$", part) for part in lines[first : first + 2]]
                if len(parts) == 2 and all(parts) and parts[0].group(1).split() == parts[1].group(1).split():
                    if parts[0].group(2)[0] != "*" and parts[1].group(2)[0] != "*":
                        lines[first : first + 2] = reversed(lines[first : first + 2])
                        self.write(path, "".join(lines))
                        return (path,)
                first += 1
            return None

        self.choose(
            self.store.execute("SELECT DISTINCT s.file, s.line FROM state s JOIN v_undeclared u ON u.state_id = s.id WHERE s.root LIKE '%struct %' AND s.file IS NOT "
                               "NULL"), fits)
        return 0, ["^new/resolved: 0/0   grow/shrink: 0/0"]

    def widen_member(self):
        """A member of 32 bits that spills gets 64. What it may then point to spills as well; that can be more than the text shows."""

        def fits(path, line, key):
            member = key.rsplit(".", 1)[1]
            lines = self.read(path).splitlines(True) if self.is_ours(path) else []
            for index in range(line, len(lines)):
                if re.match(r"\s*}", lines[index]):
                    return None
                match = re.match(rf"(\s+)(?:uint32_t|u32|unsigned int)([ \t]+{member};)", lines[index])
                if match:
                    lines[index] = f"{match.group(1)}unsigned long{match.group(2)}" + lines[index][match.end() :]
                    self.write(path, "".join(lines))
                    return (key,)
            return None

        self.choose(
            self.store.execute("SELECT DISTINCT s.file, s.line, s.key FROM state s JOIN v_undeclared u ON u.state_id = s.id WHERE s.bit_size = 32 AND s.key LIKE "
                               "'%struct %.%' AND s.path NOT LIKE '%.%.%' AND s.path NOT LIKE '%[]%' AND s.file IS NOT NULL"), fits)
        return 1, [r"grow/shrink: [1-9][0-9]*/0"]

    def add_local(self):
        self.insert(f"{{ unsigned long {self.name} = 0; {self.name}++; (void){self.name}; }}")
        return 0, ["^new/resolved: 0/0 ", ALL_EXACT]

    def break_unit(self):
        """One of the smallest units: the more is missing, the more the analysis must hold possible, and the longer it takes."""
        sizes = collections.Counter(path for path, _, _ in self.functions())
        path = self.random.choice(sorted(sizes, key=lambda file: (sizes[file], file))[:3])
        self.write(path, self.read(path) + f"\nint {self.name}( {{\n")
        return 3, [rf"incomplete: head: translation unit {re.escape(path)} failed"]

    def configure(self):
        text = self.manifest.read_text(encoding="utf-8")
        text = re.sub(r"^configuration *=.*\n", "", text, flags=re.M)
        self.manifest.write_text(text.replace("[kernel]\n", f"[kernel]\nconfiguration = {self.name}\n", 1), encoding="utf-8")
        return 3, ["incomplete: the configuration differs"]


KINDS = [name for name, value in vars(Mutation).items()
         if name not in ("read", "write", "choose", "functions", "files", "is_ours", "insert") and not name.startswith("_")]


def main(arguments):
    if arguments == ["KINDS"]:
        print("\n".join(KINDS))
        return
    kind, seed, tree, database, manifest, commands = arguments
    if kind not in KINDS:
        sys.exit(f"mutate.py: no such kind: {kind}")
    code, patterns = getattr(Mutation(int(seed), tree, database, manifest, commands), kind)()
    print(code)
    print("\n".join(patterns))


if __name__ == "__main__":
    main(sys.argv[1:])
