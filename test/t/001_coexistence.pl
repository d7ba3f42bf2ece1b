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
my $workload = <<'SQL';
CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, region int);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int REFERENCES customer ON DELETE CASCADE, amount numeric, note text);
INSERT INTO customer SELECT i, 'c' || i, i % 7 FROM generate_series(1, 500) AS i;
INSERT INTO orders (customer_id, amount, note) SELECT 1 + i % 500, i, repeat('x', 200) FROM generate_series(1, 3000) AS i;
ANALYZE customer, orders;

-- select
SELECT count(*) FROM orders WHERE amount > 10;
SELECT count(*) FROM orders WHERE amount > 20;
SELECT * FROM customer WHERE id IN (1, 2, 3);
SELECT c.region, sum(o.amount) FROM customer c JOIN orders o ON o.customer_id = c.id GROUP BY c.region;
WITH x AS MATERIALIZED (SELECT * FROM orders WHERE id < 100) SELECT count(*) FROM x, x AS y;
SELECT 1 WHERE false;
SELECT 1 \; SELECT 2 \; SELECT id FROM customer LIMIT 3;
TABLE customer;
VALUES (1), (2);

-- DML
UPDATE orders SET amount = amount + 1 WHERE id <= 50;
UPDATE orders SET amount = 0 WHERE id < 0;
INSERT INTO customer VALUES (1001, 'x', 1), (1002, 'y', 2) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO customer VALUES (1001, 'x', 1), (1002, 'y', 2) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO orders (customer_id, amount) VALUES (1001, 1) RETURNING id;
DELETE FROM customer WHERE id = 1001;
DELETE FROM customer WHERE id = 1002 RETURNING *;
MERGE INTO customer c USING (SELECT 3 AS id) s ON c.id = s.id WHEN MATCHED THEN UPDATE SET region = 9;
WITH d AS (DELETE FROM orders WHERE id BETWEEN 60 AND 70 RETURNING *) SELECT count(*) FROM d;
SELECT * FROM customer WHERE id < 4 FOR UPDATE;

-- errors
SELECT 1 / (id - id) FROM customer;
INSERT INTO orders (customer_id) VALUES (-1);
INSERT INTO customer VALUES (1, 'twice', 0);
SELECT * FROM no_such_table;
SELEC;
CREATE TABLE customer (id int);

-- transactions
BEGIN;
SAVEPOINT a;
UPDATE customer SET region = 5 WHERE id = 5;
ROLLBACK TO a;
RELEASE a;
SELECT count(*) FROM customer;
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO customer VALUES (2001, 'z', 0);
SELECT 1 / 0;
ROLLBACK;

-- functions, triggers, procedures, DO
CREATE FUNCTION f_sql(int) RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT count(*) FROM orders WHERE customer_id = $1';
CREATE FUNCTION f_plpgsql(n int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	total bigint := 0;
	r record;
BEGIN
	FOR i IN 1 .. n LOOP
		total := total + (SELECT count(*) FROM orders WHERE customer_id = i);
	END LOOP;
	FOR r IN SELECT * FROM customer ORDER BY id LIMIT 20 LOOP
		total := total + 1;
	END LOOP;
	PERFORM f_sql(n);
	EXECUTE 'SELECT count(*) FROM customer WHERE region = $1' INTO r USING n;
	BEGIN
		INSERT INTO customer VALUES (1, 'twice', 0);
	EXCEPTION WHEN unique_violation THEN
		total := total + 1;
	END;
	RETURN total;
END $$;
SELECT f_sql(1), f_sql(2);
SELECT f_plpgsql(10);
SELECT f_plpgsql(3) FROM generate_series(1, 5);
CREATE FUNCTION f_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE customer SET name = name WHERE id = NEW.customer_id;
	RETURN NEW;
END $$;
CREATE TRIGGER t AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f_trigger();
INSERT INTO orders (customer_id, amount) SELECT i, i FROM generate_series(1, 30) AS i;
UPDATE orders SET note = 'y' WHERE id < 20;
CREATE PROCEDURE p_commit() LANGUAGE plpgsql AS $$
BEGIN
	UPDATE customer SET region = 1 WHERE id = 7;
	COMMIT;
	UPDATE customer SET region = 2 WHERE id = 7;
END $$;
CALL p_commit();
CALL p_commit();
DO $$ BEGIN PERFORM count(*) FROM customer; PERFORM f_plpgsql(2); END $$;

-- cursors, fetched in slices
BEGIN;
DECLARE c1 CURSOR FOR SELECT * FROM orders ORDER BY id;
FETCH 10 FROM c1;
FETCH 10 FROM c1;
MOVE 100 IN c1;
FETCH BACKWARD 5 FROM c1;
CLOSE c1;
DECLARE c2 SCROLL CURSOR FOR SELECT * FROM customer WHERE region = 3;
FETCH ALL FROM c2;
DECLARE c3 CURSOR WITH HOLD FOR SELECT id FROM customer WHERE id < 30;
FETCH 3 FROM c3;
COMMIT;
FETCH 3 FROM c3;
CLOSE c3;

-- COPY, CREATE TABLE AS, materialised views and other utility statements
COPY customer TO STDOUT;
COPY (SELECT id FROM orders WHERE id < 300) TO STDOUT;
CREATE TABLE copied (id int, name text, region int);
COPY copied FROM STDIN;
1	a	1
2	b	2
3	c	3
\.
CREATE TABLE made AS SELECT * FROM orders WHERE id < 500;
SELECT * INTO made2 FROM customer WHERE id < 40;
CREATE TABLE empty AS SELECT * FROM orders WITH NO DATA;
CREATE MATERIALIZED VIEW mv AS SELECT region, count(*) FROM customer GROUP BY region;
REFRESH MATERIALIZED VIEW mv;
CREATE VIEW v AS SELECT * FROM customer WHERE region = 1;
SELECT count(*) FROM v;
CREATE INDEX ON orders (customer_id);
SELECT count(*) FROM orders WHERE customer_id = 17;
EXPLAIN SELECT * FROM orders WHERE customer_id = 3;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM orders;
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) CREATE TABLE explained AS SELECT * FROM customer;
SHOW work_mem;
SET work_mem = '64kB';
VACUUM orders;
TRUNCATE copied;
LISTEN channel;
NOTIFY channel;
ALTER TABLE made ADD COLUMN extra int DEFAULT 3;
COMMENT ON TABLE made IS 'x';
DROP TABLE made2;

-- temporary files, temporary tables
SELECT count(*) FROM (SELECT * FROM orders ORDER BY note, amount OFFSET 0) AS s;
CREATE TEMP TABLE tmp AS SELECT * FROM orders;
UPDATE tmp SET amount = amount + 1;
SELECT count(*) FROM tmp;
CREATE INDEX ON tmp (id);
SELECT * FROM tmp WHERE id = 12;
RESET work_mem;

-- prepared
PREPARE p1 (int) AS SELECT count(*) FROM orders WHERE customer_id = $1;
EXECUTE p1 (1);
EXECUTE p1 (2);
EXECUTE p1 (3);
EXECUTE p1 (4);
EXECUTE p1 (5);
EXECUTE p1 (6);
EXECUTE p1 (7);
CREATE TABLE executed AS EXECUTE p1 (8);
DEALLOCATE p1;

-- parallel plans
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*), sum(amount) FROM orders;
SELECT count(*) FROM orders o JOIN customer c ON c.id = o.customer_id WHERE c.name <> 'none';
RESET ALL;

-- another user
CREATE ROLE other LOGIN;
GRANT ALL ON ALL TABLES IN SCHEMA public TO other;
SET ROLE other;
SELECT count(*) FROM customer WHERE region = 1;
INSERT INTO customer VALUES (3001, 'o', 0);
RESET ROLE;
SQL

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
	# - before 16 they lose the rows of all slices but the last when a cursor
	#   is fetched in slices or a function loops over a query.
	my @known = ("NOT level AND statement LIKE 'EXPLAIN SELECT %'", "statement IN ('SET ROLE other', 'RESET ROLE')");
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
