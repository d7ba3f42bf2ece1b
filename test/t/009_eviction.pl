# A store that is much too small, and many users: every call is in some row,
# the rows of evicted statements take no place of others, a reset clears all.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $roles = 60;
my $shapes = 40;

my $node = PostgreSQL::Test::Cluster->new('eviction');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'perf_advisor'
perf_advisor.max_statements = 100
autovacuum = off
CONF
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
$node->safe_psql('postgres', join('', map { "CREATE ROLE r$_;\n" } 1 .. $roles));

# a statement that carries load, and then a flood
my $heavy = 'SELECT count(*) AS heavy FROM generate_series(1, 300000)';
my $flood = '';
foreach my $role (1 .. $roles)
{
	$flood .= "SET ROLE r$role;\n";
	$flood .= 'SELECT ' . join(', ', ('1') x $_) . ";\n" foreach 1 .. $shapes;
	$flood .= "RESET ROLE;\n";
}
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$node->safe_psql('postgres', "$heavy;\n" x 5);
$node->safe_psql('postgres', $flood);

my $selects = $roles * $shapes;
my $sent = 1 + 5 + $roles * 2 + $selects;	# with the reset's own SELECT
is($node->safe_psql('postgres', 'SELECT sum(calls) FROM perf_advisor.statements WHERE toplevel'),
	$sent, 'every call is in some row');
is($node->safe_psql('postgres', "SELECT value FROM perf_advisor.status() WHERE item = 'calls_lost'"),
	'0', 'no call is lost');
cmp_ok($node->safe_psql('postgres', "SELECT split_part(value, ' ', 1) FROM perf_advisor.status() WHERE item = 'entries'"),
	'>=', 90, 'evicted rows take no place of statements');
is($node->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query LIKE '%heavy%' AND query NOT LIKE '%calls%'}),
	5, 'the statement that carries the load stays');
is($node->safe_psql('postgres', "SELECT count(*) > 1 FROM perf_advisor.statements WHERE queryid = 0 AND query = '<evicted>'"),
	't', 'there are rows of evicted statements');

$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.statements WHERE queryid = 0'),
	'0', 'a reset clears the rows of evicted statements');
$node->safe_psql('postgres', 'SELECT 1 AS afterwards');
is($node->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query LIKE 'SELECT % AS afterwards'}),
	1, 'and new statements find their place');

$node->stop;
done_testing();
