# Texts with constants in every place and of every kind, in several encodings, are
# those that pg_stat_statements makes of the same statements; very long ones are cut
# between two characters.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('texts');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_stat_statements, perf_advisor'
pg_stat_statements.track = all
pg_stat_statements.max = 10000
perf_advisor.max_statements = 10000
autovacuum = off
CONF
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');

# Each is a constant, or an expression with some, on its own.  Two minus signs are
# not here: pg_stat_statements makes $15 of - -5 (see test/sql/texts.sql for ours).
my @constants = (
	'0', '7', '12345678901234567890', '1.5', '.5', '5.', '1e5', '1.5E-3', '-5', '- 5', '-5.5', '+5', '3-5', '3 -5',
	"''", "'x'", "'it''s'", "'a\nb'", "'a'\n'b'", "E''", "E'it\\'s'", "e'\\\\'", "E'a\\nb'\n'c'", "'\\'", "U&'\\0041'", "u&'d!0061t' UESCAPE '!'",
	"b'0101'", "B''", "x'1F'", "X'ff'", "N'national'", "n'x'", '$$x$$', q{$tag$it's $$ here$tag$}, q{$$a} . "\n" . q{b$$},
	'true', 'FALSE', 'NULL', 'current_date', "DATE '2020-01-01'", "date'2020-01-02'", "TIMESTAMP '2020-01-01 10:00'", "time(3) '10:00'",
	"INTERVAL '1' HOUR", "INTERVAL '1 day 2 hours'", "INTERVAL(3) '1 second'", "INTERVAL '1-2' YEAR TO MONTH", "interval '1.5' SECOND(2)",
	"'5'::int", "'5'::int::text", "CAST('5' AS int)", "int '5'", "int4'6'", "float8 '1.5'", "numeric(10,2) '1.234'", "char(3) 'abc'", "bit(3) '101'", "varchar 'v'",
	"-'5'::int", '-5::int', "(-5)::int", "'a' || 'b'", "'a'||E'b'", "'a'COLLATE\"C\"", "'{1,2}'::int[]",
	'ARRAY[1,2,3]', 'ARRAY[[1,2],[3,4]]', "ROW(1,'a',NULL)", "(1,'b')", '(1)', '((1))', '1 IN (1,2,3)', "'a' NOT IN ('b','c')", '1 = ANY(ARRAY[1,2])',
	"1 BETWEEN 1 AND 2", "'a' LIKE 'b' ESCAPE 'c'", "'a' SIMILAR TO 'b'", "CASE WHEN 1=1 THEN 'x' ELSE 'y' END", "CASE 5 WHEN 6 THEN 7 END",
	"EXTRACT(year FROM DATE '2020-01-01')", "SUBSTRING('abc' FROM 2 FOR 1)", "OVERLAY('abc' PLACING 'x' FROM 2)", "POSITION('a' IN 'b')",
	"TRIM(BOTH 'x' FROM 'xax')", "TIMESTAMP '2020-01-01' AT TIME ZONE 'UTC'", "COALESCE(NULL,1)", "GREATEST(1,2)", "NULLIF(1,1)",
	"1/*c*/", "/* 'x' 5 */6", "/* a /* nested 'q' */ 7 */8", "9 -- it's 10\n", "-/**/5", "- -- c\n 5", "'a' -- c\n 'b'", "'a' -- it's\n 'b'", "1+1", "1-1", "1*-1", "2^-1",
	"'\xC3\xA9'", "'\xE6\xBC\xA2\xE5\xAD\x97'", "E'\\u00e9'", "\$\xC3\xA9\$x\$\xC3\xA9\$", "1 AS \"\xC3\xA9 ''x'' 5\"", '1 AS "a""b"', "'x' AS \"1\"", "U&\"d\\0061ta\" FROM (SELECT 5 AS data) AS s",
	"(SELECT 1)", "EXISTS (SELECT 2)", "generate_series(1,2)", "count(*) FILTER (WHERE 1 = 2)", "sum(1) OVER (PARTITION BY 2 ORDER BY 3 ROWS 4 PRECEDING)", "percentile_cont(0.5) WITHIN GROUP (ORDER BY 1.0)",
	"1 FROM generate_series(1,3) AS g LIMIT 1", "2 FROM generate_series(1,3) AS g OFFSET 1 LIMIT 2", "3 FROM generate_series(1,3) AS g FETCH FIRST 2 ROWS ONLY", "5 ORDER BY 1", "g FROM generate_series(1,3) AS g GROUP BY g HAVING count(*) > 5",
	"1 UNION SELECT 2", "1 WHERE 'a' = 'a'", "* FROM (VALUES (1,'a'),(2,'b')) AS v (n,t)", "format('%s', 5)", "'a'::varchar(10)", "to_char(5, '9')", "json_build_object('a', 1, 'b', '2')",
	"'[1,2]'::jsonb -> 0 ->> 1", "array_position(ARRAY['a'], 'a')", "(ARRAY[1,2])[1]", "(ARRAY[1,2])[1:2]", "xmlelement(name x, 'a')", "'x'=>'y' IS NULL");
# operators need types that exist; what fails to parse is left out by both
push @constants, '0x1F', '0b101', '0o17', '1_000', '1_000.5_0', '0xFF_FF', '1_000e1_0' if $version >= 160000;
push @constants, "JSON_OBJECT('a': 1)", "'{}' IS JSON" if $version >= 160000;
push @constants, "JSON_VALUE('{\"a\": 1}', '\$.a' DEFAULT 5 ON ERROR)", "JSON('{}')" if $version >= 170000;

my @statements = map { "SELECT $_" } @constants;
# two beside each other, with as little between them as the grammar allows
my @plain = grep { !/\bAS\b|FROM|ORDER|UNION|WHERE|LIMIT|--|\*$/ } @constants;
push @statements, map { "SELECT $plain[$_],$plain[($_ * 7 + 3) % @plain],\t$plain[($_ * 11 + 5) % @plain]" } 0 .. $#plain;
push @statements, (
	'VALUES (1)', "VALUES (1,'a'),(2,'b')", '  SELECT 1  ', "\n\t-- first\nSELECT 5 -- last", '/* first */SELECT 6/* last */', "SELECT 1\\;SELECT 'b'\\; SELECT 'c','d'",
	"INSERT INTO t VALUES (1,'a')", "INSERT INTO t VALUES (2,'b'),(3,'c') ON CONFLICT (id) DO UPDATE SET v = 'd'", "INSERT INTO t SELECT 4,'e'", "UPDATE t SET v = 'f' WHERE id = -1", "UPDATE t SET (id,v) = (5,'g') WHERE id=4",
	"DELETE FROM t WHERE id IN (1,2,3) RETURNING 'h'", "WITH w AS (SELECT 1 AS a) SELECT a,2 FROM w", "MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id=s.id WHEN MATCHED THEN UPDATE SET v='x' WHEN NOT MATCHED THEN INSERT VALUES (1,'y')",
	"SELECT id FROM t WHERE id=1 OR v='x' AND id<-7 LIMIT 5 OFFSET 6", "SELECT * FROM t WHERE (id,v) IN ((1,'a'),(2,'b'))", "SELECT 1 FROM t AS \"t 5\" WHERE \"t 5\".v = 'it''s'", "TABLE t",
	"SELECT count(*) FROM t WHERE id IN (1,2,3,4,5,6,7,8,9,10) AND v IN ('a','b')", 'SELECT id FROM t WHERE id IN (1,-2, 3 , + 4)', 'SELECT id FROM t WHERE id=ANY(ARRAY[1,2]) AND id IN (5)',
	'SELECT ' . join(',', 1 .. 300), 'SELECT ' . join(' || ', map { "'s$_'" } 1 .. 100));

# per encoding of the database: those statements whose bytes mean something in it
my %encodings = (utf8 => 'UTF8', eucjp => 'EUC_JP', latin1 => 'LATIN1', ascii => 'SQL_ASCII');
foreach my $database (sort keys %encodings)
{
	local $ENV{PGCLIENTENCODING} = $database eq 'ascii' ? 'SQL_ASCII' : 'UTF8';
	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encodings{$database}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
	$node->safe_psql($database, 'CREATE EXTENSION pg_stat_statements; CREATE EXTENSION perf_advisor; CREATE TABLE t (id int PRIMARY KEY, v text)');
	$node->safe_psql($database, 'SELECT perf_advisor.reset(); SELECT pg_stat_statements_reset();');
	$node->psql($database, join('', map { "$_;\n" } @statements), on_error_stop => 0);
	if ($database eq 'eucjp')
	{
		# a second byte of SJIS can be a backslash
		local $ENV{PGCLIENTENCODING} = 'SJIS';
		$node->psql($database, "SELECT '\x95\x5C', 5 AS sjis;\nSELECT '\x83\x5C'||'\x94\x5C' AS sjis;\nSELECT 1 AS \"\x95\x5C\", '\x95\x5C' AS sjis;\n", on_error_stop => 0);
		$node->psql($database, "SET standard_conforming_strings=on; SELECT E'\x95\x5C' AS sjis, 1", on_error_stop => 0);
	}
	my $different = $node->safe_psql($database, <<~'SQL');
		SELECT format(E'theirs: %s\nours:   %s', p.query, a.query)
		FROM pg_stat_statements AS p JOIN perf_advisor.statements AS a USING (userid, dbid, queryid, toplevel)
		WHERE p.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND p.query IS DISTINCT FROM a.query AND p.query !~* '^\s*(CREATE|SET|DO|/[*] first [*]/CREATE)'
		ORDER BY 1
	SQL
	is($different, '', "$encodings{$database}: all texts are as in pg_stat_statements");
	cmp_ok($node->safe_psql($database, 'SELECT count(*) FROM perf_advisor.statements AS a JOIN pg_stat_statements AS p USING (userid, dbid, queryid, toplevel) WHERE a.query IS NOT NULL AND a.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())'),
		'>', 150, "$encodings{$database}: and there are many of them");
}

# mixed with parameters, in the prepared protocol and by PREPARE
$node->safe_psql('utf8', 'SELECT perf_advisor.reset(); SELECT pg_stat_statements_reset();');
my $script = $node->basedir . '/parameters.sql';
append_to_file($script, <<'SQL');
\set a 5
\set b 6
SELECT :a::int + 1, 'x', :b::int - 2 LIMIT 3;
SELECT id FROM t WHERE id IN (:a::int, 2, :b::int, -7) OR v = 'y';
UPDATE t SET v = 'z' || :a::text WHERE id = 0 - :b::int AND id > 3;
SQL
$node->command_ok([ 'pgbench', '-n', '-f', $script, '-M', $_, '-t', 3, 'utf8' ], "parameters, $_ protocol") foreach qw(extended prepared);
$node->safe_psql('utf8', q{PREPARE p (int, text) AS SELECT 'a' || $2, $1 + 5 , -6 LIMIT $1; EXECUTE p (1, 'hidden'); EXECUTE p (2, 'hidden')});
is($node->safe_psql('utf8', <<'SQL'), '', 'parameters and constants are numbered as in pg_stat_statements');
SELECT format(E'theirs: %s\nours:   %s', p.query, a.query)
FROM pg_stat_statements AS p JOIN perf_advisor.statements AS a USING (userid, dbid, queryid, toplevel)
WHERE p.query IS DISTINCT FROM a.query AND p.query ~ '(LIMIT|FROM t|UPDATE t)'
SQL
is($node->safe_psql('utf8', q{SELECT query, calls FROM perf_advisor.statements WHERE query LIKE 'PREPARE%'}),
	q{PREPARE p (int, text) AS SELECT $3 || $2, $1 + $4 , $5 LIMIT $1|2}, 'numbers of constants follow those of parameters');

# very long: cut at 64 kB, between characters, constants replaced up to there
foreach my $database (qw(utf8 eucjp latin1))
{
	local $ENV{PGCLIENTENCODING} = 'UTF8';
	my $character = $database eq 'latin1' ? "\xC3\xA9" : "\xE6\xBC\xA2";
	foreach my $shift (0 .. 2)
	{
		my $file = $node->basedir . "/long_$database$shift.sql";
		append_to_file($file, 'SELECT 4711 AS long' . ('x' x $shift) . ', /* ' . ($character x 40000) . " */ 4712;\n");
		$node->command_ok([ 'psql', '-XAtq', '-o', '/dev/null', '-f', $file, $node->connstr($database) ], "$database: a very long statement");
	}
	is( $node->safe_psql($database, q{SELECT min(octet_length(query)) > 40000, max(octet_length(query)) <= 65536,
			bool_and(query ~ '^SELECT [$]1 AS longx*, /[*] '), bool_or(query LIKE '%471%'), bool_or(query LIKE '%?%')
		FROM perf_advisor.statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query LIKE 'SELECT % AS long%'}),
		't|t|t|f|f', "$database: is kept up to 64 kB, whole characters, without its constants");
}

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|XX000/, 'no crash');
done_testing();
