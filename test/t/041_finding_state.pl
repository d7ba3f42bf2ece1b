# What becomes of advice, where one session cannot show it: a dump and its
# restore, a standby, and the script that builds an index on a partitioned
# table without blocking writes.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('finding_state');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<'EOT');
shared_preload_libraries = 'perf_advisor'
perf_advisor.overhead_budget = 100
perf_advisor.sample_rate = 1
max_parallel_workers_per_gather = 0
EOT
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION perf_advisor;
	CREATE SCHEMA "Big";
	CREATE TABLE "Big".reading (taken date NOT NULL, device int NOT NULL, "Value" int, note text) PARTITION BY RANGE (taken);
	CREATE TABLE "Big".reading_1 PARTITION OF "Big".reading FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
	CREATE TABLE "Big"."reading 2" PARTITION OF "Big".reading FOR VALUES FROM ('2024-07-01') TO ('2025-01-01')
		PARTITION BY LIST (device);
	CREATE TABLE "Big".reading_2_low PARTITION OF "Big"."reading 2" DEFAULT;
	INSERT INTO "Big".reading SELECT '2024-01-01'::date + i % 360, i % 3000, i, repeat('x', 40) FROM generate_series(1, 100000) AS i;
	ANALYZE;
});
$node->safe_psql('postgres', q{
	CREATE UNLOGGED TABLE volatile_parent (id int PRIMARY KEY);
	CREATE UNLOGGED TABLE volatile_child (id int PRIMARY KEY, pid int REFERENCES volatile_parent, note text);
	INSERT INTO volatile_child SELECT i, NULL, repeat('x', 40) FROM generate_series(1, 50000) AS i;
	ANALYZE volatile_child;
});
my $question = q{SELECT count(note) FROM "Big".reading WHERE device = 77};
$node->safe_psql('postgres', "$question;\n" x 5);
$node->safe_psql('postgres', q{INSERT INTO perf_advisor.ignore_rules (relname, reason) VALUES ('scratch%', 'thrown away')});
is($node->safe_psql('postgres', 'SELECT key_columns, index_ddl FROM perf_advisor.advise_indexes()'),
	'{device}|CREATE INDEX reading_device_idx ON "Big".reading (device)', 'advice for the root of a partitioned table');

# a standby gives advice, and can write none down
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby, 'replay');
$standby->safe_psql('postgres', "$question;\n" x 2);
my $before = $node->safe_psql('postgres', 'SELECT last_seen FROM perf_advisor.finding_state');
is($standby->safe_psql('postgres', 'SELECT relname, key_columns FROM perf_advisor.advise_indexes()'),
	'reading|{device}', 'a standby has advice about its own statements');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.missing_indexes AS m,
	perf_advisor.explain_missing_index(m.finding_id) AS e WHERE e.plan_after LIKE '%device_idx%'}),
	'1', 'and explains it');
is($standby->safe_psql('postgres', q{SELECT kind, column_name FROM perf_advisor.index_hints WHERE relname = 'volatile_child'}),
	'foreign_key|pid', 'a table that is not logged has no file here, and is no trouble');
my ($rc, $out, $err) = $standby->psql('postgres', 'SELECT perf_advisor.acknowledge(1)');
isnt($rc, 0, 'a standby acknowledges nothing');
like($err, qr/cannot execute perf_advisor.acknowledge\(\)/, 'and says so');
is($standby->safe_psql('postgres', 'SELECT last_seen FROM perf_advisor.finding_state'), $before, 'it has written nothing');
$standby->stop;

# dump and restore: the notes come along, with the rules
my $dump = $node->basedir . '/dump.sql';
$node->safe_psql('postgres', q{SELECT perf_advisor.acknowledge(finding_id, 'after the holidays') FROM perf_advisor.finding_state});
$node->safe_psql('postgres', 'CREATE DATABASE copy');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump ], 'pg_dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('copy'), '-f', $dump ], 'restore');
my $state = 'SELECT finding_id, state, note, queryids, means_before, first_seen FROM perf_advisor.finding_state';
is($node->safe_psql('copy', $state), $node->safe_psql('postgres', $state), 'the restored state is the same');
is($node->safe_psql('copy', 'SELECT relname, reason FROM perf_advisor.ignore_rules'), 'scratch%|thrown away', 'and so are the rules');

# the script: run by psql as it is, while somebody writes
my $script = $node->basedir . '/script.sql';
append_to_file($script, $node->safe_psql('postgres', 'SELECT ddl_script FROM perf_advisor.missing_indexes'));
like(slurp_file($script), qr/ON ONLY "Big"\.reading .*CONCURRENTLY .*ATTACH PARTITION/s, 'the script goes partition by partition');
my $writer = $node->background_psql('postgres');
$writer->query_safe(q{BEGIN; SELECT count(*) FROM "Big".reading WHERE device = 1});
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
		'-c', q{SET lock_timeout = '60s'}, '-f', $script ], 'the script runs beside a transaction that reads the table');
$writer->query_safe('COMMIT');
$writer->quit;
is($node->safe_psql('postgres', q{SELECT bool_and(indisvalid), count(*) FROM pg_index WHERE indrelid IN
	(SELECT relid FROM pg_partition_tree('"Big".reading'))}), 't|4', 'the index is valid at every level');
$node->safe_psql('postgres', "$question;\n" x 5);
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.advise_indexes()'), '0', 'and advised no more');
is($node->safe_psql('postgres', 'SELECT state, mean_after < mean_before FROM perf_advisor.finding_state'),
	'resolved|t', 'it is resolved, by the partitions\' indexes too');

$node->stop;
done_testing();
