# Uses of indexes: exact over restarts, evictions and resets, for many sessions at
# a time; what had to be forgotten shows in first_seen, and is not guessed.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('index_usage');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', <<~'CONF');
	shared_preload_libraries = 'perf_advisor'
	perf_advisor.max_statements = 100
	restart_after_crash = on
	autovacuum = off
	enable_seqscan = off
	CONF
$node->start;
$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE t (id int PRIMARY KEY, a int, b int);
	INSERT INTO t SELECT i, i, i FROM generate_series(1, 1000) AS i;
	CREATE INDEX t_a ON t (a);
	CREATE INDEX t_b ON t (b);
	ANALYZE t;
	SQL

# usage(INDEX, COLUMNS)
sub usage
{
	my ($index, $columns, $server) = @_;
	return ($server // $node)->safe_psql('postgres', "SELECT $columns FROM perf_advisor.index_usage WHERE indexrelname = '$index'");
}

sub uses { return usage($_[0], 'uses', $_[1]); }

sub status { return $node->safe_psql('postgres', "SELECT value FROM perf_advisor.status() WHERE item = '$_[0]'"); }

# ---- many statements, few places ----

# 600 statements of one plan, thrice each, in a store of 100
my $flood = '';
foreach my $i (1 .. 600)
{
	my $columns = join(', ', map { ($i >> $_) & 1 ? 'a' : 'b' } 0 .. 9);
	$flood .= "SELECT $columns FROM t WHERE a = $i;\n";
}
$node->safe_psql('postgres', $flood) foreach 1 .. 3;
is(uses('t_a'), 1800, 'every use is counted, whatever becomes of the statements');
cmp_ok(status('evictions'), '>=', 400, 'most were evicted');
cmp_ok(usage('t_a', 'statements'), '>=', 600, 'and counted as statements');
is(uses('t_b'), 0, 'the other index was not used');
like(status('index_uses'), qr/^\d+ of 100 plans, \d+ of 1024 indexes$/, 'status() says how much room there is');

# by many sessions at a time
my $script = $node->basedir . '/flood.sql';
append_to_file($script, $flood);
$node->command_ok([ 'pgbench', '-n', '-f', $script, '-c', 8, '-j', 2, '-t', 3, 'postgres' ], 'a flood from eight sessions');
is(uses('t_a'), 1800 + 8 * 3 * 600, 'every use of theirs, too');

# ---- resets, also of what an idle session has counted ----

my $session = $node->background_psql('postgres');
$session->query_safe("SELECT id FROM t WHERE b = $_") foreach 1 .. 7;
is(uses('t_b'), 7, 'uses of a session that stays');
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
is($node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query LIKE '%FROM t WHERE%'}), 0, 'statements are forgotten');
is(uses('t_b'), 7, 'uses are not, of an idle session');
is(uses('t_a'), 16200, 'nor those in the table');
$session->query_safe('SELECT id FROM t WHERE b = 8');
is(uses('t_b'), 8, 'nor when that session goes on');
my $queryid = $node->safe_psql('postgres', q{SELECT queryid FROM perf_advisor.statements WHERE query = 'SELECT id FROM t WHERE b = $1'});
$node->safe_psql('postgres', "SELECT perf_advisor.reset(queryid => $queryid)");
is(uses('t_b'), 8, 'nor after the reset of one statement');
$session->quit;
is(uses('t_b'), 8, 'nor when it ends');
is(usage('t_b', 'last_used IS NOT NULL'), 't', 'the time of the last use stays');

# ---- more plans than there is room for ----

# each index makes plans of its own: 900 plans, 100 places
$node->safe_psql('postgres', join('', map { "CREATE TABLE m$_ (id int); CREATE INDEX m${_}_id ON m$_ (id);\n" } 1 .. 900));
$node->safe_psql('postgres', join('', map { "SELECT id FROM m$_ WHERE id = 1;\n" } 1 .. 900)) foreach 1 .. 2;
is($node->safe_psql('postgres', q{SELECT count(*), min(uses), max(uses) FROM perf_advisor.index_usage WHERE indexrelname ~ '^m\d+_id$'}),
	'900|2|2', 'uses of all are exact, though not all plans can be kept');
like(status('index_uses'), qr/^(\d+) of 100/, 'plans that are in no statement any more make room');

# a long list of indexes, and no memory for it
$node->safe_psql('postgres', 'CREATE TABLE p (k int PRIMARY KEY) PARTITION BY LIST (k);' .
	join('', map { "CREATE TABLE p$_ PARTITION OF p FOR VALUES IN ($_);" } 1 .. 30));
$node->safe_psql('postgres', 'SELECT count(*) FROM p WHERE k > 0') foreach 1 .. 3;
my $partitions = q{SELECT count(*), min(uses), max(uses) FROM perf_advisor.index_usage WHERE indexrelname ~ '^p\d+_pkey$'};
is($node->safe_psql('postgres', $partitions), '30|3|3', 'thirty indexes of one plan');

# ---- restarts ----

my $all = q{SELECT md5(string_agg((indexrelname, uses, rows, statements, last_used, first_seen)::text, ',' ORDER BY indexrelname))
	FROM perf_advisor.index_usage};
my $before = $node->safe_psql('postgres', $all);
$node->restart;
is($node->safe_psql('postgres', $all), $before, 'a restart keeps all, to the use');
$node->safe_psql('postgres', 'SELECT count(*) FROM p WHERE k > 0');
is($node->safe_psql('postgres', $partitions), '30|4|4', 'and goes on');
$node->safe_psql('postgres', 'SELECT perf_advisor.save()');
$before = $node->safe_psql('postgres', $all);
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', $all), $before, 'a crash keeps what was saved');

# ---- time that nobody watched ----

# a file that is an hour older than the server's last checkpoint
my @crc_table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0x82F63B78 : $c >> 1 for 1 .. 8; $c } 0 .. 255;

sub crc32c
{
	my $crc = 0xFFFFFFFF;
	$crc = ($crc >> 8) ^ $crc_table[ ($crc ^ $_) & 0xFF ] foreach unpack 'C*', $_[0];
	return $crc ^ 0xFFFFFFFF;
}

sub file_is_older
{
	my ($seconds) = @_;
	my $file = $node->data_dir . '/pg_stat_tmp/perf_advisor.stat';
	my $content = slurp_file($file);
	substr($content, 80, 8) = pack 'q', unpack('q', substr $content, 80, 8) - $seconds * 1_000_000;
	substr($content, 100, 4) = pack 'L', crc32c(substr $content, 0, 100);
	open my $fh, '>:raw', $file or die "$file: $!";
	print $fh $content;
	close $fh;
	return;
}

my $first_seen = usage('t_a', 'first_seen');
$node->stop;
file_is_older(60);
$node->start;
is(usage('t_a', 'first_seen'), $first_seen, 'the last minute before a crash is not missed');
$node->safe_psql('postgres', 'CREATE TABLE unwatched (id int PRIMARY KEY)');
my $unwatched = usage('unwatched_pkey', 'first_seen');
$node->stop;
file_is_older(3600);
$node->start;
is(usage('t_a', "uses, first_seen > '$unwatched'"), '16200|t', 'the time that the server ran without a file is not taken for watched');
is(usage('unwatched_pkey', "first_seen > '$unwatched'"), 't', 'by no index');
$first_seen = usage('t_a', 'first_seen');

# ---- identifiers ----

# an index that gets the identifier of one that is gone
$node->safe_psql('postgres', 'CREATE TABLE reuse (id int); CREATE INDEX reuse_id ON reuse (id)');
$node->safe_psql('postgres', 'SELECT id FROM reuse WHERE id = 1') foreach 1 .. 5;
is(uses('reuse_id'), 5, 'an index is used');
my $old = usage('reuse_id', 'indexrelid');
my $seen = usage('reuse_id', 'first_seen');
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$node->safe_psql('postgres', 'DROP INDEX reuse_id');
# a dead row and a file that waits for a checkpoint keep the identifier
$node->safe_psql('postgres', 'VACUUM pg_class');
$node->safe_psql('postgres', 'CHECKPOINT') foreach 1 .. 2;
$node->stop;
$node->command_ok([ 'pg_resetwal', '-f', '-o', $old - 3, '-D', $node->data_dir ], 'identifiers start again');
$node->start;
$node->safe_psql('postgres', "CREATE INDEX again_$_ ON reuse (id)") foreach 1 .. 4;
is( $node->safe_psql('postgres', "SELECT uses, last_used IS NULL, first_seen > '$seen' FROM perf_advisor.index_usage WHERE indexrelid = $old"),
	'0|t|t', 'another index gets its identifier, but not its uses and its time');

# ---- what is created, dropped and copied ----

$node->safe_psql('postgres', 'CREATE DATABASE copy TEMPLATE postgres');
is( $node->safe_psql('copy', "SELECT uses, statements, first_seen > '$first_seen' FROM perf_advisor.index_usage WHERE indexrelname = 't_a'"),
	'0|0|t', 'indexes of a copied database are as old as the database');
$node->safe_psql('copy', 'SELECT id FROM t WHERE a = 1') foreach 1 .. 2;
is($node->safe_psql('copy', "SELECT uses FROM perf_advisor.index_usage WHERE indexrelname = 't_a'"), 2, 'and counted apart');
is(uses('t_a'), 16200, 'from those of the original');
my $created = $node->safe_psql('copy', "SELECT first_seen FROM perf_advisor.index_usage WHERE indexrelname = 't_a'");
$node->psql('copy', 'DROP DATABASE copy');
is($node->safe_psql('copy', "SELECT uses, first_seen = '$created' FROM perf_advisor.index_usage WHERE indexrelname = 't_a'"),
	'2|t', 'a DROP DATABASE that fails forgets nothing');
$node->safe_psql('postgres', 'DROP DATABASE copy');

# ---- foreign keys ----

$node->safe_psql('postgres', <<~'SQL');
	CREATE TABLE parent (id int PRIMARY KEY);
	CREATE TABLE child (parent int REFERENCES parent);
	CREATE INDEX child_parent ON child (parent);
	INSERT INTO parent VALUES (1), (2);
	INSERT INTO child VALUES (1), (1), (1);
	SQL
SKIP:
{
	# 19 looks the parent up without a query
	skip 'a version that checks foreign keys by queries', 1 if $node->safe_psql('postgres', 'SHOW server_version_num') >= 190000;
	is(uses('parent_pkey'), 3, 'the check of a new child uses the key of the parent');
}
$node->safe_psql('postgres', 'DELETE FROM parent WHERE id = 2');
is(uses('child_parent'), 1, 'that of a parent which goes, the index of the child');

# ---- a standby counts for itself ----

$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('index_usage_standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is(usage('t_a', 'uses, last_used IS NULL', $standby), '0|t', 'a standby inherits no uses');
cmp_ok($standby->safe_psql('postgres', "SELECT count(*) FROM perf_advisor.index_usage WHERE first_seen <= '$first_seen'"),
	'==', 0, 'and has watched since its own start');
$standby->safe_psql('postgres', 'SELECT id FROM t WHERE a = 3') foreach 1 .. 4;
is(uses('t_a', $standby), 4, 'it counts its own');
is(uses('t_a'), 16200, 'which are not the primary\'s');
my $watched = q{SELECT count(*), bool_and(first_seen >= '%s') FROM perf_advisor.index_usage WHERE indexrelname IN ('t_a', 'never', 'replayed')};
# an index with a window of its own, one without, and one that is created by replay
$node->safe_psql('postgres', 'CREATE INDEX replayed ON t (a, b); CREATE INDEX never ON t (b, a)');
$node->wait_for_catchup($standby);
$standby->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my $promoted = $standby->safe_psql('postgres', 'SELECT clock_timestamp()');
is($standby->safe_psql('postgres', sprintf $watched, $promoted), '3|f', 'a standby watches on');
$standby->restart;
is($standby->safe_psql('postgres', sprintf $watched, $promoted), '3|f', 'and over a restart');
$promoted = $standby->safe_psql('postgres', 'SELECT clock_timestamp()');
$standby->promote;
is($standby->safe_psql('postgres', sprintf $watched, $promoted), '3|t', 'from a promotion on all indexes are watched anew: what the old primary ran is not known');
is(uses('t_a', $standby), 4, 'a promotion keeps uses');
$promoted = $standby->safe_psql('postgres', 'SELECT clock_timestamp()');
$standby->restart;
is($standby->safe_psql('postgres', sprintf $watched, $promoted), '3|f', 'once');
$standby->safe_psql('postgres', 'CREATE INDEX late ON t (b, a)');
is(usage('late', 'uses', $standby), 0, 'and indexes are created there now');
$standby->stop;

# one that is promoted while it is not running, so that nobody sees it happen
my $unseen = PostgreSQL::Test::Cluster->new('index_usage_unseen');
$unseen->init_from_backup($node, 'backup', has_streaming => 1);
$unseen->start;
$node->wait_for_catchup($unseen);
$unseen->safe_psql('postgres', 'SELECT id FROM t WHERE a = 3');
$promoted = $unseen->safe_psql('postgres', 'SELECT clock_timestamp()');
$unseen->stop;
unlink $unseen->data_dir . '/standby.signal';
$unseen->start;
is($unseen->safe_psql('postgres', sprintf $watched, $promoted), '3|t', 'nor is it of a standby that starts as a server of its own');
is(uses('t_a', $unseen) + uses('replayed', $unseen), 1, 'which keeps its uses');
$unseen->stop;

# ---- more indexes than there is room for ----

# rows of indexes that go with their tables are free at once
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
$node->safe_psql('postgres', join('', map { "DROP TABLE m$_;\n" } 1 .. 900));
my ($rows) = status('index_uses') =~ /, (\d+) of 1024/;
cmp_ok($rows, '<', 100, 'what was dropped takes no room');
is(usage('t_a', "first_seen = '$first_seen'"), 't', 'nothing was forgotten so far');
$node->safe_psql('postgres', join('', map { "CREATE TABLE n$_ (id int); CREATE INDEX n${_}_id ON n$_ (id);\n" } 1 .. 1100));
$node->safe_psql('postgres', join('', map { "SELECT id FROM n$_ WHERE id = 1;\n" } 1 .. 1100));
is($node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.index_usage WHERE indexrelname ~ '^n\d+_id$' AND uses = 0 AND first_seen < now() - interval '1 hour'}),
	0, 'no index is taken for unused since long ago');
is($node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.index_usage WHERE last_used < first_seen AND uses = 0}), 0, 'none is unused with a use');
like( $node->safe_psql('postgres', q{SELECT hint FROM perf_advisor.status() WHERE item = 'index_uses'}),
	qr/^Uses of indexes before .* may be missing/, 'status() says that something was forgotten');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.index_usage WHERE indexrelname = 't_b' AND uses = 0 AND first_seen <= '} . $first_seen . q{'}),
	0, 'an index that was used long ago is not unused since before');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|XX000/, 'no crash');
done_testing();
