# A statement is visible to every other session the moment it ends, while the
# session that ran it sits idle: nothing is flushed by a timer or at exit.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor; CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 100)');

# What another session sees, asked once: no waiting, no retrying.
sub seen
{
	my ($query, $columns) = @_;
	$columns ||= 'calls, rows';
	return $node->safe_psql('postgres', "SELECT $columns FROM perf_advisor.statements WHERE query = \$q\$$query\$q\$ AND toplevel");
}

my $idle = $node->background_psql('postgres');

for my $i (1 .. 3)
{
	$idle->query_safe("SELECT count(*) AS one FROM t WHERE id = $i");
	is(seen('SELECT count(*) AS one FROM t WHERE id = $1'), "$i|$i", "call $i is there at once, its session idle");
}
$idle->query_safe('UPDATE t SET id = id WHERE id < 11');
is(seen('UPDATE t SET id = id WHERE id < $1'), '1|10', 'DML is there at once');
$idle->query_safe('CREATE TABLE u (a int)');
is(seen('CREATE TABLE u (a int)'), '1|0', 'a utility statement is there at once');
$idle->query_safe('SELECT * FROM t ORDER BY id');
is(seen('SELECT * FROM t ORDER BY id'), '1|100', 'a statement that returned rows is there at once');

# in an open transaction
$idle->query_safe('BEGIN');
$idle->query_safe('SELECT count(*), 2 AS two FROM t WHERE id = 4');
is(seen('SELECT count(*), $1 AS two FROM t WHERE id = $2'), '1|1', 'and inside an open transaction');

# a cursor counts its slices when it ends
$idle->query_safe('DECLARE c CURSOR FOR SELECT id AS three FROM t');
$idle->query_safe('FETCH 7 FROM c');
$idle->query_safe('FETCH 5 FROM c');
$idle->query_safe('COMMIT');
is( $node->safe_psql('postgres', q{SELECT sum(calls), sum(rows) FROM perf_advisor.statements WHERE query ~ '^FETCH'}),
	'2|12', 'the FETCHes of a cursor are there, with their rows');

# SQL-level prepared statements
$idle->query_safe('PREPARE p (int) AS SELECT id AS four FROM t WHERE id < $1');
for my $i (1 .. 8)
{
	$idle->query_safe("EXECUTE p ($i)");
}
is( $node->safe_psql('postgres', q{SELECT calls, rows FROM perf_advisor.statements WHERE query ~ 'AS four' AND toplevel AND calls > 0}),
	'8|28', 'EXECUTE counts under the prepared statement, also with its generic plan');

# the extended protocol from an idle session
SKIP:
{
	my $version = $node->safe_psql('postgres', 'SHOW server_version_num');
	skip 'psql has no \bind', 2 if $version < 160000;
	for my $i (1 .. 2)
	{
		$idle->query_safe("SELECT id, id AS five FROM t WHERE id < \$1 \\bind $i \\g");
		is(seen('SELECT id, id AS five FROM t WHERE id < $1'),
			$i . '|' . ($i == 1 ? 0 : 1), "extended protocol: call $i is there at once");
	}
}

# nothing waits for the exit either, and the exit changes nothing
my $before = seen('SELECT count(*) AS one FROM t WHERE id = $1');
my $pid = $idle->query_safe('SELECT pg_backend_pid()');
$idle->quit;
$node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $pid)")
  or die 'the session did not end';
is(seen('SELECT count(*) AS one FROM t WHERE id = $1'), $before, 'the end of the session neither loses nor doubles');

# more statements than a backend's own slots, from one idle session
my $busy = $node->background_psql('postgres');
$busy->query_safe('SELECT ' . join(', ', ('id') x $_) . ' FROM t LIMIT 2') for 1 .. 100;
is( $node->safe_psql('postgres', q{SELECT count(*), sum(calls), sum(rows) FROM perf_advisor.statements WHERE query ~ '^SELECT id(, id)* FROM t LIMIT \$1$'}),
	'100|100|200', 'a hundred statements of one idle session are all there');
$busy->quit;

# reset reaches what an idle session still holds
my $holder = $node->background_psql('postgres');
$holder->query_safe('SELECT max(id) AS six FROM t');
is(seen('SELECT max(id) AS six FROM t'), '1|1', 'before the reset it is there');
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
is(seen('SELECT max(id) AS six FROM t'), '', 'after the reset it is gone, its session idle all the time');
$holder->query_safe('SELECT max(id) AS six FROM t');
is(seen('SELECT max(id) AS six FROM t'), '1|1', 'and counts from one again');
$holder->quit;

$node->stop;
done_testing();
