# A smaller store takes what fits; values are not loaded when they are not to be
# kept; what stands in the way of the file stops nobody.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('limits');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\nautovacuum = off\n");
$node->start;
my $folder = $node->data_dir . '/pg_stat_tmp';
my $file = "$folder/perf_advisor.stat";
$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE kept (id int PRIMARY KEY, customer int, note text);
	INSERT INTO kept SELECT i, i % 20000, repeat('x', 100) FROM generate_series(1, 60000) AS i;
	ANALYZE kept;
	SELECT perf_advisor.reset();
	SQL

sub item { return $node->safe_psql('postgres', "SELECT $_[1] FROM perf_advisor.status() WHERE item = '$_[0]'"); }
# top-level calls of all users but those of the question itself
my $total = q{SELECT sum(calls) FROM perf_advisor.statements(false) WHERE toplevel};

# ---- a smaller store ----

my $flood = join '', map { 'SELECT ' . join(', ', ('id') x $_) . " FROM kept WHERE id = 1;\n" } 1 .. 400;
$node->safe_psql('postgres', $flood);
my $heavy = 'SELECT count(*) AS heavy FROM kept AS a, generate_series(1, 20) AS b WHERE a.note LIKE $q$%y%$q$';
$node->safe_psql('postgres', "$heavy;\n" x 3);
my $before = $node->safe_psql('postgres', $total);
$node->stop;
my $large = slurp_file($file);
$node->append_conf('postgresql.conf', "perf_advisor.max_statements = 100\nperf_advisor.text_memory = 1MB\n");
$node->start;
is($node->safe_psql('postgres', $total), $before + 1, 'a smaller store: no call is lost');
cmp_ok(item('entries', q{split_part(value, ' ', 1)}), '<=', 101, 'it holds what it may');
cmp_ok($node->safe_psql('postgres', 'SELECT sum(calls) FROM perf_advisor.statements WHERE queryid = 0'), '>', 250, 'the rest is in the <evicted> rows');
cmp_ok(item('evictions', 'value'), '>', 250, 'and counted');
is($node->safe_psql('postgres', q{SELECT calls FROM perf_advisor.statements WHERE query LIKE '%AS heavy%' AND query LIKE 'SELECT count%'}),
	3, 'what carries the load stays, with its text');
$node->append_conf('postgresql.conf', "perf_advisor.max_statements = 5000\nperf_advisor.text_memory = 16MB\n");
$node->restart;
cmp_ok($node->safe_psql('postgres', $total), '>', $before, 'a larger one takes all of a smaller one');

# less text memory than there is to load
my $skipped = item('texts_skipped', 'value');
my $long = join '', map { 'SELECT ' . join(' + ', map { "id$_" } 1 .. 300) . " AS long$_ FROM (SELECT " .
	  join(', ', map { "id AS id$_" } 1 .. 300) . " FROM kept WHERE id = $_) AS s WHERE " . 'true AND ' x $_ . "true;\n" } 1 .. 500;
$node->safe_psql('postgres', $long);
is(item('texts_skipped', 'value'), $skipped, 'all texts fit');
$node->append_conf('postgresql.conf', "perf_advisor.text_memory = 1MB\n");
$before = $node->safe_psql('postgres', $total);
$node->restart;
is($node->safe_psql('postgres', $total), $before + 1, 'less text memory: no call is lost');
cmp_ok(item('texts_skipped', 'value'), '>', $skipped, 'texts without room are counted');
is($node->safe_psql('postgres', q{SELECT count(*) FROM perf_advisor.statements WHERE query LIKE '%AS heavy%' AND query LIKE 'SELECT count%'}),
	1, 'the texts of the heaviest are there');
like(item('text_memory', 'value'), qr/^[01]\.\d of 1\.0 MB/, 'in the memory that is allowed');
$node->append_conf('postgresql.conf', "perf_advisor.text_memory = 16MB\n");
$node->restart;

# ---- values ----

$node->safe_psql('postgres', 'SELECT perf_advisor.reset()');
my $session = $node->background_psql('postgres');
$session->query_safe('PREPARE by_customer(text) AS SELECT count(*) FROM kept WHERE note = $1');
$session->query_safe("EXECUTE by_customer('my_secret_$_')") foreach 1 .. 10;
$session->query_safe("SELECT count(*) FROM kept WHERE note = 'my_secret_literal_$_' OR customer = 5") foreach 1 .. 10;
$session->query_safe("SELECT max(id) FROM kept WHERE customer = id") foreach 1 .. 10;
$session->quit;
$node->restart;
my $params = q{SELECT value FROM perf_advisor.status() WHERE item = 'text_memory'};
$node->stop;
like(slurp_file($file), qr/my_secret/, 'values are in the file');
$node->append_conf('postgresql.conf', "perf_advisor.track_parameters = off\n");
$node->start;
$node->stop;
unlike(slurp_file($file), qr/my_secret/, 'without track_parameters they are not loaded');
$node->start;
is($node->safe_psql('postgres', q{SELECT sum(calls) FROM perf_advisor.statements WHERE query LIKE '%FROM kept WHERE note = $1%'}),
	20, 'but counts are');
is(item('heavy_statements_without_tree', 'value') =~ /^1 of/ ? 1 : 0, 1, 'and trees without values');
$node->append_conf('postgresql.conf', "perf_advisor.track_parameters = on\n");

# ---- the disk ----

my $calls = q{SELECT sum(calls) FROM perf_advisor.statements WHERE query = 'SELECT max(id) FROM kept WHERE customer = id'};
my $save = 'SELECT perf_advisor.save()';
my $complains = qr/perf_advisor could not write file/;
sub log_since { return substr slurp_file($node->logfile), $_[0]; }

$node->restart;
is($node->safe_psql('postgres', $calls), 10, 'there is something to save');
$node->safe_psql('postgres', $save);
my $good = slurp_file($file);
my $offset = -s $node->logfile;
chmod 0500, $folder or die;
my ($rc, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$save");
like($err, qr/ERROR:  42501: could not write file .*Permission denied/, 'a folder that is not writable: save() says so');
$node->psql('postgres', $save) foreach 1 .. 3;
is(() = log_since($offset) =~ /$complains/g, 1, 'the log says it once');
like(item('saved', 'ok, value'), qr/^f\|failed at .*: Permission denied/, 'status() says it');
is(slurp_file($file), $good, 'the last file stays');
$node->stop;
is(slurp_file($file), $good, 'the server stops all the same');
chmod 0700, $folder or die;
$node->start;
is($node->safe_psql('postgres', $calls), 10, 'and loads the last file');
is(item('saved', 'ok'), 't', 'a failure is forgotten with a restart');

# a full disk, as seen by the writer: the new file leads to /dev/full
SKIP:
{
	skip 'no /dev/full', 4 unless -c '/dev/full';
	$node->safe_psql('postgres', $save);
	$good = slurp_file($file);
	symlink '/dev/full', "$file.new" or die;
	($rc, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$save");
	like($err, qr/ERROR:  53100: could not write file .*No space left on device/, 'a full disk: save() says so');
	is(slurp_file($file), $good, 'the last file stays');
	ok(!-l "$file.new", 'what was begun is removed');
	$node->safe_psql('postgres', $save);
	is(item('saved', 'ok'), 't', 'and the next save is well again');
}

# something else in the file's place
$node->stop;
unlink $file or die;
mkdir $file or die;
$offset = -s $node->logfile;
$node->start;
like(log_since($offset), qr/LOG:  perf_advisor starts empty.*no regular file; it is now/, 'a folder in the place of the file is set aside');
($rc, $out, $err) = $node->psql('postgres', $save);
is($err, '', 'then the file is written');
unlink $file;
mkdir $file or die;
($rc, $out, $err) = $node->psql('postgres', $save);
like($err, qr/ERROR:  could not write file/, 'a folder that comes later is not overwritten');
ok(!-e "$file.new", 'and nothing is left over');
$node->stop;
rmdir $file or die;
rmdir "$file.bad" or die;

append_to_file($file, $good);
chmod 0000, $file or die;
$offset = -s $node->logfile;
$node->start;
is($node->safe_psql('postgres', "SELECT coalesce(($calls), 0)"), 0, 'a file that may not be read: the server starts empty');
like(log_since($offset), qr/LOG:  perf_advisor starts empty.*Permission denied; it is now/, 'and says why');
$node->stop;

# nothing to write into
rename $folder, "$folder.away" or die;
$node->start;
($rc, $out, $err) = $node->psql('postgres', $save);
like($err, qr/could not write file .*No such file or directory/, 'without the folder the server runs');
$node->stop;
rename "$folder.away", $folder or die;
$node->start;
$node->safe_psql('postgres', $save);
$node->stop;
# a session whose psql has just gone may be ended by the stop of the server
unlike(slurp_file($node->logfile), qr/PANIC|FATAL(?!:  terminating connection due to administrator command)|TRAP|terminated by signal|XX000/, 'no crash, no internal error');
done_testing();
