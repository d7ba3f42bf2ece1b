# What redundant_indexes and invalid_indexes say to run is run, word for word,
# each fix and then each undo: the catalogs are as they were.  Without the library
# preloaded, and on a standby.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('drop_indexes');
$node->init(allows_streaming => 1);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
$node->safe_psql('postgres', "SET allow_in_place_tablespaces = on; CREATE TABLESPACE fast LOCATION ''");
$node->safe_psql('postgres', q{
	CREATE SCHEMA "My Shop";
	CREATE SCHEMA extra;
	SET search_path = "My Shop";
	CREATE FUNCTION extra.twice(int) RETURNS int IMMUTABLE LANGUAGE sql RETURN $1 * 2;
	CREATE COLLATION extra.other FROM "C";
	CREATE TABLE "Order" (id int PRIMARY KEY, "customer id" int, note text, placed timestamptz);
	INSERT INTO "Order" SELECT i, i % 10, 'n' || i, now() FROM generate_series(1, 1000) AS i;
	CREATE INDEX "a ""b"" ON ONLY c" ON "Order" ("customer id") WITH (fillfactor = 55) TABLESPACE fast;
	CREATE INDEX wide ON "Order" ("customer id", note);
	CREATE INDEX expr ON "Order" (extra.twice("customer id"), (note COLLATE extra.other) DESC NULLS LAST) INCLUDE (placed) WHERE note > 'n';
	CREATE INDEX expr_wide ON "Order" (extra.twice("customer id"), (note COLLATE extra.other) DESC NULLS LAST, id) INCLUDE (placed) WHERE note > 'n';
	ALTER INDEX expr ALTER COLUMN 1 SET STATISTICS 500;
	COMMENT ON INDEX expr IS E'a \\ and a ''quote''';
	CREATE UNIQUE INDEX keyed ON "Order" (id, note) NULLS NOT DISTINCT;
	CREATE UNIQUE INDEX keyed2 ON "Order" (id, note) NULLS NOT DISTINCT;
	ALTER TABLE "Order" ADD CONSTRAINT "also key" UNIQUE (id) WITH (fillfactor = 60) USING INDEX TABLESPACE fast;
	COMMENT ON CONSTRAINT "also key" ON "Order" IS 'why?';
	CREATE TABLE parts (a int, b int, c int) PARTITION BY LIST (a);
	CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
	CREATE TABLE parts_2 (c int, dropped int, b int, a int);
	ALTER TABLE parts_2 DROP COLUMN dropped;
	ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2);
	CREATE TABLE parts_3 PARTITION OF parts FOR VALUES IN (3) PARTITION BY LIST (b);
	CREATE TABLE parts_3_1 PARTITION OF parts_3 DEFAULT;
	CREATE INDEX "named by hand" ON parts_2 (b) WITH (fillfactor = 44);
	CREATE INDEX parts_b ON parts (b);
	COMMENT ON INDEX "named by hand" IS 'of a partition';
	CREATE INDEX parts_bc ON parts (b, c);
	CREATE INDEX parts_own ON parts_1 (c);
	CREATE INDEX parts_own2 ON parts_1 (c, a);
});

# every index with all that is known of it
my $catalog = q{
	SELECT c.oid::regclass, pg_get_indexdef(c.oid), t.spcname, c.reloptions, obj_description(c.oid, 'pg_class'),
		i.indisvalid, i.indisunique, i.indisclustered, p.inhparent::regclass,
		pg_get_constraintdef(con.oid), obj_description(con.oid, 'pg_constraint'),
		(SELECT array_agg(nullif(a.attstattarget, -1) ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = c.oid)
	FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
	LEFT JOIN pg_tablespace AS t ON t.oid = c.reltablespace
	LEFT JOIN pg_inherits AS p ON p.inhrelid = c.oid
	LEFT JOIN pg_constraint AS con ON con.conindid = c.oid AND con.contype IN ('p', 'u', 'x')
	WHERE c.relnamespace IN ('"My Shop"'::regnamespace, 'public'::regnamespace) ORDER BY c.oid::regclass::text};

# run(TEXT): as one psql -c, which must succeed
sub run_as_given
{
	my ($sql, $name) = @_;
	$node->command_ok([ 'psql', '-X', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-c', $sql ], $name);
	return;
}

# column(NAME): by index, with an end of row that no statement has
sub column
{
	my ($name) = @_;
	my $all = $node->safe_psql('postgres', qq{
		SELECT string_agg(format('%s#=#%s', indexrelname, $name), '#;#' ORDER BY indexrelname COLLATE "C")
		FROM perf_advisor.redundant_indexes WHERE $name IS NOT NULL});
	return map { my ($index, $sql) = split /#=#/; ($index => $sql) } split /#;#/, $all;
}

my $before = $node->safe_psql('postgres', $catalog);
my %fix = column('fix');
my %undo = column('undo');
my %rest = column('undo_rest');
is(join(', ', sort keys %fix), 'a "b" ON ONLY c, also key, expr, keyed2, parts_b, parts_own', 'what is redundant');
is(join(', ', sort keys %undo), join(', ', sort keys %fix), 'each has an undo');
is(join(', ', sort keys %rest), 'also key, expr, parts_b', 'comments and statistics targets need more');
run_as_given($fix{$_}, "fix of $_") foreach sort keys %fix;
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.redundant_indexes'), '0', 'then nothing is redundant');
isnt($node->safe_psql('postgres', $catalog), $before, 'and indexes are gone');
run_as_given($undo{$_}, "undo of $_") foreach sort keys %undo;
run_as_given($rest{$_}, "undo_rest of $_") foreach sort keys %rest;
is($node->safe_psql('postgres', $catalog), $before, 'after each undo the catalogs are as they were');

# what is not valid: the same
$node->safe_psql('postgres', q{
	CREATE TABLE t (id int PRIMARY KEY, a int, note text);
	INSERT INTO t SELECT i, i % 2, repeat('x', 50) FROM generate_series(1, 1000) AS i;
	CREATE TABLE p (a int NOT NULL, b int) PARTITION BY LIST (a);
	CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);
	CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2);
	INSERT INTO p SELECT 1 + i % 2, i FROM generate_series(1, 1000) AS i;
	CREATE INDEX p_b ON ONLY p (b);
	CREATE UNIQUE INDEX p_ba ON ONLY p (b, a);
});
$node->psql('postgres', 'CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)');
$node->psql('postgres', 'CREATE UNIQUE INDEX CONCURRENTLY t_a2 ON t (a)');
is($node->safe_psql('postgres', 'SELECT string_agg(indexrelname, \',\' ORDER BY indexrelname) FROM perf_advisor.invalid_indexes'),
	'p_b,p_ba,t_a,t_a2', 'what is not valid');
my ($rc, $out, $err) = $node->psql('postgres', $node->safe_psql('postgres', q{SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 't_a'}));
like($err, qr/could not create unique index|is duplicated/, 'a unique index that cannot be fails again');
is($node->safe_psql('postgres', q{SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 't_a_ccnew'}),
	'DROP INDEX CONCURRENTLY public.t_a_ccnew', 'and leaves a copy, which nobody needs');
run_as_given('DROP INDEX CONCURRENTLY public.t_a_ccnew', 'fix of t_a_ccnew');
$node->safe_psql('postgres', 'UPDATE t SET a = id');
run_as_given($node->safe_psql('postgres', q{SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 't_a'}), 'fix of t_a');
is($node->safe_psql('postgres', q{SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 't_a2'}),
	'DROP INDEX CONCURRENTLY public.t_a2', 'the other one can go then');
run_as_given('DROP INDEX CONCURRENTLY public.t_a2', 'fix of t_a2');
run_as_given($node->safe_psql('postgres', q{SELECT fix FROM perf_advisor.invalid_indexes WHERE indexrelname = 'p_b'}), 'fix of p_b');
# the script, as psql -f runs it
my $script = $node->safe_psql('postgres', q{SELECT fix_script FROM perf_advisor.invalid_indexes WHERE indexrelname = 'p_ba'});
like($script, qr/CREATE UNIQUE INDEX CONCURRENTLY/, 'the script blocks no writes');
$node->safe_psql('postgres', $script);
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.invalid_indexes'), '0', 'then all are valid');

# a VACUUM of the table takes the lock that a build takes, and hides nothing
$node->psql('postgres', 'CREATE UNIQUE INDEX CONCURRENTLY t_a3 ON t (note)');
my $pin = $node->background_psql('postgres');
$pin->query_safe('BEGIN; DECLARE c CURSOR FOR SELECT * FROM t; FETCH 1 FROM c;');
my $vacuum = $node->background_psql('postgres');
$vacuum->query_until(qr/start/, "\\echo start\nVACUUM (FREEZE, DISABLE_PAGE_SKIPPING) t;\n");
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event LIKE 'Buffer%' AND query LIKE 'VACUUM%'}), 'VACUUM waits');
is($node->safe_psql('postgres', 'SELECT indexrelname FROM perf_advisor.invalid_indexes'), 't_a3', 'during VACUUM it is listed');
$pin->query_safe('COMMIT');
$pin->quit;
$vacuum->quit;

# a standby answers
$node->safe_psql('postgres', 'ALTER INDEX ALL IN TABLESPACE fast SET TABLESPACE pg_default; DROP TABLESPACE fast; CHECKPOINT');
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('drop_standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.redundant_indexes WHERE undo IS NOT NULL'), '7', 'a standby knows what is redundant');
like($standby->safe_psql('postgres', 'SELECT reason FROM perf_advisor.invalid_indexes'), qr/the primary is building it/, 'and that its primary may be building');
$standby->stop;

# 5,000 indexes, of which half are redundant, in 1,000 tables: under a second
$node->safe_psql('postgres', q{
	CREATE SCHEMA many;
	DO $$
	BEGIN
		FOR i IN 1 .. 1000 LOOP
			EXECUTE format('CREATE TABLE many.t%s (a int, b int, c int, d text)', i);
			EXECUTE format('CREATE INDEX ON many.t%s (a)', i);
			EXECUTE format('CREATE INDEX ON many.t%s (a, b)', i);
			EXECUTE format('CREATE INDEX ON many.t%s (b, c) WHERE a > 0', i);
			EXECUTE format('CREATE INDEX ON many.t%s (b) WHERE a > 0', i);
			EXECUTE format('CREATE INDEX ON many.t%s (lower(d))', i);
			IF i % 100 = 0 THEN
				COMMIT;
			END IF;
		END LOOP;
	END $$;
});
my $start = time;
is($node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.redundant_indexes WHERE schemaname = 'many'}), '2000', 'those of 1,000 tables');
my $took = time - $start;
note(sprintf('5,000 indexes in %.2f s', $took));
cmp_ok($took, '<', 10, '5,000 indexes are no long matter');

$node->stop;
done_testing();
