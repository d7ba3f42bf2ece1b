# The extension as an object: what was prepared under its name makes it fail, a
# script and a library that do not fit raise an error, dropping it leaves
# nothing, and a dump restores it.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('extension');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$node->start;

sub fails
{
	my ($database, $sql, $error, $name) = @_;
	my ($rc, $stdout, $stderr) = $node->psql($database, $sql);
	isnt($rc, 0, "$name: an error");
	like($stderr, $error, "$name: which one");
	return;
}

# a schema prepared by somebody is not adopted, nor objects in it
$node->safe_psql('postgres', 'CREATE DATABASE prepared');
$node->safe_psql('prepared', q{CREATE ROLE mallory; GRANT CREATE ON DATABASE prepared TO mallory;
	SET ROLE mallory; CREATE SCHEMA perf_advisor;
	CREATE FUNCTION perf_advisor.statements_info() RETURNS int LANGUAGE sql AS 'SELECT 1'});
fails('prepared', 'CREATE EXTENSION perf_advisor', qr/schema "perf_advisor" already exists/, 'a prepared schema');
fails('prepared', 'CREATE EXTENSION perf_advisor SCHEMA public', qr/must be installed in schema "pg_catalog"/, 'another schema');
fails('prepared', 'SET ROLE mallory; CREATE EXTENSION perf_advisor', qr/permission denied to create extension/, 'an ordinary user');

# the script alone does nothing
my ($script) = map { "$_/extension/perf_advisor--1.0.sql" } split /\n/, `pg_config --sharedir`;
SKIP:
{
	skip 'the script is not where pg_config says', 1 unless -e $script;
	# as a file: psql reads no further than to \quit, and would break a pipe
	my ($stdout) = run_command([ 'psql', '-X', '-f', $script, $node->connstr('postgres') ]);
	like($stdout, qr/Use "CREATE EXTENSION perf_advisor" to load this file\./, 'the script sourced in psql says so and stops');
}

# a function whose declaration does not fit the library
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
foreach my $case (
	[ 'status', 'OUT item text, OUT value text', qr/row has more than its 2 declared columns/, 'too few columns' ],
	[ 'statements_info', 'OUT dealloc int8, OUT stats_reset timestamptz, OUT more int8',
		qr/row has 2 of its 3 declared columns/, 'too many columns' ],
	[ 'statements_info', 'OUT dealloc int8, OUT stats_reset text',
		qr/column 2 \("stats_reset"\) is declared with type 25, but the value has type 1184/, 'another type' ])
{
	my ($function, $columns, $error, $name) = @$case;
	$node->safe_psql('postgres',
		"CREATE FUNCTION unfit($columns) RETURNS SETOF record LANGUAGE c AS '\$libdir/perf_advisor', 'pa_${function}_1_0'");
	fails('postgres', 'SELECT * FROM unfit()', $error, $name);
	$node->safe_psql('postgres', 'DROP FUNCTION unfit');
}

# a dump restores the extension with what was granted on it
$node->safe_psql('postgres', 'CREATE ROLE reader; GRANT SELECT ON perf_advisor.seq_scans TO reader;
	GRANT EXECUTE ON FUNCTION perf_advisor.seq_scans() TO reader;
	CREATE VIEW mine AS SELECT calls FROM perf_advisor.statements');
my $dump = $node->basedir . '/dump.sql';
$node->command_ok([ 'pg_dump', '-f', $dump, 'postgres' ], 'pg_dump');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, 'restored' ], 'restoring the dump');
is($node->safe_psql('restored', 'SET ROLE reader; SELECT count(*) >= 0 FROM perf_advisor.seq_scans'), 't', 'with its grants');
is($node->safe_psql('restored', 'SELECT count(*) > 0 FROM mine'), 't', 'and a view on it');

# dropping it leaves nothing
fails('postgres', 'DROP EXTENSION perf_advisor', qr/other objects depend on it/, 'while something depends on it');
$node->safe_psql('postgres', 'DROP EXTENSION perf_advisor CASCADE');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'perf_advisor'}), 0, 'DROP EXTENSION drops the schema');
is($node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor; SELECT count(*) > 0 FROM perf_advisor.statements'),
	't', 'created again it shows what was recorded meanwhile');

$node->stop;
done_testing();
