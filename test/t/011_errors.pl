# Statements that are ended from outside, sessions that are ended in the middle of
# one, errors that only the log sees, and many errors: each counts exactly once.

use strict;
use warnings FATAL => 'all';

use IO::Socket::UNIX;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', <<~CONF);
	shared_preload_libraries = 'perf_advisor'
	deadlock_timeout = 10ms
	autovacuum = off
	CONF
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');
$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE t (id int PRIMARY KEY);
	INSERT INTO t SELECT generate_series(1, 1000);
	ANALYZE t;
	-- no statement, so that only what calls it is counted
	CREATE FUNCTION raises(state text) RETURNS int LANGUAGE plpgsql AS $$
	BEGIN
		RAISE EXCEPTION 'raised' USING ERRCODE = state;
	END $$;
	CREATE FUNCTION work() RETURNS int LANGUAGE plpgsql AS $$
	BEGIN
		FOR i IN 1 .. 3 LOOP
			PERFORM count(*) AS of_done FROM t WHERE id = i;
		END LOOP;
		PERFORM id, pg_sleep(3600) AS of_asleep FROM t WHERE id = 1;
		RETURN 1;
	END $$;
	CREATE FUNCTION sleeps_in_planning() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
	BEGIN
		PERFORM pg_sleep(3600);
		RETURN 1;
	END $$;
	SQL

# What is counted of the statements whose text matches.
sub counted
{
	my ($like) = @_;
	return $node->safe_psql('postgres', <<~SQL);
		SELECT s.toplevel, sum(s.calls), sum(s.errors), sum(s.cancelled),
			(SELECT string_agg(e.sqlstate || '=' || e.errors, ',' ORDER BY e.sqlstate) FROM perf_advisor.statement_errors AS e
			WHERE (e.queryid, e.userid, e.dbid, e.toplevel) = (s.queryid, s.userid, s.dbid, s.toplevel))
		FROM perf_advisor.statements AS s
		WHERE s.query LIKE '$like' AND s.query !~ 'perf_advisor|CREATE'
		GROUP BY s.userid, s.dbid, s.queryid, s.toplevel ORDER BY 1
	SQL
}

# Errors without a statement.
sub unidentified
{
	return $node->safe_psql('postgres', <<~SQL);
		SELECT sqlstate, errors FROM perf_advisor.statement_errors
		WHERE queryid IS NULL AND query IS NULL ORDER BY 1
	SQL
}

sub reset_all { $node->safe_psql('postgres', 'SELECT perf_advisor.reset()'); return; }

my $started = 0;

# Sends a statement that will wait, and returns when it does.
sub send_and_wait
{
	my ($session, $pid, $statement, $wait_event) = @_;
	$started++;
	$session->query_until(qr/started $started/, "\\echo started $started\n$statement;\n");
	$node->poll_query_until('postgres', "SELECT wait_event = '$wait_event' AND state = 'active' FROM pg_stat_activity WHERE pid = $pid")
	  or die "it does not wait: $statement";
	return;
}

sub wait_for_end
{
	my ($pid) = @_;
	$node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $pid)")
	  or die 'the session did not end';
	return;
}

# psql has noticed that its session is gone, or will when it is asked
sub forget
{
	my ($session) = @_;
	local $SIG{PIPE} = 'IGNORE';
	eval { $session->quit };
	return;
}

# Runs a statement, which may fail.
sub execute
{
	my ($session, $statement) = @_;
	my $output = $session->query($statement);
	$session->{stderr} = '';
	return $output;
}

# a session and its pid
sub session
{
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	return ($session, scalar execute($session, 'SELECT pg_backend_pid()'));
}

# ---- pg_terminate_backend: what runs has failed, all else has not ----
my ($session, $pid) = session();
reset_all();
execute($session, 'BEGIN');
execute($session, 'DECLARE c CURSOR FOR SELECT id AS of_idle_cursor FROM t');
execute($session, 'FETCH 3 FROM c');
send_and_wait($session, $pid, 'SELECT work(), id AS of_work FROM t', 'PgSleep');
is(counted('%of_asleep%'), 'f|0|0|0|', 'what still runs is planned, and not counted');
is(counted('%of_done%'), 'f|3|0|0|', 'what ended inside it is');
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
wait_for_end($pid);
is(counted('%of_work%'), 't|0|1|1|57P01=1', 'the statement that was terminated failed');
is(counted('%of_asleep%'), 'f|0|1|1|57P01=1', 'and so did the one inside it');
is(counted('%of_done%'), 'f|3|0|0|', 'what had ended inside it stays as it was');
is( $node->safe_psql('postgres', q{SELECT calls, rows, errors FROM perf_advisor.statements WHERE query LIKE '%of_idle_cursor%' AND NOT toplevel}),
	'1|3|0', 'a cursor that only waited did not fail, and is counted');
is(counted('FETCH%'), 't|1|0|0|', 'nor did its FETCH');
is(unidentified(), '', 'nothing else failed');
is( $node->safe_psql('postgres', q{SELECT error_exec_time > 0 FROM perf_advisor.statements WHERE query LIKE '%of_work%' AND query !~ 'perf_advisor'}),
	't', 'its time is there');
forget($session);

($session, $pid) = session();
reset_all();
send_and_wait($session, $pid, 'DO $$ BEGIN PERFORM id, id, pg_sleep(3600) AS of_do FROM t; END $$', 'PgSleep');
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
wait_for_end($pid);
is(counted('%of_do%'), "f|0|1|1|57P01=1\nt|0|1|1|57P01=1", 'a utility statement, terminated');
forget($session);

($session, $pid) = session();
reset_all();
send_and_wait($session, $pid, 'SELECT sleeps_in_planning() AS of_planning', 'PgSleep');
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
wait_for_end($pid);
is(counted('%of_planning%'), 't|0|1|1|57P01=1', 'a planning, terminated');
forget($session);

# ---- the end of a session between statements ----
($session, $pid) = session();
reset_all();
execute($session, "SET idle_in_transaction_session_timeout = '100ms'");
$session->query_until(qr/idle now/, "BEGIN;\nSELECT count(*) AS of_before FROM t;\n\\echo idle now\n");
wait_for_end($pid);
is(counted('%of_before%'), 't|1|0|0|', 'what ran before idle_in_transaction_session_timeout is a call');
is(unidentified(), '25P03|1', 'its FATAL is an error of no statement');
forget($session);

# ---- ended by others, the session going on ----
($session, $pid) = session();
reset_all();
send_and_wait($session, $pid, 'SELECT id AS of_cancelled, id, id, pg_sleep(3600) FROM t', 'PgSleep');
$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
$session->query_until(qr/goes on/, "\\echo goes on\n");
is(counted('%of_cancelled%'), 't|0|1|1|57014=1', 'pg_cancel_backend, its session idle');
is(unidentified(), '', 'which is not counted twice');

my ($other, $other_pid) = session();
execute($other, 'BEGIN');
execute($other, 'SELECT FROM t WHERE id = 3 FOR UPDATE');
execute($session, "SET lock_timeout = '50ms'");
execute($session, 'SELECT id AS of_row_lock FROM t WHERE id = 3 FOR UPDATE');
execute($other, 'LOCK TABLE t');
execute($session, 'SELECT id AS of_table_lock FROM t WHERE id = 4');
execute($other, 'ROLLBACK');
execute($session, 'RESET lock_timeout');
is(counted('%of_row_lock%'), 't|0|1|0|55P03=1', 'lock_timeout is an error, and cancelled by nobody');
is(unidentified(), '55P03|1', 'analysis waits for the table, and has no queryid yet');

reset_all();
execute($session, 'BEGIN');
execute($other, 'BEGIN');
execute($session, 'UPDATE t SET id = id WHERE id = 1');
execute($other, 'UPDATE t SET id = id WHERE id = 2');
send_and_wait($session, $pid, 'UPDATE t SET id = id WHERE id = 2', 'transactionid');
execute($other, 'UPDATE t SET id = id WHERE id = 1');
# whichever was the victim, the other one gets through
execute($session, 'ROLLBACK');
execute($other, 'ROLLBACK');
is(counted('UPDATE t SET id = id WHERE id = $1'), 't|3|1|0|40P01=1', 'a deadlock has one victim');
$other->quit;

# ---- protocols, parallel workers ----
reset_all();
execute($session, 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off');
execute($session, 'SELECT sum(1 / (id - 500)) AS of_parallel FROM t');
is(counted('%of_parallel%'), 't|0|1|0|22012=1', 'an error in a parallel worker counts once');
execute($session, 'RESET ALL');

SKIP:
{
	skip 'psql has no \bind', 3 if $version < 160000;
	reset_all();
	execute($session, 'SELECT 1 / ($1::int - 5) AS of_extended \bind 5 \g');
	execute($session, 'SELECT 1 / ($1::int - 5) AS of_extended \bind 6 \g');
	is(counted('%of_extended%'), 't|1|1|0|22012=1', 'the extended protocol');
	reset_all();
	execute($session, "SELECT \$1::int, \$1 AS of_bind \\bind nonsense \\g");
	is( $node->safe_psql('postgres', 'SELECT sqlstate, sum(errors) FROM perf_advisor.statement_errors GROUP BY 1'),
		'22P02|1', 'a parameter that cannot be read');
	is( $node->safe_psql('postgres', q{SELECT sum(calls) FROM perf_advisor.statements WHERE query LIKE '%of_bind%' AND query !~ 'perf_advisor'}) || 0,
		0, 'which is no call');
}

# ---- errors that only the log sees ----
reset_all();
$node->psql('postgres', 'SELEC');
is(unidentified(), '42601|1', 'the only statement of a session, not even parsed');
execute($session, "SET log_min_messages = panic");
execute($session, 'SELEC');
execute($session, 'SELECT 1 / 0 AS of_quiet, 1, 1, 1');
is(unidentified(), '42601|1', 'what is not logged has no row without queryid');
is(counted('%of_quiet%'), 't|0|1|0|22012=1', 'what has a queryid is counted all the same');
execute($session, "SET log_min_messages = warning");
# as many messages below ERROR as there may be
execute($session, 'DO $$ BEGIN RAISE WARNING \'no error\'; RAISE LOG \'nor this\'; END $$');
is(unidentified(), '42601|1', 'a warning is no error');
# caught in a function before it had a queryid: nobody ever sees it
execute($session, 'DO $$ BEGIN EXECUTE \'SELEC\'; EXCEPTION WHEN syntax_error THEN NULL; END $$');
is(unidentified(), '42601|1', 'a syntax error that is caught is not logged');

# ---- messages that name nothing are no error of the statement before ----
sub message { my ($type, $body) = @_; return $type . pack('N', 4 + length $body) . $body; }
my $port = $node->port;
my $socket = IO::Socket::UNIX->new($node->host . "/.s.PGSQL.$port") or die "no connection: $!";

# Sends messages and waits until the server is ready for more.
sub converse
{
	my ($messages) = @_;
	my $type = '';
	$socket->syswrite($messages);
	while ($type ne 'Z')
	{
		my ($header, $rest) = ('', '');
		$socket->read($header, 5) == 5 or die 'the connection was closed';
		($type, my $length) = unpack('aN', $header);
		$socket->read($rest, $length - 4) == $length - 4 or die 'the connection was closed';
	}
	return;
}
my $startup = pack('N', 196608) . "user\0" . $node->safe_psql('postgres', 'SELECT current_user') . "\0database\0postgres\0\0";
converse(pack('N', 4 + length $startup) . $startup);
my $sync = message('S', '');
my $next = message('Q', "SELECT 1, 2, 3 AS of_next\0");	# what waits is counted then
my $bind = pack('nnn', 0, 0, 0);
my $good = message('P', "\0SELECT 1, 2 AS of_innocent\0\0\0") . message('B', "\0\0$bind") . message('E', "\0\0\0\0\0");
foreach my $case (
	[ 'Bind of an unknown statement', message('B', "\0nosuch\0$bind"), '26000' ],
	[ 'Describe of an unknown statement', message('D', "Snosuch\0"), '26000' ],
	[ 'Execute of an unknown portal', message('E', "nosuch\0\0\0\0\0"), '34000' ],
	[ 'a call of an unknown function', message('F', pack('Nnnn', 1, 0, 0, 0)), '42883', 'F' ],
	[ 'a message that cannot be read', message('B', 'x'), '08P01' ])
{
	my ($name, $messages, $state, $is_call) = @$case;
	my $end = $is_call ? '' : $sync;
	reset_all();
	converse($good . $sync);
	converse($messages . $end);
	converse($next);
	is(counted('%of_innocent%') . ' ' . unidentified(), "t|1|0|0| $state|1", $name);
	reset_all();
	converse(message('Q', "BEGIN\0"));
	converse($good . $sync);
	converse($messages . $end);
	converse(message('Q', "ROLLBACK\0"));
	is(counted('%of_innocent%') . ' ' . unidentified(), "t|1|0|0| $state|1", "$name, in a transaction");
	next if $is_call;
	reset_all();
	converse($good . $messages . $sync);
	converse($next);
	is(counted('%of_innocent%') . ' ' . unidentified(), "t|1|0|0| $state|1", "$name, behind it");
}
$node->safe_psql('postgres', 'CREATE TABLE part (id int REFERENCES t DEFERRABLE INITIALLY DEFERRED)');
reset_all();
converse(message('P', "\0INSERT INTO part VALUES (-1)\0\0\0") . message('B', "\0\0$bind") . message('E', "\0\0\0\0\0") . $sync);
is(counted('INSERT INTO part%') . ' ' . unidentified(), 't|1|1|0|23503=1 ', 'what fails at Sync is of the statement before');
$socket->close;

# ---- a cancel that strikes while a plan's text is made ----
$node->safe_psql('postgres', <<~'SQL');
	CREATE TYPE slow;
	CREATE FUNCTION slow_in(cstring) RETURNS slow IMMUTABLE STRICT LANGUAGE internal AS 'float8in';
	CREATE FUNCTION slow_out(slow) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'pg_sleep';
	CREATE TYPE slow (INPUT = slow_in, OUTPUT = slow_out, LIKE = float8);
	CREATE FUNCTION is_slow(slow) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
	CREATE FUNCTION counts() RETURNS int LANGUAGE plpgsql AS $$
	BEGIN
		RETURN (SELECT count(*) AS of_text FROM t WHERE is_slow('3600'));
	END $$;
	SQL
foreach my $case ([ t => 'SELECT count(*) AS of_text FROM t WHERE is_slow(\'3600\')', 't|1|1|1|57014=1' ],
	[ f => 'SELECT counts() AS of_text', "f|1|1|1|57014=1\nt|1|1|1|57014=1" ])
{
	my ($toplevel, $statement, $expected) = @$case;
	reset_all();
	execute($session, $statement);
	send_and_wait($session, $pid, $statement, 'PgSleep');
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
	$session->query_until(qr/goes on/, "\\echo goes on\n");
	is(counted('%of_text%'), $expected, "a cancel while a text is made, toplevel $toplevel");
	is(unidentified(), '', 'counts for its statement');
}

# ---- thousands, with thousands of codes ----
reset_all();
execute($session, <<~'SQL');
	DO $$
	BEGIN
		FOR i IN 1 .. 3000 LOOP
			BEGIN
				PERFORM raises('Q' || lpad(i::text, 4, '0')), 1 AS of_many;
			EXCEPTION WHEN OTHERS THEN
				NULL;
			END;
		END LOOP;
	END $$;
	SQL
is( $node->safe_psql('postgres', q{SELECT calls, errors FROM perf_advisor.statements WHERE query LIKE '%of_many%' AND NOT toplevel}),
	'0|3000', 'three thousand errors of one statement');
is( $node->safe_psql('postgres', q{SELECT sum(errors), count(*) <= 48, bool_or(query = '<evicted>'), count(*) FILTER (WHERE sqlstate IS NULL)
		FROM perf_advisor.statement_errors}),
	'3000|t|t|1', 'keep their sum in a few rows');
is( $node->safe_psql('postgres', q{SELECT value::int > 2900 FROM perf_advisor.status() WHERE item = 'error_rows_evicted'}), 't', 'and status() tells');
execute($session, q{DO $$ BEGIN FOR i IN 1 .. 100 LOOP BEGIN PERFORM raises('QQQQQ'), 2, 2 AS of_often; EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$});
is(counted('%of_often%') =~ /^f\|0\|100\|0\|QQQQQ=100$/m ? 1 : 0, 1, 'another statement has its own row');
is( $node->safe_psql('postgres', q{SELECT value FROM perf_advisor.status() WHERE item = 'errors_lost'}), '0', 'none was lost');

# ---- reset, all and by key ----
$node->safe_psql('postgres', q{SELECT perf_advisor.reset(userid, dbid, queryid) FROM perf_advisor.statement_errors WHERE sqlstate = 'QQQQQ'});
is( $node->safe_psql('postgres', q{SELECT count(*) FILTER (WHERE sqlstate = 'QQQQQ'), sum(errors) FROM perf_advisor.statement_errors}),
	'0|3000', 'a reset by key takes the rows of that statement and no others');
reset_all();
is($node->safe_psql('postgres', 'SELECT count(*) FROM perf_advisor.statement_errors'), '0', 'a reset takes all');

# ---- who sees what ----
$node->safe_psql('postgres', 'CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE watcher LOGIN IN ROLE pg_read_all_stats');
$node->psql('postgres', 'SELECT 1 / 0 AS of_alice, 1, 1, 1, 1', extra_params => [ '-U', 'alice' ]);
$node->psql('postgres', 'SELEC', extra_params => [ '-U', 'alice' ]);
my $rows = q{SELECT userid::regrole, queryid IS NOT NULL, query, sqlstate, errors FROM perf_advisor.statement_errors WHERE userid = 'alice'::regrole ORDER BY sqlstate};
my $text = 'SELECT $1 / $2 AS of_alice, $3, $4, $5, $6';
foreach my $case ([ 'alice', "t|$text" ], [ 'watcher', "t|$text" ], [ 'bob', 'f|<insufficient privilege>' ])
{
	my ($role, $shown) = @$case;
	is($node->safe_psql('postgres', $rows, extra_params => [ '-U', $role ]), "alice|$shown|22012|1\nalice|f||42601|1", "what $role sees of alice's errors");
}

# ---- a shutdown in the middle of a statement ends it cleanly ----
send_and_wait($session, $pid, 'SELECT id, pg_sleep(3600), id, id FROM t', 'PgSleep');
$node->stop('fast');
forget($session);
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|terminated by signal|XX000/, 'no crash');

done_testing();
