# perf_advisor beside pg_stat_statements and auto_explain, loaded before and
# after it: nothing breaks, and the numbers of both agree exactly.
#
# pg_stat_statements does not add buffers of planning to shared_blks_* unless
# track_planning is on, and neither do we, so that is left off there.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Every kind of statement that the two could count differently.  Errors are
# part of it: they must not be counted as calls.
my $workload = slurp_file('test/lib/workload.sql');

my $pgbench_script = <<'SQL';
\set id random(1, 500)
SELECT count(*) FROM orders WHERE customer_id = :id;
UPDATE customer SET region = region + 1 WHERE id = :id;
SELECT name FROM customer WHERE id = :id;
INSERT INTO orders (customer_id, amount) VALUES (:id, 1);
SELECT f_plpgsql(2);
SQL

# What both have.  A row of ours that was planned and never ran has no
# counterpart.
my @counters = qw(calls rows shared_blks_hit shared_blks_read shared_blks_dirtied shared_blks_written
  local_blks_hit local_blks_read local_blks_dirtied local_blks_written temp_blks_read temp_blks_written);

sub differences
{
	my ($node) = @_;
	my $theirs = join ', ', map { "p.$_" } @counters;
	my $ours = join ', ', map { "a.$_" } @counters;
	my $version = $node->safe_psql('postgres', 'SHOW server_version_num');

	# Where the two differ on purpose, by text, so that nothing else hides
	# behind it:
	# - a statement that EXPLAIN only plans is a call to them, of nothing;
	# - we count SET ROLE for the user who ran it, they for the one it set;
	# - before 17 they leave out DEALLOCATE;
	# - whether a cursor that ends with its transaction was run by the client
	#   they ask at its end, when everything is, and we at its start: their
	#   rows and ours are compared without that column;
	# - what a failed call used we add to the statement, they forget it;
	# - before 16 they lose the rows of all slices but the last when a cursor
	#   is fetched in slices or a function loops over a query.
	my @known = ("NOT level AND statement LIKE 'EXPLAIN SELECT %'", "statement IN ('SET ROLE other', 'RESET ROLE')",
		'a.errors > 0 AND (p.calls, p.rows) = (a.calls, a.rows) AND p.shared_blks_hit <= a.shared_blks_hit AND p.shared_blks_dirtied <= a.shared_blks_dirtied');
	push @known, "statement LIKE 'DEALLOCATE %'" if $version < 170000;
	push @known, "NOT level AND (statement = 'SELECT * FROM customer ORDER BY id LIMIT \$1' OR statement ~ '^DECLARE c[13] ')"
		if $version < 160000;
	my $level = "query !~ '^DECLARE c[23] ' AND toplevel";
	my $known = join ' OR ', map { "($_)" } @known;

	return $node->safe_psql('postgres', <<~SQL);
		SELECT queryid, level, userid::regrole, left(statement, 70),
			'theirs', ($theirs)::text, 'ours', ($ours)::text
		FROM (SELECT *, $level AS level FROM pg_stat_statements) AS p
		FULL JOIN (SELECT *, $level AS level FROM perf_advisor.statements WHERE calls > 0) AS a
			USING (userid, dbid, queryid, level),
			LATERAL coalesce(p.query, a.query) AS f(statement)
		WHERE NOT ($known) AND ($theirs) IS DISTINCT FROM ($ours)
		ORDER BY 4
	SQL
}

foreach my $preload ('pg_stat_statements, auto_explain, perf_advisor', 'perf_advisor, auto_explain, pg_stat_statements')
{
	my ($first) = $preload =~ /^(\w+)/;
	my $node = PostgreSQL::Test::Cluster->new("${first}_first");
	$node->init;
	$node->append_conf('postgresql.conf', <<~CONF);
		shared_preload_libraries = '$preload'
		pg_stat_statements.track = all
		pg_stat_statements.max = 5000
		auto_explain.log_min_duration = 0
		auto_explain.log_analyze = on
		auto_explain.log_nested_statements = on
		auto_explain.sample_rate = 0.5
		autovacuum = off
		max_parallel_workers_per_gather = 2
		CONF
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION pg_stat_statements; CREATE EXTENSION perf_advisor');

	my ($rc, $stdout, $stderr) = $node->psql('postgres', $workload, on_error_stop => 0);
	is($rc, 0, "$first first: the workload runs");
	# each statement that should fail did, and no other
	my @errors = $stderr =~ /ERROR:  (.*)/g;
	is(scalar(@errors), 7, "$first first: only what should fail fails") or diag($stderr);

	my $script = $node->basedir . '/script.sql';
	append_to_file($script, $pgbench_script);
	foreach my $protocol (qw(simple extended prepared))
	{
		$node->command_ok(
			[ 'pgbench', '-n', '-f', $script, '-M', $protocol, '-c', 3, '-j', 2, '-t', 40, 'postgres' ],
			"$first first: pgbench with the $protocol protocol");
	}

	# a row of the present statement is missing on both sides
	my $count = $node->safe_psql('postgres', 'SELECT count(*) FROM pg_stat_statements');
	cmp_ok($count, '>', 90, "$first first: pg_stat_statements counted the workload");
	is(differences($node), '', "$first first: calls, rows and blocks agree with pg_stat_statements");

	# and they do measure something
	is( $node->safe_psql('postgres', <<~'SQL'),
		SELECT bool_or(local_blks_hit > 0), bool_or(temp_blks_written > 0), bool_or(shared_blks_dirtied > 0),
			bool_or(NOT toplevel), count(DISTINCT userid)
		FROM perf_advisor.statements
		SQL
		't|t|t|t|2', "$first first: all kinds of counters moved");
	is( $node->safe_psql('postgres', <<~'SQL'),
		SELECT calls, rows FROM perf_advisor.statements
		WHERE query = 'SELECT name FROM customer WHERE id = $1' AND toplevel ORDER BY 1
		SQL
		"120|120\n240|240", "$first first: constants are one statement, parameters of both protocols another");

	$node->stop;
	unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|XX000/, "$first first: no crash");
}

done_testing();
