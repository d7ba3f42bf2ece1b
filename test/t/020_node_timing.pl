# The time of each node: off by default, charged to the budget when on, free when
# another extension measures it, and never with a slow clock.
#
# A node that sleeps takes at least that long: this is all that is assumed of times.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('timing');
$node->init;
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'perf_advisor'
max_parallel_workers_per_gather = 0
jit = off
perf_advisor.sample_rate = 1
perf_advisor.overhead_budget = 100
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION perf_advisor;
	CREATE TABLE big AS SELECT g AS id, g % 10 AS k FROM generate_series(1, 200000) AS g;
	CREATE TABLE rare AS SELECT g AS id FROM generate_series(1, 100) AS g;
	ALTER TABLE rare SET (parallel_workers = 2);
	VACUUM ANALYZE big;
	VACUUM ANALYZE rare;
	CREATE ROLE other;
});

# run(SETTINGS, QUERY): the query three times, after a reset
sub run
{
	my ($settings, $query) = @_;
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->safe_psql('postgres', "$settings; $query; $query; $query;");
}

# slowest(MSEC): what plans says of the query that ran
sub slowest
{
	my ($msec) = @_;
	return $node->safe_psql('postgres', qq{
		SELECT p.calls, p.sampled_calls BETWEEN 2 AND 3, p.max_node_time >= $msec, p.max_node_time <= p.max_exec_time, p.max_node_time_node
		FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid)
		WHERE s.query ~ '(FROM|IN) (big|rare|c)\\M' AND s.query !~ 'perf_advisor'});
}

# scanned(MSEC): what seq_scans says of it, of all calls
sub scanned
{
	my ($msec) = @_;
	return $node->safe_psql('postgres', "SELECT relname, node_time IS NOT NULL, node_time >= $msec FROM perf_advisor.seq_scans WHERE query !~ 'perf_advisor'");
}

sub status
{
	my ($item, $settings) = @_;
	return $node->safe_psql('postgres', ($settings // '') . " SELECT value, ok, coalesce(hint, '') FROM perf_advisor.status() WHERE item = '$item'");
}

my $on = 'SET perf_advisor.node_timing = on';
my $in_scan = 'SELECT count(*) FROM rare WHERE id > 98 AND pg_sleep(0.1) IS NOT NULL';

is(status('node_timing'), 'off|t|', 'off by default');
run('', $in_scan);
is(slowest(0), '3|t|||', 'off: rows are counted, nodes not timed');
is(scanned(0), 'rare|f|', 'nor scans');

# what counting a row and reading the clock cost: measured at each start
sub costs
{
	return status('sampling_cost') =~ /^([\d.]+) ns a row and node, ([\d.]+) ns a look at the clock/;
}

my ($row, $clock) = costs();
ok(defined $clock, 'the clock was measured');

SKIP:
{
	skip "the clock of this machine is slow ($clock ns)", 1 if $clock > 100;

	is(status('node_timing', "$on;"), 'on|t|', 'on, and the clock is fast');
	run($on, $in_scan);
	is(slowest(200), '3|t|t|t|Seq Scan on rare', 'a scan that sleeps is the slowest node');
	is(scanned(600), 'rare|t|t', 'its time is scaled to all calls');

	run($on, 'SELECT pg_sleep(0.3) IS NOT NULL, count(*) FROM rare WHERE id > 98');
	is(slowest(300), '3|t|t|t|Aggregate', 'the node above it, by its own time');
	is($node->safe_psql('postgres', "SELECT node_time < 600 FROM perf_advisor.seq_scans WHERE relname = 'rare'"), 't', 'which is not the scan\'s');

	run($on, 'SELECT count(*) FROM (SELECT id FROM rare WHERE id > 98 AND pg_sleep(0.1) IS NOT NULL ORDER BY id OFFSET 0) AS s');
	is(slowest(200), '3|t|t|t|Seq Scan on rare', 'the time of a scan is not that of the nodes above it');

	run($on, 'SELECT count(*) FROM rare AS r WHERE id > 98 AND (SELECT pg_sleep(0.2) IS NOT NULL AND r.id > 0)');
	is(slowest(400), '3|t|t|t|Result', 'nor is the time of a sub-plan that of the scan that asks it');
	is($node->safe_psql('postgres', "SELECT node_time < 1000 FROM perf_advisor.seq_scans WHERE relname = 'rare'"), 't', 'not in seq_scans either');

	run($on, 'WITH c AS MATERIALIZED (SELECT id FROM rare WHERE id > 98 AND pg_sleep(0.1) IS NOT NULL) SELECT count(*) FROM c');
	is(slowest(200), '3|t|t|t|Seq Scan on rare', 'nor is that of a CTE its reader\'s');

	# the leader does nothing but gather: what is measured are its workers
	run("$on; SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET parallel_leader_participation = off", $in_scan);
	is(slowest(200), '3|t|t|t|Seq Scan on rare', 'times of parallel workers are gathered');
	like($node->safe_psql('postgres', q{SELECT plan FROM perf_advisor.plans WHERE plan ~ 'on rare'}), qr/Parallel Seq Scan on rare/, 'the scan was parallel');

	# a plan that was timed in one session only
	run('', $in_scan);
	is(slowest(0), '3|t|||', 'a reset forgets the times');
	$node->safe_psql('postgres', "$on; $in_scan");
	is(scanned(800), 'rare|t|t', 'one timed call of four stands for all');

	my $times = q{
		SELECT (SELECT max(max_node_time)::text || max(max_node_time_node) FROM perf_advisor.plans), max(node_time)::text
		FROM perf_advisor.seq_scans WHERE relname = 'rare'};
	my $before = $node->safe_psql('postgres', $times);
	$node->restart;
	is($node->safe_psql('postgres', $times), $before, 'times are kept over a restart');

	is($node->safe_psql('postgres', q{
		SET ROLE other;
		SELECT max_node_time >= 200, max_node_time_node IS NULL FROM perf_advisor.plans WHERE max_node_time >= 200}),
		't|t', 'others see the time, not the node\'s name');
	is($node->psql('postgres', 'SET ROLE other; SET perf_advisor.node_timing = on'), 3, 'nobody turns it on for himself');

	# what it costs is charged
	($row, $clock) = costs();
	my %spent;
	foreach my $setting (qw(off on))
	{
		$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
		$node->safe_psql('postgres', "SET perf_advisor.node_timing = $setting;" . 'SELECT count(*) FROM big WHERE id > 0;' x 10);
		($spent{$setting}) = status('own_overhead') =~ /\(([\d.]+) of/;
	}
	# two nodes, 200,001 rows and two loops
	cmp_ok($spent{on}, '>', 10 * 200_000 * ($row + 2 * $clock) * 1e-6 * 0.95, "reading the clock is charged: $spent{on} ms");
	cmp_ok($spent{off}, '<', $spent{on}, "and only when it is read: $spent{off} ms");

	# and kept inside the budget
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->safe_psql('postgres', "$on; SET perf_advisor.overhead_budget = 1;" . 'SELECT count(*) FROM big WHERE id > 0;' x 100);
	my ($value) = status('own_overhead');
	my ($spent, $busy) = $value =~ /\(([\d.]+) of ([\d.]+) ms\)/;
	cmp_ok($spent, '<=', 2 * 20 + 0.01 * $busy + 10, "the account stays inside: $spent of $busy ms");
	is($node->safe_psql('postgres', q{SELECT p.sampled_calls BETWEEN 1 AND 99 FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid) WHERE s.query ~ 'FROM big'}),
		't', 'some executions were sampled, not all');
}

# What another extension counts and times is free, in either order of loading.
foreach my $libraries ('auto_explain, perf_advisor', 'perf_advisor, auto_explain')
{
	$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = '$libraries'
auto_explain.log_min_duration = 1h
auto_explain.log_analyze = on
auto_explain.log_timing = off
perf_advisor.overhead_budget = 1
});
	$node->restart;
	my $sampled = q{
		SELECT p.calls, p.sampled_calls, p.max_node_time > 0, p.rows_actual
		FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid) WHERE s.query ~ 'FROM big'};
	my $scans = 'SELECT count(*) FROM big WHERE id > 0;' x 100;

	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->safe_psql('postgres', "SET auto_explain.log_analyze = off; $scans");
	my ($calls, $own) = split /\|/, $node->safe_psql('postgres', $sampled);
	cmp_ok($own, '<', 100, "$libraries: the budget alone samples some ($own)");
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->safe_psql('postgres', $scans);
	my ($all, $read, $timed, $rows) = split /\|/, $node->safe_psql('postgres', $sampled);
	is("$all|$timed|$rows", '100||1', "$libraries: rows that others count are read");
	# Whoever is called after us asks for what we have asked for: if it is no
	# more than rows, nothing tells, and we pay.
	is($read, 100, "$libraries: each time, whatever the budget is") if $libraries =~ /auto_explain$/;
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->safe_psql('postgres', "SET auto_explain.log_timing = on; $scans");
	is($node->safe_psql('postgres', $sampled), '100|100|t|1', "$libraries: and times that others measure");
}
my $clock_sources = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_settings WHERE name = 'timing_clock_source'});
$node->stop;

# A clock that is slow: nothing is timed, and status() says why.
my $shim = $node->basedir . '/slow_clock';
append_to_file("$shim.c", <<'C');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

int
clock_gettime(clockid_t id, struct timespec *now)
{
	static int	(*real) (clockid_t, struct timespec *);

	if (real == 0)
		real = (int (*) (clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
	for (int i = 0; i < 50; i++)
		(void) real(id, now);
	return real(id, now);
}
C
system_or_bail('cc', '-shared', '-fPIC', '-O1', '-o', "$shim.so", "$shim.c", '-ldl');
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'perf_advisor'
perf_advisor.overhead_budget = 100
});
$node->append_conf('postgresql.conf', 'timing_clock_source = system') if $clock_sources;
{
	local $ENV{LD_PRELOAD} = "$shim.so";
	$node->start;
}
is(status('node_timing'), 'off|t|', 'slow clock: off is right');
like(status('node_timing', "$on;"), qr/^on\|f\|Nodes are not timed although it is set: reading the clock takes \d+ ns/, 'on has no effect, and status() says so');
run($on, $in_scan);
is(slowest(0), '3|t|||', 'rows are counted, nodes not timed');
is(scanned(0), 'rare|f|', 'nor scans');
$node->stop;

done_testing();
