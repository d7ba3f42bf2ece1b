# A realistic application's tables: many tenants in one database.
package SaasData;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';

our @EXPORT = qw(saas_sql);

# 400 organisations of very different size (the largest has a seventh of
# everything); 40,000 accounts with an e-mail address; 200,000 tickets of which
# few are open and some are deleted softly; 400,000 events; 150,000 jobs that
# are nearly all done; an outbox that is nearly all sent; 60,000 articles with
# tags, a document and a text to search.
sub saas_sql
{
	return <<~'SQL';
		SET client_min_messages = warning;
		SET timezone = 'UTC';
		SELECT setseed(0.25);
		CREATE TYPE ticket_state AS ENUM ('new', 'open', 'waiting', 'closed');
		CREATE TABLE org (id int PRIMARY KEY, name text NOT NULL, plan text NOT NULL, created_at timestamptz NOT NULL);
		CREATE TABLE account (
			id uuid PRIMARY KEY,
			org_id int NOT NULL REFERENCES org(id),
			email text NOT NULL,
			display_name text NOT NULL,
			last_seen_at timestamptz,
			settings jsonb NOT NULL);
		CREATE TABLE ticket (
			id bigint PRIMARY KEY,
			org_id int NOT NULL,
			account_id uuid NOT NULL,
			assignee_id uuid,
			state ticket_state NOT NULL,
			priority int NOT NULL,
			subject text NOT NULL,
			created_at timestamptz NOT NULL,
			updated_at timestamptz NOT NULL,
			deleted_at timestamptz);
		CREATE TABLE comment (id bigint PRIMARY KEY, ticket_id bigint NOT NULL, account_id uuid NOT NULL, created_at timestamptz NOT NULL, body text NOT NULL);
		CREATE TABLE event (id bigint PRIMARY KEY, org_id int NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, amount numeric(12,2) NOT NULL, payload jsonb NOT NULL);
		CREATE TABLE job (id bigint PRIMARY KEY, queue text NOT NULL, status text NOT NULL, run_at timestamptz NOT NULL, attempts int NOT NULL, payload text NOT NULL);
		CREATE TABLE outbox (id bigint PRIMARY KEY, topic text NOT NULL, body text NOT NULL, created_at timestamptz NOT NULL, sent_at timestamptz);
		CREATE TABLE article (id bigint PRIMARY KEY, org_id int NOT NULL, slug text NOT NULL, title text NOT NULL, body text NOT NULL, tags text[] NOT NULL, meta jsonb NOT NULL, search tsvector NOT NULL, published_at timestamptz);
		CREATE TABLE booking (id bigint PRIMARY KEY, room int NOT NULL, during tstzrange NOT NULL, note text NOT NULL);
		CREATE TABLE login (id bigint PRIMARY KEY, account_id uuid NOT NULL, ip inet NOT NULL, at timestamptz NOT NULL);
		CREATE TABLE invoice_2023 (id bigint PRIMARY KEY, org_id int NOT NULL, issued date NOT NULL, total numeric(12,2) NOT NULL);
		CREATE TABLE invoice_2024 (id bigint PRIMARY KEY, org_id int NOT NULL, issued date NOT NULL, total numeric(12,2) NOT NULL);
		CREATE VIEW invoice AS
		SELECT id, org_id, issued, total FROM invoice_2023
		UNION ALL
		SELECT id, org_id, issued, total FROM invoice_2024;
		CREATE VIEW live_ticket AS SELECT * FROM ticket WHERE deleted_at IS NULL;

		CREATE FUNCTION org_of(n float8) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1 + floor(400 * n ^ 3)::int';
		CREATE FUNCTION account_of(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$SELECT md5('account ' || n)::uuid$$;
		INSERT INTO org SELECT i, 'org ' || i, CASE WHEN i % 10 = 0 THEN 'paid' ELSE 'free' END, '2020-01-01'::timestamptz + i * interval '1 day' FROM generate_series(1, 400) AS i;
		INSERT INTO account
		SELECT account_of(i), org_of(random()), 'User.' || i || '@Example.com', 'user ' || i, '2024-01-01'::timestamptz + random() * interval '300 days',
			jsonb_build_object('theme', i % 3, 'external_id', 'x' || i)
		FROM generate_series(1, 40000) AS i;
		INSERT INTO ticket
		SELECT i, org_of(random()), account_of((random() * 39999)::int + 1), CASE WHEN i % 3 = 0 THEN account_of((random() * 500)::int + 1) END,
			(CASE WHEN random() < 0.96 THEN 'closed' WHEN random() < 0.5 THEN 'open' WHEN random() < 0.5 THEN 'waiting' ELSE 'new' END)::ticket_state,
			(random() * 4)::int, 'subject ' || md5(i::text), '2023-01-01'::timestamptz + i * interval '4 minutes',
			'2023-01-01'::timestamptz + i * interval '4 minutes' + random() * interval '30 days',
			CASE WHEN random() < 0.1 THEN '2024-10-01'::timestamptz END
		FROM generate_series(1, 200000) AS i;
		INSERT INTO comment
		SELECT i, (random() * 199999)::int + 1, account_of((random() * 39999)::int + 1), '2023-01-01'::timestamptz + i * interval '2 minutes', repeat(md5(i::text), 3)
		FROM generate_series(1, 300000) AS i;
		INSERT INTO event
		SELECT i, org_of(random()), 'kind ' || (random() * 8)::int, '2024-01-01'::timestamptz + i * interval '1 minute', (random() * 100)::numeric(12,2),
			jsonb_build_object('order', (random() * 50000)::int, 'source', i % 4)
		FROM generate_series(1, 400000) AS i;
		INSERT INTO job
		SELECT i, 'queue ' || (random() * 5)::int, CASE WHEN i > 149500 THEN 'pending' WHEN random() < 0.01 THEN 'failed' ELSE 'done' END,
			'2024-01-01'::timestamptz + i * interval '1 minute', 0, repeat(md5(i::text), 3)
		FROM generate_series(1, 150000) AS i;
		INSERT INTO outbox
		SELECT i, 'topic ' || i % 5, repeat(md5(i::text), 3), '2024-01-01'::timestamptz + i * interval '1 minute',
			CASE WHEN i <= 149800 THEN '2024-01-01'::timestamptz + i * interval '1 minute' END
		FROM generate_series(1, 150000) AS i;
		INSERT INTO article
		SELECT i, org_of(random()), 'slug-' || i, 'title ' || md5(i::text), repeat(md5(i::text) || ' ', 5),
			ARRAY['tag' || (random() * 800)::int, 'tag' || (random() * 800)::int, 'common'],
			jsonb_build_object('lang', 'l' || i % 3, 'source', 's' || (random() * 3000)::int),
			to_tsvector('simple', 'word' || (random() * 5000)::int || ' word' || (random() * 5000)::int || ' every'),
			CASE WHEN random() < 0.9 THEN '2023-01-01'::timestamptz + random() * interval '600 days' END
		FROM generate_series(1, 60000) AS i;
		INSERT INTO booking
		SELECT i, i % 300, tstzrange('2024-01-01'::timestamptz + (i / 300) * interval '2 hours', '2024-01-01'::timestamptz + (i / 300) * interval '2 hours' + interval '90 minutes'), repeat('x', 30)
		FROM generate_series(1, 60000) AS i;
		INSERT INTO login
		SELECT i, account_of((random() * 39999)::int + 1), ('10.' || (random() * 200)::int || '.' || (random() * 250)::int || '.' || (random() * 250)::int)::inet, '2024-01-01'::timestamptz + i * interval '1 minute'
		FROM generate_series(1, 150000) AS i;
		INSERT INTO invoice_2023 SELECT i, org_of(random()), '2023-01-01'::date + i / 250, (random() * 1000)::numeric(12,2) FROM generate_series(1, 80000) AS i;
		INSERT INTO invoice_2024 SELECT 100000 + i, org_of(random()), '2024-01-01'::date + i / 250, (random() * 1000)::numeric(12,2) FROM generate_series(1, 80000) AS i;
		VACUUM ANALYZE;
		SQL
}

1;
