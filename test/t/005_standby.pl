# On a hot standby the views work: reading is all they need.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$primary->start;
$primary->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE big (id int PRIMARY KEY, customer int, note text);
	INSERT INTO big SELECT i, i % 20000, repeat('x', 100) FROM generate_series(1, 60000) AS i;
	ANALYZE big;
	SQL
$primary->safe_psql('postgres', 'SELECT 1 AS on_primary');
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'the standby is one');

is( $standby->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query ~ 'on_primary'}),
	0, 'it does not inherit what the primary ran');

my $session = $standby->background_psql('postgres');
$session->query_safe("SELECT count(*) FROM big WHERE customer = $_") for 1 .. 20;
is( $standby->safe_psql('postgres', q{SELECT calls, rows FROM perf_advisor.statements WHERE query = 'SELECT count(*) FROM big WHERE customer = $1'}),
	'20|20', 'its own statements are recorded');
is( $standby->safe_psql('postgres', q{SELECT count(*) > 0 FROM perf_advisor.seq_scans WHERE relname = 'big'}),
	't', 'its scans are sampled');
like(
	$standby->safe_psql('postgres', q{SELECT index_ddl FROM perf_advisor.missing_indexes WHERE relname = 'big'}),
	qr/^CREATE INDEX CONCURRENTLY \S+ ON public\.big (USING btree )?\(customer\);?$/,
	'missing_indexes advises on a read-only server');
is($standby->safe_psql('postgres', "SELECT ok FROM perf_advisor.status() WHERE item = 'preloaded'"), 't', 'status() answers');
$standby->safe_psql('postgres', 'SELECT perf_advisor.reset()');
is( $standby->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query ~ 'FROM big'}),
	0, 'reset() works on a read-only server');

# after promotion it goes on
$standby->promote;
$session->query_safe('INSERT INTO big VALUES (0, 0, NULL)');
is( $standby->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query ~ '^INSERT INTO big VALUES'}),
	1, 'the same session is recorded after promotion');
$session->quit;

$standby->stop;
$primary->stop;
done_testing();
