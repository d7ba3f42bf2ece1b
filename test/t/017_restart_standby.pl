# A standby keeps its own statements over restarts, crashes and its promotion; a
# base backup does not bring those of the primary.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\nautovacuum = off\n");
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION perf_advisor; CREATE TABLE kept (id int)');
$primary->safe_psql('postgres', 'SELECT count(*) AS on_primary FROM kept');
$primary->safe_psql('postgres', 'SELECT perf_advisor.save()');
ok(-s $primary->data_dir . '/pg_stat_tmp/perf_advisor.stat', 'the primary has a file');
$primary->backup('backup');

sub calls
{
	my ($node, $tag) = @_;
	return $node->safe_psql('postgres', "SELECT coalesce(sum(calls), 0) FROM perf_advisor.statements WHERE query LIKE '%AS $tag FROM kept'");
}
sub launcher_runs
{
	my ($node) = @_;
	return $node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'});
}

# a server of its own, of the backup alone
my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init_from_backup($primary, 'backup');
ok(!-e $copy->data_dir . '/pg_stat_tmp/perf_advisor.stat', 'the backup has no file');
$copy->start;
is(calls($copy, 'on_primary'), 0, 'a restored backup starts empty');
is($copy->safe_psql('postgres', q{SELECT value FROM perf_advisor.status() WHERE item = 'loaded'}), 'nothing: there was no file', 'and status() says why');
$copy->stop;

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby);
is(calls($standby, 'on_primary'), 0, 'so does a standby');
ok(launcher_runs($standby), 'the launcher runs on a standby');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'perf_advisor launcher'}), 1, 'and is shown');
$standby->safe_psql('postgres', "SELECT $_ + count(*) AS on_standby FROM kept") foreach 1 .. 5;
$standby->restart;
is(calls($standby, 'on_standby'), 5, 'a restarted standby has what it ran');
ok(launcher_runs($standby), 'its launcher is back');
$standby->safe_psql('postgres', 'SELECT 6 + count(*) AS on_standby FROM kept');
$standby->safe_psql('postgres', 'SELECT perf_advisor.save()');
$standby->stop('immediate');
$standby->start;
is(calls($standby, 'on_standby'), 6, 'so has one that was stopped at once');

ok(launcher_runs($standby), 'its launcher is back again');
my $launcher = q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'perf_advisor launcher'};
my $pid = $standby->safe_psql('postgres', $launcher);
$standby->promote;
is($standby->safe_psql('postgres', $launcher), $pid, 'promotion does not touch the launcher');
is(calls($standby, 'on_standby'), 6, 'nor what was recorded');
$standby->safe_psql('postgres', 'SELECT 7 + count(*) AS on_standby FROM kept');
$standby->safe_psql('postgres', 'SELECT perf_advisor.save()');
$standby->stop('immediate');
$standby->start;
is(calls($standby, 'on_standby') . ' ' . calls($standby, 'on_primary'), '7 0', 'a promoted server saves and loads');

# the file of one server is not for another
$primary->stop;
my $other = PostgreSQL::Test::Cluster->new('other');
$other->init;
$other->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
my $file = '/pg_stat_tmp/perf_advisor.stat';
append_to_file($other->data_dir . $file, slurp_file($primary->data_dir . $file));
$other->start;
$other->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
is(calls($other, 'on_primary'), 0, 'a new cluster does not take the file of another');
like(slurp_file($other->logfile), qr/LOG:  perf_advisor starts empty.*another server wrote it/, 'and says so');
$other->stop;
$standby->stop;
done_testing();
