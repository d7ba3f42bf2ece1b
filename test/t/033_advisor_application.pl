# The index advisor on what a multi-tenant application asks: each case is one
# request of it.  Where two indexes are as good as each other, both are right.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/../lib";

use AdvisorCases;
use SaasData;
use PostgreSQL::Test::Utils;
use Test::More;

start_advisor(saas_sql());

# either(TABLE, COLUMNS..): one of these
sub either { my ($table, @columns) = @_; return [ map { "$table ($_)" } @columns ]; }

# ---- lists and pages of a tenant ----

right_case('a page of the newest, without the deleted ones',
	[ either('ticket', 'org_id, created_at', 'org_id, created_at DESC') ],
	'SELECT id, subject FROM ticket WHERE org_id = [[i + 150]] AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 20');

right_case('the same through a view',
	[ either('ticket', 'org_id, created_at', 'org_id, created_at DESC') ],
	'SELECT id, subject FROM live_ticket WHERE org_id = [[i + 150]] ORDER BY created_at DESC LIMIT 20');

right_case('the next page of a tenant',
	[ either('ticket', 'org_id, created_at, id', 'org_id, created_at DESC, id DESC') ],
	q{SELECT id, subject FROM ticket WHERE org_id = [[i + 150]] AND (created_at, id) < ('2024-03-01', 150000) ORDER BY created_at DESC, id DESC LIMIT 20});

right_case('the latest of a tenant',
	[ either('ticket', 'org_id, created_at', 'org_id, created_at DESC') ],
	'SELECT max(created_at) FROM ticket WHERE org_id = [[i + 150]]');

right_case('three of each tenant, by LATERAL',
	[ either('ticket', 'org_id, created_at', 'org_id, created_at DESC') ],
	'SELECT o.id, t.* FROM org AS o CROSS JOIN LATERAL (SELECT id, subject, created_at FROM ticket WHERE org_id = o.id ORDER BY created_at DESC LIMIT 3) AS t WHERE o.id BETWEEN 100 AND 120');

right_case('who was seen last, and never is last',
	[ either('account', 'last_seen_at DESC NULLS LAST', 'last_seen_at NULLS FIRST') ],
	'SELECT id, display_name FROM account ORDER BY last_seen_at DESC NULLS LAST LIMIT 20');

right_case('a list, a page and a count share one index',
	[ either('ticket', 'org_id, created_at', 'org_id, created_at DESC') ],
	'SELECT id, subject, state FROM ticket WHERE org_id = [[i + 150]]',
	'SELECT id, subject FROM ticket WHERE org_id = [[i + 160]] ORDER BY created_at DESC LIMIT 20',
	q{SELECT count(*) FROM ticket WHERE org_id = [[i + 170]] AND created_at > '2024-0[[i]]-01'});

# ---- single rows and their children ----

right_case('the comments of a ticket', [ either('comment', 'ticket_id', 'ticket_id, created_at') ],
	'SELECT * FROM comment WHERE ticket_id = [[i * 777]] ORDER BY created_at');

right_case('tickets of a person and their comments', [ 'ticket (account_id)', 'comment (ticket_id)' ],
	'SELECT t.subject, c.body FROM ticket AS t JOIN comment AS c ON c.ticket_id = t.id WHERE t.account_id = account_of([[i * 100]])');

right_case('the last login by uuid', [ either('login', 'account_id', 'account_id, at', 'account_id, at DESC') ],
	q{SELECT ip FROM login WHERE account_id = account_of([[i * 33]]) ORDER BY at DESC LIMIT 1});

right_case('an e-mail address whatever its case', ['account (lower(email))'],
	q{SELECT id FROM account WHERE lower(email) = lower('USER.[[i * 11]]@example.com')});

right_case('a name or an address', [ 'account (email)', 'account (display_name)' ],
	q{SELECT id FROM account WHERE email = 'User.[[i]]@Example.com' OR display_name = 'user [[i * 3]]'});

right_case('tickets that a person wrote or has to answer',
	[ 'ticket (account_id)', 'ticket (assignee_id)' ],
	'SELECT a.email, t.id, t.subject FROM account AS a JOIN ticket AS t ON t.account_id = a.id OR t.assignee_id = a.id WHERE a.id = account_of([[i * 100]])');

right_case('comments on a ticket or by its author',
	[ 'comment (ticket_id)', 'comment (account_id)' ],
	'SELECT t.id, count(*) FROM ticket AS t LEFT JOIN comment AS c ON c.ticket_id = t.id OR c.account_id = t.account_id WHERE t.id = [[i * 1000]] GROUP BY t.id');

none_case('an OR that joins, with a side that nearly every row has',
	'SELECT count(t.subject) FROM account AS a JOIN ticket AS t ON t.account_id = a.id OR t.deleted_at IS NULL WHERE a.id = account_of([[i * 100]])');

none_case('an OR that joins, with a side that no index serves',
	q{SELECT count(t.subject) FROM account AS a JOIN ticket AS t ON t.account_id = a.id OR t.subject || a.email = 'x' WHERE a.id = account_of([[i * 100]])});

# ---- queues ----

right_case('the next jobs of a queue',
	[ either('job', q{queue, run_at) WHERE (status = 'pending'::text}, q{run_at) WHERE (status = 'pending'::text}) ],
	q{SELECT id, payload FROM job WHERE queue = 'queue [[i]]' AND status = 'pending' AND run_at <= '2024-12-01' ORDER BY run_at LIMIT 10 FOR UPDATE SKIP LOCKED});

right_case('what was not sent yet', [ either('outbox', 'id) WHERE (sent_at IS NULL') ],
	'SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 50');

right_case('open tickets of a priority',
	[ either('ticket', q{priority, created_at) WHERE (state = 'open'::ticket_state}, q{priority) WHERE (state = 'open'::ticket_state}) ],
	q{SELECT id, subject FROM ticket WHERE state = 'open' AND priority = [[i - 1]] ORDER BY created_at});

# ---- documents, arrays, texts ----

right_case('a tag', [ 'article gin (tags)' ],
	q{SELECT id, title FROM article WHERE tags && ARRAY['tag[[i * 7]]']});

right_case('two tags', [ 'article gin (tags)' ],
	q{SELECT id, title FROM article WHERE tags @> ARRAY['tag[[i * 7]]', 'common']});

none_case('a value that is in the array: no index serves ANY',
	q{SELECT count(body) FROM article WHERE 'tag[[i]]' = ANY (tags)});

right_case('words', ['article gin (search)'],
	q{SELECT id, title FROM article WHERE search @@ to_tsquery('simple', 'word[[i * 17]]')});

right_case('a value in a document', [q{article ((meta ->> 'source'::text))}],
	q{SELECT id FROM article WHERE meta ->> 'source' = 's[[i * 17]]'});

right_case('a document in a document', ['account gin (settings jsonb_path_ops)'],
	q{SELECT id FROM account WHERE settings @> '{"external_id": "x[[i * 9]]"}'});

right_case('the beginning of a slug', [ either('article', 'slug', 'slug text_pattern_ops', 'slug) INCLUDE (id') ],
	q{SELECT id FROM article WHERE slug LIKE 'slug-12[[i]]%'});

# ---- ranges and networks ----

right_case('what is booked at a moment', ['booking gist (during)'],
	q{SELECT id, room FROM booking WHERE during @> '2024-01-0[[i]] 03:10+00'::timestamptz});

right_case('what overlaps a stretch of time', ['booking gist (during)'],
	q{SELECT id, room FROM booking WHERE during && tstzrange('2024-01-0[[i]] 03:10+00', '2024-01-0[[i]] 03:20+00')});

right_case('a network', [ [ 'login (ip)', 'login gist (ip inet_ops)' ] ],
	q{SELECT id FROM login WHERE ip <<= '10.[[i * 7]].7.0/24'});

# ---- reports ----

right_case('a week', [ either('event', 'at', 'at) INCLUDE (amount') ],
	q{SELECT date_trunc('day', at), sum(amount) FROM event WHERE at >= '2024-09-0[[i]]' AND at < '2024-09-0[[i + 5]]' GROUP BY 1});

right_case('a month of a tenant', [ either('event', 'org_id, at', 'org_id, at) INCLUDE (amount') ],
	q{SELECT sum(amount) FROM event WHERE org_id = [[i + 99]] AND at >= '2024-0[[i]]-01' AND at < '2024-0[[i + 1]]-01'});

right_case('the same in WITH', [ either('event', 'org_id, at', 'org_id, at) INCLUDE (kind') ],
	q{WITH recent AS MATERIALIZED (SELECT kind FROM event WHERE org_id = [[i + 99]] AND at > '2024-0[[i + 5]]-01') SELECT kind, count(*) FROM recent GROUP BY kind});

right_case('counts by state', [ either('ticket', 'org_id', 'org_id, state', 'org_id) INCLUDE (state') ],
	'SELECT state, count(*) FROM ticket WHERE org_id = [[i + 180]] GROUP BY state');

right_case('UNION ALL in a view', [ 'invoice_2023 (org_id)', 'invoice_2024 (org_id)' ],
	'SELECT * FROM invoice WHERE org_id = [[i + 200]]');

# ---- semijoins, antijoins, writes ----

right_case('people without a ticket', [ 'account (org_id)', 'ticket (account_id)' ],
	'SELECT a.id, a.email FROM account AS a WHERE a.org_id = [[i + 380]] AND NOT EXISTS (SELECT FROM ticket AS t WHERE t.account_id = a.id)');

right_case('people with a ticket', [ 'account (org_id)', 'ticket (account_id)' ],
	'SELECT a.id, a.email FROM account AS a WHERE a.org_id = [[i + 380]] AND EXISTS (SELECT FROM ticket AS t WHERE t.account_id = a.id)');

right_case('DELETE by a subquery', [ 'ticket (org_id, created_at)', 'comment (ticket_id)' ],
	q{DELETE FROM comment WHERE ticket_id IN (SELECT id FROM ticket WHERE org_id = [[i + 350]] AND created_at < '2023-02-01')});

right_case('UPDATE of a join', [ 'account (email)', 'ticket (assignee_id)' ],
	q{UPDATE ticket AS t SET assignee_id = NULL FROM account AS a WHERE a.id = t.assignee_id AND a.email = 'User.[[i * 7]]@Example.com'});

# ---- inside functions, behind policies ----

run_sql(<<~'SQL');
	CREATE FUNCTION tickets_of(org int) RETURNS bigint LANGUAGE plpgsql STABLE AS
	$$ BEGIN RETURN (SELECT max(t.id) FROM ticket AS t WHERE t.org_id = org AND t.priority = 7); END $$;
	CREATE ROLE app;
	GRANT SELECT ON article TO app;
	ALTER TABLE article ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON article TO app USING (org_id = current_setting('app.org')::int);
	SQL
right_case('a statement inside a function', [ either('ticket', 'org_id, priority', 'priority, org_id', 'priority', 'org_id, priority, id', 'org_id', 'priority, org_id, id') ],
	'SELECT tickets_of([[i + 200]])');
right_case('row security', [ either('article', 'slug', 'org_id, slug', 'slug, org_id') ],
	'SET ROLE app', 'SET app.org = [[i + 7]]',
	q{SELECT id, title FROM article WHERE slug = 'slug-[[i * 77]]'}, 'RESET ROLE');

# ---- values that decide ----

none_case('a parameter that is nearly always the common value',
	'PREPARE p(text) AS SELECT count(*), max(payload) FROM job WHERE status = $1',
	(q{EXECUTE p('done')}) x 5, 'DEALLOCATE p');

# ---- with pg_trgm, which need not be in search_path ----

SKIP:
{
	my ($rc) = $AdvisorCases::node->psql('postgres', 'CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext');
	skip 'pg_trgm is not there', 4 if $rc != 0;
	right_case('a part of a text', ['article gin (title ext.gin_trgm_ops)'],
		q{SELECT id FROM article WHERE title ILIKE '%abc[[i * 13 + 100]]%'});
	right_case('a regular expression', ['article gin (title ext.gin_trgm_ops)'],
		q{SELECT id FROM article WHERE title ~ 'abc[[i * 13 + 100]].'});
}

stop_advisor();
