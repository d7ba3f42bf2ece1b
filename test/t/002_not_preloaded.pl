# CREATE EXTENSION without the library preloaded: what needs only catalogs
# answers, the rest says what to do, and doing it helps.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('plain');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'auto_explain, pg_stat_statements'\n");
$node->start;

$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
pass('CREATE EXTENSION works without preloading');

my $hint;
foreach my $view (qw(statements statements_info seq_scans table_access missing_indexes))
{
	my ($rc, $stdout, $stderr) = $node->psql('postgres', "SELECT * FROM perf_advisor.$view");
	isnt($rc, 0, "$view raises an error");
	like($stderr, qr/ERROR:  perf_advisor must be loaded via shared_preload_libraries/, "$view says what is missing");
	($hint) = $stderr =~ /HINT:  Run (ALTER SYSTEM SET shared_preload_libraries = .*;) and restart the server/;
	is( $hint,
		"ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements', 'perf_advisor';",
		"$view gives the line that keeps the other libraries");
}
my ($rc, $stdout, $stderr) = $node->psql('postgres', 'SELECT perf_advisor.reset()');
like($stderr, qr/must be loaded via shared_preload_libraries/, 'reset() says what is missing');

is( $node->safe_psql('postgres', "SELECT ok FROM perf_advisor.status() WHERE item = 'preloaded'"),
	'f', 'status() answers and says that the library is not preloaded');
like(
	$node->safe_psql('postgres', "SELECT hint FROM perf_advisor.status() WHERE item = 'preloaded'"),
	qr/ALTER SYSTEM SET shared_preload_libraries/,
	'status() tells how to preload it');
$node->safe_psql('postgres', 'SELECT * FROM perf_advisor.settings');
pass('settings answers');

# what the server counts is not enough to call an index unused, and the row says so
$node->safe_psql('postgres', 'CREATE TABLE watched (id int PRIMARY KEY, a int, b int); CREATE INDEX watched_a ON watched (a)');
is( $node->safe_psql('postgres', q{SELECT indexrelname, class, uses, fix, reason ~ 'preload perf_advisor'
	FROM perf_advisor.unused_indexes WHERE relname = 'watched' ORDER BY 1}),
	"watched_a|pg_stat_only|||t\nwatched_pkey|needed|||f", 'unused_indexes answers, and guesses nothing');
$node->safe_psql('postgres', q{SET enable_seqscan = off; SELECT * FROM watched WHERE a = 1});
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM perf_advisor.unused_indexes WHERE indexrelname = 'watched_a'});
pass('unused_indexes has no row for an index that was scanned');
($rc, $stdout, $stderr) = $node->psql('postgres', "SELECT * FROM perf_advisor.simulate_drop('watched_a')");
like($stderr, qr/must be loaded via shared_preload_libraries/, 'simulate_drop() says what is missing');

# those who may not read the setting are not shown it
$node->safe_psql('postgres', 'CREATE ROLE nobody LOGIN');
($rc, $stdout, $stderr) = $node->psql('postgres', 'SET ROLE nobody; SELECT * FROM perf_advisor.statements');
like($stderr, qr/must be loaded via shared_preload_libraries/, 'an ordinary user gets the error as well');
unlike($stderr, qr/pg_stat_statements/, 'but is not told the other libraries');

# loading it later, by LOAD or by calling a function, does not count as preloaded
($rc, $stdout, $stderr) = $node->psql('postgres', "LOAD 'perf_advisor'; SELECT * FROM perf_advisor.statements");
like($stderr, qr/must be loaded via shared_preload_libraries/, 'LOAD is not enough');

# the dump of such a database has the extension and no data of it
command_like([ 'pg_dump', '-d', $node->connstr('postgres') ], qr/CREATE EXTENSION IF NOT EXISTS perf_advisor/, 'pg_dump works');

$node->safe_psql('postgres', $hint);
$node->restart;
is($node->safe_psql('postgres', 'SHOW shared_preload_libraries'),
	'auto_explain, pg_stat_statements, perf_advisor', 'the hinted line sets what it should');
is( $node->safe_psql('postgres', "SELECT ok FROM perf_advisor.status() WHERE item = 'preloaded'"),
	't', 'after it and a restart status() is content');
$node->safe_psql('postgres', 'SELECT 42 AS answer');
is( $node->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query = 'SELECT $1 AS answer'}),
	1, 'and statements are recorded');

# switched off it stays out of the way
($rc, $stdout, $stderr) = $node->psql('postgres', 'DROP EXTENSION perf_advisor; CREATE EXTENSION perf_advisor');
is($rc, 0, 'DROP and CREATE EXTENSION with the library preloaded');

$node->stop;
done_testing();
