# Rules of ignore_rules that name an application: what only pg_dump or a
# migration runs is no part of the workload; what the application runs as well
# is, whoever was first.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('ignored_applications');
$node->init;
$node->append_conf('postgresql.conf', <<~'CONF');
	shared_preload_libraries = 'perf_advisor'
	autovacuum = off
	CONF
$node->start;

my @columns = map { "c$_" } 1 .. 14;
$node->safe_psql('postgres', <<~"SQL");
	CREATE EXTENSION perf_advisor;
	CREATE TABLE item (id int PRIMARY KEY, @{[ join(', ', map { "$_ int" } @columns) ]});
	INSERT INTO item SELECT i, @{[ join(', ', map { 'i % 10000' } @columns) ]} FROM generate_series(1, 60000) AS i;
	ANALYZE item;
	CREATE ROLE clerk;
	GRANT SELECT ON item TO clerk;
	SQL

# by(APPLICATION, COLUMN, TIMES, BEFORE): a session of it asks for that column
sub by
{
	my ($application, $column, $times, $before) = @_;
	local $ENV{PGAPPNAME} = $application;
	$node->safe_psql('postgres', join('', ($before // '') . ";\n",
		map { "SELECT count(*) FROM item WHERE $column = $_;\n" } 1 .. $times));
	return;
}

# The columns of which advice is given, by statement: an index has one column.
sub advised
{
	return $node->safe_psql('postgres', <<~'SQL');
		SELECT string_agg(DISTINCT substring(s.query FROM 'WHERE (c\d+)'), ' ' ORDER BY substring(s.query FROM 'WHERE (c\d+)'))
		FROM perf_advisor.missing_indexes AS m, unnest(m.queryids) AS q (queryid)
			JOIN perf_advisor.statements AS s USING (queryid) WHERE m.relname = 'item'
		SQL
}

# advised_one(COLUMN): is there advice for its statement?  Asked for alone, so
# that no limit of indexes a table comes between.
sub advised_one
{
	my ($column) = @_;
	return $node->safe_psql('postgres', <<~"SQL");
		SELECT count(*) FROM (SELECT DISTINCT queryid FROM perf_advisor.statements WHERE query LIKE '%WHERE $column = %') AS s,
			perf_advisor.advise_indexes(s.queryid) AS a WHERE a.key_columns = '{$column}'
		SQL
}

sub rules
{
	my (@rules) = @_;
	$node->safe_psql('postgres', join(";\n", 'DELETE FROM perf_advisor.ignore_rules',
		map { my %rule = %$_; my @names = sort keys %rule;
			"INSERT INTO perf_advisor.ignore_rules (@{[ join(', ', @names, 'reason') ]}) VALUES (@{[ join(', ', map { qq('$rule{$_}') } @names) ]}, 'a test')" } @rules));
	return;
}

by('pg_dump', 'c1', 3);
by('pg_dump', 'c2', 2);
by('shop', 'c2', 30);
by('shop', 'c3', 3);
by('pg_dump', 'c3', 2);
by('pg_dump', 'c4', 3, 'SET ROLE clerk');
by('migrate 1', 'c5', 3);
by('migrate 2', 'c5', 3);
by('migrate 1', 'c6', 3);
by('pg_dump', 'c6', 3);

sub are_advised
{
	my ($name, %wanted) = @_;
	is(join(' ', map { "$_=" . advised_one($_) } sort keys %wanted),
		join(' ', map { "$_=$wanted{$_}" } sort keys %wanted), $name);
	return;
}

are_advised('without rules', c1 => 1, c2 => 1, c3 => 1, c4 => 1, c5 => 1, c6 => 1);

rules({ application_name => 'pg_dump' });
my %dumped = (c1 => 0, c2 => 1, c3 => 1, c4 => 0, c5 => 1, c6 => 1);
are_advised('what only pg_dump runs is left out, whoever came first elsewhere', %dumped);
unlike(advised(), qr/\bc1\b/, 'of the whole workload, too');

rules({ application_name => 'pg_dum' }, { application_name => 'PG_DUMP' }, { application_name => '' });
are_advised('neither part of a name nor another case of it', c1 => 1, c4 => 1);

rules({ application_name => 'pg_dump', rolname => 'clerk' });
are_advised('that of one role only', c1 => 1, c4 => 0);
rules({ application_name => 'shop', rolname => 'clerk' });
are_advised('both must match', c1 => 1, c3 => 1, c4 => 1);

rules({ application_name => 'migrate _' });
are_advised('a pattern matches several', c1 => 1, c5 => 0, c6 => 1);
rules({ application_name => 'migrate%' }, { application_name => 'pg\_dump' });
are_advised('each application by a rule of its own', c1 => 0, c2 => 1, c5 => 0, c6 => 0);
rules({ application_name => 'migrate 1' });
are_advised('one of two is not all', c5 => 1, c6 => 1);

rules({ application_name => 'pg_dump', relname => 'item' });
are_advised('of one table', %dumped);
rules({ application_name => 'pg_dump', relname => 'other' });
are_advised('of another table', c1 => 1, c4 => 1);
rules({ application_name => 'pg_dump', category => 'n_plus_one' });
are_advised('of another kind of advice', c1 => 1, c4 => 1);

# ---- it is remembered ----

rules({ application_name => 'pg_dump' });
$node->restart;
are_advised('after a restart', %dumped);
by('shop', 'c1', 1);
are_advised('and learned on', %dumped, c1 => 1);

$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
by('pg_dump', 'c2', 3);
are_advised('a reset forgets who ran it', c2 => 0);

# a statement of its own that is reset, in a session that goes on
my $session = $node->background_psql('postgres');
$session->query_safe(q{SET application_name = 'pg_dump'});
$session->query_safe("SELECT count(*) FROM item WHERE c3 = $_") foreach 1 .. 3;
$session->query_safe(q{SET application_name = 'shop'});
$session->query_safe('SELECT count(*) FROM item WHERE c3 = 5');
are_advised('two applications in a session', c3 => 1);
$node->safe_psql('postgres', q{SELECT perf_advisor.reset(0, 0, queryid) FROM perf_advisor.statements WHERE query LIKE '%WHERE c3 = %'});
$session->query_safe(q{SET application_name = 'pg_dump'});
$session->query_safe("SELECT count(*) FROM item WHERE c3 = $_") foreach 1 .. 3;
are_advised('a reset of one statement forgets it', c3 => 0);

# ---- sessions that change their name, as behind a connection pool ----

$session->query_safe('PREPARE prepared(int) AS SELECT count(*) FROM item WHERE c4 = $1');
$session->query_safe("EXECUTE prepared($_)") foreach 1 .. 3;
are_advised('prepared', c4 => 0);
$session->query_safe(q{SET application_name = 'shop'; SET application_name = 'web'});
$session->query_safe('EXECUTE prepared(4)');
are_advised('and run under another name', c4 => 1);

# the third value may be where the first one was
$session->query_safe(q{SET application_name = 'pg_dump'});
$session->query_safe("SELECT count(*) FROM item WHERE c5 = $_") foreach 1 .. 3;
foreach my $i (1 .. 8)
{
	$session->query_safe(qq{SET application_name = 'other_$i'});
	last if $i == 7;
	$session->query_safe('SELECT 1');
}
$session->query_safe('SELECT count(*) FROM item WHERE c5 = 4');
are_advised('names that come to the same address', c5 => 1);

$session->query_safe(q{SET application_name = 'pg_dump'});
$session->query_safe(q{BEGIN; SET LOCAL application_name = 'shop'});
$session->query_safe("SELECT count(*) FROM item WHERE c6 = $_") foreach 1 .. 3;
$session->query_safe('COMMIT');
$session->query_safe("SELECT count(*) FROM item WHERE c7 = $_") foreach 1 .. 3;
are_advised('SET LOCAL', c6 => 1, c7 => 0);
$session->query_safe(q{BEGIN; SET application_name = 'shop'});
$session->query_safe('ROLLBACK');
$session->query_safe("SELECT count(*) FROM item WHERE c8 = $_") foreach 1 .. 3;
are_advised('a SET that was rolled back', c8 => 0);

# more names in one session than it keeps
foreach my $i (1 .. 80)
{
	$session->query_safe("SET application_name = 'pod $i'");
	$session->query_safe("SELECT count(*) FROM item WHERE c9 = $i") if $i % 20 == 0;
	$session->query_safe("SELECT 1");
}
rules({ application_name => 'pod %' });
are_advised('a few names of many', c9 => 0);
$session->query_safe(q{SET application_name = 'pg_dump'});
$session->query_safe('SELECT count(*) FROM item WHERE c9 = 1');
are_advised('and one more', c9 => 1);

# ---- limits: a statement of too many applications stays ----

foreach my $i (1 .. 8)
{
	$session->query_safe("SET application_name = 'worker $i'");
	$session->query_safe("SELECT count(*) FROM item WHERE c10 = $i");
}
rules({ application_name => 'worker %' });
are_advised('eight names are kept', c10 => 0);
$session->query_safe(q{SET application_name = 'worker 9'});
$session->query_safe('SELECT count(*) FROM item WHERE c10 = 9');
are_advised('of more, nothing is known', c10 => 1);
$node->restart;
are_advised('nor after a restart', c10 => 1);
$session->quit;

# a name that no statement has any more makes room: there are 32 places
$session = $node->background_psql('postgres');
foreach my $i (1 .. 48)
{
	$node->safe_psql('postgres', q{SELECT perf_advisor.reset(0, 0, queryid) FROM perf_advisor.statements WHERE query LIKE '%WHERE c10 = %'})
	  if $i % 8 == 1;
	$session->query_safe("SET application_name = 'batch $i'");
	$session->query_safe("SELECT count(*) FROM item WHERE c10 = $i");
}
rules({ application_name => 'batch 4_' });
are_advised('names that are not used any more make room', c10 => 0);
rules({ application_name => 'batch 3_' });
are_advised('and are forgotten', c10 => 1);
$session->quit;

# names: cleaned and cut by the server, the empty one is one, too
my $long = 'n' x 70;
by($long, 'c11', 3);
by('', 'c12', 3);
rules({ application_name => 'n' x 63 });
are_advised('the longest name', c11 => 0, c12 => 1);
$node->restart;
are_advised('the longest name after a restart', c11 => 0);
rules({ application_name => '' });
are_advised('the empty name', c11 => 1, c12 => 0);
rules({ application_name => '%' });
are_advised('any name', c11 => 0, c12 => 0);

# inside functions it is the session's
$node->safe_psql('postgres', <<~'SQL');
	CREATE FUNCTION inside(wanted int) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM item WHERE c13 = wanted); END';
	CREATE FUNCTION renamed(wanted int) RETURNS bigint LANGUAGE plpgsql SET application_name = 'shop' AS 'BEGIN RETURN (SELECT count(*) FROM item WHERE c14 = wanted); END';
	SQL
{
	local $ENV{PGAPPNAME} = 'pg_dump';
	$node->safe_psql('postgres', join(' ', map { "SELECT inside($_); SELECT renamed($_);" } 1 .. 4));
}
rules({ application_name => 'pg_dump' });
my $nested = q{SELECT coalesce(string_agg(DISTINCT key_columns[1], ' ' ORDER BY key_columns[1]), '') FROM perf_advisor.missing_indexes WHERE key_columns[1] IN ('c13', 'c14')};
is($node->safe_psql('postgres', $nested), 'c14', 'statements inside functions');

$node->stop;
done_testing();
