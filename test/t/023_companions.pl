# Beside the extensions that a server is likely to have loaded as well, in every
# place among them: our counts are those of a server without them, the counts of
# pg_stat_statements those of a server without us, and the advice is the same
# while hypopg pretends that an index is there.
#
# The companions are other projects' packages.  What the machine lacks is left
# out, and said (Debian has none of them for a PostgreSQL that is not released).

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('companions');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'perf_advisor'
autovacuum = off
max_parallel_workers_per_gather = 2
CONF
$node->start;

my @companions = qw(pg_stat_kcache pg_qualstats hypopg pg_wait_sampling);
my %there = map { $_ => 1 } split /\n/,
  $node->safe_psql('postgres', 'SELECT name FROM pg_available_extensions');
foreach my $name (grep { !$there{$_} } @companions)
{
	SKIP: { skip "$name is not installed on this machine", 1; }
}

# An unknown prefix is no error, so all settings can stand there all the time.
my $settings = <<'CONF';
pg_stat_statements.track = all
pg_stat_statements.max = 5000
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_nested_statements = on
pg_stat_kcache.track = all
pg_qualstats.sample_rate = 1
pg_qualstats.track_constants = on
pg_wait_sampling.profile_period = 10
CONF
$node->append_conf('postgresql.conf', $settings);

# Errors end a statement of the workload, not the workload.
my $workload = slurp_file('test/lib/workload.sql');
my $script = $node->basedir . '/script.sql';
append_to_file($script, <<'SQL');
SELECT count(*) FROM orders WHERE customer_id = 17;
SELECT f_plpgsql(2);
INSERT INTO orders (customer_id, amount) VALUES (3, 1);
SQL

# run(LIBRARIES...): the workload in a new database on a server with these
# libraries; gives what each of the two counted
sub run
{
	my @libraries = @_;
	my $preload = join ', ', @libraries;
	my $offset = -s $node->logfile;

	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'");
	$node->restart;
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS work');
	$node->safe_psql('postgres', 'DROP ROLE IF EXISTS other');
	$node->safe_psql('postgres', 'CREATE DATABASE work TEMPLATE template0');
	foreach my $library (grep { $_ ne 'auto_explain' } @libraries)
	{
		$node->safe_psql('work', "CREATE EXTENSION $library");
	}
	my %loaded = map { $_ => 1 } @libraries;
	$node->safe_psql('work', 'SELECT perf_advisor.reset()') if $loaded{perf_advisor};
	$node->safe_psql('work', 'SELECT pg_stat_statements_reset()') if $loaded{pg_stat_statements};

	my ($rc, $stdout, $stderr) = $node->psql('work', $workload, on_error_stop => 0);
	my @errors = $stderr =~ /ERROR:  (.*)/g;
	is("$rc " . @errors, '0 7', "$preload: the workload fails where it should") or diag($stderr);
	foreach my $protocol (qw(simple extended prepared))
	{
		$node->command_ok([ 'pgbench', '-n', '-f', $script, '-M', $protocol, '-c', 2, '-j', 1, '-t', 20, 'work' ],
			"$preload: pgbench, $protocol protocol");
	}

	my %counts;
	foreach my $view (grep { $loaded{ $_ eq 'ours' ? 'perf_advisor' : 'pg_stat_statements' } } qw(ours theirs))
	{
		my $relation = $view eq 'ours' ? 'perf_advisor.statements' : 'pg_stat_statements';
		my $more = $view eq 'ours' ? ', s.plans, s.errors, s.planids' : '';
		$counts{$view} = $node->safe_psql('work', <<~SQL);
			SELECT s.userid::regrole, s.toplevel, s.query, s.calls, s.rows$more
			FROM $relation AS s JOIN pg_database AS d ON d.oid = s.dbid
			WHERE d.datname = 'work' AND s.query !~ '(pg_stat_statements|perf_advisor)'
			ORDER BY s.query COLLATE "C", 1, 2, 4, 5
		SQL
		$counts{$view} = [ split /\n(?=\w+\|[tf]\|)/, $counts{$view} ];
	}
	if ($loaded{perf_advisor})
	{
		$counts{advice} = advice($loaded{hypopg});
		is($node->safe_psql('work', "SELECT string_agg(item || ' ' || value, ', ') FROM perf_advisor.status()
			WHERE item IN ('calls_lost', 'frames_skipped', 'torn_reads') AND value <> '0'"),
			'', "$preload: nothing is lost");
	}

	my $log = slurp_file($node->logfile, $offset);
	unlike($log, qr/PANIC|TRAP:|terminated by signal|XX000|WARNING: .*(leak|perf_advisor)|could not (find|load|open)/,
		"$preload: no crash, leak or internal error");
	# what failed is what the client saw fail
	my @logged = $log =~ /ERROR:  (.*?)(?: at character \d+)?$/gm;
	is(join("\n", @logged), join("\n", @errors), "$preload: no error that the workload does not make");
	return %counts;
}

# The advice on a table that needs an index; with hypopg, while that pretends
# that the very index exists.
sub advice
{
	my ($hypopg) = @_;
	$node->safe_psql('work', 'CREATE TABLE needy AS SELECT g AS id, g % 5000 AS part, repeat(md5(g::text), 4) AS filler FROM generate_series(1, 30000) AS g; ANALYZE needy');
	$node->safe_psql('work', join ';', map { "SELECT filler FROM needy WHERE part = $_" } 1 .. 5);
	my $pretend = $hypopg ? "SELECT FROM hypopg_create_index('CREATE INDEX ON needy (part)');" : '';
	my $rows = $node->safe_psql('work', <<~SQL);
		$pretend
		SELECT relname, key_columns FROM perf_advisor.missing_indexes WHERE relname = 'needy';
	SQL
	$rows =~ s/^\n+//;
	if ($hypopg)
	{
		# auto_explain, loaded before hypopg, fails to name an index that is not
		# there, with us or without
		like($node->safe_psql('work', "$pretend SET auto_explain.log_min_duration = -1; EXPLAIN SELECT filler FROM needy WHERE part = 3"),
			qr/<\d+>btree_needy_part/, 'hypopg does pretend');
	}
	return $rows;
}

# differences(GOT, WANTED): the rows that only one of two lists has
sub differences
{
	my ($got, $wanted) = @_;
	my (%got, %wanted);
	$got{$_}++ foreach @$got;
	$wanted{$_}++ foreach @$wanted;
	return join "\n", (map { "more: $_" } grep { !$wanted{$_} } @$got), (map { "missing: $_" } grep { !$got{$_} } @$wanted);
}

my %alone = run('perf_advisor');
my %without = run('pg_stat_statements');
cmp_ok(scalar(@{ $alone{ours} }), '>', 90, 'the workload was counted');
is($alone{advice}, 'needy|{part}', 'there is advice');

# Each companion is loaded before us and after us, we are first, last and
# between them.  pg_stat_kcache wants pg_stat_statements loaded before it.
foreach my $order (
	'perf_advisor pg_stat_statements auto_explain pg_stat_kcache pg_qualstats hypopg pg_wait_sampling',
	'pg_stat_statements pg_stat_kcache pg_wait_sampling hypopg pg_qualstats auto_explain perf_advisor',
	'pg_stat_statements hypopg pg_qualstats perf_advisor pg_stat_kcache pg_wait_sampling auto_explain',
	'auto_explain pg_wait_sampling pg_stat_statements pg_stat_kcache perf_advisor pg_qualstats hypopg',
	'pg_qualstats pg_wait_sampling auto_explain perf_advisor hypopg pg_stat_statements pg_stat_kcache')
{
	my @libraries = grep { /^(perf_advisor|auto_explain)$/ || $there{$_} } split / /, $order;
	my $name = join ', ', @libraries;
	my %counts = run(@libraries);

	is(differences($counts{ours}, $alone{ours}), '', "$name: our counts are as without the others");
	# Known: a query inside a utility statement that core leaves without an
	# identifier gets one from us, and pg_stat_statements then records it, too.
	my $inner = qr/^more: postgres\|[tf]\|(CREATE (TEMP )?(TABLE|MATERIALIZED VIEW) \w+ AS|SELECT \* INTO|DECLARE c\d|REFRESH|EXPLAIN \(ANALYZE.*\) CREATE TABLE) [^\n]*\|[12]\|\d+$/m;
	my $theirs = differences($counts{theirs}, $without{theirs});
	is(join("\n", grep { !/$inner/ } split /\n/, $theirs), '', "$name: those of pg_stat_statements are as without us");
	is($counts{advice}, $alone{advice}, "$name: the advice is the same");
	foreach my $view (grep { $there{ (/^(pg_[a-z]+_[a-z]+|pg_qualstats)/)[0] } } qw(pg_stat_kcache pg_qualstats))
	{
		is($node->safe_psql('work', "SELECT count(*) > 0 FROM $view"), 't', "$name: $view works");
	}
}

$node->stop;
done_testing();
