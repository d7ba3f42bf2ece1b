# What sampling may cost: at full speed the account stays inside the budget, and
# what runs rarely is looked at all the same.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('budget');
$node->init;
$node->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'perf_advisor'
max_parallel_workers_per_gather = 0
jit = off
perf_advisor.sample_rate = 1
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION perf_advisor;
	CREATE TABLE big AS SELECT g AS id, g % 10 AS k FROM generate_series(1, 200000) AS g;
	CREATE TABLE rare AS SELECT g AS id FROM generate_series(1, 100) AS g;
	VACUUM ANALYZE big;
	VACUUM ANALYZE rare;
});

# (spent, busy) of all sessions since the reset, in ms
sub account
{
	my $value = $node->safe_psql('postgres', q{SELECT value FROM perf_advisor.status() WHERE item = 'own_overhead'});
	like($value, qr/^[\d.]+ % \([\d.]+ of [\d.]+ ms\)$/, "own_overhead is shown: $value");
	return $value =~ /\(([\d.]+) of ([\d.]+) ms\)/;
}

# run(BUDGET): 100 scans of the large table and one of the small one, in one
# session; gives how many of each were sampled, of the large one twice
sub run
{
	my ($budget) = @_;
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	my $scans = join '', map { "SELECT count(*) FROM big WHERE id > $_;\n" } 1 .. 100;
	$node->safe_psql('postgres', "SET perf_advisor.overhead_budget = $budget;\n$scans
		SELECT count(*) FROM rare WHERE id > 1; SELECT count(*) FROM rare WHERE id > 2;");
	return split /\|/, $node->safe_psql('postgres', q{
		SELECT coalesce(sum(sampled_calls) FILTER (WHERE query ~ 'FROM big'), 0), coalesce(sum(sampled_calls) FILTER (WHERE query ~ 'FROM rare'), 0),
			coalesce(sum(calls) FILTER (WHERE query ~ 'FROM big'), 0)
		FROM perf_advisor.plans JOIN perf_advisor.statements USING (userid, dbid, toplevel, queryid, calls)
		WHERE query ~ '^SELECT count\(\*\) FROM (big|rare)'});
}

my ($big, $rare, $calls) = run(0);
is("$big $rare $calls", '0 0 100', 'a budget of 0 samples nothing, and counts everything');

($big, $rare, $calls) = run(1);
my $at_one = $big;
my ($spent, $busy) = account();
cmp_ok($big, '>', 0, 'large scans are sampled');
cmp_ok($big, '<', 100, 'but not all of them, although sample_rate asks for that');
cmp_ok($rare, '>', 0, 'a statement that ran twice is sampled after them');
# what a session may spend beforehand is 20 ms; the second one reads the views
cmp_ok($spent, '<=', 2 * 20 + 0.01 * $busy + 10, "the account stays inside: $spent of $busy ms");

($big, $rare, $calls) = run(20);
cmp_ok($big, '>', $at_one, "a larger budget samples more ($big, not $at_one)");
($big, $rare, $calls) = run(100);
is($big, 100, 'without a limit every execution is sampled');

# Many short sessions do not live on their allowance: that is 20 ms each.
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$node->safe_psql('postgres', 'SELECT count(*) FROM big; SELECT count(*) FROM big;') for 1 .. 10;
($spent, $busy) = account();
cmp_ok($spent, '<=', 1000 + 0.01 * $busy + 40, "short sessions are held together: $spent of $busy ms");

# Estimates can be wrong by any factor.  What they foresee is reserved while the
# execution is open, and given up however it ends.
$node->safe_psql('postgres', q{
	CREATE FUNCTION vast() RETURNS SETOF int LANGUAGE plpgsql ROWS 1000000000 AS 'BEGIN RETURN NEXT 1; END';
	CREATE FUNCTION medium() RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN RETURN NEXT 1; END';
	CREATE FUNCTION small() RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN RETURN NEXT 1; END';
});
my $unlimited = 'SET perf_advisor.overhead_budget = 100;';
my $rarely = 'SELECT count(*) FROM rare WHERE id > 1; SELECT count(*) FROM rare WHERE id > 2;';
# how often executions of statements like that one were sampled
sub sampled
{
	my ($pattern) = @_;
	return $node->safe_psql('postgres', qq{
		SELECT sum(sampled_calls) FROM perf_advisor.plans JOIN perf_advisor.statements USING (userid, dbid, toplevel, queryid) WHERE query ~ '$pattern'});
}
foreach my $ending (
	[ 'is read', 'SELECT count(*) FROM vast();' ],
	[ 'fails', 'SELECT 1 / (a - 1) FROM vast() AS a;' ],
	[ 'fails where that is caught', q{DO 'BEGIN PERFORM 1 / (a - 1) FROM vast() AS a; EXCEPTION WHEN OTHERS THEN NULL; END';} ],
	[ 'is a cursor that is committed', 'BEGIN; DECLARE c CURSOR FOR SELECT a FROM vast() AS a; FETCH 1 FROM c; COMMIT;' ],
	[ 'is a cursor that is rolled back', 'BEGIN; DECLARE c CURSOR FOR SELECT a FROM vast() AS a; FETCH 1 FROM c; ROLLBACK;' ],
	[ 'ends with its session', 'SELECT pg_terminate_backend(pg_backend_pid()) FROM vast();' ])
{
	my ($name, $statements) = @$ending;
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->psql('postgres', "$unlimited $statements");
	($spent, $busy) = account();
	cmp_ok($spent, '<', 1000, "what was never spent is not charged when a sample $name: $spent");
	$node->safe_psql('postgres', $rarely);
	is(sampled('^SELECT count\(\*\) FROM rare'), 2, "nor is it kept from others when a sample $name");
}

$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my $open = $node->background_psql('postgres');
$open->query_safe("$unlimited BEGIN; DECLARE c CURSOR FOR SELECT a FROM vast() AS a; FETCH 1 FROM c;");
$node->safe_psql('postgres', $rarely);
is(sampled('^SELECT count\(\*\) FROM rare'), 0, 'what an open execution may cost is reserved');
$open->query_safe('SELECT perf_advisor.reset(); COMMIT;');
$node->safe_psql('postgres', $rarely);
is(sampled('^SELECT count\(\*\) FROM rare'), 2, 'and free again at its end, also after a reset');
$open->quit;

# One plan that was never sampled cannot have most of what all sessions left.
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my $sleep = PostgreSQL::Test::Utils::tempdir() . '/sleep.sql';
append_to_file($sleep, "SELECT pg_sleep(2);\n");
$node->command_ok([ 'pgbench', '-n', '-t', '1', '-c', '20', '-f', $sleep, $node->connstr('postgres') ], 'twenty sessions wait for two seconds');
my ($row) = $node->safe_psql('postgres', q{SELECT value FROM perf_advisor.status() WHERE item = 'sampling_cost'}) =~ /^([\d.]+) ns/;
foreach my $plan ([ medium => 0.5, 0 ], [ small => 0.15, 1 ])
{
	my ($function, $share, $expected) = @$plan;
	# 40 s at one per cent are 400 ms
	my $rows = int(400e6 * $share / $row);
	$node->safe_psql('postgres', "ALTER FUNCTION $function() ROWS $rows");
	$node->safe_psql('postgres', "SELECT count(*) FROM $function();");
	is(sampled("^SELECT count\\(\\*\\) FROM $function"), $expected,
		"a plan that may cost $share of what all have left is " . ($expected ? 'sampled' : 'not sampled'));
}

# Generic and custom plans by the extended protocol.
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my $script = PostgreSQL::Test::Utils::tempdir() . '/one.sql';
append_to_file($script, "\\set id 5\nSELECT k FROM big WHERE id = :id LIMIT 1;\n");
foreach my $expected ([ simple => '0|0' ], [ extended => '0|9' ], [ prepared => '4|5' ])
{
	my ($protocol, $counts) = @$expected;
	$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
	$node->command_ok([ 'pgbench', '-n', '-t', '9', '-M', $protocol, '-f', $script, $node->connstr('postgres') ], "pgbench -M $protocol runs");
	is($node->safe_psql('postgres', q{SELECT sum(generic_plan_calls), sum(custom_plan_calls) FROM perf_advisor.statements WHERE query LIKE 'SELECT k FROM big%'}),
		$counts, "generic and custom plans of the protocol $protocol");
}

$node->stop;

# Plans whose text finds no memory are recorded without.
my $small = PostgreSQL::Test::Cluster->new('small');
$small->init;
$small->append_conf('postgresql.conf', qq{
shared_preload_libraries = 'perf_advisor'
perf_advisor.text_memory = 1MB
perf_advisor.overhead_budget = 100
});
$small->start;
$small->safe_psql('postgres', 'CREATE EXTENSION perf_advisor; CREATE TABLE t (a int);');
my $many = join '', map {
	my $list = join ', ', map { "a + $_ * 7919" } 1 .. $_;
	"SELECT 1 FROM t WHERE a IN ($list);\nSELECT 1 FROM t WHERE a IN ($list);\n"
} 1 .. 250;
$small->safe_psql('postgres', $many);
is($small->safe_psql('postgres', q{
	SELECT count(*) = 250, count(p.plan) BETWEEN 1 AND 249
	FROM perf_advisor.plans AS p JOIN perf_advisor.statements AS s USING (userid, dbid, toplevel, queryid)
	WHERE p.calls = 2 AND (s.query IS NULL OR s.query LIKE 'SELECT $1 FROM t%')}), 't|t', 'plans without memory for their text are recorded');
is($small->safe_psql('postgres', q{SELECT bool_and(plan ~ '^Seq Scan on t .*Filter: ') FROM perf_advisor.plans WHERE calls = 2 AND plan IS NOT NULL AND plan !~ 'perf_advisor'}),
	't', 'no text is half stored');
my ($used, $limit, $skipped) = $small->safe_psql('postgres', q{
	SELECT string_agg(substring(value FROM '^[\d.]+(?: of [\d.]+)?'), ' ' ORDER BY item) FROM perf_advisor.status() WHERE item IN ('text_memory', 'texts_skipped')})
	=~ /^([\d.]+) of ([\d.]+) (\d+)$/;
cmp_ok($limit, '<=', 1, 'the memory for texts, plans among them, is as set');
cmp_ok($used, '<=', $limit, "and never exceeded: $used of $limit MB");
# chunks of each size take 64 kB at a time, which matters in so small a memory
cmp_ok($used, '>', 0, 'it is used');
cmp_ok($skipped, '>', 0, "what found no place is counted: $skipped");
cmp_ok($small->safe_psql('postgres', q{SELECT count(plan) FROM perf_advisor.plans WHERE calls = 2}), '>=', 20, 'there are texts of plans in it');
$small->stop;

done_testing();
