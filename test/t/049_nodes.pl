# Standbys are asked which indexes they use: a primary, its standby, and nodes
# that are down, dumb, or something else.

use strict;
use warnings FATAL => 'all';

use IO::Socket::INET;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\nperf_advisor.unused_index_min_age = 0\n");
$primary->start;
if ($primary->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'dblink'") eq '0')
{
	$primary->stop;
	plan skip_all => 'contrib dblink is not there';
}
$primary->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE orders (id int PRIMARY KEY, customer int, state int);
	INSERT INTO orders SELECT i, i % 20000, i % 5000 FROM generate_series(1, 60000) AS i;
	CREATE INDEX orders_customer ON orders (customer);
	CREATE INDEX orders_state ON orders (state);
	VACUUM ANALYZE orders;
	SQL
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);

# the table is used on both, one index on the standby only
$primary->safe_psql('postgres', 'SELECT count(*) FROM orders; SELECT count(*) FROM orders');
$standby->safe_psql('postgres', 'SET enable_seqscan = off; SELECT id FROM orders WHERE customer = 7; SELECT id FROM orders WHERE customer = 8');

sub class_of
{
	my ($server, $index) = @_;
	return $server->safe_psql('postgres', "SELECT class, uses FROM perf_advisor.unused_indexes WHERE indexrelname = '$index'");
}

sub state_of
{
	my ($node) = @_;
	return $primary->safe_psql('postgres', "SELECT state FROM perf_advisor.nodes WHERE server = '$node'");
}

sub message_of
{
	my ($node) = @_;
	return $primary->safe_psql('postgres', "SELECT message FROM perf_advisor.nodes WHERE server = '$node'");
}

# Makes a foreign server; returns nothing.
sub make_server
{
	my ($name, $options) = @_;
	$primary->safe_psql('postgres', "CREATE SERVER $name FOREIGN DATA WRAPPER dblink_fdw OPTIONS ($options); CREATE USER MAPPING FOR CURRENT_USER SERVER $name");
	return;
}

sub fails_with
{
	my ($sql, $pattern, $what) = @_;
	my ($status, $out, $err) = $primary->psql('postgres', "\\set VERBOSITY verbose\n$sql");
	like($err, $pattern, $what);
	return;
}

is(class_of($primary, 'orders_customer'), 'unused_on_primary_only|0', 'there is a standby that nobody has asked');
is(class_of($primary, 'orders_state'), 'unused_on_primary_only|0', 'it might use any index');
is( $standby->safe_psql('postgres', "SELECT uses FROM perf_advisor.index_usage WHERE indexrelname = 'orders_customer'"),
	2, 'the standby shows what it uses');
is(class_of($standby, 'orders_state'), 'unused_on_standby_only|0', 'and what it does not');

# what can't be a node
fails_with("SELECT perf_advisor.add_node('replica')", qr/42704.*extension "dblink" is not installed.*CREATE EXTENSION dblink/s, 'dblink is needed');
$primary->safe_psql('postgres', 'CREATE SCHEMA "other Schema"; CREATE EXTENSION dblink SCHEMA "other Schema"');
fails_with("SELECT perf_advisor.add_node('replica')", qr/42704.*server "replica" does not exist/s, 'the foreign server must exist');
my $standby_at = sprintf("host '%s', port '%s', dbname 'postgres'", $standby->host, $standby->port);
make_server('replica', $standby_at);
fails_with("SELECT perf_advisor.add_node('replica')", qr/HV00J|HV.*has no connect_timeout.*OPTIONS \(ADD connect_timeout '2'\)/s, 'without connect_timeout it is refused');
$primary->safe_psql('postgres', "ALTER SERVER replica OPTIONS (ADD connect_timeout '0')");
fails_with("SELECT perf_advisor.add_node('replica')", qr/has no connect_timeout.*OPTIONS \(SET connect_timeout '2'\)/s, '0 is none');
$primary->safe_psql('postgres', "ALTER SERVER replica OPTIONS (SET connect_timeout '2')");
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('replica')");
fails_with("SELECT perf_advisor.add_node('replica')", qr/42710.*is a node already/s, 'only once');
fails_with("SELECT perf_advisor.remove_node('replicb')", qr/42704.*is no node/s, 'what is no node is not removed');

# the standby answers
is(state_of('replica'), 'answered', 'the standby answers');
is(message_of('replica'), '', 'and there is nothing to say about it');
is(class_of($primary, 'orders_customer'), '', 'what only the standby uses is not unused');
is(class_of($primary, 'orders_state'), 'unused|0', 'what no server uses is');
like(
	$primary->safe_psql('postgres', "SELECT reason FROM perf_advisor.unused_indexes WHERE indexrelname = 'orders_state'"),
	qr/standby/, 'the reason says that standbys were asked');
is( $primary->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query ~ '^SELECT.*dblink_(connect|send|is_busy|get_result)'}),
	0, 'asking is not recorded');
is( $primary->safe_psql('postgres', q{SELECT state FROM perf_advisor.nodes; SELECT coalesce(array_length("other Schema".dblink_get_connections(), 1), 0)}),
	"answered\n0", 'no connection stays open');

# one that is down
my $closed = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1');
my $port = $closed->sockport;
close $closed;
make_server('down', "host '127.0.0.1', port '$port', dbname 'postgres', connect_timeout '2'");
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('down')");
is(state_of('down'), 'unreachable', 'a node that is down is shown');
like(message_of('down'), qr/could not establish connection.*127\.0\.0\.1/, 'with the reason');
is(class_of($primary, 'orders_state'), 'unused_on_primary_only|0', 'it might use any index');
is(class_of($primary, 'orders_customer'), '', 'what another one uses is used');
$primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('down')");

# one that takes the connection and says nothing
my $mute = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1');
make_server('mute', sprintf("host '127.0.0.1', port '%s', dbname 'postgres', connect_timeout '2'", $mute->sockport));
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('mute')");
is(state_of('mute'), 'unreachable', 'a node that says nothing is not waited for long');
is( $primary->safe_psql('postgres', "SELECT state, asked_at < now(), message FROM perf_advisor.nodes WHERE server = 'mute'"),
	'unreachable|t|it was waited for in vain less than a minute ago', 'and not at all by the next session');
is($primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('mute'); SELECT perf_advisor.add_node('mute'); SELECT message ~ 'in vain' FROM perf_advisor.nodes WHERE server = 'mute'"),
	"\n\nf", 'unless it is added anew');
$primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('mute')");
close $mute;

# one that begins to answer, and stops
my $encoding = $primary->safe_psql('postgres', 'SHOW server_encoding');
my $stalling = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1');
my $stalls = fork();
die 'fork failed' if !defined $stalls;
if ($stalls == 0)
{
	while (my $client = $stalling->accept)
	{
		my $message = sub { my ($type, $body) = @_; syswrite($client, $type . pack('N', length($body) + 4) . $body); };
		my ($length, $body, $type);
		sysread($client, $length, 4);
		sysread($client, $body, unpack('N', $length) - 4);
		$message->('R', pack('N', 0));
		$message->('S', "client_encoding\0$encoding\0");
		$message->('S', "server_version\0" . "15.1\0");
		$message->('Z', 'I');
		sysread($client, $type, 1);
		# a first column of a description that never ends
		syswrite($client, 'T' . pack('Nn', 200, 8) . "system_identifier\0");
		sysread($client, $type, 4096);
		sysread($client, $type, 4096);
		close $client;
	}
	exit 0;
}
make_server('stalling', sprintf("host '127.0.0.1', port '%s', dbname 'postgres', connect_timeout '2', sslmode 'disable', gssencmode 'disable'", $stalling->sockport));
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('stalling')");
is( $primary->safe_psql('postgres', "SET statement_timeout = '60s'; SELECT state, message FROM perf_advisor.nodes WHERE server = 'stalling'"),
	'unreachable|it did not answer in time', 'half an answer is not waited for');
$primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('stalling')");
kill 'KILL', $stalls;
waitpid $stalls, 0;

# servers that are no standbys of this one
make_server('itself', sprintf("host '%s', port '%s', dbname 'postgres', connect_timeout '2'", $primary->host, $primary->port));
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('itself')");
is(state_of('itself'), 'refused', 'a server is no node of its own');
like(message_of('itself'), qr/not a standby/, 'it says why');
$primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('itself')");

$primary->safe_psql('postgres', 'CREATE DATABASE elsewhere');
$primary->wait_for_catchup($standby);
make_server('elsewhere', sprintf("host '%s', port '%s', dbname 'elsewhere', connect_timeout '2'", $standby->host, $standby->port));
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('elsewhere')");
is(state_of('elsewhere'), 'refused', 'nor is another database');
like(message_of('elsewhere'), qr/perf_advisor.* does not exist/, 'the answer of the other server is the message');
$primary->safe_psql('elsewhere', 'CREATE EXTENSION perf_advisor');
$primary->wait_for_catchup($standby);
like(message_of('elsewhere'), qr/another database/, 'also with the extension');
$primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('elsewhere')");

$primary->safe_psql('postgres', 'DROP SERVER mute CASCADE; ALTER SERVER replica OPTIONS (DROP connect_timeout)');
is(state_of('replica'), 'refused', 'a connect_timeout taken away makes it unfit');
is(class_of($primary, 'orders_state'), 'unused_on_primary_only|0', 'and its indexes unknown');
$primary->safe_psql('postgres', "ALTER SERVER replica OPTIONS (ADD connect_timeout '2')");

# two names of one server are one; several hosts are none; nor is who may not add nodes
make_server('again', "$standby_at, connect_timeout '2'");
$primary->safe_psql('postgres', "SELECT perf_advisor.add_node('again')");
is( $primary->safe_psql('postgres', 'SELECT server, state, message FROM perf_advisor.nodes ORDER BY server'),
	qq{again|refused|it is the same server as "replica"\nreplica|answered|}, 'a server under two names is asked once');
$primary->safe_psql('postgres', "SELECT perf_advisor.remove_node('again')");
make_server('several', "host '127.0.0.1,127.0.0.1', dbname 'postgres', connect_timeout '2'");
fails_with("SELECT perf_advisor.add_node('several')", qr/leads to several hosts/, 'several hosts would be waited for one after the other');
$primary->safe_psql('postgres', 'CREATE ROLE other; GRANT USAGE ON FOREIGN DATA WRAPPER dblink_fdw TO other; ALTER SERVER again OWNER TO other');
fails_with("SELECT perf_advisor.add_node('again')", qr/42501.*the owner of server "again" may not add nodes/s, 'nor a server of somebody else');
$primary->safe_psql('postgres', 'ALTER SERVER replica OWNER TO other');
is(state_of('replica'), 'refused', 'also when it was given away later');
$primary->safe_psql('postgres', 'ALTER SERVER replica OWNER TO CURRENT_USER');

# who may
$primary->safe_psql('postgres', 'CREATE ROLE watcher LOGIN; GRANT pg_monitor TO watcher; CREATE ROLE plain LOGIN');
fails_with("SET ROLE watcher; SELECT perf_advisor.add_node('replica')", qr/42501.*permission denied for function add_node/s, 'add_node() is the owner\'s');
fails_with("SET ROLE plain; SELECT * FROM perf_advisor.nodes", qr/42501.*permission denied/s, 'nodes are for those who monitor');
is( $primary->safe_psql('postgres', "SET ROLE watcher; SELECT state FROM perf_advisor.nodes WHERE server = 'replica'"),
	'unreachable', 'without a user mapping nothing is asked, and nothing fails');
is( $primary->safe_psql('postgres', 'SET ROLE watcher; SELECT class FROM perf_advisor.unused_indexes WHERE indexrelname = \'orders_state\''),
	'unused_on_primary_only', 'nor is anything unused for who cannot ask');

# interrupted
fails_with("SET statement_timeout = 1; SELECT count(*) FROM perf_advisor.nodes, pg_sleep(1)", qr/57014/, 'a cancel goes through');

# on the standby itself nobody is asked
$primary->wait_for_catchup($standby);
is( $standby->safe_psql('postgres', "SELECT state, message FROM perf_advisor.nodes WHERE server = 'replica'"),
	'not asked|this server is itself a standby', 'a standby asks nobody');
my ($status, $out, $err) = $standby->psql('postgres', "SELECT perf_advisor.remove_node('replica')");
like($err, qr/read-only transaction|during recovery/, 'and changes nothing');

# the standby is gone: its slot or sender may be, too, but the node is known
$standby->stop;
is(state_of('replica'), 'unreachable', 'a standby that stopped is unreachable');
is(class_of($primary, 'orders_customer'), 'unused_on_primary_only|0', 'so nobody knows whether it uses an index');

# dumped, and gone with the extension
my ($stdout, $stderr) = run_command([ 'pg_dump', '--data-only', '--dbname', $primary->connstr('postgres') ]);
like($stdout, qr/COPY perf_advisor\.registered_nodes.*\nreplica\t/, 'pg_dump keeps nodes');
$primary->safe_psql('postgres', 'DROP EXTENSION perf_advisor');
$primary->stop;
done_testing();
