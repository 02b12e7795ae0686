-- What the analyzer would say about the cell that the guest of loader.c loads.
INSERT INTO entity (id, name, role, origin) VALUES (1, 'cell', 'server', 'manifest'), (2, 'workload', 'base', 'manifest');
INSERT INTO file (id, path, entity_id) VALUES (1, 'cell.c', 1), (2, 'loader.c', 2);
INSERT INTO function (id, name, file_id, line, linkage) VALUES (1, 'cell_work', 1, 1, 'external'), (2, 'cell_note', 1, 1, 'static');
INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'cell_work', 'cell_work', 1, 1, 'manifest');
INSERT INTO state (id, key, root, path, root_kind, entity_id, origin) VALUES
  (1, 'cell_reading.value', 'cell_reading', '.value', 'global', 1, 'analyzer'),
  (2, 'cell_reading.sum', 'cell_reading', '.sum', 'global', 1, 'analyzer'),
  (3, 'cell.c:cell_calls', 'cell.c:cell_calls', '', 'static', 1, 'analyzer');
INSERT INTO may_modify (txn_id, state_id, phase) VALUES (1, 1, 'runtime'), (1, 2, 'runtime'), (1, 3, 'runtime');
INSERT INTO closure (txn_id, function_id) VALUES (1, 1), (1, 2);
INSERT INTO manifest (section, name, key, value, line) VALUES ('stacks', '', 'boot', 'boot_stack_bottom boot_stack_top', 1),
  ('transactions', '', 'begin', 'workload_begin', 1), ('transactions', '', 'end', 'workload_end', 1),
  ('objects', '', 'reader', 'cells', 1), ('objects', '', 'list', 'loaded_objects', 1), ('objects', '', 'load', 'object_loaded', 1),
  ('objects', '', 'unload', 'object_leaves', 1);
