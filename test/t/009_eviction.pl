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

# a store of which half is load, through a flood: eight shapes that a sweep
# compares may all be load, and a partition may have little else
$node->append_conf('postgresql.conf', 'perf_advisor.max_statements = 1000');
$node->restart;
my $loaded = 500;
# from two columns on: one is the statement above again, and that kept its text
my $load = join '', map { 'SELECT ' . join(', ', ('count(*)') x $_) . " FROM generate_series(1, 3000) AS half;\n" } 2 .. $loaded + 1;
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$node->safe_psql('postgres', $load) for 1 .. 4;
foreach my $constant ('1', 'true', '1.5', "'x'", "'x'::text", "'1'::float8", '5000000000', "'1'::int2")
{
	$node->safe_psql('postgres', join('', map { 'SELECT ' . join(', ', ($constant) x $_) . ";\n" } 1 .. 400));
}
is($node->safe_psql('postgres', q{SELECT count(*), min(calls), max(calls) FROM perf_advisor.statements WHERE query LIKE '%AS half'}),
	"$loaded|4|4", 'all of the load stays when it is half of the store');
cmp_ok($node->safe_psql('postgres', "SELECT value FROM perf_advisor.status() WHERE item = 'evictions'"),
	'>', 2000, 'although much had to leave');

$node->stop;
done_testing();
