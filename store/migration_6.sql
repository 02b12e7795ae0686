-- From schema version 6 to 7: witnesses and unknowns had a row for each step of each pair, and for each transaction; now what they say is shared.
-- A pair's steps stay a way of their own until the next analysis makes one tree of them. What a regrouping took away is in regroup_saved, as JSON.
CREATE TABLE witness_place (
    id       INTEGER PRIMARY KEY,
    function TEXT NOT NULL,
    file     TEXT NOT NULL,
    line     INTEGER NOT NULL,
    why      TEXT NOT NULL
) STRICT;
CREATE TABLE witness_call (
    txn_id   INTEGER NOT NULL REFERENCES txn (id),
    number   INTEGER NOT NULL,
    parent   INTEGER,
    step     INTEGER NOT NULL,
    place_id INTEGER NOT NULL REFERENCES witness_place (id),
    PRIMARY KEY (txn_id, number)
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE migration_pair AS
SELECT id AS pair, txn_id, 0 AS saved FROM may_modify
UNION ALL SELECT json_extract(row, '$[0]'), json_extract(row, '$[1]'), id FROM regroup_saved WHERE "table" = 'may_modify' AND "column" IS NULL;
CREATE UNIQUE INDEX temp.migration_pair_id ON migration_pair (pair);
CREATE TEMP TABLE migration_witness AS
SELECT may_modify_id AS pair, step, function, file, line, why FROM witness
UNION ALL SELECT json_extract(row, '$[0]'), json_extract(row, '$[1]'), json_extract(row, '$[2]'), json_extract(row, '$[3]'), json_extract(row, '$[4]'),
                 json_extract(row, '$[5]') FROM regroup_saved WHERE "table" = 'witness';
INSERT INTO witness_place (function, file, line, why) SELECT DISTINCT function, file, line, why FROM temp.migration_witness ORDER BY 1, 2, 3, 4;
CREATE UNIQUE INDEX migration_place ON witness_place (function, file, line, why);
-- last: the store, which is no call. number: of the step's call; the one of the store is not used.
CREATE TEMP TABLE migration_step AS
SELECT w.pair AS pair, p.txn_id AS txn_id, p.saved AS saved, w.step AS step, a.id AS place_id, row_number() OVER (PARTITION BY p.txn_id ORDER BY w.pair, w.step) AS number,
       lead(w.step) OVER (PARTITION BY w.pair ORDER BY w.step) IS NULL AS last
FROM temp.migration_witness w JOIN temp.migration_pair p ON p.pair = w.pair
     JOIN witness_place a ON a.function = w.function AND a.file = w.file AND a.line = w.line AND a.why = w.why;
CREATE UNIQUE INDEX temp.migration_step_of ON migration_step (pair, step);
INSERT INTO witness_call SELECT txn_id, number, CASE WHEN step THEN number - 1 END, step, place_id FROM temp.migration_step WHERE NOT last AND NOT saved;
INSERT INTO regroup_saved ("table", row)
SELECT 'witness_call', json_array(txn_id, number, CASE WHEN step THEN number - 1 END, step, place_id) FROM temp.migration_step WHERE NOT last AND saved ORDER BY txn_id, number;
ALTER TABLE may_modify ADD COLUMN call INTEGER;
ALTER TABLE may_modify ADD COLUMN store_id INTEGER REFERENCES witness_place (id);
UPDATE may_modify SET call = CASE WHEN s.step THEN s.number - 1 END, store_id = s.place_id FROM temp.migration_step s WHERE s.pair = may_modify.id AND s.last;
UPDATE regroup_saved SET row = json_insert(regroup_saved.row, '$[#]', CASE WHEN s.step THEN s.number - 1 END, '$[#]', s.place_id)
FROM temp.migration_step s WHERE s.saved = regroup_saved.id AND s.last;
DELETE FROM regroup_saved WHERE "table" = 'witness';
DROP TABLE temp.migration_step;
DROP TABLE temp.migration_witness;
DROP TABLE temp.migration_pair;
DROP INDEX migration_place;
DROP TABLE witness;

CREATE TEMP TABLE migration_unknown AS
SELECT txn_id, cause, detail, function, file, line, 0 AS saved FROM unknown
UNION ALL SELECT json_extract(row, '$[1]'), json_extract(row, '$[2]'), json_extract(row, '$[3]'), json_extract(row, '$[4]'), json_extract(row, '$[5]'),
                 json_extract(row, '$[6]'), 1 FROM regroup_saved WHERE "table" = 'unknown';
DROP TABLE unknown;
CREATE TABLE unknown (
    id       INTEGER PRIMARY KEY,
    cause    TEXT NOT NULL,
    detail   TEXT NOT NULL,
    function TEXT NOT NULL,
    file     TEXT NOT NULL,
    line     INTEGER NOT NULL
) STRICT;
CREATE TABLE txn_unknown (
    txn_id     INTEGER NOT NULL REFERENCES txn (id),
    unknown_id INTEGER NOT NULL REFERENCES unknown (id),
    PRIMARY KEY (txn_id, unknown_id)
) STRICT, WITHOUT ROWID;
INSERT INTO unknown (cause, detail, function, file, line) SELECT DISTINCT cause, detail, function, file, line FROM temp.migration_unknown ORDER BY 1, 2, 3, 4, 5;
CREATE UNIQUE INDEX migration_unknown_of ON unknown (cause, detail, function, file, line);
INSERT INTO txn_unknown SELECT DISTINCT m.txn_id, u.id FROM temp.migration_unknown m JOIN unknown u USING (cause, detail, function, file, line) WHERE NOT m.saved;
DELETE FROM regroup_saved WHERE "table" = 'unknown';
INSERT INTO regroup_saved ("table", row)
SELECT DISTINCT 'txn_unknown', json_array(m.txn_id, u.id) FROM temp.migration_unknown m JOIN unknown u USING (cause, detail, function, file, line) WHERE m.saved;
DROP INDEX migration_unknown_of;
DROP TABLE temp.migration_unknown;

-- Digests of rows in their old shape.
DELETE FROM meta WHERE key = 'kept';
