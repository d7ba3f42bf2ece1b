# The index advisor on a whole workload: what a multi-tenant application asks
# in an hour, all at once.  One set of indexes must serve it, without doubles,
# within the space that is allowed; and parameters decide as literals do.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/../lib";

use AdvisorCases;
use SaasData;
use PostgreSQL::Test::Utils;
use Test::More;

start_advisor(saas_sql());

my @workload = (
	# served by keys that exist
	q{SELECT * FROM org WHERE id = [[i]]},
	q{SELECT display_name FROM account WHERE id = account_of([[i * 3]])},
	q{SELECT t.subject, o.name FROM ticket AS t JOIN org AS o ON o.id = t.org_id WHERE t.id = [[i * 1000]]},
	q{UPDATE ticket SET updated_at = now() WHERE id = [[i * 777]]},
	q{UPDATE job SET status = 'done' WHERE id = [[i + 149500]]},
	q{INSERT INTO comment SELECT max(id) + 1, [[i]], account_of([[i]]), now(), 'x' FROM comment},
	# no index helps
	q{SELECT count(*), sum(amount) FROM event},
	q{SELECT plan, count(*) FROM org GROUP BY plan},
	q{SELECT status, count(*) FROM job GROUP BY status},
	# tickets
	q{SELECT id, subject FROM ticket WHERE org_id = [[i + 150]] AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 20},
	q{SELECT count(*) FROM ticket WHERE org_id = [[i + 170]] AND created_at > '2024-0[[i]]-01'},
	q{SELECT id, subject, state FROM ticket WHERE org_id = [[i + 200]]},
	q{SELECT max(created_at) FROM ticket WHERE org_id = [[i + 250]]},
	q{SELECT subject FROM ticket WHERE account_id = account_of([[i * 100]])},
	# their comments
	q{SELECT * FROM comment WHERE ticket_id = [[i * 777]] ORDER BY created_at},
	# people
	q{SELECT id FROM account WHERE lower(email) = lower('USER.[[i * 11]]@example.com')},
	q{SELECT id, display_name FROM account WHERE org_id = [[i + 300]]},
	q{SELECT ip FROM login WHERE account_id = account_of([[i * 33]]) ORDER BY at DESC LIMIT 1},
	# events
	q{SELECT sum(amount) FROM event WHERE org_id = [[i + 99]] AND at >= '2024-0[[i]]-01' AND at < '2024-0[[i + 1]]-01'},
	q{SELECT kind, count(*) FROM event WHERE org_id = [[i + 99]] AND at > '2024-0[[i + 5]]-01' GROUP BY kind},
	# queues
	q{SELECT id, payload FROM job WHERE status = 'pending' AND run_at <= '2024-12-01' ORDER BY run_at LIMIT 10 FOR UPDATE SKIP LOCKED},
	q{SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 50},
	# articles
	q{SELECT id, title FROM article WHERE tags @> ARRAY['tag[[i * 7]]']},
	q{SELECT id, title FROM article WHERE search @@ to_tsquery('simple', 'word[[i * 17]]')},
	q{SELECT id FROM article WHERE slug = 'slug-[[i * 12]]'},
	# invoices
	q{SELECT * FROM invoice WHERE org_id = [[i + 200]] ORDER BY issued},
);

right_case('an application',
	[
		[ 'ticket (org_id, created_at)', 'ticket (org_id, created_at DESC)' ],
		'ticket (account_id)',
		'comment (ticket_id)',
		'account (lower(email))',
		'account (org_id)',
		[ 'login (account_id)', 'login (account_id, at)', 'login (account_id, at DESC)' ],
		[ 'event (org_id, at)', 'event (org_id, at) INCLUDE (amount)', 'event (org_id, at) INCLUDE (kind)', 'event (org_id, at) INCLUDE (kind, amount)' ],
		q{job (run_at) WHERE (status = 'pending'::text)},
		'outbox (id) WHERE (sent_at IS NULL)',
		'article gin (tags)',
		'article gin (search)',
		'article (slug)',
		[ 'invoice_2023 (org_id)', 'invoice_2023 (org_id, issued)' ],
		[ 'invoice_2024 (org_id)', 'invoice_2024 (org_id, issued)' ],
	],
	@workload);

# ---- space ----

none_case('before', 'SELECT 1');
run_load(4, @workload);
my $saved_before = 0;
foreach my $budget (0, 1 << 20, 4 << 20, 16 << 20, 64 << 20)
{
	my ($size, $saved) = split /\|/,
	  run_sql("SELECT coalesce(sum(est_index_size), 0), coalesce(sum(est_saved_time), 0) FROM perf_advisor.advise_indexes(storage_budget => $budget, deadline => '30 s')");
	cmp_ok($size, '<=', $budget, "the indexes for $budget bytes fit in them");
	cmp_ok($saved, '>=', $saved_before * 0.99, 'and save as much as those for less, or more');
	$saved_before = $saved;
}
cmp_ok($saved_before, '>', 0, 'with space enough something is saved');
is(run_sql(q{SELECT count(*) FROM (SELECT finding_id FROM perf_advisor.missing_indexes GROUP BY 1 HAVING count(*) > 1) AS d}), '0',
	'no finding_id twice');
is( run_sql(q{SELECT array_agg(finding_id ORDER BY 1) FROM perf_advisor.missing_indexes}),
	run_sql(q{SELECT array_agg(finding_id ORDER BY 1) FROM perf_advisor.missing_indexes}),
	'the same workload, the same advice');

# ---- one statement ----

my $queryid = run_sql(q{SELECT queryid FROM perf_advisor.statements WHERE query ~ 'FROM comment WHERE ticket_id'});
is(run_sql("SELECT relname, key_columns FROM perf_advisor.advise_indexes(queryid => $queryid)"), 'comment|{ticket_id}', 'advice for one statement');

# ---- parameters ----

right_case('a parameter that always has the same rare value',
	[ [ q{job (run_at) WHERE (status = 'failed'::text)}, 'job (status, run_at)' ] ],
	'PREPARE p(text) AS SELECT id FROM job WHERE status = $1 ORDER BY run_at LIMIT 100',
	(q{EXECUTE p('failed')}) x 4, 'DEALLOCATE p');

right_case('a parameter with many values never makes a partial index', ['event (kind, at)'],
	'PREPARE p(text) AS SELECT id FROM event WHERE kind = $1 ORDER BY at LIMIT 10',
	map({ "EXECUTE p('kind $_')" } 0 .. 5), 'DEALLOCATE p');

none_case('a parameter that is nearly always the common value',
	'PREPARE p(text) AS SELECT count(*), max(payload) FROM job WHERE status = $1',
	(q{EXECUTE p('done')}) x 5, 'DEALLOCATE p');

right_case('an array of keys as a parameter', ['comment (ticket_id)'],
	'PREPARE p(bigint[]) AS SELECT * FROM comment WHERE ticket_id = ANY ($1)',
	q{EXECUTE p(ARRAY[ [[i]], [[i + 100]], [[i + 200]] ])},
	q{EXECUTE p(ARRAY[ [[i + 7]], [[i + 107]] ])}, 'DEALLOCATE p');

right_case('a plan that became generic', [ [ 'ticket (org_id, created_at)', 'ticket (org_id, created_at DESC)' ] ],
	'SET plan_cache_mode = force_generic_plan',
	'PREPARE p(int) AS SELECT id, subject FROM ticket WHERE org_id = $1 ORDER BY created_at DESC LIMIT 20',
	map({ "EXECUTE p($_)" } 100 .. 106), 'DEALLOCATE p');

none_case('a range as a parameter that covers everything',
	'PREPARE p(timestamptz) AS SELECT sum(amount) FROM event WHERE at > $1',
	(q{EXECUTE p('2024-01-02')}) x 4, 'DEALLOCATE p');

stop_advisor();
