-- Statements of a multi-tenant application, with how often they come.
-- test/bench/statements.pl explains the marks.

-- Users and sessions
-- @ login calls=20 prepared
SELECT id, tenant_id, name FROM users WHERE lower(email) = lower({email: one C4CA4238@example.com|c81e728d@example.com|eccbc87e@example.com|a87ff679@example.com|e4da3b7f@example.com}) AND deleted_at IS NULL;
-- @ session_user calls=30 prepared
SELECT u.id, u.name, u.role FROM session AS s JOIN users AS u ON u.id = s.user_id WHERE s.token = {token: one c4ca4238a0b923820dcc509a6f75849b|c81e728d9d4c2f636f067f89cc14862c|eccbc87e4b5ce2fe28308fd9f2a7baf3} AND s.expires_at > '2025-12-10';
-- @ session_touch calls=30 prepared
UPDATE session SET seen_at = '2026-01-01' WHERE token = {token: one c4ca4238a0b923820dcc509a6f75849b|c81e728d9d4c2f636f067f89cc14862c|eccbc87e4b5ce2fe28308fd9f2a7baf3};
-- @ sessions_of_user calls=5 prepared
SELECT token, ip, agent, created_at FROM session WHERE user_id = {user: int 1 20000} ORDER BY created_at DESC;
-- @ sessions_expire calls=2
DELETE FROM session WHERE expires_at < '{day: date 2025-12-30 2025-12-31}' AND expires_at < '2026-01-01';
-- @ tenant_by_slug calls=20 prepared
SELECT id, name, plan FROM tenant WHERE slug = {slug: one tenant-7|tenant-77|tenant-177};
-- @ members calls=6 prepared
SELECT id, name, email, role FROM users WHERE tenant_id = {tenant: skew 1 300} AND deleted_at IS NULL ORDER BY name LIMIT 50;
-- @ admins calls=3 prepared
SELECT id, email FROM users WHERE tenant_id = {tenant: skew 1 300} AND role = 'admin';
-- @ members_by_prefix calls=8 prepared
SELECT id, name FROM users WHERE tenant_id = {tenant: skew 1 300} AND lower(name) LIKE {prefix: one ab%|c4%|e1%|f%} ORDER BY name LIMIT 10;
-- @ users_deep_page calls=2
SELECT id, email, created_at FROM users ORDER BY created_at LIMIT 20 OFFSET {offset: int 10000 15000};
-- @ idle_users calls=2
SELECT u.id, u.email FROM users AS u WHERE u.tenant_id = {tenant: int 1 300}
	AND NOT EXISTS (SELECT FROM activity AS a WHERE a.actor_id = u.id AND a.at > '2025-12-01');

-- Tasks
-- @ board calls=20 prepared
SELECT id, title, status, assignee_id FROM task WHERE project_id = {project: skew 1 3000} AND status <> 'done' AND deleted_at IS NULL ORDER BY priority, position LIMIT 100;
-- @ my_tasks calls=20 prepared
SELECT id, title, due_on FROM task WHERE assignee_id = {user: int 1 20000} AND status IN ('open', 'in_progress') AND deleted_at IS NULL ORDER BY due_on NULLS LAST LIMIT 20;
-- @ newest_tasks calls=15 prepared
SELECT id, title, created_at FROM task WHERE tenant_id = {tenant: skew 1 300} AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 25;
-- @ next_page calls=10
SELECT id, title, created_at FROM task WHERE tenant_id = {tenant: skew 1 300} AND (created_at, id) < ('{day: date 2021-01-01 2025-12-01}', 100000000) ORDER BY created_at DESC, id DESC LIMIT 25;
-- @ overdue calls=5 prepared
SELECT id, title FROM task WHERE tenant_id = {tenant: skew 1 300} AND due_on BETWEEN '2025-12-01' AND {day: date 2025-12-10 2025-12-31} AND status <> 'done';
-- @ project_counts calls=10 prepared
SELECT status, count(*) FROM task WHERE project_id = {project: skew 1 3000} AND deleted_at IS NULL GROUP BY status;
-- @ subtasks calls=15 prepared
SELECT id, title, status FROM task WHERE parent_id = {task: int 1 200000};
-- @ task_by_id calls=40 prepared
SELECT * FROM task WHERE id = {task: int 1 200000};
-- @ by_label calls=4
SELECT id, title FROM task WHERE labels @> ARRAY['area{n: int 1 399}'];
-- @ by_customer calls=4
SELECT id, title FROM task WHERE custom @> '{"customer": "c{n: int 1 4999}"}';
-- @ title_search calls=4
SELECT id, title FROM task WHERE title ILIKE '%{a: one 1a2b3c|deadb|c0ffee|7d3e1}%' LIMIT 50;
-- @ unassigned calls=2 prepared
SELECT count(*) FROM task WHERE tenant_id = {tenant: skew 1 300} AND assignee_id IS NULL AND status = 'blocked';
-- @ involved calls=5 prepared
SELECT id, title FROM task WHERE assignee_id = {user: int 1 20000} OR reporter_id = {user};
-- @ projects_overdue calls=3 prepared
SELECT p.id, p.name FROM project AS p WHERE p.tenant_id = {tenant: skew 1 300} AND NOT p.archived
	AND EXISTS (SELECT FROM task AS t WHERE t.project_id = p.id AND t.status = 'blocked' AND t.deleted_at IS NULL);
-- @ created_on_day calls=2
SELECT count(*) FROM task WHERE created_at::date = '{day: date 2024-01-01 2025-12-01}';
-- @ done_total calls=2
SELECT count(*) FROM task WHERE status = 'done';
-- @ task_insert calls=10 prepared
INSERT INTO task (tenant_id, project_id, assignee_id, reporter_id, status, priority, position, title, labels, custom, created_at, updated_at)
VALUES ({tenant: skew 1 300}, {project: skew 1 3000}, {user: int 1 20000}, {reporter: int 1 20000}, 'open', 3, 500, 'a new task', '{}', '{}', '2026-01-01', '2026-01-01');
-- @ task_move calls=20 prepared
UPDATE task SET position = {position: int 1 1000}, updated_at = '2026-01-01' WHERE id = {task: int 1 200000};
-- @ task_close calls=10 prepared
UPDATE task SET status = 'done', updated_at = '2026-01-01' WHERE id = {task: int 1 200000};
-- @ task_soft_delete calls=2 prepared
UPDATE task SET deleted_at = '2026-01-01' WHERE id = {task: int 1 200000};
-- @ reassign calls=1 prepared
UPDATE task SET assignee_id = NULL WHERE assignee_id = {user: int 1 20000} AND status = 'open';

-- Comments and activity
-- @ comments calls=20 prepared
SELECT c.id, c.body, c.created_at, u.name FROM comment AS c JOIN users AS u ON u.id = c.author_id WHERE c.task_id = {task: int 1 200000} ORDER BY c.created_at;
-- @ comment_counts calls=8
SELECT task_id, count(*) FROM comment WHERE task_id IN ({a: int 1 50000}, {b: int 50001 100000}, {c: int 100001 150000}, {d: int 150001 200000}) GROUP BY task_id;
-- @ last_comments calls=3 prepared
SELECT t.id, t.title, l.body FROM task AS t CROSS JOIN LATERAL (SELECT c.body FROM comment AS c WHERE c.task_id = t.id ORDER BY c.created_at DESC LIMIT 1) AS l
WHERE t.id BETWEEN {task: int 1000 200000} AND {task} + 10;
-- @ comment_insert calls=12 prepared
INSERT INTO comment (task_id, author_id, body, created_at) VALUES ({task: int 1 200000}, {user: int 1 20000}, 'a comment', '2026-01-01');
-- @ task_delete calls=1
DELETE FROM task WHERE id = {task: int 1 200000};
-- @ feed calls=15 prepared
SELECT id, kind, actor_id, subject_id, at FROM activity WHERE tenant_id = {tenant: skew 1 300} ORDER BY at DESC LIMIT 50;
-- @ history calls=15 prepared
SELECT kind, actor_id, at FROM activity WHERE subject_type = 'task' AND subject_id = {task: int 1 200000} ORDER BY at DESC;
-- @ report_days calls=3
SELECT date_trunc('day', at), count(*) FROM activity WHERE at >= '{month: month 2024-01 2025-11}' AND at < '{month}'::timestamptz + interval '7 days' GROUP BY 1;
-- @ kinds_total calls=2
SELECT kind, count(*) FROM activity GROUP BY kind;
-- @ activity_insert calls=40 prepared
INSERT INTO activity (tenant_id, actor_id, kind, subject_type, subject_id, at) VALUES ({tenant: skew 1 300}, {user: int 1 20000}, 'update', 'task', {task: int 1 200000}, '2026-01-01');
-- @ unread_count calls=30 prepared
SELECT count(*) FROM notification WHERE user_id = {user: int 1 20000} AND read_at IS NULL;
-- @ notifications calls=10 prepared
SELECT id, kind, task_id, read_at FROM notification WHERE user_id = {user: int 1 20000} ORDER BY created_at DESC LIMIT 20;
-- @ notification_insert calls=15 prepared
INSERT INTO notification (user_id, task_id, kind, created_at) VALUES ({user: int 1 20000}, {task: int 1 200000}, 'mention', '2026-01-01');
-- @ mark_read calls=10 prepared
UPDATE notification SET read_at = '2026-01-01' WHERE id = {n: int 1 200000};
-- @ mark_all_read calls=4 prepared
UPDATE notification SET read_at = '2026-01-01' WHERE user_id = {user: int 1 20000} AND read_at IS NULL;

-- Billing
-- @ invoices calls=8 prepared
SELECT id, number, total, status FROM invoice WHERE tenant_id = {tenant: skew 1 300} ORDER BY issued_on DESC LIMIT 12;
-- @ invoice_by_number calls=5 prepared
SELECT id FROM invoice WHERE tenant_id = {tenant: skew 1 300} AND number = {number: one INV-7|INV-77|INV-777};
-- @ dunning calls=3 prepared
SELECT id, tenant_id, total FROM invoice WHERE status = 'open' AND due_on < {day: date 2025-12-01 2025-12-31} ORDER BY due_on LIMIT 100;
-- @ invoice_lines calls=10 prepared
SELECT product, quantity, amount FROM invoice_line WHERE invoice_id = {invoice: int 1 60000};
-- @ payment_callback calls=10 prepared
SELECT id, invoice_id FROM payment WHERE external_ref = {ref: one ch_c4ca4238a0b923820dcc509a6f75849b|ch_c81e728d9d4c2f636f067f89cc14862c|ch_none};
-- @ invoice_payments calls=5 prepared
SELECT i.number, p.amount, p.paid_at FROM invoice AS i JOIN payment AS p ON p.invoice_id = i.id WHERE i.id = {invoice: int 1 60000};
-- @ revenue calls=2
SELECT date_trunc('month', i.issued_on), sum(l.amount) FROM invoice AS i JOIN invoice_line AS l ON l.invoice_id = i.id
WHERE i.issued_on BETWEEN '{year: int 2021 2025}-01-01' AND '{year}-03-31' GROUP BY 1;
-- @ products_total calls=2
SELECT product, sum(amount) FROM invoice_line GROUP BY product;
-- @ invoice_pay calls=3 prepared
UPDATE invoice SET status = 'paid' WHERE id = {invoice: int 1 60000};

-- Queues
-- @ job_poll calls=25 prepared
SELECT id, payload FROM job WHERE state = 'ready' AND queue = {queue: one mail|default|export} AND run_at <= '2026-01-01' ORDER BY run_at LIMIT 10 FOR UPDATE SKIP LOCKED;
-- @ job_insert calls=15 prepared
INSERT INTO job (queue, state, run_at, payload) VALUES ({queue: one mail|default|export}, 'ready', '2026-01-01', '{}');
-- @ job_finish calls=15 prepared
UPDATE job SET state = 'finished', attempts = attempts + 1 WHERE id = {job: int 250000 290000};
-- @ outbox_poll calls=20 prepared
SELECT id, topic, payload FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 100;
-- @ outbox_insert calls=15 prepared
INSERT INTO outbox (topic, payload, created_at) VALUES ('topic1', '{}', '2026-01-01');
-- @ outbox_sent calls=15 prepared
UPDATE outbox SET sent_at = '2026-01-01' WHERE id = {id: int 299000 299990};
-- @ webhook_retry calls=8 prepared
SELECT id, webhook_id FROM webhook_delivery WHERE next_attempt_at <= {at: date 2025-06-02 2025-06-20} ORDER BY next_attempt_at LIMIT 50;
-- @ webhook_log calls=5 prepared
SELECT id, status, created_at FROM webhook_delivery WHERE webhook_id = {webhook: int 1 400} ORDER BY created_at DESC LIMIT 20;

-- Documents and the audit log
-- @ document_search calls=6
SELECT id, title FROM document WHERE search @@ to_tsquery('simple', 'w{a: int 2000 19000} & w{b: skew 1 500}');
-- @ document_path calls=5
SELECT id, title FROM document WHERE path LIKE '/{p: one c4ca|c81e|eccb|a87f}/%' ORDER BY path;
-- @ document_author calls=3
SELECT id, title FROM document WHERE meta ->> 'author' = 'a{n: int 1 2999}';
-- @ document_newest calls=5 prepared
SELECT max(updated_at) FROM document WHERE tenant_id = {tenant: skew 1 300};
-- @ audit_range calls=4
SELECT at, actor_id, action, target FROM audit_log WHERE tenant_id = {tenant: int 50 300} AND at >= '{day: date 2025-01-01 2025-12-01}' AND at < '2026-01-01' ORDER BY at DESC LIMIT 100;
-- @ audit_target calls=4 prepared
SELECT at, actor_id, action FROM audit_log WHERE target = {target: one object/7|object/77|object/777};
-- @ audit_insert calls=20 prepared
INSERT INTO audit_log VALUES ({tenant: skew 1 300}, '2025-12-31', {user: int 1 20000}, 'read', 'object/1');
-- @ usage_count calls=20 prepared
INSERT INTO usage_counter VALUES ({tenant: skew 1 300}, 'calls', '2025-12-31', 1) ON CONFLICT (tenant_id, metric, day) DO UPDATE SET value = usage_counter.value + 1;
-- @ settings calls=20
SELECT value FROM setting WHERE key = 'key7' OR value = 'value8';
