# Many clients at once lose no call and count none twice, readers and resets
# beside them included; a backend that is killed takes with it what was recorded
# since the last save (shared memory starts anew) and nothing else.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<~'CONF');
	shared_preload_libraries = 'perf_advisor'
	max_connections = 60
	restart_after_crash = on
	CONF
$node->start;
$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL);
	INSERT INTO t SELECT i, 0 FROM generate_series(1, 1000) AS i;
	CREATE FUNCTION bump(int) RETURNS void LANGUAGE plpgsql AS 'BEGIN UPDATE t SET n = n + 1 WHERE id = $1; END';
	SQL

my $clients = 20;
my $transactions = 150;
my $script = $node->basedir . '/script.sql';
append_to_file($script, <<~'SQL');
	\set id random(1, 1000)
	SELECT n FROM t WHERE id = :id;
	UPDATE t SET n = n + 1 WHERE id = :id;
	SELECT bump(:id);
	SQL
my $reader = $node->basedir . '/reader.sql';
append_to_file($reader, "SELECT sum(calls) AS seen FROM perf_advisor.statements;\n");
# as many shapes as it takes to fill a backend's slots many times
my $shapes = $node->basedir . '/shapes.sql';
append_to_file($shapes, join('', map { 'SELECT ' . join(', ', ('n') x $_) . " FROM t WHERE id = $_;\n" } 1 .. 120));

my %expected;
foreach my $protocol (qw(simple extended prepared))
{
	$node->command_ok(
		[ 'pgbench', '-n', '-f', "$script\@30", '-f', "$reader\@1", '-M', $protocol,
			'-c', $clients, '-j', 2, '-t', $transactions, '--report-per-command', 'postgres' ],
		"$clients clients and readers, $protocol protocol");
}

# pgbench draws how often each script runs; the table knows how often it was
my $total = $node->safe_psql('postgres', 'SELECT sum(n) FROM t');
my $runs = $total / 2;
cmp_ok($runs, '>', 0, 'the workload ran');
sub calls_of
{
	my ($query) = @_;
	# a constant and a parameter in the same place are two statements
	return $node->safe_psql('postgres',
		"SELECT sum(calls), sum(rows) FROM perf_advisor.statements WHERE query = \$q\$$query\$q\$ AND toplevel");
}
is(calls_of('SELECT n FROM t WHERE id = $1'), "$runs|$runs", 'selects are exact to the call');
is( $node->safe_psql('postgres', q{SELECT sum(calls), sum(rows) FROM perf_advisor.statements WHERE query ~ '^UPDATE t SET' AND toplevel}),
	"$runs|$runs", 'updates are exact to the call');
is(calls_of('SELECT bump($1)'), "$runs|$runs", 'function calls are exact to the call');
is( $node->safe_psql('postgres', q{SELECT sum(calls), sum(rows) FROM perf_advisor.statements WHERE query ~ '^UPDATE t SET' AND NOT toplevel}),
	"$runs|$runs", 'statements nested in them are exact to the call');
is( $node->safe_psql('postgres', q{SELECT sum(calls) FROM perf_advisor.statements WHERE query ~ '^SELECT sum.calls. AS seen'}),
	3 * $clients * $transactions - $runs, 'so are the readers');

# many shapes from many backends: slots are folded all the time
$node->command_ok([ 'pgbench', '-n', '-f', $shapes, '-c', $clients, '-j', 2, '-t', 10, 'postgres' ], 'many shapes');
is( $node->safe_psql('postgres',
		q{SELECT count(*), min(calls), max(calls), sum(rows) FROM perf_advisor.statements WHERE query ~ '^SELECT n, n(, n)* FROM t WHERE'}),
	join('|', 119, 10 * $clients, 10 * $clients, 119 * 10 * $clients),
	'each of many shapes is exact to the call');
is($node->safe_psql('postgres', 'SELECT dealloc FROM perf_advisor.statements_info'), 0, 'nothing was evicted');

# the histogram and the minima agree with the calls
is( $node->safe_psql('postgres', <<~'SQL'), 't|t', 'times are ordered as they must be');
	SELECT bool_and(min_exec_time <= mean_exec_time * 1.000001 AND mean_exec_time <= max_exec_time * 1.000001),
		bool_and(p50_exec_time <= p95_exec_time AND p95_exec_time <= p99_exec_time)
	FROM perf_advisor.statements WHERE calls > 0
	SQL

# a killed backend
my $victim = $node->background_psql('postgres', on_error_stop => 0);
my $pid = $victim->query_safe('SELECT pg_backend_pid()');
my $saved = calls_of('SELECT n FROM t WHERE id = $1');
$node->safe_psql('postgres', 'SELECT perf_advisor.save()');
$victim->query_safe('SELECT n AS by_victim FROM t LIMIT 1');
my $start = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
my $offset = -s $node->logfile;
is(kill('KILL', $pid), 1, 'a backend is killed');
$node->wait_for_log(qr/database system is ready to accept connections/, $offset);
$node->poll_query_until('postgres', 'SELECT true') or die 'the server did not come back';
eval { $victim->quit };
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $start, 'the server recovers without a restart');
is(calls_of('SELECT n FROM t WHERE id = $1'), $saved, 'what was saved is there after the crash');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query ~ 'by_victim'}),
	0, 'what was not is gone');
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my $connections = 5;
$node->command_ok([ 'pgbench', '-n', '-f', $script, '-c', $connections, '-j', 1, '-t', 20, 'postgres' ], 'the workload goes on');
is(calls_of('SELECT n FROM t WHERE id = $1'), ($connections * 20) . '|' . ($connections * 20), 'and is exact again');

# terminated and cancelled sessions lose nothing that had ended
my $ended = $node->background_psql('postgres', on_error_stop => 0);
$pid = $ended->query_safe('SELECT pg_backend_pid()');
$ended->query_safe('SELECT n AS by_ended FROM t LIMIT 1');
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid, 10000)");
is( $node->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query ~ '^SELECT n AS by_ended'}),
	1, 'a terminated session has left its calls');
eval { $ended->quit };

$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC|TRAP:|XX000/, 'no other crash');
my @signals = $log =~ /terminated by signal (\d+)/g;
is(join(',', @signals), '9', 'only the kill ended a process by a signal');

done_testing();
