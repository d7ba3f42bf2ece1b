# What the library asks for while statements run that it knows: no lock that
# others share, no shared and no private memory, no system call.  A session adds to
# the table about once a second, under a lock that it does not wait for; that is
# all, and it is counted.
#
# The library is linked anew for this, with its calls led through counters
# (test/locks/locks.c).

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('locks');
my $built = $node->basedir . '/counted';
my ($out, $err);
my $ok = IPC::Run::run([ 'test/locks/build.sh', $built ], '>', \$out, '2>', \$err);
ok($ok, 'the library is built with counters') or BAIL_OUT($err);

$node->init;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = '$built/perf_advisor_counted'
perf_advisor.sample_rate = 0
autovacuum = off
checkpoint_timeout = 1h
CONF
$node->start;
# it is no extension here, which alone may have tables to dump
$node->safe_psql('postgres',
	slurp_file("$built/perf_advisor_counted.sql") =~ s/^SELECT pg_catalog\.pg_extension_config_dump\(.*$//mgr);
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE result (name text, counted int8[]);
CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL) WITH (fillfactor = 50);
INSERT INTO t SELECT i, 0 FROM generate_series(1, 1000) AS i;
CREATE TABLE history (id int, n int);
CREATE FUNCTION nested(x int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	found int;
BEGIN
	SELECT n INTO found FROM t WHERE id = x;
	PERFORM count(*) FROM t WHERE id BETWEEN x AND x + 3;
	RETURN found;
END $$;
VACUUM ANALYZE t;
SQL

# Detail is offered to the store at powers of two of the calls, so that its sum
# is logarithmic: between 1,100 and 2,000 calls there is none of them.  The
# statements that mark and read are known, too, when it counts.
sub steady
{
	my ($name, $statements, $entries, $statement, @options) = @_;
	my $script = $node->basedir . "/$name.sql";
	append_to_file($script, <<~SQL);
		\\set n :n + 1
		\\set id random(1, 1000)
		\\if :n <= 6 or :n = 1100
		SELECT locks_mark();
		\\endif
		$statement
		\\if :n <= 6 or :n = 2000
		INSERT INTO result VALUES ('$name', locks_since()::int8[]);
		\\endif
	SQL
	$node->command_ok([ 'pgbench', '-n', '-f', $script, '-c', 1, '-t', 2000, '-D', 'n=0', @options, 'postgres' ],
		"$name: runs");
	my ($waiting, $conditional, $spins, $shared, $allocations, $calls, $seconds) =
	  split /,/, $node->safe_psql('postgres', "SELECT array_to_string(counted, ',') FROM result WHERE name = '$name' ORDER BY ctid DESC LIMIT 1");
	note("$name: " . 900 * $statements . " statements in $seconds s, conditional locks $conditional");
	is($waiting, 0, "$name: no lock was waited for");
	is($spins, 0, "$name: no spinlock was waited for");
	is($shared, 0, "$name: no shared memory was asked for");
	is($allocations, 0, "$name: no private memory was asked for");
	is($calls, 0, "$name: no system call was made");
	# each entry is added to the table when it is older than a second
	cmp_ok($conditional, '<=', ($entries + 2) * ($seconds + 1), "$name: no lock was tried but about once a second");
	is($node->safe_psql('postgres', "SELECT sum(calls) FROM perf_advisor.statements WHERE query LIKE '%/* $name */%' AND toplevel"),
		2000, "$name: and all was counted");
	return;
}

my $tpcb = <<'SQL';
BEGIN;
UPDATE t SET n = n + 1 WHERE id = :id /* tpcb */;
SELECT n FROM t WHERE id = :id;
UPDATE t SET n = n + :n WHERE id = 7;
INSERT INTO history (id, n) VALUES (:id, 3);
END;
SQL
steady('prepared', 1, 1, 'SELECT n FROM t WHERE id = :id /* prepared */;', '-M', 'prepared');
steady('extended', 1, 1, 'SELECT n, n FROM t WHERE id = :id /* extended */;', '-M', 'extended');
steady('simple', 1, 1, 'SELECT n, id FROM t WHERE id = :id /* simple */;', '-M', 'simple');
steady('tpcb', 6, 6, $tpcb, '-M', 'prepared');
steady('function', 3, 3, 'SELECT nested(:id) /* function */;', '-M', 'prepared');

# and the counters do count
my $counted = $node->safe_psql('postgres', <<'SQL');
SELECT locks_mark();
SELECT locks_mark();
SELECT n + n + n AS new_shape FROM t WHERE id = 3;
SELECT counted[1] + counted[2] > 0, counted[4] > 0, counted[5] > 0 FROM (SELECT locks_since()::int8[] AS counted) AS c;
SQL
like($counted, qr/t\|t\|t$/, 'a statement of a new shape takes locks and memory');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|XX000/, 'no crash');
done_testing();
