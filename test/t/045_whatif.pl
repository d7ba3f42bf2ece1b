# perf_advisor.whatif() on a standby, beside somebody who locks the table, and
# without the library preloaded.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$primary->start;
$primary->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE big (id int PRIMARY KEY, customer int, note text);
	INSERT INTO big SELECT i, i % 20000, repeat('x', 100) FROM generate_series(1, 60000) AS i;
	ANALYZE big;
	CREATE UNLOGGED TABLE passing (id int);
	INSERT INTO passing SELECT generate_series(1, 1000);
	ANALYZE passing;
	SQL

my $index = "ARRAY['CREATE INDEX ON big (customer)', 'CREATE INDEX ON big (lower(note)) WHERE customer > 5']";
sub whatif { my ($query) = @_; return "SELECT index_used[1], cost_after < cost_before FROM perf_advisor.whatif('$query', $index)" }

# ---- a standby ----

$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', whatif('SELECT * FROM big WHERE customer = 7')), 't|t', 'a SELECT on a standby');
is($standby->safe_psql('postgres', whatif('SELECT * FROM big WHERE customer = $1 FOR SHARE')), 't|t', '... that would lock rows');
is($standby->safe_psql('postgres', whatif('UPDATE big SET note = NULL WHERE customer = 7')), 't|t', 'an UPDATE on a standby');
is($standby->safe_psql('postgres', whatif('DELETE FROM big WHERE customer = 7')), 't|t', 'a DELETE on a standby');
is($standby->safe_psql('postgres', q{SELECT index_sizes[1] > 0 FROM perf_advisor.whatif('SELECT 1', ARRAY['CREATE UNIQUE INDEX ON passing (id) NULLS NOT DISTINCT'])}),
	't', 'a table without files on a standby');
$standby->stop;

# ---- others' locks ----

my $owner = $primary->background_psql('postgres');
$owner->query_safe('BEGIN; LOCK TABLE big');
my ($rc, $out, $err) = $primary->psql('postgres', "\\set VERBOSITY sqlstate\n" . whatif('SELECT * FROM big WHERE customer = 7'));
like($err, qr/55P03/, 'a table that somebody has locked is not waited for');
($rc, $out, $err) = $primary->psql('postgres', whatif('SELECT * FROM big WHERE customer = 7'));
like($err, qr/a relation or an index is locked by another session/, '... and that is said');
($rc, $out, $err) = $primary->psql('postgres', "\\set VERBOSITY sqlstate\nSELECT * FROM perf_advisor.whatif('SELECT 1', $index)");
like($err, qr/55P03/, '... nor is one that is only in ddl');
$owner->query_safe('COMMIT');
is($primary->safe_psql('postgres', whatif('SELECT * FROM big WHERE customer = 7')), 't|t', 'afterwards it is planned');

# Nobody waits for a planning: an exclusive lock is had within 100 ms, also in
# the middle of a transaction that has called it many times.
my $caller = $primary->background_psql('postgres');
$caller->query_safe('BEGIN');
$caller->query_safe(whatif('SELECT * FROM big WHERE customer = 7')) for 1 .. 20;
is($primary->safe_psql('postgres', "SET lock_timeout = '100ms'; BEGIN; LOCK TABLE big; SELECT 'locked'; COMMIT"),
	'locked', 'a transaction that has planned holds no lock');
$caller->query_safe('COMMIT');
$caller->{stdin} .= "DO \$\$ BEGIN FOR i IN 1 .. 3000 LOOP BEGIN PERFORM perf_advisor.whatif('SELECT * FROM big WHERE customer = 7', $index); EXCEPTION WHEN lock_not_available THEN NULL; END; END LOOP; END \$\$;\n\\echo finished\n";
$caller->{run}->pump_nb;
my $refused = 0;
foreach my $n (1 .. 20)
{
	# a busy machine may stop the caller for longer, once
	my $got = 0;
	for (my $attempt = 0; $attempt < 3 && !$got; $attempt++)
	{
		$got = $primary->psql('postgres', "SET lock_timeout = '100ms'; BEGIN; LOCK TABLE big; COMMIT") == 0;
	}
	$refused++ unless $got;
}
is($refused, 0, 'an exclusive lock is had within 100 ms while somebody plans');
$caller->quit;
$owner->quit;

# ---- not preloaded ----

$primary->adjust_conf('postgresql.conf', 'shared_preload_libraries', "''");
$primary->restart;
($rc, $out, $err) = $primary->psql('postgres', "SELECT * FROM perf_advisor.whatif('SELECT 1')");
like($err, qr/must be loaded via shared_preload_libraries.*HINT:/s, 'without the library preloaded it says what to do');
$primary->stop;
done_testing();
