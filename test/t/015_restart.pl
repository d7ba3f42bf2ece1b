# What was recorded survives restarts, to the call; a crash loses what came after
# the last save; what was reset does not come back.  The launcher is there, comes
# back when it was ended, and is missed when it is not.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('restart');
$node->init;
$node->append_conf('postgresql.conf', <<~'CONF');
	shared_preload_libraries = 'perf_advisor'
	restart_after_crash = on
	autovacuum = off
	CONF
$node->start;
my $file = $node->data_dir . '/pg_stat_tmp/perf_advisor.stat';
$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE kept (id int PRIMARY KEY, customer int, note text);
	INSERT INTO kept SELECT i, i % 20000, repeat('x', 100) FROM generate_series(1, 60000) AS i;
	ANALYZE kept;
	CREATE FUNCTION kept_in_function(wanted int) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM kept WHERE id < wanted); END';
	SELECT perf_advisor.reset();
	SQL

# a session that stays, so that its own slab holds the latest
my $session = $node->background_psql('postgres');
$session->query_safe('PREPARE by_id(int) AS SELECT note FROM kept WHERE id = $1');
$session->query_safe("EXECUTE by_id($_)") foreach 1 .. 8;
$session->query_safe("SELECT count(*) FROM kept WHERE customer = $_") foreach 1 .. 20;
$session->query_safe("SELECT kept_in_function($_)") foreach 1 .. 4;
$session->query_safe("SELECT 'Gr\x{c3}\x{bc}\x{c3}\x{9f}e' AS word FROM kept LIMIT 1");
$node->psql('postgres', 'SELECT 1 / (customer - customer) FROM kept WHERE id = 1');

# everything that the views say of what reads this table
my $of_kept = q{query ~ 'FROM kept|kept_in_function|^PREPARE'};
my $row = "to_jsonb(v) - 'exec_time_pct'";		# but its share of a total that grows
my %contents = (
	statements => "SELECT $row FROM perf_advisor.statements AS v WHERE $of_kept ORDER BY 1",
	errors => "SELECT sum(errors) FROM perf_advisor.statements WHERE $of_kept",
	seq_scans => "SELECT $row FROM perf_advisor.seq_scans AS v WHERE relname = 'kept' ORDER BY 1",
	table_access => "SELECT $row FROM perf_advisor.table_access AS v WHERE relname = 'kept' ORDER BY 1",
	statement_histogram => "SELECT md5(string_agg(h::text, ',' ORDER BY h::text)) FROM perf_advisor.statement_histogram AS h
		WHERE queryid IN (SELECT queryid FROM perf_advisor.statements WHERE $of_kept)",
	info => 'SELECT i FROM perf_advisor.statements_info AS i',
	advice => 'SELECT index_ddl FROM perf_advisor.missing_indexes');
# later issues add these
foreach my $view (qw(plans statement_errors))
{
	$contents{$view} = "SELECT md5(string_agg(($row)::text, ',' ORDER BY ($row)::text)) FROM perf_advisor.$view AS v
		WHERE queryid IN (SELECT queryid FROM perf_advisor.statements WHERE $of_kept)"
	  if $node->safe_psql('postgres', "SELECT to_regclass('perf_advisor.$view') IS NOT NULL") eq 't';
}

sub contents { return map { $_ => $node->safe_psql('postgres', $contents{$_}) } keys %contents; }

# the SELECTs above are not of kept, but plan it: only advice is read last
sub is_as_before
{
	my ($name, %before) = @_;
	my %now = contents();
	is($now{$_}, $before{$_}, "$name: $_") foreach sort keys %before;
	return;
}

sub calls { return $node->safe_psql('postgres', "SELECT coalesce(sum(calls), 0) FROM perf_advisor.statements WHERE query LIKE '%AS $_[0] FROM kept%'"); }
sub item { return $node->safe_psql('postgres', "SELECT $_[1] FROM perf_advisor.status() WHERE item = '$_[0]'"); }

my %before = contents();
like($before{advice}, qr/\(customer\)/, 'there is advice to lose');
cmp_ok(() = $before{statements} =~ /"calls"/g, '>', 5, 'there are statements');

# The processes of a killed postmaster end within a moment.
sub start_after_kill
{
	for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		return if $node->start(fail_ok => 1);
		select undef, undef, undef, 0.1;
		$node->stop('fast', fail_ok => 1);
	}
	die 'the server does not start after a kill';
}

# ---- clean restarts ----

$session->quit;
$node->restart;
is_as_before('restart', %before);
like(item('loaded', 'value'), qr/^\d+ entries, saved /, 'status() says what was loaded');
$node->stop('smart');
$node->start;
is_as_before('another one', %before);
$node->safe_psql('postgres', 'SELECT count(*) FROM kept WHERE customer = 5');
is($node->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query = 'SELECT count(*) FROM kept WHERE customer = $1'}),
	21, 'counting goes on');

# ---- crashes ----

sub prepare_crash
{
	my ($tag) = @_;
	$node->safe_psql('postgres', "SELECT count(*) AS $tag FROM kept WHERE note = '$tag' OR id = 1 OR " . 'id = 1 OR ' x length($tag) . 'false') foreach 1 .. 3;
	my $idle = $node->background_psql('postgres', on_error_stop => 0);
	$idle->query_safe("SELECT count(*) AS $tag FROM kept WHERE note = '$tag' OR id = 1 OR " . 'id = 1 OR ' x length($tag) . 'false');
	$node->safe_psql('postgres', 'SELECT perf_advisor.save()');
	return $idle;
}

my $idle = prepare_crash('a_crash');
my $pid = $idle->query_safe('SELECT pg_backend_pid()');
my $offset = -s $node->logfile;
kill('KILL', $pid) == 1 or die;
$node->wait_for_log(qr/database system is ready to accept connections/, $offset);
$node->poll_query_until('postgres', 'SELECT true') or die 'the server did not come back';
eval { $idle->quit };
is(calls('a_crash'), 4, 'a killed backend: what was saved is there, that of idle sessions included');
$node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'}) or die;
ok(1, 'the launcher is back after a crash');

$idle = prepare_crash('immediate');
$node->stop('immediate');
eval { $idle->quit };
$node->start;
is(calls('immediate'), 4, 'an immediate stop: what was saved is there');

$node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'}) or die;
$idle = prepare_crash('postmaster');
$node->kill9;
eval { $idle->quit };
start_after_kill();
ok(1, 'all processes ended with a killed postmaster');
is(calls('postmaster'), 4, 'a killed postmaster: what was saved is there');
is(calls('a_crash') + calls('immediate'), 8, 'and what was there before');

# ---- resets ----

$node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'}) or die;
$node->safe_psql('postgres', q{
	SELECT count(perf_advisor.reset(queryid => queryid)) FROM perf_advisor.statements WHERE query LIKE '%AS immediate%';
	SELECT perf_advisor.save()});
$node->stop('immediate');
$node->start;
is(calls('immediate') . ' ' . calls('a_crash'), '0 4', 'what was reset by key is gone from the file with the next save');
my $old = slurp_file($file);
$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
ok(!-e $file, 'a reset of everything removes the file at once');
$node->safe_psql('postgres', 'SELECT count(*) AS afterwards FROM kept');
$node->kill9;
start_after_kill();
is(calls('a_crash') . ' ' . calls('postmaster'), '0 0', 'nothing comes back after a reset and a crash');
is(item('loaded', 'ok, value'), 't|nothing: there was no file', 'status() says that there was no file');

# ---- the launcher ----

my $launcher = q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'perf_advisor launcher'};
$node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'}) or die;
$pid = $node->safe_psql('postgres', $launcher);
like($pid, qr/^\d+$/, 'there is one launcher');
$node->reload;
$node->safe_psql('postgres', 'CREATE DATABASE passing TEMPLATE template1');
$node->safe_psql('postgres', 'DROP DATABASE passing');
is($node->safe_psql('postgres', $launcher), $pid, 'it survives a reload, and databases that come and go');
like($node->safe_psql('postgres', 'SELECT perf_advisor.save()'), qr/^\d{4}-/, 'save() says when');
like(item('saved', 'value'), qr/^\d{4}-.*, \d+ kB$/, 'so does status()');
my $before_save = -M $file;
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid, 10000)");
my ($rc, $out, $err) = $node->psql('postgres', '\set VERBOSITY verbose' . "\nSELECT perf_advisor.save()");
like($err, qr/ERROR:  55000: the perf_advisor launcher is not running\nHINT:/, 'save() needs it');
is(item('launcher', 'ok, value'), 'f|not running', 'status() misses it');
$node->poll_query_until('postgres', "SELECT ($launcher) <> $pid") or die;
$node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'}) or die;
is(item('launcher', 'value'), 'running, process ' . $node->safe_psql('postgres', $launcher), 'it comes back by itself');

$node->append_conf('postgresql.conf', "max_worker_processes = 0\n");
$node->restart;
is(item('launcher', 'ok'), 'f', 'without a worker process there is no launcher');
$node->safe_psql('postgres', 'SELECT count(*) AS afterwards FROM kept');
$node->restart;
is(calls('afterwards'), 1, 'but a clean restart keeps what was recorded');
$node->stop;

my $log = slurp_file($node->logfile);
like($log, qr/LOG:  perf_advisor launcher started/, 'the launcher says when it starts');
like($log, qr/LOG:  perf_advisor launcher shutting down/, 'and when it ends');
unlike($log, qr/perf_advisor starts empty/, 'no file was rejected');
unlike($log, qr/PANIC|TRAP:|XX000/, 'no other crash');
my @signals = $log =~ /terminated by signal (\d+)/g;
is(join(',', @signals), '9', 'only the kill ended a process by a signal');
done_testing();
