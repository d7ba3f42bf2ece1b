# Resets by key while another session is idle: they are remembered for it, up to
# a limit, beyond which a reset is refused and nothing is done.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $limit = 1024;

my $node = PostgreSQL::Test::Cluster->new('reset');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\nautovacuum = off\n");
$node->start;
$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE FUNCTION reset_state(reset_arguments text) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE 'SELECT perf_advisor.reset(' || reset_arguments || ')';
		RETURN 'done';
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END $$;
	SQL

my $calls = q{SELECT sum(calls) FROM perf_advisor.statements WHERE query = 'SELECT $1 AS counted'};
my $fill = "SELECT count(perf_advisor.reset(queryid => g)) FROM generate_series(1, %d) AS g";
my $queryid = q{SELECT queryid FROM perf_advisor.statements WHERE query = 'SELECT $1 AS counted'};

# nobody else is there, and the own session does not hold a reset back
is($node->safe_psql('postgres', sprintf($fill, 3 * $limit)), 3 * $limit, 'resets without idle sessions have no limit');

my $idle = $node->background_psql('postgres');
$idle->query_safe('SELECT 1 AS counted');
is($node->safe_psql('postgres', sprintf($fill, $limit)), $limit, 'resets are remembered for an idle session');
is($node->safe_psql('postgres', "SELECT reset_state('queryid => $limit + 1')"), '54000', 'up to a limit');
my ($rc, $out, $err) = $node->psql('postgres', 'SELECT perf_advisor.reset(queryid => -1)');
like($err, qr/ERROR:  too many different resets.*DETAIL:.*HINT:  Call perf_advisor\.reset\(\)/s, 'the error says what to do');
my $id = $node->safe_psql('postgres', $queryid);
is($node->safe_psql('postgres', "SELECT reset_state('queryid => $id')"), '54000', 'one that would match is refused as well');
is($node->safe_psql('postgres', $calls), 1, 'and nothing is done');

is($node->safe_psql('postgres', "SELECT reset_state('queryid => 1')"), 'done', 'a reset that is there already takes no place');
is($node->safe_psql('postgres', "SELECT reset_state('queryid => 1, minmax_only => true')"), '54000', 'one of minima does not cover one of counts');
is($node->safe_psql('postgres', $calls), 1, 'nothing else was forgotten');
is($node->safe_psql('postgres', q{SELECT reset_state('dbid => (SELECT oid FROM pg_database WHERE datname = ''template1'')')}),
	'54000', 'a database without statements is one more');
is($node->safe_psql('postgres', q{SELECT reset_state('minmax_only => true')}), '54000', 'so are all minima');
is($node->safe_psql('postgres', q{SELECT reset_state('')}), 'done', 'a reset of everything replaces all');
is($node->safe_psql('postgres', "SELECT coalesce(($calls), 0)"), 0, 'and reaches the idle session');
is($node->safe_psql('postgres', sprintf($fill, $limit)), $limit, 'there is room again');
$idle->query_safe('SELECT 1 AS counted');
is($node->safe_psql('postgres', "SELECT reset_state('queryid => -5')"), 'done', 'a session that moves on makes room');
is($node->safe_psql('postgres', $calls), 1, 'its statements count from the reset on');
$idle->quit;

is($node->safe_psql('postgres', sprintf($fill, 3 * $limit)), 3 * $limit, 'so does one that ends');

$node->stop;
done_testing();
