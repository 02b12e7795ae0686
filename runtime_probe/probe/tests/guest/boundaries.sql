-- What the analyzer would say about the guest of boundaries.c.
INSERT INTO entity (id, name, role, origin) VALUES (1, 'jobs', 'server', 'manifest'), (2, 'bells', 'server', 'manifest'),
  (3, 'workload', 'base', 'manifest'), (4, 'ledger', 'server', 'manifest'), (5, 'days', 'server', 'manifest'),
  (6, 'boxes', 'server', 'manifest');
INSERT INTO file (id, path, entity_id) VALUES (1, 'boundaries.c', 3);
INSERT INTO function (id, name, file_id, line, linkage) VALUES (1, 'job_submit', 1, 1, 'external'), (2, 'job_run', 1, 1, 'external'),
  (3, 'bell_open', 1, 1, 'external'), (4, 'bell_handle', 1, 1, 'external'), (5, 'tone_play', 1, 1, 'external'), (6, 'job_queue', 1, 1, 'external'),
  (7, 'bell_route', 1, 1, 'external'), (8, 'ledger_post', 1, 1, 'static'), (9, 'ledger_refuse', 1, 1, 'external'), (10, 'day_close', 1, 1, 'external'),
  (11, 'walk_note', 1, 1, 'static'), (12, 'walk', 1, 1, 'external'), (13, 'server_run', 1, 1, 'external'), (14, 'inbox_take', 1, 1, 'external'),
  (15, 'poll_run', 1, 1, 'external'), (16, 'box_open', 1, 1, 'external'), (17, 'box_put', 1, 1, 'external'), (18, 'box_close', 1, 1, 'external');
INSERT INTO txn (id, name, common_name, entity_id, function_id, found_by) VALUES (1, 'job_submit', 'job_submit', 1, 1, 'manifest'),
  (2, 'job_run', 'job_run', 1, 2, 'deferred'), (3, 'bell_open', 'bell_open', 2, 3, 'manifest'), (4, 'bell_handle', 'bell_handle', 2, 4, 'deferred'),
  (5, 'tone_play', 'tone_play', 2, 5, 'manifest'), (6, 'ledger_post', 'ledger_post', 4, 8, 'manifest'), (7, 'day_close', 'day_close', 5, 10, 'manifest'),
  (8, 'walk_note', 'walk_note', 4, 11, 'manifest'), (9, 'boundaries.c:@#a round@', 'round', 5, 13, 'manifest'),
  (10, 'boundaries.c:@#poll begins@', 'poll', 5, 15, 'manifest'),
  (11, 'box_open', 'box_open', 6, 16, 'manifest'), (12, 'box_put', 'box_put', 6, 17, 'manifest'), (13, 'box_close', 'box_close', 6, 18, 'manifest');
INSERT INTO txn_group (name, txn_id, place) VALUES ('box', 11, 'first'), ('box', 12, 'middle'), ('box', 13, 'last');
INSERT INTO state (id, key, root, path, root_kind, entity_id, origin) VALUES
  (1, 'boundaries.c:jobs[].work.run', 'boundaries.c:jobs', '[].work.run', 'static', 1, 'analyzer'),
  (2, 'boundaries.c:jobs[].next', 'boundaries.c:jobs', '[].next', 'static', 1, 'analyzer'),
  (3, 'boundaries.c:jobs[].runs', 'boundaries.c:jobs', '[].runs', 'static', 1, 'analyzer'),
  (4, 'job_queue_head', 'job_queue_head', '', 'global', 1, 'analyzer'),
  (5, 'job_queue_tail', 'job_queue_tail', '', 'global', 1, 'analyzer'),
  (6, 'jobs_done', 'jobs_done', '', 'global', 1, 'analyzer'),
  (7, 'boundaries.c:bell_handler', 'boundaries.c:bell_handler', '', 'static', 2, 'analyzer'),
  (8, 'bell_count', 'bell_count', '', 'global', 2, 'analyzer'),
  (9, 'tones', 'tones', '', 'global', 2, 'analyzer'),
  (10, 'ledger_posts', 'ledger_posts', '', 'global', 4, 'analyzer'), (11, 'ledger_sum', 'ledger_sum', '', 'global', 4, 'analyzer'),
  (12, 'ledger_refused', 'ledger_refused', '', 'global', 4, 'analyzer'), (13, 'days', 'days', '', 'global', 5, 'analyzer'),
  (14, 'day_marks', 'day_marks', '', 'global', 5, 'analyzer'), (15, 'walk_notes', 'walk_notes', '', 'global', 4, 'analyzer'),
  (16, 'walk_depth', 'walk_depth', '', 'global', 4, 'analyzer'), (17, 'inbox_next', 'inbox_next', '', 'global', 5, 'analyzer'),
  (18, 'served', 'served', '', 'global', 5, 'analyzer'), (19, 'polled', 'polled', '', 'global', 5, 'analyzer'),
  (20, 'idle', 'idle', '', 'global', 5, 'analyzer'), (21, 'boxes_open', 'boxes_open', '', 'global', 6, 'analyzer'),
  (22, 'box_level', 'box_level', '', 'global', 6, 'analyzer'), (23, 'box_opens', 'box_opens', '', 'global', 6, 'analyzer'),
  (24, 'box_refusals', 'box_refusals', '', 'global', 6, 'analyzer');
INSERT INTO may_modify (txn_id, state_id, phase) VALUES (1, 1, 'runtime'), (1, 2, 'runtime'), (1, 4, 'runtime'), (1, 5, 'runtime'), (2, 3, 'runtime'),
  (2, 6, 'runtime'), (3, 7, 'runtime'), (4, 8, 'runtime'), (5, 9, 'runtime'), (6, 10, 'runtime'), (6, 11, 'runtime'), (6, 12, 'runtime'), (6, 13, 'runtime'), (6, 14, 'runtime'),
  (7, 10, 'runtime'), (7, 11, 'runtime'), (7, 12, 'runtime'), (7, 13, 'runtime'), (7, 14, 'runtime'), (8, 15, 'runtime'), (8, 16, 'runtime'),
  (9, 17, 'runtime'), (9, 18, 'runtime'), (10, 17, 'runtime'), (10, 19, 'runtime'), (10, 20, 'runtime'), (11, 21, 'runtime'), (11, 23, 'runtime'),
  (11, 24, 'runtime'), (12, 22, 'runtime'), (13, 21, 'runtime'), (13, 22, 'runtime');
INSERT INTO closure (txn_id, function_id) VALUES (1, 1), (1, 6), (2, 2), (3, 3), (3, 7), (4, 4), (5, 5), (6, 8), (6, 9), (6, 10), (7, 8), (7, 9), (7, 10), (8, 11), (8, 12),
  (9, 13), (9, 14), (10, 14), (10, 15), (11, 16), (12, 17), (13, 18);
INSERT INTO manifest (section, name, key, value, line) VALUES ('stacks', '', 'struct', 'struct task', 1), ('stacks', '', 'base', 'kstack', 1),
  ('stacks', '', 'size', '8192', 1), ('stacks', '', 'boot', 'boot_stack_bottom boot_stack_top', 1), ('switch', '', 'function', 'context_switch', 1),
  ('interrupts', '', 'entry', 'irq_entry_*', 1), ('transactions', '', 'begin', 'workload_begin', 1), ('transactions', '', 'end', 'workload_end', 1),
  ('thread_entry', '', 'call', 'job_queue 0.work.run', 1), ('thread_entry', '', 'call', 'bell_route 0', 1), ('transactions', '', 'entry', 'boundaries.c:@#a round@ round', 1),
  ('transactions', '', 'entry', 'boundaries.c:@#poll begins@ poll', 2), ('transactions', '', 'exit', 'boundaries.c:@#poll ends@', 3),
  ('transactions', '', 'client', 'job->owner', 4), ('transactions', '', 'client', 'current->id', 5);
