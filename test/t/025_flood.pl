# A flood of 100,000 statements, each seen once, from several sessions, beside
# readers and the statements that carry the load: no call and no row is lost, the
# load stays in the store, texts are whole or absent and stay in their memory,
# and what was pushed out finds its text again.

use strict;
use warnings FATAL => 'all';

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('flood');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'perf_advisor'
perf_advisor.text_memory = '4MB'
autovacuum = off
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION perf_advisor;
CREATE TABLE flood AS SELECT 7 AS id, 0 AS c0, 1 AS c1, 2 AS c2, 3 AS c3, 4 AS c4, 5 AS c5, 6 AS c6, 7 AS c7, 8 AS c8, 9 AS c9;
SQL

sub status
{
	my ($item) = @_;
	return $node->safe_psql('postgres', "SELECT split_part(value, ' ', 1) FROM perf_advisor.status() WHERE item = '$item'");
}

# five columns out of ten, in all orders: 100,000 statements, a quarter a file
my $sessions = 4;
my @files;
foreach my $session (0 .. $sessions - 1)
{
	push @files, $node->basedir . "/flood$session.sql";
	my $text = '';
	for (my $i = $session; $i < 100000; $i += $sessions)
	{
		my $columns = join ', ', map { "c$_" } split //, sprintf('%05d', $i);
		$text .= "SELECT $columns FROM flood WHERE id = 7;\n";
	}
	append_to_file($files[-1], $text);
}
# what carries the load: each of these takes many times what one of those does
my $loaded = 50;
my $load = $node->basedir . '/load.sql';
append_to_file($load, join '', map { 'SELECT ' . join(' + ', ('count(*)') x $_) . " AS load FROM generate_series(1, 20000);\n" } 1 .. $loaded);
my $reader = $node->basedir . '/reader.sql';
append_to_file($reader, "SELECT sum(calls) AS seen FROM perf_advisor.statements;\nSELECT count(*) AS listed FROM perf_advisor.statements(false);\n");

# a session that prepares a statement once and runs it again much later
my $patient = $node->background_psql('postgres');
$patient->query_safe('PREPARE patient AS SELECT c0 AS patient FROM flood WHERE c0 = $1 AND id = 7');
$patient->query_safe('EXECUTE patient(0)');
my $patient_rows = q{SELECT count(*), count(query) FROM perf_advisor.statements WHERE query LIKE '%AS patient FROM flood%' AND query NOT LIKE '%count%'};
is($node->safe_psql('postgres', $patient_rows), '1|1', 'a prepared statement has its text');

$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my @load = ('pgbench', '-n', '-f', $load, '-c', 2, '-j', 1, '-t', 4);
$node->command_ok([ @load, 'postgres' ], 'the load before the flood');

my ($runs, $reads) = (4, 30);
my @running;
foreach my $command (
	(map { [ 'psql', '-XAtq', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-f', $_, 'postgres' ] } @files),
	[ 'pgbench', '-n', '-f', $load, '-c', 1, '-t', $runs, 'postgres' ],
	[ 'pgbench', '-n', '-f', $reader, '-c', 2, '-t', $reads, 'postgres' ])
{
	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	my ($out, $err) = ('', '');
	push @running, IPC::Run::start($command, '>', \$out, '2>', \$err);
}
my $failed = grep { !IPC::Run::finish($_) } @running;
is($failed, 0, 'the flood, the load and the readers run');

# Everything that was sent since the reset, the reset included, the present
# statement not.
my $sent = 1 + 8 * $loaded + 100000 + $runs * $loaded + 2 * 2 * $reads;
my $returned = 1 + 8 * $loaded + 100000 + $runs * $loaded + 2 * $reads;
is($node->safe_psql('postgres', 'SELECT sum(calls) FROM perf_advisor.statements WHERE toplevel'), $sent, 'no call is lost');
# SELECT count(*) AS listed gives one row as well, so does the statement before
is( $node->safe_psql('postgres', 'SELECT sum(rows) FROM perf_advisor.statements WHERE toplevel'),
	$returned + 2 * $reads + 1, 'no row is lost');
is( $node->safe_psql('postgres', "SELECT sum(calls) FROM perf_advisor.statement_histogram WHERE toplevel"),
	$sent + 2, 'nor in the histograms');
is(status('calls_lost'), '0', 'status() says the same');
is(status('frames_skipped'), '0', 'no statement was left out');

my $calls = 8 + $runs;
is( $node->safe_psql('postgres', q{SELECT count(*), min(calls), max(calls), sum(rows) FROM perf_advisor.statements WHERE query LIKE 'SELECT count(*)%AS load FROM generate_series%'}),
	join('|', $loaded, $calls, $calls, $calls * $loaded), 'the statements that carry the load are all there, exact to the call');

# the store is full, and within its bounds
my $entries = status('entries');
cmp_ok($entries, '<=', 5000, 'not more entries than max_statements');
cmp_ok($entries, '>=', 4900, 'and not many fewer');
my $evicted = $node->safe_psql('postgres', 'SELECT dealloc FROM perf_advisor.statements_info');
cmp_ok($evicted, '>=', 100000 - 5000, 'evictions are counted');
cmp_ok($evicted, '<', 2 * 100000, 'none many times');
is( $node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT (userid, dbid, toplevel)) FROM perf_advisor.statements WHERE queryid = 0'),
	'1|1', 'there is one <evicted> row for the user, database and nesting');

# texts: whole or absent, in their memory
is( $node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements
	WHERE query LIKE '%c_, c%' AND query !~ '^SELECT c\d, c\d, c\d, c\d, c\d FROM flood WHERE id = [$]1$'}),
	'0', 'no text is half there');
is( $node->safe_psql('postgres', q{SELECT count(*) - count(DISTINCT query) FROM perf_advisor.statements WHERE query LIKE 'SELECT c_, c%'}),
	'0', 'no text is that of another statement');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query LIKE 'SELECT c_, c%'}),
	'>', 3000, 'most statements that are kept have theirs');
cmp_ok($node->safe_psql('postgres', q{SELECT sum(allocated_size) FROM pg_shmem_allocations WHERE name LIKE 'perf\_advisor%'}),
	'<', 22 * 1024 * 1024, 'text memory is a fixed part of the request');

# the patient session has slept through it
is($node->safe_psql('postgres', $patient_rows), '0|0', 'the prepared statement was pushed out');
$patient->query_safe('EXECUTE patient(0)');
is($node->safe_psql('postgres', $patient_rows), '1|1', 'and has its text again when it runs again');
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$patient->query_safe('EXECUTE patient(0)');
is($node->safe_psql('postgres', $patient_rows), '1|1', 'after a reset, too');
$patient->quit;

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|XX000|WARNING/, 'no crash, no leak');
done_testing();
