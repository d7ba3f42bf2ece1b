# How much shared memory is asked for: less than 32 MB at the defaults, and what
# docs/settings.md says for servers with many connections.  There the slabs are
# small, and every call is counted all the same.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('many_connections');
$node->init;
# no settings of the test frame's: the server's own defaults
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'perf_advisor'
shared_buffers = 16MB
max_connections = 100
max_wal_senders = 10
wal_level = replica
autovacuum = off
CONF

# requested(CONNECTIONS): bytes of shared memory, and entries of a slab
sub requested
{
	my ($connections) = @_;
	$node->append_conf('postgresql.conf', "max_connections = $connections");
	$node->restart;
	return split /\|/, $node->safe_psql('postgres', <<~'SQL');
		SELECT sum(allocated_size), (SELECT split_part(value, ' ', 1) FROM perf_advisor.status() WHERE item = 'slab_entries')
		FROM pg_shmem_allocations WHERE name LIKE 'perf\_advisor%'
	SQL
}

$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');

# the table of docs/settings.md: connections, entries, MB
my @documented = map { [ map { tr/,//dr } @$_ ] }
  map { /^\| ([\d,]+) \| (\d+) \| (\d+) MB \|$/ ? [ $1, $2, $3 ] : () }
  split /\n/, slurp_file('docs/settings.md');
cmp_ok(scalar(@documented), '>=', 3, 'docs/settings.md has figures');

my %bytes;
foreach my $row (@documented)
{
	my ($connections, $entries, $megabytes) = @$row;
	my ($requested, $slab_entries) = requested($connections);

	$bytes{$connections} = $requested;
	is($slab_entries, $entries, "max_connections = $connections: entries of a slab are as documented");
	cmp_ok($requested, '<=', $megabytes * 1024 * 1024, "max_connections = $connections: not more memory than documented");
	cmp_ok($requested, '>', ($megabytes - 2) * 1024 * 1024, "max_connections = $connections: and not much less");
	note("max_connections = $connections: $requested bytes");
}
cmp_ok($bytes{100}, '<', 33554432, 'less than 32 MB at the defaults');

# Now there are 5,000 connections, and a slab has room for four statements.
is($node->safe_psql('postgres', 'SHOW max_connections'), '5000', 'a server for 5,000 connections');
$node->safe_psql('postgres', <<~'SQL');
	CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL);
	INSERT INTO t SELECT i, 0 FROM generate_series(1, 100) AS i;
	CREATE FUNCTION nested(int) RETURNS bigint LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM n FROM t WHERE id = $1;
		PERFORM n, n FROM t WHERE id = $1;
		PERFORM n, n, n FROM t WHERE id = $1;
		PERFORM n, n, n, n FROM t WHERE id = $1;
		PERFORM n, n, n, n, n FROM t WHERE id = $1;
		RETURN 1;
	END $$;
	SELECT perf_advisor.reset();
	SQL

# more statements than a slab has places, flat and nested, by many sessions
my $shapes = 40;
my ($clients, $transactions) = (30, 10);
my $script = $node->basedir . '/shapes.sql';
append_to_file($script, join('', map { 'SELECT ' . join(' + ', ('id') x $_) . " AS flat FROM t WHERE id = 3;\n" } 1 .. $shapes));
append_to_file($script, "SELECT nested(3);\n");
foreach my $protocol (qw(simple prepared))
{
	$node->command_ok([ 'pgbench', '-n', '-f', $script, '-M', $protocol, '-c', $clients, '-j', 2, '-t', $transactions, 'postgres' ],
		"$clients sessions with more statements than places, $protocol protocol");
}
my $each = 2 * $clients * $transactions;
is( $node->safe_psql('postgres', q{SELECT count(*), min(calls), max(calls), sum(rows) FROM perf_advisor.statements WHERE query LIKE '%AS flat FROM t%'}),
	join('|', $shapes, $each, $each, $shapes * $each), 'every call of every statement is counted');
is( $node->safe_psql('postgres', q{SELECT count(*), min(calls), max(calls) FROM perf_advisor.statements WHERE query ~ '^SELECT n(, n)* FROM t WHERE' AND NOT toplevel}),
	"5|$each|$each", 'nested ones too');
is( $node->safe_psql('postgres', q{SELECT sum(calls) FROM perf_advisor.statements WHERE query ~ '^SELECT nested'}),
	$each, 'and the statement around them');
is( $node->safe_psql('postgres', q{SELECT dealloc FROM perf_advisor.statements_info}), '0', 'nothing was evicted');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|XX000/, 'no crash');
done_testing();
