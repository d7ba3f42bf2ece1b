# The store is saved within the minute whatever else goes on: resets of single
# statements without end, a clock that is set back, errors and nothing but errors.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('saver');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\nautovacuum = off\n");

# a clock that goes as a file says: seconds to add to the time
my $clock = $node->basedir . '/clock';
append_to_file("$clock.c", <<~"C");
	#include <stdlib.h>
	#include <fcntl.h>
	#include <sys/time.h>
	#include <time.h>
	#include <unistd.h>

	int
	gettimeofday(struct timeval *now, void *zone)
	{
		struct timespec real;
		char		text[32] = {0};
		int			file = open("$clock", O_RDONLY);

		(void) zone;
		if (file >= 0)
		{
			if (read(file, text, sizeof(text) - 1) < 0)
				text[0] = 0;
			(void) close(file);
		}
		(void) clock_gettime(CLOCK_REALTIME, &real);
		now->tv_sec = real.tv_sec + atol(text);
		now->tv_usec = real.tv_nsec / 1000;
		return 0;
	}
	C
system_or_bail('cc', '-shared', '-fPIC', '-O1', '-o', "$clock.so", "$clock.c");

sub set_clock
{
	my ($seconds) = @_;
	append_to_file("$clock.new", $seconds);
	rename "$clock.new", $clock or die "$clock: $!";
	return;
}

{
	local $ENV{LD_PRELOAD} = "$clock.so";
	$node->start;
}
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
$node->poll_query_until('postgres', q{SELECT ok FROM perf_advisor.status() WHERE item = 'launcher'}) or die;
my $file = $node->data_dir . '/pg_stat_tmp/perf_advisor.stat';
my $session = $node->background_psql('postgres', on_error_stop => 0);

# each save makes a new file
sub inode { return (stat $file)[1] // 0; }

# saved(START, TURNS): is there a periodic save when the clock goes on in
# steps of a minute?  A reload wakes the launcher, and is no statement.
sub saved
{
	my ($start, $turns) = @_;
	my $before = inode();
	foreach my $turn (0 .. $turns)
	{
		set_clock($start + 61 * $turn);
		$node->reload;
		select undef, undef, undef, 0.3;
		return $start + 61 * $turn if inode() != $before;
	}
	return;
}

# ---- resets without end ----

# many enough for a save to take longer than a reset
$node->safe_psql('postgres', join '', map { 'SELECT ' . join(', ', (1) x ($_ % 200 + 1)) . " AS a$_;\n" } 1 .. 2000);
my $resets = $node->background_psql('postgres');
$session->query_safe('SELECT pg_advisory_lock(1)');
my $pid = $resets->query_safe('SELECT pg_backend_pid()');
$resets->query_until(qr/begun/, <<~'SQL');
	\echo begun
	DO $$
	DECLARE
		until timestamptz := clock_timestamp() + '60 s';
	BEGIN
		WHILE NOT pg_try_advisory_xact_lock(1) AND clock_timestamp() < until LOOP
			PERFORM perf_advisor.reset(0, 0, 4711);
			PERFORM perf_advisor.reset(0, 0, 0, true);
		END LOOP;
	END $$;
	SQL
$node->poll_query_until('postgres', "SELECT state = 'active' AND query LIKE 'DO%' FROM pg_stat_activity WHERE pid = $pid") or die;
my $before = inode();
# one of them might come between two resets
like($session->query_safe('SELECT perf_advisor.save()'), qr/^\d{4}-/, "save() $_ works beside resets of single statements") foreach 1 .. 8;
is($session->query_safe("SELECT state FROM pg_stat_activity WHERE pid = $pid"), 'active', 'before these come to an end');
isnt(inode(), $before, 'the file is a new one');
$session->query_safe('SELECT pg_advisory_unlock(1)');
$resets->quit;

# ---- a clock that is set back ----

ok(defined saved(0, 60), 'there is a save after a minute');
$session->query_safe('SELECT 1 AS back');
my $now = saved(-36000, 60);
ok(defined $now, 'and a minute after the clock was set back by ten hours');

# ---- errors alone ----

$now //= 0;
$session->query_safe('SELECT 1 AS last');
$now = saved($now, 60);
ok(defined $now, 'a statement is saved');
ok(!defined saved($now, 10), 'nothing new is not');
$session->query('SELEC');
ok(defined saved($now + 61 * 10, 60), 'a syntax error alone is');
$session->quit;
$node->stop;

done_testing();
