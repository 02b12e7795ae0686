"""What the analyzer would say of the bench guest: one transaction, and the states that it may modify."""
import re

ROOTS = {"space": ("space", "struct space"), "directory": ("struct directory", "struct directory"), "entry": ("struct entry", "struct entry"),
         "holder": ("struct holder", "struct holder")}


def members(source, tag):
    """Names of a record's members, arrays as keys spell them."""
    body = re.search(r"\nstruct %s \{\n(.*?)\n\};" % tag, source, re.S)[1]
    names = []
    for declaration in re.sub(r"/\*.*?\*/", "", body, flags=re.S).split(";"):
        words = re.sub(r"^\s*(struct \w+|\w+)", "", declaration.strip())
        for name in words.split(","):
            name = name.strip().lstrip("*")
            if name:
                names.append(re.sub(r"\[\w+\]", "[]", name))
    return names


def keys(source, transaction):
    """(root, path, kind) of each whitelisted state."""
    if transaction == "small_update":
        return [(root, "." + name, "heap" if root.startswith("struct ") else "global")
                for tag, (root, _) in ROOTS.items() for name in members(source, tag)]
    rows = [("table", ".rows[]." + name, "global") for name in members(source, "row")]
    return rows + [("table", "." + name, "global") for name in members(source, "table") if name != "rows[]"]


def statements(source, transaction, marks=True):
    """SQL that fills an empty database."""
    sql = ["INSERT INTO entity (id, name, role, origin) VALUES (1, 'server', 'server', 'manifest');",
           "INSERT INTO file (id, path, entity_id) VALUES (1, 'guest.c', 1);",
           f"INSERT INTO function (id, name, file_id, line, linkage) VALUES (1, '{transaction}', 1, 1, 'external');",
           f"INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, '{transaction}', '{transaction}', 1, 1, 'manifest');"]
    for number, (root, path, kind) in enumerate(keys(source, transaction), 1):
        sql.append(f"INSERT INTO state (id, key, root, path, root_kind, entity_id, origin) VALUES ({number}, '{root}{path}', '{root}', '{path}', "
                   f"'{kind}', 1, 'analyzer');")
        sql.append(f"INSERT INTO may_modify (txn_id, state_id, phase) VALUES (1, {number}, 'runtime');")
    settings = [("stacks", "boot", "boot_stack_bottom boot_stack_top")]
    if marks:
        settings += [("transactions", "begin", "workload_begin"), ("transactions", "end", "workload_end")]
    for section, key, value in settings:
        sql.append(f"INSERT INTO manifest (section, name, key, value, line) VALUES ('{section}', '', '{key}', '{value}', 1);")
    return "\n".join(sql)
