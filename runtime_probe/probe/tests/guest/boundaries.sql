-- What the analyzer would say about the guest of boundaries.c.
INSERT INTO entity (id, name, role, origin) VALUES (1, 'jobs', 'server', 'manifest'), (2, 'bells', 'server', 'manifest'),
  (3, 'workload', 'base', 'manifest');
INSERT INTO file (id, path, entity_id) VALUES (1, 'boundaries.c', 3);
INSERT INTO function (id, name, file_id, line, linkage) VALUES (1, 'job_submit', 1, 1, 'external'), (2, 'job_run', 1, 1, 'external'),
  (3, 'bell_open', 1, 1, 'external'), (4, 'bell_handle', 1, 1, 'external'), (5, 'tone_play', 1, 1, 'external'), (6, 'job_queue', 1, 1, 'external'),
  (7, 'bell_route', 1, 1, 'external');
INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'job_submit', 'job_submit', 1, 1, 'manifest'),
  (2, 'job_run', 'job_run', 1, 2, 'deferred'), (3, 'bell_open', 'bell_open', 2, 3, 'manifest'), (4, 'bell_handle', 'bell_handle', 2, 4, 'deferred'),
  (5, 'tone_play', 'tone_play', 2, 5, 'manifest');
INSERT INTO state (id, key, root, path, root_kind, entity_id, origin) VALUES
  (1, 'boundaries.c:jobs[].work.run', 'boundaries.c:jobs', '[].work.run', 'static', 1, 'analyzer'),
  (2, 'boundaries.c:jobs[].next', 'boundaries.c:jobs', '[].next', 'static', 1, 'analyzer'),
  (3, 'boundaries.c:jobs[].runs', 'boundaries.c:jobs', '[].runs', 'static', 1, 'analyzer'),
  (4, 'job_queue_head', 'job_queue_head', '', 'global', 1, 'analyzer'),
  (5, 'job_queue_tail', 'job_queue_tail', '', 'global', 1, 'analyzer'),
  (6, 'jobs_done', 'jobs_done', '', 'global', 1, 'analyzer'),
  (7, 'boundaries.c:bell_handler', 'boundaries.c:bell_handler', '', 'static', 2, 'analyzer'),
  (8, 'bell_count', 'bell_count', '', 'global', 2, 'analyzer'),
  (9, 'tones', 'tones', '', 'global', 2, 'analyzer');
INSERT INTO may_modify (txn_id, state_id, phase) VALUES (1, 1, 'runtime'), (1, 2, 'runtime'), (1, 4, 'runtime'), (1, 5, 'runtime'), (2, 3, 'runtime'),
  (2, 6, 'runtime'), (3, 7, 'runtime'), (4, 8, 'runtime'), (5, 9, 'runtime');
INSERT INTO closure (txn_id, function_id) VALUES (1, 1), (1, 6), (2, 2), (3, 3), (3, 7), (4, 4), (5, 5);
INSERT INTO manifest (section, name, key, value, line) VALUES ('stacks', '', 'struct', 'struct task', 1), ('stacks', '', 'base', 'kstack', 1),
  ('stacks', '', 'size', '8192', 1), ('stacks', '', 'boot', 'boot_stack_bottom boot_stack_top', 1), ('switch', '', 'function', 'context_switch', 1),
  ('interrupts', '', 'entry', 'irq_entry_*', 1), ('transactions', '', 'begin', 'workload_begin', 1), ('transactions', '', 'end', 'workload_end', 1),
  ('thread_entry', '', 'call', 'job_queue 0.work.run', 1), ('thread_entry', '', 'call', 'bell_route 0', 1);
