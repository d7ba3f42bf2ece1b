# The private memory of a session does not grow with the statements it runs: in each
# protocol, pipelined, with errors, with temporary tables, cursors and prepared
# statements that come and go, and with shapes that are always new.
#
# PA_MEMORY_STATEMENTS sets the number of statements of each kind (make torture:
# a million).

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $statements = $ENV{PA_MEMORY_STATEMENTS} // 12000;

my $node = PostgreSQL::Test::Cluster->new('memory');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'perf_advisor'
autovacuum = off
log_min_messages = fatal
log_min_error_statement = panic
max_locks_per_transaction = 200
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION perf_advisor;
CREATE TABLE result (name text, step int, top int8, used int8);
CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL, c0 int, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int);
INSERT INTO t (id, n) SELECT i, i FROM generate_series(1, 100) AS i;
CREATE FUNCTION caught(x int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	PERFORM 1 / (x - x) FROM t WHERE id = 1;
	RETURN 0;
EXCEPTION WHEN division_by_zero THEN
	RETURN (SELECT n FROM t WHERE id = x);
END $$;
-- What the library keeps for a session is in TopMemoryContext; beside it all memory
-- but core's caches of relations, catalogs and pages of temporary tables.
CREATE VIEW mine AS
	SELECT sum(used_bytes) FILTER (WHERE name = 'TopMemoryContext') AS top, sum(used_bytes) AS used FROM pg_backend_memory_contexts
	WHERE name NOT IN ('CacheMemoryContext', 'index info', 'relation rules', 'LocalBufferContext') AND name NOT LIKE 'CachedPlan%';
VACUUM ANALYZE t;
SQL

# steady(NAME, STATEMENTS, SCRIPT, OPTIONS): runs a script of so many statements in
# one session, again and again, and compares its memory after a sixth, a half, and the whole.
sub steady
{
	my ($name, $per_run, $script, @options) = @_;
	my $runs = int($statements / $per_run / 6) * 6;
	my ($first, $half) = ($runs / 6, $runs / 2);
	my $file = $node->basedir . "/$name.sql";

	append_to_file($file, <<~SQL);
		\\set n :n + 1
		\\set id random(1, 100)
		$script
		\\if :n = $first or :n = $half or :n = $runs
		INSERT INTO result SELECT '$name', :n, top, used FROM mine;
		\\endif
	SQL
	my ($ok, $stdout, $stderr) = ('', '', '');
	$node->command_ok([ 'pgbench', '-n', '-f', $file, '-c', 1, '-t', $runs, '-D', 'n=0', @options, 'postgres' ], "$name: runs");
	my @steps = split /\n/, $node->safe_psql('postgres', "SELECT top, used FROM result WHERE name = '$name' ORDER BY step");
	is(scalar(@steps), 3, "$name: was measured three times");
	same($name, $runs, @steps);
	return;
}

# Compares the second and third measurement.  Core's own use outside of
# TopMemoryContext goes up and down by a few kB.
sub same
{
	my ($name, $runs, $first, $half, $whole) = @_;
	my ($half_top, $half_used) = split /\|/, $half;
	my ($top, $used) = split /\|/, $whole;

	cmp_ok($top, '<=', $half_top, "$name: not a byte more after $runs runs than after half of them");
	cmp_ok($used, '<', $half_used + 16384, "$name: nor does other memory grow");
	note("$name: $first $half $whole");
	return;
}

steady('prepared', 1, 'SELECT n FROM t WHERE id = :id;', '-M', 'prepared');
steady('extended', 1, 'SELECT n FROM t WHERE id = :id;', '-M', 'extended');
steady('simple', 1, 'SELECT n FROM t WHERE id = :id;', '-M', 'simple');
steady('pipelined', 4, <<'SQL', '-M', 'extended');
\startpipeline
SELECT n FROM t WHERE id = :id;
UPDATE t SET n = n + 1 WHERE id = 7;
SELECT n, id FROM t WHERE id = :id;
SELECT id FROM t WHERE id = 3;
\endpipeline
SQL
steady('caught', 3, 'SELECT caught(:id);', '-M', 'prepared');
steady('temporary', 6, <<'SQL');
CREATE TEMPORARY TABLE tmp (id int);
INSERT INTO tmp VALUES (:id);
SELECT count(*) FROM tmp WHERE id = :id;
DROP TABLE tmp;
SET work_mem = '5MB';
RESET work_mem;
SQL
steady('cursors', 7, <<'SQL');
BEGIN;
DECLARE c CURSOR FOR SELECT n FROM t WHERE id > :id;
FETCH 3 FROM c;
SAVEPOINT s;
SELECT n FROM t WHERE id = :id FOR UPDATE;
ROLLBACK TO s;
COMMIT;
SQL
steady('sql_prepared', 4, <<'SQL');
PREPARE p (int) AS SELECT n FROM t WHERE id = $1;
EXECUTE p (:id);
EXECUTE p (3);
DEALLOCATE p;
SQL
# five columns of ten: 100,000 different statements
steady('shapes', 1, <<'SQL');
\set a random(0, 9)
\set b random(0, 9)
\set c random(0, 9)
\set d random(0, 9)
\set e random(0, 9)
SELECT c:a, c:b, c:c, c:d, c:e FROM t WHERE id = :id;
SQL

# An error ends pgbench's session; psql goes on.
my $failing = $node->basedir . '/failing.sql';
my $measure = sub { return "INSERT INTO result SELECT 'failing', $_[0], top, used FROM mine;\n" };
my $errors = "SELECT 1 / (id - id) FROM t;\nSELECT no_such_column FROM t;\nSELEC 1;\nINSERT INTO t (id, n) VALUES (1, 1);\n" .
  "BEGIN;\nSELECT n FROM t WHERE id = 1;\nSELECT 1 / 0 FROM t;\nSELECT 1;\nROLLBACK;\nDO 'BEGIN RAISE EXCEPTION ''x''; END';\n";
my $runs = int($statements / 10 / 6);
append_to_file($failing, ($errors x $runs) . $measure->(1) . ($errors x (2 * $runs)) . $measure->(2) . ($errors x (3 * $runs)) . $measure->(3));
$node->psql('postgres', undef, extra_params => [ '-o', '/dev/null', '-f', $failing ], on_error_stop => 0);
my @steps = split /\n/, $node->safe_psql('postgres', "SELECT top, used FROM result WHERE name = 'failing' ORDER BY step");
is(scalar(@steps), 3, 'failing: was measured three times');
same('failing', 6 * $runs, @steps);

$node->stop;
done_testing();
