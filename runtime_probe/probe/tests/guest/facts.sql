-- What the analyzer would say about the tiny guest.
INSERT INTO entity (id, name, role, origin) VALUES (1, 'counters', 'server', 'manifest'), (2, 'batch', 'server', 'manifest'), (3, 'items', 'server', 'manifest'),
  (4, 'clients', 'client', 'manifest'), (5, 'base', 'base', 'manifest');
INSERT INTO file (id, path, entity_id) VALUES (1, 'guest.c', 1), (2, 'client.c', 4);
INSERT INTO function (id, name, file_id, line, linkage) VALUES (1, 'counter_add', 1, 1, 'external'), (2, 'counter_name', 1, 1, 'external'),
  (3, 'batch_run', 1, 1, 'external'), (4, 'item_insert', 1, 1, 'external'), (5, 'item_touch', 1, 1, 'external'), (6, 'item_remove', 1, 1, 'external'),
  (7, 'depth_walk', 1, 1, 'external'), (8, 'slow_update', 1, 1, 'external'), (9, 'noisy_update', 1, 1, 'external'), (10, 'request_serve', 1, 1, 'external'),
  (11, 'task_end', 1, 1, 'external'),
  (12, 'note_write', 1, 1, 'external');
INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'counter_add', 'counter_add', 1, 1, 'manifest'),
  (2, 'counter_name', 'counter_name', 1, 2, 'manifest'), (3, 'batch_run', 'batch_run', 2, 3, 'manifest'), (4, 'item_insert', 'item_insert', 3, 4, 'manifest'),
  (5, 'item_touch', 'item_touch', 3, 5, 'manifest'), (6, 'item_remove', 'item_remove', 3, 6, 'manifest'), (7, 'depth_walk', 'depth_walk', 1, 7, 'manifest'),
  (8, 'slow_update', 'slow_update', 1, 8, 'manifest'), (9, 'noisy_update', 'noisy_update', 1, 9, 'manifest'),
  (10, 'request_serve', 'request_serve', 1, 10, 'manifest'), (11, 'task_end', 'task_end', 1, 11, 'manifest'),
  (12, 'note_write', 'note_write', 1, 12, 'manifest');
INSERT INTO state (id, key, root, path, root_kind, entity_id, origin) VALUES
  (1, 'counters[].value', 'counters', '[].value', 'global', 1, 'analyzer'),
  (2, 'counters[].low', 'counters', '[].low', 'global', 1, 'analyzer'),
  (3, 'guest.c:counter_total', 'guest.c:counter_total', '', 'static', 1, 'analyzer'),
  (4, 'counters[].name[]', 'counters', '[].name[]', 'global', 1, 'analyzer'),
  (5, 'counters[].mode', 'counters', '[].mode', 'global', 1, 'analyzer'),
  (6, 'counters[].second', 'counters', '[].second', 'global', 1, 'analyzer'),
  (7, 'batch_runs', 'batch_runs', '', 'global', 2, 'analyzer'),
  (8, 'struct item.*', 'struct item', '.*', 'heap', 3, 'analyzer'),
  (9, 'items.*', 'items', '.*', 'global', 3, 'analyzer'),
  (10, 'item_count', 'item_count', '', 'global', 3, 'analyzer'),
  (11, 'depth_sum', 'depth_sum', '', 'global', 1, 'analyzer'),
  (12, 'slow_first', 'slow_first', '', 'global', 1, 'analyzer'),
  (13, 'slow_last', 'slow_last', '', 'global', 1, 'analyzer'),
  (14, 'noisy_runs', 'noisy_runs', '', 'global', 1, 'analyzer'),
  (15, 'bell_count', 'bell_count', '', 'global', 1, 'analyzer'),
  (16, 'requests_served', 'requests_served', '', 'global', 1, 'analyzer'),
  (17, 'client_request.served', 'client_request', '.served', 'global', 4, 'analyzer'),
  (18, 'struct item.value', 'struct item', '.value', 'heap', 3, 'analyzer'),
  (19, 'struct note.*', 'struct note', '.*', 'heap', 1, 'analyzer'), (20, 'note', 'note', '', 'global', 1, 'analyzer');
INSERT INTO may_modify (txn_id, state_id, phase) VALUES (1, 1, 'runtime'), (1, 2, 'runtime'), (1, 3, 'runtime'), (2, 4, 'runtime'), (2, 5, 'runtime'), (2, 6, 'runtime'),
  (3, 1, 'runtime'), (3, 2, 'runtime'), (3, 3, 'runtime'), (3, 7, 'runtime'), (4, 8, 'runtime'), (4, 9, 'runtime'), (4, 10, 'runtime'), (5, 18, 'runtime'),
  (6, 8, 'runtime'), (6, 9, 'runtime'), (6, 10, 'runtime'), (7, 11, 'runtime'), (8, 12, 'runtime'), (8, 13, 'runtime'), (8, 1, 'runtime'), (8, 3, 'runtime'),
  (9, 14, 'runtime'), (9, 15, 'runtime'), (10, 16, 'runtime'), (10, 17, 'runtime'), (11, 13, 'runtime'),
  (12, 19, 'runtime'), (12, 20, 'runtime'), (12, 18, 'runtime');
INSERT INTO alloc_site (function, file, line, allocator, root) VALUES ('item_insert', 'guest.c', @item_insert@, 'heap_get', 'struct item'),
  ('note_write', 'guest.c', @note_write@, 'heap_get', 'struct note');
INSERT INTO pointee (key, root, path) VALUES ('items.next', 'struct item', '.link'), ('items.next', 'items', ''), ('items.prev', 'struct item', '.link'),
  ('struct item.link.next', 'struct item', '.link'), ('struct item.link.prev', 'struct item', '.link'), ('struct item.link.next', 'items', '');
INSERT INTO manifest (section, name, key, value, line) VALUES ('stacks', '', 'struct', 'struct task', 1), ('stacks', '', 'base', 'kstack', 1),
  ('stacks', '', 'size', '8192', 1), ('stacks', '', 'boot', 'boot_stack_bottom boot_stack_top', 1), ('switch', '', 'function', 'context_switch', 1),
  ('interrupts', '', 'entry', 'irq_entry_*', 1), ('allocator', 'heap_get', 'effect', 'alloc', 1), ('allocator', 'heap_get', 'size', '0', 1),
  ('allocator', 'heap_put', 'effect', 'free', 1), ('allocator', 'heap_put', 'pointer', '0', 1), ('transactions', '', 'begin', 'workload_begin', 1), ('transactions', '', 'end', 'workload_end', 1);
