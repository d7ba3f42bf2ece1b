# Several databases, also of different encodings: statements shows all of them
# and never fails on a text, the other views show the one they are read in.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('databases');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$node->start;

foreach my $database ([ 'utf8', 'UTF8' ], [ 'latin1', 'LATIN1' ], [ 'ascii', 'SQL_ASCII' ])
{
	$node->safe_psql('postgres',
		"CREATE DATABASE $database->[0] ENCODING '$database->[1]' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
	$node->safe_psql($database->[0], 'CREATE EXTENSION perf_advisor');
}
$node->safe_psql('utf8', 'SELECT perf_advisor.reset()');

# psql speaks UTF8 or, to a SQL_ASCII database, whatever the bytes are
$ENV{PGCLIENTENCODING} = 'UTF8';
$node->safe_psql('utf8', "SELECT 1 AS \"in_utf8_\xC3\xA9\"");
$node->safe_psql('utf8', "SELECT true AS \"in_utf8_\xE6\xBC\xA2\xE5\xAD\x97\"");
$node->safe_psql('latin1', "SELECT 1.5 AS \"in_latin1_\xC3\xA9\"");
$ENV{PGCLIENTENCODING} = 'SQL_ASCII';
$node->safe_psql('ascii', "SELECT '1'::text AS \"in_ascii_\xE9\"");

my $texts = q{SELECT query FROM perf_advisor.statements WHERE query ~ 'AS "in_[a-z0-9]+_[^"]*"$' ORDER BY query};

$ENV{PGCLIENTENCODING} = 'UTF8';
is($node->safe_psql('utf8', $texts), join("\n",
	'SELECT $1 AS "in_latin1_' . "\xC3\xA9\"",
	'SELECT $1 AS "in_utf8_' . "\xC3\xA9\"",
	'SELECT $1 AS "in_utf8_' . "\xE6\xBC\xA2\xE5\xAD\x97\"",
	'SELECT $1::text AS "in_ascii_?"'),
	'read in UTF8: converted, and bytes without a meaning as question marks');
is($node->safe_psql('latin1', $texts), join("\n",
	'SELECT $1 AS "in_latin1_' . "\xC3\xA9\"",
	'SELECT $1 AS "in_utf8_??????"',
	'SELECT $1 AS "in_utf8_' . "\xC3\xA9\"",
	'SELECT $1::text AS "in_ascii_' . "\xC3\xA9\""),
	'read in LATIN1: what it has no characters for as question marks');
$ENV{PGCLIENTENCODING} = 'SQL_ASCII';
is($node->safe_psql('ascii', $texts), join("\n",
	'SELECT $1 AS "in_latin1_' . "\xE9\"",
	'SELECT $1 AS "in_utf8_' . "\xC3\xA9\"",
	'SELECT $1 AS "in_utf8_' . "\xE6\xBC\xA2\xE5\xAD\x97\"",
	'SELECT $1::text AS "in_ascii_' . "\xE9\""),
	'read in SQL_ASCII: the bytes as they are');
delete $ENV{PGCLIENTENCODING};

# each database has its own tables
foreach my $database (qw(utf8 latin1))
{
	$node->safe_psql($database, "CREATE TABLE only_$database AS SELECT g AS id FROM generate_series(1, 100) AS g");
	$node->safe_psql($database, "SELECT count(*) FROM only_$database WHERE id > 50") foreach 1 .. 3;
	# in one session: the second execution of a plan is sampled
	$node->safe_psql($database, join(';', ("SELECT count(*) FROM only_$database WHERE id > 60") x 3));
}
foreach my $view (qw(seq_scans table_access))
{
	is($node->safe_psql('utf8', "SELECT string_agg(DISTINCT relname, ',') FROM perf_advisor.$view"),
		'only_utf8', "$view shows the tables of its own database");
	is($node->safe_psql('latin1', "SELECT string_agg(DISTINCT relname, ',') FROM perf_advisor.$view"),
		'only_latin1', "$view shows the tables of the other database there");
}
is( $node->safe_psql('utf8', q{SELECT count(DISTINCT s.dbid) FROM perf_advisor.statements AS s
	JOIN pg_database AS d ON d.oid = s.dbid WHERE d.datname IN ('utf8', 'latin1', 'ascii')}),
	3, 'statements shows all databases');
is( $node->safe_psql('utf8', q{SELECT calls FROM perf_advisor.statements WHERE query LIKE '%only_latin1 WHERE%'}),
	6, 'with their calls');
like(
	$node->safe_psql('utf8', q{SELECT value FROM perf_advisor.status() WHERE item = 'database latin1'}),
	qr/^\d+ calls, \d+ ms$/, 'status() lists the load of the others');

# a database that is gone is no reason to fail
$node->safe_psql('postgres', 'DROP DATABASE latin1');
is($node->safe_psql('utf8', q{SELECT count(*) FROM perf_advisor.status() WHERE item = 'database latin1'}),
	0, 'status() after DROP DATABASE');
cmp_ok($node->safe_psql('utf8', q{SELECT count(*) FROM perf_advisor.statements WHERE query LIKE '%only_latin1 WHERE%'}),
	'<=', 1, 'statements after DROP DATABASE');

$node->stop;
done_testing();
