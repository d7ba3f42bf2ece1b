# What a run of the index advisor may cost, and what limits it: plannings, time,
# space for the indexes, one statement alone, a cancel in the middle.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('limits');
$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
$node->append_conf('postgresql.conf', q{
shared_preload_libraries = 'perf_advisor'
autovacuum = off
random_page_cost = 1.1
max_parallel_workers_per_gather = 0
jit = off
perf_advisor.advisor_deadline = '60s'
});
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');

# Five tables of ten columns that look alike but for their distinct values.
my $columns = join ', ', map { "(i::bigint * 7919 % " . (3**$_ + 2) . ")::int AS c$_" } 1 .. 10;
$node->safe_psql('postgres', join ';', map {
	("CREATE TABLE t$_ AS SELECT i AS id, $columns, repeat('x', 30) AS pad FROM generate_series(1, 40000) AS i",
	 "VACUUM ANALYZE t$_")
} 1 .. 5);

# A hundred statements of two tables or one, with parameters and with literals
my (@literal, @prepared);
foreach my $i (0 .. 99)
{
	my $table = 't' . ($i % 5 + 1);
	my $other = 't' . (($i + 1) % 5 + 1);
	my ($a, $b, $c) = map { 'c' . (($i + $_ * ($i % 3 + 1)) % 10 + 1) } 0 .. 2;
	my $from = $i % 4 == 0
	  ? "FROM $table AS x JOIN $other AS y ON y.$b = x.$c WHERE x.$a = %s AND y.id < 100 + %s - %s"
	  : $i % 4 == 1 ? "FROM $table AS x WHERE x.$a = %s AND x.$b BETWEEN %s AND %s + 5"
	  : $i % 4 == 2 ? "FROM $table AS x WHERE x.$a = %s AND x.$b = %s ORDER BY x.$c DESC LIMIT 10 + %s"
	  : "FROM $table AS x WHERE x.$a IN (%s, %s) AND x.$b > %s";
	# no two statements are the same, whatever they have in common
	my $select = "SELECT x.id, x.id + x.c1" . (' + x.c1' x ($i / 10)) . " AS n$i ";
	if ($i % 2)
	{
		push @literal, $select . $from;
	}
	else
	{
		my $n = 0;
		(my $text = $from) =~ s/%s/'$' . ++$n . '::int'/ge;
		push @prepared, "PREPARE p$i AS $select$text", map { sprintf "EXECUTE p$i (%d, %d, %d)", $_, $_ + 1, $_ + 2 } 1 .. 6;
	}
}
my $load = "\\o /dev/null\n";
foreach my $i (1 .. 6)
{
	$load .= sprintf($_, $i, $i + 1, $i + 2) . ";\n" foreach @literal;
}
$load .= "$_;\n" foreach @prepared;
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$node->safe_psql('postgres', $load);

# ---- plannings

my ($rc, $out, $err) = $node->psql('postgres', q{
	SET client_min_messages = debug1;
	SELECT count(*) FROM perf_advisor.missing_indexes;
});
is($rc, 0, 'the advisor runs');
like($err, qr/perf_advisor: \d+ trees/, 'and says what it took');
my ($trees, $plannings) = $err =~ /perf_advisor: (\d+) trees, \d+ candidates, (\d+) plannings/;
note($err);
cmp_ok($trees, '>=', 100, 'a hundred statements were looked at');
cmp_ok($plannings, '<', 3000, 'with less than 3,000 plannings');
cmp_ok($out, '>', 5, 'and indexes were found');
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.advisor_skipped'), 0,
	'no statement was left out');

# ---- memory

is($node->safe_psql('postgres', q{
	SELECT count(*) > 5 FROM perf_advisor.missing_indexes;
	SELECT count(*) FROM pg_backend_memory_contexts WHERE name ~ '^perf_advisor (what-if|choice|planning)';
}), "t\n0", 'nothing of it stays in memory');

# ---- space

my $all = $node->safe_psql('postgres', 'SELECT sum(est_index_size) FROM perf_advisor.advise_indexes()');
my $saved = $node->safe_psql('postgres', 'SELECT sum(est_saved_time) FROM perf_advisor.advise_indexes()');
my $least = 0;
foreach my $share (0.1, 0.3, 0.6)
{
	my $budget = int($all * $share);
	my ($size, $time) = split /\|/, $node->safe_psql('postgres',
		"SELECT coalesce(sum(est_index_size), 0), coalesce(sum(est_saved_time), 0) FROM perf_advisor.advise_indexes(storage_budget => $budget)");
	cmp_ok($size, '<=', $budget, "the indexes fit into $share of the space");
	cmp_ok($size, '>', 0, "some index fits into $share of the space");
	cmp_ok($time, '>=', $least * 0.99, "with $share of it no less is saved than with less");
	$least = $time;
}
cmp_ok($least, '<=', $saved * 1.05, 'without a limit most is saved');
cmp_ok($least, '>', $saved * 0.3, 'with six tenths of the space much of it');
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.advise_indexes(storage_budget => 0)'), 0,
	'without space there is no index');

# ---- one statement

my $queryid = $node->safe_psql('postgres',
	"SELECT queryid FROM perf_advisor.statements WHERE query LIKE 'SELECT%x.id + x.c1 AS n1 %'");
is($node->safe_psql('postgres', qq{
	SELECT count(*) > 0, bool_and(queryids = ARRAY[$queryid]) FROM perf_advisor.advise_indexes(queryid => $queryid)
}), 't|t', 'advice for one statement is about that one');
($rc, $out, $err) = $node->psql('postgres', 'SELECT * FROM perf_advisor.advise_indexes(queryid => 1)');
like($err, qr/ERROR: .*statement/, 'one that nobody ran is an error');

# ---- time

is($node->safe_psql('postgres', q{
	CREATE TEMP TABLE started AS SELECT clock_timestamp() AS at;
	CREATE TEMP TABLE advised AS SELECT * FROM perf_advisor.advise_indexes(deadline => '30 ms');
	SELECT clock_timestamp() - at < '3 s' FROM started;
	SELECT count(*) FROM advised AS a, LATERAL unnest(a.caveats) AS c WHERE a.cost_after > a.cost_before;
}), "t\n0", 'a short deadline is kept, and what is advised is still right');

# ---- a cancel in the middle

($rc, $out, $err) = $node->psql('postgres', q{
	SET statement_timeout = '20 ms';
	SELECT count(*) FROM perf_advisor.missing_indexes;
	RESET statement_timeout;
	SELECT 'alive', count(*) FROM pg_backend_memory_contexts WHERE name ~ '^perf_advisor (what-if|choice|planning)';
}, on_error_stop => 0);
like($err, qr/canceling statement due to statement timeout/, 'the advisor can be cancelled');
is($out, 'alive|0', 'the session goes on, and nothing stays in memory');

# ---- an index that a proposal makes redundant

$node->safe_psql('postgres', q{
	SELECT perf_advisor.reset();
	CREATE TABLE parcel AS SELECT i AS id, i % 20 AS depot, (i * 7 % 11) AS zone, repeat('x', 30) AS pad FROM generate_series(1, 100000) AS i;
	CREATE INDEX parcel_by_depot ON parcel (depot);
	CREATE UNIQUE INDEX parcel_by_id ON parcel (id);
	VACUUM ANALYZE parcel;
	SELECT perf_advisor.reset();
});
$node->safe_psql('postgres', "\\o /dev/null\n" . "SELECT pad FROM parcel WHERE depot = 7 AND zone = 3;\n" x 3);
is($node->safe_psql('postgres', q{SELECT array_to_string(key_columns, ','), replaces FROM perf_advisor.missing_indexes}),
	'depot,zone|public.parcel_by_depot', 'a row names the index that it makes redundant');

# ---- statements that never end

$node->safe_psql('postgres', q{
	DROP INDEX parcel_by_depot;
	SELECT perf_advisor.reset();
});
$node->psql('postgres', "SET statement_timeout = '1ms';\n" .
	"SELECT count(*) FROM parcel AS a WHERE depot = 7 AND zone = 3 AND pg_sleep(0.02) IS NOT NULL;\n" x 3,
	on_error_stop => 0);
is($node->safe_psql('postgres', q{SELECT array_to_string(key_columns, ','), calls FROM perf_advisor.missing_indexes}),
	'depot,zone|3', 'a statement that is always cancelled gets its index');

# ---- users whose statements do not count

$node->safe_psql('postgres', q{
	CREATE ROLE dumper;
	GRANT SELECT ON parcel TO dumper;
	SELECT perf_advisor.reset();
});
$node->safe_psql('postgres', "SET ROLE dumper;\n\\o /dev/null\n" . "SELECT pad FROM parcel WHERE depot = 7 AND zone = 3;\n" x 3);
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM perf_advisor.missing_indexes;
	INSERT INTO perf_advisor.ignore_rules (rolname, reason) VALUES ('dumper', 'nightly dump');
	SELECT count(*) FROM perf_advisor.missing_indexes;
}), "1\n0", 'statements of an ignored role are no workload');

$node->stop;
done_testing();
