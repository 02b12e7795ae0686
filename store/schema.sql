-- Tables of the Spillscope results database, schema version 7 (PRAGMA user_version = 7, application_id = 'Spil').
-- The one contract between analyzer, runtime probe, oracle and reports. docs/SCHEMA.md describes each table and view.
-- Text columns hold UTF-8. Lines count from 1. Addresses are unsigned 64-bit stored in signed INTEGER (two's complement).
-- State keys follow docs/SCHEMA.md "State keys": ROOT PATH, ROOT = global | FILE:static | FILE:function:static |
-- struct TAG | union TAG | alloc@FILE:function, PATH = ( "." member | "[]" )*, a trailing ".*" or a lone "*" is a wildcard.

------------------------------------------------------------------------------------------------------- provenance
-- One row for each fact about the database as a whole: kernel, configuration, source_root, manifest, build_id, tool_version ...
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A translation unit that the analyzer was asked for. A failed one makes the result incomplete.
CREATE TABLE unit (
    id      INTEGER PRIMARY KEY,
    path    TEXT NOT NULL UNIQUE,              -- main source file, relative to source_root
    digest  TEXT NOT NULL,                     -- content digest of its facts
    status  TEXT NOT NULL CHECK (status IN ('ok', 'failed')),
    message TEXT                               -- first diagnostic of a failed unit
) STRICT;

----------------------------------------------------------------------------------------------------- program model
CREATE TABLE entity (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    role   TEXT NOT NULL CHECK (role IN ('server', 'client', 'base', 'outside')),
    origin TEXT NOT NULL CHECK (origin IN ('manifest', 'file', 'regroup'))
) STRICT;

CREATE TABLE file (
    id        INTEGER PRIMARY KEY,
    path      TEXT NOT NULL UNIQUE,            -- relative to source_root
    entity_id INTEGER NOT NULL REFERENCES entity (id)
) STRICT;

CREATE TABLE function (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    file_id INTEGER REFERENCES file (id),      -- NULL: not defined in the source that was analysed
    line    INTEGER,
    linkage TEXT NOT NULL CHECK (linkage IN ('external', 'static', 'outside')),
    UNIQUE (name, file_id)
) STRICT;

-- A kind of transaction: an entry point of an entity.
CREATE TABLE txn (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,               -- source-level entry function
    common_name   TEXT NOT NULL,               -- name used when kernels are compared (last alias, else name)
    entity_id     INTEGER NOT NULL REFERENCES entity (id),
    function_id   INTEGER NOT NULL UNIQUE REFERENCES function (id),
    found_by      TEXT NOT NULL CHECK (found_by IN ('manifest', 'linkage', 'call', 'table', 'syscall', 'deferred', 'interrupt')),
    caused_by     INTEGER REFERENCES txn (id), -- deferred work: the transaction that queues it (static side)
    expanded      INTEGER NOT NULL DEFAULT 1,  -- whitelist computed
    fixed         INTEGER NOT NULL DEFAULT 0   -- an entry however entities are grouped: not for a call, and not for linkage alone
) STRICT;
CREATE TABLE txn_alias (
    txn_id INTEGER NOT NULL REFERENCES txn (id),
    name   TEXT NOT NULL,
    PRIMARY KEY (txn_id, name)
) STRICT, WITHOUT ROWID;

-- A state: program variable that outlives a transaction, as a leaf (or a wildcard over leaves).
CREATE TABLE state (
    id        INTEGER PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE,
    root      TEXT NOT NULL,
    path      TEXT NOT NULL,
    root_kind TEXT NOT NULL CHECK (root_kind IN ('global', 'static', 'heap', 'buffer', 'unknown')),
    entity_id INTEGER REFERENCES entity (id),  -- entity that defines the global, or the file of the heap type; NULL: not known
    type      TEXT,                            -- C spelling of the leaf's type
    bit_offset INTEGER,                        -- from the start of the root object, arrays folded to element 0
    bit_size  INTEGER,
    wildcard  INTEGER NOT NULL DEFAULT 0,      -- covers all leaves below its path
    leaves    INTEGER NOT NULL DEFAULT 1,      -- how many leaf states a wildcard covers
    file      TEXT,                            -- where root variable or type is defined
    line      INTEGER,
    origin    TEXT NOT NULL CHECK (origin IN ('analyzer', 'probe', 'oracle'))
) STRICT;

----------------------------------------------------------------------------------------------------- static results
-- The whitelist: transaction txn_id may modify state_id. v_witness tells the way there.
CREATE TABLE may_modify (
    id         INTEGER PRIMARY KEY,
    txn_id     INTEGER NOT NULL REFERENCES txn (id),
    state_id   INTEGER NOT NULL REFERENCES state (id),
    phase      TEXT NOT NULL CHECK (phase IN ('init', 'runtime')),
    by_unknown INTEGER NOT NULL DEFAULT 0,     -- covered only by a wildcard that an unknown forced
    narrowed   INTEGER NOT NULL DEFAULT 0,     -- left out once observed call targets narrow the result
    call       INTEGER,                        -- witness: number of the last call on the way, of the same transaction; NULL = none is told
    store_id   INTEGER REFERENCES witness_place (id), -- witness: the store; NULL = none is told
    UNIQUE (txn_id, state_id)
) STRICT;

-- The ways from a transaction's entry to its stores, as a tree of calls. Deleted and written with its transaction.
CREATE TABLE witness_call (
    txn_id   INTEGER NOT NULL REFERENCES txn (id),
    number   INTEGER NOT NULL,                 -- from 1 within the transaction; a call comes after its parent
    parent   INTEGER,                          -- number of the call before it; NULL = it is the entry
    step     INTEGER NOT NULL,                 -- how many are before it
    place_id INTEGER NOT NULL REFERENCES witness_place (id),
    PRIMARY KEY (txn_id, number)
) STRICT, WITHOUT ROWID;

-- What one step of a witness says, once for all that share it: an entry, a call with the pointer that it goes through, a store.
CREATE TABLE witness_place (
    id       INTEGER PRIMARY KEY,              -- follows from the other columns
    function TEXT NOT NULL,
    file     TEXT NOT NULL,
    line     INTEGER NOT NULL,
    why      TEXT NOT NULL
) STRICT;

-- Who depends on a state: function_id may load what may_modify says may be changed. No row for loads through pointers that may lead nearly anywhere.
CREATE TABLE may_read (
    state_id    INTEGER NOT NULL REFERENCES state (id),
    function_id INTEGER NOT NULL REFERENCES function (id),
    line        INTEGER NOT NULL,              -- of the function's first such load
    PRIMARY KEY (state_id, function_id)
) STRICT, WITHOUT ROWID;

-- A forced "may be anything" at one place, and the transactions in whose closure it is.
CREATE TABLE unknown (
    id       INTEGER PRIMARY KEY,              -- follows from the other columns
    cause    TEXT NOT NULL,                    -- short stable code: outside-call, asm-memory, int-to-pointer, ...
    detail   TEXT NOT NULL,                    -- the function called, the asm template ...
    function TEXT NOT NULL,
    file     TEXT NOT NULL,
    line     INTEGER NOT NULL
) STRICT;
CREATE TABLE txn_unknown (
    txn_id     INTEGER NOT NULL REFERENCES txn (id),
    unknown_id INTEGER NOT NULL REFERENCES unknown (id),
    PRIMARY KEY (txn_id, unknown_id)
) STRICT, WITHOUT ROWID;

-- Static call closure: function_id may run inside txn_id.
CREATE TABLE closure (
    txn_id      INTEGER NOT NULL REFERENCES txn (id),
    function_id INTEGER NOT NULL REFERENCES function (id),
    PRIMARY KEY (txn_id, function_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE call_site (
    id          INTEGER PRIMARY KEY,
    function_id INTEGER NOT NULL REFERENCES function (id),
    file        TEXT NOT NULL,
    line        INTEGER NOT NULL,
    col         INTEGER NOT NULL,
    indirect    INTEGER NOT NULL,
    resolution  TEXT NOT NULL CHECK (resolution IN ('resolved', 'outside', 'none in scope')),
    expression  TEXT                           -- layered type of an indirect call: struct file_operations.read
) STRICT;
CREATE TABLE call_target (
    call_site_id INTEGER NOT NULL REFERENCES call_site (id),
    function_id  INTEGER NOT NULL REFERENCES function (id),
    observed     INTEGER NOT NULL DEFAULT 0,   -- seen at run time
    PRIMARY KEY (call_site_id, function_id)
) STRICT, WITHOUT ROWID;

-- Direct calls between defined functions, each pair once: who enters an entity when files are grouped anew.
CREATE TABLE call_edge (
    caller_id INTEGER NOT NULL REFERENCES function (id),
    callee_id INTEGER NOT NULL REFERENCES function (id),
    PRIMARY KEY (callee_id, caller_id)
) STRICT, WITHOUT ROWID;

-- Where heap objects are born; the oracle types objects by it.
CREATE TABLE alloc_site (
    id          INTEGER PRIMARY KEY,
    function    TEXT NOT NULL,
    file        TEXT NOT NULL,
    line        INTEGER NOT NULL,
    allocator   TEXT NOT NULL,
    root        TEXT NOT NULL,                 -- struct TAG, union TAG or alloc@FILE:function
    UNIQUE (file, line, allocator, root)
) STRICT;

-- What the analyzer saw assigned to a pointer without a useful type (void *, integers that hold pointers).
CREATE TABLE pointee (
    key  TEXT NOT NULL,                        -- state key of the pointer
    root TEXT NOT NULL,                        -- root of a possible target
    path TEXT NOT NULL,                        -- path of the target inside that root
    PRIMARY KEY (key, root, path)
) STRICT, WITHOUT ROWID;

----------------------------------------------------------------------------------------------------------- manifest
-- Verbatim manifest settings that the run-time side needs, in file order: section kind, section name, key, value.
CREATE TABLE manifest (
    id      INTEGER PRIMARY KEY,
    section TEXT NOT NULL,                     -- kernel, entity, transactions, allocator, stacks, switch, interrupts, ...
    name    TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    line    INTEGER NOT NULL
) STRICT;

-- Declared kinds of states; pattern is a state key or a glob over keys.
CREATE TABLE declaration (
    id      INTEGER PRIMARY KEY,
    pattern TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL CHECK (kind IN ('soft', 'unavoidable', 'exempt', 'multi-client', 'owner', 'pattern')),
    value   TEXT,                              -- owner: the entity; pattern: the pattern's name
    reason  TEXT NOT NULL,
    used    INTEGER NOT NULL DEFAULT 0
) STRICT;

----------------------------------------------------------------------------------------------------------- run time
CREATE TABLE run (
    id        INTEGER PRIMARY KEY,
    tool      TEXT NOT NULL CHECK (tool IN ('probe', 'oracle', 'litmus')),
    mode      TEXT NOT NULL CHECK (mode IN ('stub', 'ram', 'recorder')),
    started   TEXT NOT NULL,                   -- ISO 8601, UTC; SOURCE_DATE_EPOCH overrules
    ended     TEXT,
    status    TEXT NOT NULL CHECK (status IN ('running', 'complete', 'interrupted', 'failed')),
    message   TEXT,
    elf       TEXT NOT NULL,
    build_id  TEXT,
    command   TEXT,
    cpus      INTEGER,
    seed      INTEGER,
    paired_id INTEGER REFERENCES run (id)      -- an oracle run judges this probe run
) STRICT;

-- One transaction seen.
CREATE TABLE observation (
    id         INTEGER PRIMARY KEY,
    run_id     INTEGER NOT NULL REFERENCES run (id),
    txn_id     INTEGER NOT NULL REFERENCES txn (id),
    sequence   INTEGER NOT NULL,               -- order of entry within the run, from 0
    cpu        INTEGER NOT NULL,
    task       TEXT,                           -- identity of the task: kernel stack or manifest expression
    client     TEXT,                           -- identity of the client
    parent_id  INTEGER REFERENCES observation (id),   -- enclosing transaction
    caused_by  INTEGER REFERENCES observation (id),   -- deferred work: who queued it
    status     TEXT NOT NULL CHECK (status IN ('complete', 'killed', 'divergent', 'cut')),
    result     INTEGER,                        -- return value
    overlapped INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run_id, sequence)
) STRICT;

-- One typed difference between entry and exit.
CREATE TABLE change (
    id             INTEGER PRIMARY KEY,
    observation_id INTEGER NOT NULL REFERENCES observation (id),
    state_id       INTEGER NOT NULL REFERENCES state (id),
    instance       TEXT NOT NULL,              -- ptable.proc[3].state, with the pointer chain
    effect         TEXT NOT NULL CHECK (effect IN ('modified', 'added', 'removed', 'moved', 'created', 'freed')),
    old_value      TEXT,
    new_value      TEXT,
    bytes          INTEGER NOT NULL,           -- how many bytes differ
    kind           TEXT NOT NULL CHECK (kind IN ('primary', 'secondary')),
    attribution    TEXT NOT NULL CHECK (attribution IN ('own', 'shared')),
    owner          TEXT NOT NULL CHECK (owner IN ('server', 'client')),
    owner_entity   INTEGER REFERENCES entity (id),
    whitelisted    INTEGER NOT NULL,           -- 0: seen outside of the whitelist (never a spill by itself; the judge looks)
    undone         INTEGER NOT NULL DEFAULT 0  -- 1: of a group of transactions (txn_group), at whose end nothing remains of it: no spill
) STRICT;

-------------------------------------------------------------------------------------------------------------- judge
-- Truth by the write log, over distinct (transaction, key) pairs.
CREATE TABLE truth (
    run_id    INTEGER NOT NULL REFERENCES run (id),
    txn_id    INTEGER NOT NULL REFERENCES txn (id),
    key       TEXT NOT NULL,
    stores    INTEGER NOT NULL,                -- own stores
    silent    INTEGER NOT NULL,                -- of these: kept the value
    changed   INTEGER NOT NULL,                -- observations with a true change
    transient INTEGER NOT NULL,                -- observations: changed and changed back
    owner     TEXT NOT NULL CHECK (owner IN ('server', 'client', 'temporary')),
    function  TEXT NOT NULL,                   -- first store: where
    file      TEXT NOT NULL,
    line      INTEGER NOT NULL,
    pc        INTEGER NOT NULL,
    PRIMARY KEY (run_id, txn_id, key)
) STRICT, WITHOUT ROWID;

-- Functions that made own stores within a transaction.
CREATE TABLE truth_function (
    run_id   INTEGER NOT NULL REFERENCES run (id),
    txn_id   INTEGER NOT NULL REFERENCES txn (id),
    function TEXT NOT NULL,
    file     TEXT NOT NULL,
    PRIMARY KEY (run_id, txn_id, function, file)
) STRICT, WITHOUT ROWID;

-- Own stores to kernel memory that is no known state.
CREATE TABLE unmapped (
    run_id   INTEGER NOT NULL REFERENCES run (id),
    txn_id   INTEGER NOT NULL REFERENCES txn (id),
    pc       INTEGER NOT NULL,
    address  INTEGER NOT NULL,                 -- first one
    stores   INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    function TEXT NOT NULL,
    file     TEXT NOT NULL,
    line     INTEGER NOT NULL,
    PRIMARY KEY (run_id, txn_id, pc)
) STRICT, WITHOUT ROWID;

------------------------------------------------------------------------------------------------------- human verdicts
-- A state was altered after a transaction had changed it, and the client went on: what came of it.
CREATE TABLE litmus (
    id        INTEGER PRIMARY KEY,
    run_id    INTEGER NOT NULL REFERENCES run (id),
    txn_id    INTEGER NOT NULL REFERENCES txn (id),
    key       TEXT NOT NULL,
    action    TEXT NOT NULL CHECK (action IN ('reset', 'perturb')),
    outcome   TEXT NOT NULL CHECK (outcome IN ('unharmed', 'error', 'wrong result', 'hang', 'crash')),
    execution INTEGER NOT NULL DEFAULT 0,      -- after which execution of the transaction, from 1; 0 = not known
    detail    TEXT NOT NULL DEFAULT ''         -- the console line that decided
) STRICT;
CREATE TABLE suppression (
    fingerprint TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    owner       TEXT NOT NULL,
    expires     TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE acceptance (                      -- SPILLSCOPE_ACCEPT in the source, as written: the gate reads the text
    kind TEXT NOT NULL CHECK (kind IN ('variable', 'function')),
    name TEXT NOT NULL,                        -- variable: root of its state keys; function: as txn.name
    file TEXT NOT NULL,                        -- where it is defined
    line INTEGER NOT NULL,
    text TEXT NOT NULL,                        -- OWNER EXPIRES|never REASON
    PRIMARY KEY (kind, name, file, text)
) STRICT, WITHOUT ROWID;
CREATE TABLE txn_group (                       -- temporal granularity: consecutive transactions of one client
    name   TEXT NOT NULL,
    txn_id INTEGER NOT NULL REFERENCES txn (id),
    place  TEXT NOT NULL CHECK (place IN ('first', 'middle', 'last')),
    PRIMARY KEY (name, txn_id)
) STRICT, WITHOUT ROWID;

--------------------------------------------------------------------------------------------------------- regrouping
-- What a regrouping took away because a transaction became internal, in order; the next regrouping puts it back first. Rows of table 'file', column
-- 'role', stay: the role of each main source file when it was analysed.
CREATE TABLE regroup_saved (
    id      INTEGER PRIMARY KEY,
    "table" TEXT NOT NULL,
    "column" TEXT,                             -- NULL: `row` is a whole row that was deleted; else [id, the value before]
    row     TEXT NOT NULL                      -- JSON array
) STRICT;

CREATE INDEX may_modify_state ON may_modify (state_id);
CREATE INDEX observation_txn ON observation (txn_id);
CREATE INDEX change_state ON change (state_id);
CREATE INDEX change_observation ON change (observation_id);
