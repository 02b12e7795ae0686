-- Views of the Spillscope results database. Stable: every figure that a report prints is a query of one of these.

-- Whitelist, one row a (transaction, state).
CREATE VIEW v_whitelist AS
SELECT e.name AS entity, t.name AS transaction_name, t.common_name AS common_name, s.key AS key, s.root AS root, s.root_kind AS root_kind,
       m.phase AS phase, m.by_unknown AS by_unknown, s.leaves AS leaves, oe.name AS state_entity, m.id AS may_modify_id, t.id AS txn_id, s.id AS state_id
FROM may_modify m JOIN txn t ON t.id = m.txn_id JOIN entity e ON e.id = t.entity_id
     JOIN state s ON s.id = m.state_id LEFT JOIN entity oe ON oe.id = s.entity_id;

-- The witness of a whitelist row, one row a step: the entry, each call, the store.
CREATE VIEW v_witness AS
SELECT m.id AS may_modify_id, c.step AS step, p.function AS function, p.file AS file, p.line AS line, p.why AS why
FROM may_modify m JOIN witness_call c ON c.txn_id = m.txn_id AND c.number IN (
        WITH RECURSIVE way (number) AS (SELECT m.call
             UNION ALL SELECT w.parent FROM way JOIN witness_call w ON w.txn_id = m.txn_id AND w.number = way.number WHERE w.parent IS NOT NULL)
        SELECT number FROM way)
     JOIN witness_place p ON p.id = c.place_id
UNION ALL
SELECT m.id, coalesce((SELECT c.step + 1 FROM witness_call c WHERE c.txn_id = m.txn_id AND c.number = m.call), 0), p.function, p.file, p.line, p.why
FROM may_modify m JOIN witness_place p ON p.id = m.store_id;

-- The function that would have to change for a whitelist row: the last step of its witness in a server, one row each with any. place_id: of witness_place.
CREATE VIEW v_changer AS
SELECT m.id AS may_modify_id, coalesce(
        (SELECT p.id FROM witness_place p JOIN file f ON f.path = p.file JOIN entity e ON e.id = f.entity_id AND e.role = 'server' WHERE p.id = m.store_id),
        (WITH RECURSIVE way (number, parent, step, place_id) AS (
                SELECT c.number, c.parent, c.step, c.place_id FROM witness_call c WHERE c.txn_id = m.txn_id AND c.number = m.call
                UNION ALL SELECT c.number, c.parent, c.step, c.place_id FROM way JOIN witness_call c ON c.txn_id = m.txn_id AND c.number = way.parent)
         SELECT p.id FROM way w JOIN witness_place p ON p.id = w.place_id JOIN file f ON f.path = p.file JOIN entity e ON e.id = f.entity_id
         WHERE e.role = 'server' ORDER BY w.step DESC LIMIT 1)) AS place_id
FROM may_modify m;

-- What is not known within a transaction, and where.
CREATE VIEW v_unknown AS
SELECT x.txn_id AS txn_id, u.cause AS cause, u.detail AS detail, u.function AS function, u.file AS file, u.line AS line
FROM txn_unknown x JOIN unknown u ON u.id = x.unknown_id;

-- What resetting a state came to, over all litmus runs. unharmed: every trial; workloads: commands of probe runs that changed it, and how many of them a litmus run has repeated
-- with a reset of it; soft: no trial harmed, and no workload left out. A run without a command (a guest that was there already) cannot be repeated and does not count.
CREATE VIEW v_reset AS
SELECT key, unharmed, trials, workloads, workloads_reset, unharmed AND workloads_reset = workloads AS soft
FROM (SELECT l.key AS key, min(l.outcome = 'unharmed') AS unharmed, count(*) AS trials,
             (SELECT count(DISTINCT r.command) FROM run r WHERE r.tool = 'probe' AND r.command <> '' AND EXISTS (
                SELECT 1 FROM state s JOIN change c ON c.state_id = s.id JOIN observation o ON o.id = c.observation_id
                WHERE s.key = l.key AND o.run_id = r.id)) AS workloads,
             (SELECT count(DISTINCT r.command) FROM run r WHERE r.tool = 'probe' AND r.command <> '' AND EXISTS (
                SELECT 1 FROM state s JOIN change c ON c.state_id = s.id JOIN observation o ON o.id = c.observation_id
                WHERE s.key = l.key AND o.run_id = r.id) AND EXISTS (
                SELECT 1 FROM litmus k JOIN run w ON w.id = k.run_id WHERE k.key = l.key AND k.action = 'reset' AND w.command = r.command)) AS workloads_reset
      FROM litmus l WHERE l.action = 'reset' GROUP BY l.key);

-- The worst that came of altering a state after a transaction, over all litmus runs: rank 0 unharmed, 1 error, 2 wrong result, 3 hang, 4 crash.
CREATE VIEW v_harm AS
SELECT txn_id, key, max(rank) AS rank, outcome AS harm, count(*) AS trials, sum(rank > 0) AS harmed
FROM (SELECT txn_id, key, outcome, CASE outcome WHEN 'unharmed' THEN 0 WHEN 'error' THEN 1 WHEN 'wrong result' THEN 2 WHEN 'hang' THEN 3 ELSE 4 END AS rank FROM litmus)
GROUP BY txn_id, key;

-- The declaration that covers a state, if any (the longest pattern decides). A state is soft only where the litmus has reset it in every workload and no trial was harmed:
-- until then `claimed_id` is set and `declaration_id` is not.
CREATE VIEW v_declared AS
SELECT c.state_id AS state_id, c.key AS key,
       CASE WHEN d.kind <> 'soft' OR EXISTS (SELECT 1 FROM v_reset r WHERE r.key = c.key AND r.soft) THEN c.claimed_id END AS declaration_id,
       c.claimed_id AS claimed_id
FROM (SELECT s.id AS state_id, s.key AS key,
             (SELECT d.id FROM declaration d WHERE d.kind IN ('soft', 'unavoidable', 'exempt', 'multi-client') AND s.key GLOB replace(d.pattern, '[]', '[[]]')
              ORDER BY length(d.pattern) DESC, d.id LIMIT 1) AS claimed_id
      FROM state s) c LEFT JOIN declaration d ON d.id = c.claimed_id;

-- Spill, one row a (transaction, state, kind, attribution): server-owned, whitelisted, lasting changes of probe runs.
CREATE VIEW v_spill AS
SELECT s.key AS key, s.id AS state_id, t.id AS txn_id, e.name AS entity, t.name AS transaction_name, t.common_name AS common_name, c.kind AS kind,
       c.attribution AS attribution, coalesce(oe.name, '') AS owner, d.kind AS declared, d.reason AS declared_reason,
       count(DISTINCT o.id) AS observed, sum(c.bytes) AS bytes
FROM change c JOIN observation o ON o.id = c.observation_id JOIN run r ON r.id = o.run_id AND r.tool = 'probe'
     JOIN txn t ON t.id = o.txn_id JOIN entity e ON e.id = t.entity_id JOIN state s ON s.id = c.state_id
     LEFT JOIN entity oe ON oe.id = c.owner_entity
     LEFT JOIN v_declared vd ON vd.state_id = s.id LEFT JOIN declaration d ON d.id = vd.declaration_id
WHERE c.owner = 'server' AND c.whitelisted = 1 AND c.undone = 0
GROUP BY s.id, t.id, c.kind, c.attribution, c.owner_entity;

-- Spill by entity: distinct spilled states and pairs, undeclared apart.
CREATE VIEW v_spill_by_entity AS
SELECT entity, count(DISTINCT txn_id) AS transactions, count(DISTINCT state_id) AS states,
       count(DISTINCT CASE WHEN declared IS NULL THEN state_id END) AS undeclared_states,
       count(DISTINCT txn_id || '/' || state_id) AS pairs,
       count(DISTINCT CASE WHEN declared IS NULL THEN txn_id || '/' || state_id END) AS undeclared_pairs
FROM v_spill WHERE attribution = 'own' GROUP BY entity;

-- Coverage: how often each transaction was observed, complete ones and failures.
CREATE VIEW v_coverage AS
SELECT e.name AS entity, t.name AS transaction_name, t.common_name AS common_name, t.id AS txn_id,
       count(o.id) AS observed, coalesce(sum(o.status = 'complete'), 0) AS complete, coalesce(sum(o.overlapped), 0) AS overlapped,
       coalesce(sum(o.result < 0), 0) AS failed
FROM txn t JOIN entity e ON e.id = t.entity_id
     LEFT JOIN observation o ON o.txn_id = t.id AND o.run_id IN (SELECT id FROM run WHERE tool = 'probe')
GROUP BY t.id;

-- Whitelist size a transaction, wildcards expanded to leaves.
CREATE VIEW v_whitelist_size AS
SELECT e.name AS entity, t.name AS transaction_name, t.id AS txn_id, count(m.id) AS states, coalesce(sum(s.leaves), 0) AS leaves,
       coalesce(sum(m.by_unknown), 0) AS by_unknown
FROM txn t JOIN entity e ON e.id = t.entity_id LEFT JOIN may_modify m ON m.txn_id = t.id LEFT JOIN state s ON s.id = m.state_id
GROUP BY t.id;

-- Causes of unknowns, most frequent first by query.
CREATE VIEW v_unknown_cause AS
SELECT cause, detail, count(DISTINCT txn_id) AS transactions, count(*) AS places FROM v_unknown GROUP BY cause, detail;

-- The first change that a probe run recorded for each (transaction, state, kind), with the values before and after.
CREATE VIEW v_first_change AS
SELECT o.txn_id AS txn_id, c.state_id AS state_id, c.kind AS kind, c.instance AS instance, c.effect AS effect, c.old_value AS old_value,
       c.new_value AS new_value, o.client AS client, o.sequence AS sequence, min(c.id) AS change_id
FROM change c JOIN observation o ON o.id = c.observation_id JOIN run r ON r.id = o.run_id AND r.tool = 'probe'
WHERE c.owner = 'server' AND c.whitelisted = 1
GROUP BY o.txn_id, c.state_id, c.kind;

-- Who was served: the clients of each transaction that probe runs observed.
CREATE VIEW v_transaction_client AS
SELECT e.name AS entity, t.name AS transaction_name, t.id AS txn_id, coalesce(o.client, '') AS client, count(*) AS observed,
       coalesce(sum(o.result < 0), 0) AS failed
FROM observation o JOIN run r ON r.id = o.run_id AND r.tool = 'probe' JOIN txn t ON t.id = o.txn_id JOIN entity e ON e.id = t.entity_id
GROUP BY t.id, coalesce(o.client, '');

-- On whose behalf each state was changed, and in how many instances.
CREATE VIEW v_state_client AS
SELECT s.key AS key, s.id AS state_id, coalesce(o.client, '') AS client, count(DISTINCT o.txn_id) AS transactions,
       count(DISTINCT o.id) AS observed, count(DISTINCT c.instance) AS instances
FROM change c JOIN observation o ON o.id = c.observation_id JOIN run r ON r.id = o.run_id AND r.tool = 'probe' JOIN state s ON s.id = c.state_id
WHERE c.owner = 'server' AND c.whitelisted = 1
GROUP BY s.id, coalesce(o.client, '');

-- Each state: its size (bits; NULL = not known), the leaf states that it covers, and what probe runs saw of it in all: clients, instances, elements added and removed.
CREATE VIEW v_state_use AS
SELECT s.key AS key, s.id AS state_id, s.bit_size AS bits, s.leaves AS leaves, coalesce(u.clients, 0) AS clients, coalesce(u.instances, 0) AS instances,
       coalesce(u.list_changes, 0) AS list_changes
FROM state s LEFT JOIN (SELECT c.state_id AS state_id, count(DISTINCT o.client) AS clients, count(DISTINCT c.instance) AS instances,
                               sum(c.effect IN ('added', 'removed')) AS list_changes
                        FROM change c JOIN observation o ON o.id = c.observation_id JOIN run r ON r.id = o.run_id AND r.tool = 'probe'
                        WHERE c.owner = 'server' AND c.whitelisted = 1 GROUP BY c.state_id) u ON u.state_id = s.id;

-- Who may write each state: the transaction, and the function that makes the store (the last step of the witness; NULL without one).
CREATE VIEW v_writer AS
SELECT s.key AS key, s.id AS state_id, e.name AS entity, t.name AS transaction_name, t.id AS txn_id, m.phase AS phase, m.by_unknown AS by_unknown,
       w.function AS function, w.file AS file, w.line AS line
FROM may_modify m JOIN state s ON s.id = m.state_id JOIN txn t ON t.id = m.txn_id JOIN entity e ON e.id = t.entity_id
     LEFT JOIN witness_place w ON w.id = m.store_id;

-- Who may read each state that may be modified: the function with its entity, and the function's first load of it.
CREATE VIEW v_reader AS
SELECT s.key AS key, s.id AS state_id, coalesce(e.name, '') AS entity, f.name AS function, f.id AS function_id, coalesce(l.path, '') AS file, r.line AS line
FROM may_read r JOIN state s ON s.id = r.state_id JOIN function f ON f.id = r.function_id
     LEFT JOIN file l ON l.id = f.file_id LEFT JOIN entity e ON e.id = l.entity_id;

-- What the whitelists allow of servers' states, one row a (transaction, state); by_unknown: by an unknown alone. Kind and owner as far as the analysis can tell; with the kind of
-- declaration, NULL = undeclared.
CREATE VIEW v_allowed AS
SELECT p.txn_id AS txn_id, p.state_id AS state_id, p.key AS key, p.entity AS entity, p.transaction_name AS transaction_name, p.common_name AS common_name,
       CASE WHEN coalesce(p.owner, p.store_entity, p.entity) = p.entity THEN 'primary' ELSE 'secondary' END AS kind, coalesce(p.owner, '') AS owner, p.declared AS declared,
       coalesce(p.owner, p.entity) AS holder, p.by_unknown AS by_unknown
FROM (SELECT w.txn_id, w.state_id, w.key, w.entity, w.transaction_name, w.common_name, w.by_unknown, c.kind AS declared,
             coalesce((SELECT o.value FROM declaration o WHERE o.kind = 'owner' AND w.key GLOB replace(o.pattern, '[]', '[[]]')
                       ORDER BY length(o.pattern) DESC, o.id LIMIT 1), w.state_entity) AS owner,
             (SELECT we.name FROM v_writer x JOIN file wf ON wf.path = x.file JOIN entity we ON we.id = wf.entity_id
              WHERE x.txn_id = w.txn_id AND x.state_id = w.state_id) AS store_entity
      FROM v_whitelist w LEFT JOIN v_declared d ON d.state_id = w.state_id LEFT JOIN declaration c ON c.id = d.declaration_id
      WHERE w.phase = 'runtime' AND w.entity NOT IN (SELECT name FROM entity WHERE role IN ('client', 'outside'))) p
WHERE coalesce(p.owner, '') NOT IN (SELECT name FROM entity WHERE role = 'client');

-- What of it is possible: not by an unknown alone.
CREATE VIEW v_possible AS
SELECT txn_id, state_id, key, entity, transaction_name, common_name, kind, owner, declared, holder FROM v_allowed WHERE NOT by_unknown;

-- What reports take into account, one row a (transaction, state, kind, owner): seen by a probe run as the transaction's own change; in a database without probe runs what
-- is possible. With the kind it is declared, NULL = undeclared.
CREATE VIEW v_counted AS
SELECT v.txn_id AS txn_id, v.state_id AS state_id, v.key AS key, v.entity AS entity, v.transaction_name AS transaction_name, v.common_name AS common_name,
       v.kind AS kind, v.owner AS owner, v.declared AS declared, 'observed' AS certainty
FROM v_spill v WHERE v.attribution = 'own'
UNION ALL
SELECT p.txn_id, p.state_id, p.key, p.entity, p.transaction_name, p.common_name, p.kind, p.owner, p.declared, 'possible'
FROM v_possible p WHERE NOT EXISTS (SELECT 1 FROM run WHERE tool = 'probe');

-- What of it counts as spill: undeclared. Holder: the entity that owns the state, else the one that was called.
CREATE VIEW v_undeclared AS
SELECT txn_id, state_id, key, entity, transaction_name, common_name, kind, coalesce(nullif(owner, ''), entity) AS holder, certainty, owner
FROM v_counted WHERE declared IS NULL;

-- How many distinct states each transaction of a server spills, of those that v_undeclared counts; zeros included (thesis Figure 3.3).
CREATE VIEW v_spill_count AS
SELECT t.id AS txn_id, e.name AS entity, t.name AS transaction_name, count(DISTINCT u.state_id) AS states
FROM txn t JOIN entity e ON e.id = t.entity_id AND e.role NOT IN ('client', 'outside') LEFT JOIN v_undeclared u ON u.txn_id = t.id
GROUP BY t.id;

-- The same by entity: what its transactions spill together.
CREATE VIEW v_entity_count AS
SELECT e.name AS entity, count(DISTINCT u.state_id) AS states
FROM entity e JOIN txn t ON t.entity_id = e.id LEFT JOIN v_undeclared u ON u.txn_id = t.id
WHERE e.role NOT IN ('client', 'outside') GROUP BY e.id;

-- Who spills into whom (thesis Figure 3.4): primary spill comes from the clients, secondary spill from the entity that was called.
CREATE VIEW v_spill_graph AS
SELECT CASE kind WHEN 'primary' THEN 'clients' ELSE entity END AS source, holder AS target, kind, count(DISTINCT state_id) AS states
FROM v_undeclared GROUP BY 1, 2, 3;

-- The patterns of each undeclared (transaction, state, kind) by the rules of docs/checks: names split into words, types, observed changes; a declaration of kind
-- "pattern" overrules them. One row a pattern.
CREATE VIEW v_pattern AS
WITH word (rule, word) AS (VALUES
       ('callback', 'callback'), ('callback', 'handler'), ('callback', 'notify'), ('callback', 'notifier'), ('callback', 'hook'), ('callback', 'cb'),
       ('callback', 'fn'), ('callback', 'func'), ('callback', 'upcall'),
       ('argument', 'arg'), ('argument', 'args'), ('argument', 'argument'), ('argument', 'cookie'), ('argument', 'context'), ('argument', 'ctx'),
       ('argument', 'closure'), ('argument', 'private'), ('argument', 'data'), ('argument', 'opaque'),
       ('link', 'next'), ('link', 'prev'), ('link', 'link'), ('link', 'list'), ('link', 'head'), ('link', 'tail'), ('link', 'node'), ('link', 'sibling'),
       ('link', 'children'), ('link', 'parent'),
       ('progress', 'pos'), ('progress', 'position'), ('progress', 'offset'), ('progress', 'off'), ('progress', 'cursor'), ('progress', 'seek'),
       ('progress', 'index'), ('progress', 'idx'), ('progress', 'handle'), ('progress', 'fd'), ('progress', 'descriptor'), ('progress', 'id'),
       ('progress', 'pid'), ('progress', 'tid'), ('progress', 'ino'), ('progress', 'inode'), ('progress', 'key'), ('progress', 'token'),
       ('progress', 'state'), ('progress', 'status'), ('progress', 'phase'), ('progress', 'step'), ('progress', 'progress'), ('progress', 'pending'),
       ('progress', 'remaining'), ('progress', 'deadline'), ('progress', 'expires'), ('progress', 'wait'), ('progress', 'waiting'), ('progress', 'blocked'),
       ('progress', 'mode'), ('progress', 'flags'), ('progress', 'stage')),
     -- The last member, or the variable's own name; and what it is a member of.
     name AS (SELECT r.id, r.path, r.type, r.parent, '_' || substr(r.raw, 1, instr(r.raw || '[', '[') - 1) || '_' AS member
              FROM (SELECT s.id, s.path, coalesce(s.type, '') AS type,
                           s.root || CASE WHEN instr(s.path, '.') THEN substr(s.path, 1, length(rtrim(s.path, replace(s.path, '.', ''))) - 1) ELSE '' END AS parent,
                           CASE WHEN instr(s.path, '.') THEN substr(s.path, length(rtrim(s.path, replace(s.path, '.', ''))) + 1)
                                WHEN instr(s.root, ':') THEN substr(s.root, length(rtrim(s.root, replace(s.root, ':', ''))) + 1) ELSE s.root END AS raw
                    FROM state s) r),
     named AS (SELECT DISTINCT n.id, w.rule FROM name n JOIN word w ON n.member GLOB '*[^a-zA-Z]' || w.word || '[^a-zA-Z]*'),
     callback AS (SELECT n.id, n.parent FROM name n
                  WHERE instr(n.type, '(*')
                     OR (n.id IN (SELECT id FROM named WHERE rule = 'callback')
                         AND NOT (n.type <> '' AND NOT instr(n.type, '*') AND (instr(n.type, 'int') OR instr(n.type, 'long') OR instr(n.type, 'char')
                                  OR instr(n.type, 'bool') OR instr(n.type, 'size_t'))))),
     changed AS (SELECT state_id FROM v_spill UNION SELECT state_id FROM v_whitelist WHERE phase = 'runtime'),
     usage AS (SELECT state_id AS id FROM v_state_use WHERE list_changes > 0 OR (clients > 1 AND instances > 1)),
     ruled AS (SELECT id AS state_id, 'dispatcher' AS pattern FROM callback
               UNION SELECT n.id, 'dispatcher' FROM name n JOIN named d ON d.id = n.id AND d.rule = 'argument'
                     WHERE n.parent IN (SELECT parent FROM callback WHERE id IN (SELECT state_id FROM changed))
               UNION SELECT n.id, 'multiplexer' FROM name n WHERE instr(n.path, '[]') OR (instr(n.type, 'list') AND instr(n.type, 'struct'))
               UNION SELECT n.id, 'multiplexer' FROM name n JOIN named d ON d.id = n.id AND d.rule = 'link' WHERE instr(n.type, '*')
               UNION SELECT id, 'multiplexer' FROM usage
               UNION SELECT id, 'indirection-layer' FROM named WHERE rule = 'progress'),
     overruled AS (SELECT s.id AS state_id, d.value AS pattern FROM declaration d JOIN state s ON s.key GLOB replace(d.pattern, '[]', '[[]]') WHERE d.kind = 'pattern'),
     several AS (SELECT txn_id FROM v_undeclared WHERE owner <> '' GROUP BY txn_id HAVING count(DISTINCT owner) > 1)
SELECT u.txn_id AS txn_id, u.state_id AS state_id, u.kind AS kind, r.pattern AS pattern
FROM v_undeclared u JOIN ruled r ON r.state_id = u.state_id WHERE u.state_id NOT IN (SELECT state_id FROM overruled)
UNION SELECT u.txn_id, u.state_id, u.kind, 'inter-entity-collaboration'
FROM v_undeclared u JOIN several s ON s.txn_id = u.txn_id WHERE u.state_id NOT IN (SELECT state_id FROM overruled)
UNION SELECT u.txn_id, u.state_id, u.kind, o.pattern
FROM v_undeclared u JOIN overruled o ON o.state_id = u.state_id
WHERE o.pattern IN ('indirection-layer', 'multiplexer', 'dispatcher', 'inter-entity-collaboration');

-- What each undeclared (transaction, state, kind) stands in the way of, by the table of docs/checks. One row a goal.
CREATE VIEW v_goal AS
WITH hinders (pattern, goal) AS (VALUES
       ('indirection-layer', 'process migration'), ('indirection-layer', 'live update'), ('indirection-layer', 'hot swapping'), ('indirection-layer', 'virtualisation'),
       ('multiplexer', 'process migration'), ('multiplexer', 'fault isolation'), ('multiplexer', 'fault recovery'), ('multiplexer', 'live update'),
       ('multiplexer', 'hot swapping'), ('multiplexer', 'security'),
       ('dispatcher', 'fault isolation'), ('dispatcher', 'fault recovery'), ('dispatcher', 'maintainability'), ('dispatcher', 'security'),
       ('inter-entity-collaboration', 'maintainability'), ('inter-entity-collaboration', 'live update'))
SELECT DISTINCT p.txn_id AS txn_id, p.state_id AS state_id, p.kind AS kind, h.goal AS goal FROM v_pattern p JOIN hinders h ON h.pattern = p.pattern;

-- Where each state could go in a redesign, by the rules of docs/checks; one row a (transaction, state, kind). What is undeclared and common is what the plan leaves.
CREATE VIEW v_plan AS
SELECT c.txn_id AS txn_id, c.state_id AS state_id, c.key AS key, c.kind AS kind, coalesce(nullif(min(c.owner), ''), c.entity) AS holder, c.declared AS declared,
       CASE WHEN c.declared = 'unavoidable' THEN 'hardware'
            WHEN c.declared = 'soft' OR (c.declared IS NULL AND c.key IN (SELECT key FROM v_reset WHERE soft)) THEN 'soft'
            WHEN c.declared IS NOT NULL THEN 'declared'
            WHEN s.root_kind IN ('heap', 'buffer') OR instr(s.path, '[]') OR p.state_id IS NOT NULL THEN 'to the client'
            ELSE 'common' END AS fate
FROM v_counted c JOIN state s ON s.id = c.state_id
     LEFT JOIN (SELECT DISTINCT txn_id, state_id, kind FROM v_pattern WHERE pattern <> 'inter-entity-collaboration') p
       ON p.txn_id = c.txn_id AND p.state_id = c.state_id AND p.kind = c.kind
GROUP BY c.txn_id, c.state_id, c.kind;

-- Which function would have to change for each undeclared (transaction, state, kind) of the plan: the last one of a server on the way to the store, else the one that makes it,
-- else the entry. One row each, with the object (the state's root) that the plan's steps go by.
CREATE VIEW v_plan_function AS
SELECT p.holder AS holder, s.root AS root, p.txn_id AS txn_id, p.state_id AS state_id, p.kind AS kind, p.fate AS fate,
       coalesce(h.function, w.function, f.name) AS function, coalesce(h.file, w.file, l.path, '') AS file, coalesce(h.line, w.line, f.line) AS line
FROM v_plan p JOIN state s ON s.id = p.state_id JOIN txn t ON t.id = p.txn_id JOIN function f ON f.id = t.function_id LEFT JOIN file l ON l.id = f.file_id
     LEFT JOIN may_modify m ON m.id = (SELECT x.id FROM may_modify x JOIN state c ON c.id = x.state_id WHERE x.txn_id = p.txn_id
                                         AND (c.id = p.state_id OR (c.wildcard AND c.root IN (s.root, '*'))) ORDER BY length(c.key) DESC LIMIT 1)
     LEFT JOIN witness_place w ON w.id = m.store_id
     LEFT JOIN witness_place h ON h.id = (SELECT place_id FROM v_changer g WHERE g.may_modify_id = m.id)
WHERE p.declared IS NULL;

-- The plan's steps, best first: objects by (transaction, state) pairs removed for each function that has to change. pairs_left: of the whole database, when this step and those
-- above it are done.
CREATE VIEW v_plan_step AS
SELECT row_number() OVER best AS rank, holder, root, removed, pairs, functions, transactions, sum(pairs) OVER () - sum(removed) OVER best AS pairs_left
FROM (SELECT holder, root, count(DISTINCT txn_id || '/' || state_id) AS pairs,
             count(DISTINCT CASE WHEN fate IN ('to the client', 'soft') THEN txn_id || '/' || state_id END) AS removed,
             count(DISTINCT function) AS functions, count(DISTINCT txn_id) AS transactions
      FROM v_plan_function GROUP BY holder, root)
WINDOW best AS (ORDER BY removed * 1.0 / functions DESC, removed DESC, pairs DESC, holder, root);

-- What the newest complete run of the write oracle says about the whitelist, and about the probe run it is paired with; one row, or none without such a run. pairs: (transaction,
-- key) with own stores; misses: of these neither the key nor what holds it is in the whitelist; functions: that stored outside the call closure; unmapped: places that store to
-- unknown memory; reported: by the probe, as own spill; paired: false positives and negatives mean something.
CREATE VIEW v_verdict AS
WITH RECURSIVE judged AS (SELECT id, paired_id FROM run WHERE id = (SELECT max(id) FROM run WHERE tool = 'oracle' AND status = 'complete')),
     stored AS (SELECT t.* FROM judged j JOIN truth t ON t.run_id = j.id),
     seen AS (SELECT DISTINCT o.txn_id, s.key, c.attribution = 'own' AND c.whitelisted = 1 AS own
              FROM judged j JOIN observation o ON o.run_id = j.paired_id JOIN change c ON c.observation_id = o.id JOIN state s ON s.id = c.state_id WHERE c.owner = 'server'),
     head (key, length) AS (SELECT DISTINCT key, length(key) FROM stored UNION ALL SELECT key, length - 1 FROM head WHERE length > 1),
     held AS (SELECT DISTINCT m.txn_id, h.key FROM head h JOIN state s ON s.key IN (substr(h.key, 1, h.length), substr(h.key, 1, h.length) || '.*')
              JOIN may_modify m ON m.state_id = s.id WHERE substr(h.key, h.length + 1, 1) IN ('', '.', '[')),
     anything AS (SELECT m.txn_id FROM may_modify m JOIN state s ON s.id = m.state_id WHERE s.key = '*')
SELECT j.id AS run_id, j.paired_id IS NOT NULL AS paired,
       (SELECT count(*) FROM stored) AS pairs,
       (SELECT count(*) FROM stored WHERE key <> 'pagetables' AND (txn_id, key) NOT IN (SELECT txn_id, key FROM held)
          AND txn_id NOT IN (SELECT txn_id FROM anything)) AS misses,
       (SELECT count(*) FROM truth_function u WHERE u.run_id = j.id AND NOT EXISTS (SELECT 1 FROM closure c JOIN function f ON f.id = c.function_id
          LEFT JOIN file x ON x.id = f.file_id WHERE c.txn_id = u.txn_id AND f.name = u.function AND (x.path IS NULL OR x.path = u.file))) AS functions,
       (SELECT count(*) FROM unmapped u WHERE u.run_id = j.id) AS unmapped,
       (SELECT count(*) FROM stored WHERE changed > 0 AND owner = 'server') AS changed,
       (SELECT count(*) FROM seen WHERE own) AS reported,
       (SELECT count(*) FROM seen WHERE own AND (txn_id, key) NOT IN (SELECT txn_id, key FROM stored WHERE changed > 0 AND owner = 'server')) AS false_positives,
       (SELECT count(*) FROM stored WHERE j.paired_id IS NOT NULL AND changed > 0 AND owner = 'server' AND key <> 'pagetables'
          AND (txn_id, key) NOT IN (SELECT txn_id, key FROM seen)) AS false_negatives,
       (SELECT count(*) FROM stored WHERE transient > 0) AS transient,
       (SELECT coalesce(sum(stores), 0) FROM stored) AS stores,
       (SELECT coalesce(sum(silent), 0) FROM stored) AS silent
FROM judged j;
