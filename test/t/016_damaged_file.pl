# A file of the store that is damaged, cut off, foreign or senseless is rejected
# with one line in the log and set aside; the server starts, with an empty store.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $header_size = 104;
my $node = PostgreSQL::Test::Cluster->new('damaged');
$node->init;
$node->append_conf('postgresql.conf', <<~'CONF');
	shared_preload_libraries = 'perf_advisor'
	shared_buffers = 8MB
	fsync = off
	autovacuum = off
	perf_advisor.text_memory = 2MB
	CONF
$node->start;
my $file = $node->data_dir . '/pg_stat_tmp/perf_advisor.stat';

$node->safe_psql('postgres', <<~'SQL');
	CREATE EXTENSION perf_advisor;
	CREATE TABLE kept (id int PRIMARY KEY, n int, note text);
	INSERT INTO kept SELECT i, i % 100, 'x' FROM generate_series(1, 1000) AS i;
	ANALYZE kept;
	SELECT perf_advisor.reset();
	SQL
my $session = $node->background_psql('postgres');
$session->query_safe('PREPARE of_kept(int) AS SELECT count(*) FROM kept WHERE n = $1');
$session->query_safe("EXECUTE of_kept($_)") foreach 1 .. 7;
$session->query_safe("SELECT count(*) FROM kept AS a JOIN kept AS b USING (id) WHERE a.note = 'x$_'") foreach 1 .. 3;
$session->quit;
$node->psql('postgres', 'SELECT 1 / n FROM kept WHERE id = 100');

my $calls = q{SELECT coalesce(sum(calls), 0) FROM perf_advisor.statements WHERE query LIKE '%FROM kept WHERE n = $1%'};
is($node->safe_psql('postgres', $calls), 7, 'the statement is recorded');
$node->stop;
my $good = slurp_file($file);
is((stat $file)[2] & 0777, 0600, 'the file is for its owner only');

# ---- the file's format, as far as it is needed here ----

my @crc_table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0x82F63B78 : $c >> 1 for 1 .. 8; $c } 0 .. 255;

sub crc32c
{
	my $crc = 0xFFFFFFFF;
	$crc = ($crc >> 8) ^ $crc_table[ ($crc ^ $_) & 0xFF ] foreach unpack 'C*', $_[0];
	return $crc ^ 0xFFFFFFFF;
}

# resealed(CONTENT): with right length and checksums, as if we had written it
sub resealed
{
	my ($content) = @_;
	substr($content, 72, 8) = pack 'Q', length $content;
	substr($content, 96, 4) = pack 'L', crc32c(substr $content, $header_size);
	substr($content, 100, 4) = pack 'L', crc32c(substr $content, 0, 100);
	return $content;
}

# records(CONTENT): kind => offsets of contents
sub records
{
	my ($content) = @_;
	my %found;
	for (my $at = $header_size; $at < length $content;)
	{
		my ($kind, $len) = unpack 'LL', substr $content, $at, 8;
		push @{ $found{$kind} }, $at + 8;
		$at += 8 + $len;
	}
	return %found;
}

# patched(AT, BYTES): the good file with other bytes there
sub patched
{
	my ($at, $bytes) = @_;
	my $content = $good;
	substr($content, $at, length $bytes) = $bytes;
	return $content;
}

sub put_file
{
	my ($content) = @_;
	open my $fh, '>:raw', $file or die "$file: $!";
	print $fh $content;
	close $fh;
	return;
}

# start_with(CONTENT): the server starts with this file
sub start_with
{
	my ($content) = @_;
	put_file($content);
	unlink "$file.bad";
	my $offset = -s $node->logfile;
	$node->start;
	my $log = substr slurp_file($node->logfile), $offset;
	my @lines = $log =~ /(perf_advisor starts empty.*)/g;
	return ($node->safe_psql('postgres', $calls), @lines);
}

# rejects(CONTENT, REASON, NAME)
sub rejects
{
	my ($content, $reason, $name) = @_;
	my ($found, @lines) = start_with($content);
	my $aside = -e "$file.bad" ? slurp_file("$file.bad") : '';
	ok($found == 0 && @lines == 1 && $lines[0] =~ /$reason/ && $aside eq $content, "rejected: $name")
		or diag("calls: $found; log: " . join(' / ', @lines) . '; set aside: ' . ($aside eq $content ? 'yes' : 'no'));
	$node->stop;
	return;
}

# ---- controls ----

my %record = records($good);
is(join(' ', map { $record{$_} ? 'yes' : "no $_" } 1, 2, 4 .. 7, 9 .. 12), join(' ', ('yes') x 10), 'the file has every kind of record');
my ($found, @lines) = start_with($good);
is("$found @lines", '7 ', 'the good file is loaded');
like($node->safe_psql('postgres', q{SELECT value FROM perf_advisor.status() WHERE item = 'loaded'}), qr/^\d+ entries, saved /, 'and status() says so');
$node->stop;
my ($count_at) = grep { unpack('Q', substr $good, $_ + 32, 8) == 7 && unpack('Q', substr $good, $_ + 24, 8) == 1 } @{ $record{2} };
($found, @lines) = start_with(resealed(patched($count_at + 32, pack 'Q', 8)));
is("$found @lines", '8 ', 'so is one that is changed and sealed again');
$node->stop;

# ---- damage ----

# a byte of each field of the header, then of the whole body
my @places = (0, 5, 8, 13, map({ 16 + 4 * $_ } 0 .. 9), 60, 66, 72, 79, 84, 90, 97, 101);
my $step = int((length($good) - $header_size) / 24);
push @places, map { $header_size + $_ * $step } 0 .. 23;
push @places, length($good) - 1;
rejects(patched($_, chr(ord(substr $good, $_, 1) ^ (1 << ($_ % 8)))), '.', "a bit of byte $_ is flipped") foreach @places;

foreach my $length (0, 1, 103, 104, 105, int(length($good) / 2), length($good) - 1)
{
	rejects(substr($good, 0, $length), 'too short|length is wrong', "cut off after $length bytes");
}
rejects($good . 'x', 'length is wrong', 'one byte too many');
rejects('x' x 5000, 'no such file', 'something else');
rejects("\0" x 5000, 'no such file', 'nothing but zeros');

# ---- foreign, but well-formed ----

rejects(resealed(patched(4, pack 'L', 999)), 'another build', 'another format');
rejects(resealed(patched(20, pack 'L', 4711)), 'another build', 'structs of another size');
rejects(resealed(patched(8, pack 'L', 14)), 'another version of PostgreSQL', 'another major version');
rejects(resealed(patched(12, pack 'L', 1)), 'another version of PostgreSQL', 'another catalog version');
rejects(resealed(patched(64, pack 'Q', 1)), 'another server', 'another system identifier');
my $foreign = $good;
substr($foreign, 4 * $_, 4) = reverse substr $good, 4 * $_, 4 foreach 0 .. 13;
substr($foreign, 56 + 8 * $_, 8) = reverse substr $good, 56 + 8 * $_, 8 foreach 0 .. 4;
rejects($foreign, 'another byte order', 'another byte order');

# ---- well-formed, but senseless ----

my ($statement, $shape, $text, $tree, $params, $scans) = map { $record{$_}[0] } 2, 4, 5, 6, 7, 9;
my ($tree_len) = unpack 'L', substr $good, $tree - 4, 4;
my ($scans_len) = unpack 'L', substr $good, $scans - 4, 4;
my %senseless = (
	'a record longer than the file' => patched($statement - 4, pack 'L', 0xFFFFFFFF),
	'a record of no length' => patched($statement - 4, pack 'L', 0),
	'a record of no kind' => patched($statement - 8, pack 'L', 99),
	'a record that is cut off' => substr($good, 0, length($good) - 3),
	'half a record header' => $good . 'xxxxxxx',
	'a statement neither nested nor not' => patched($statement + 24, pack 'Q', 7),
	'a negative number of calls' => patched($statement + 32, pack 'q', -1),
	'a time that is no number' => patched($statement + 48, "\0" x 6 . "\xf8\x7f"),
	'a bucket that is not there' => patched($statement + unpack('L', substr $good, $statement - 4, 4) - 16, pack 'L', 128),
	'a shape without a queryid' => patched($shape + 8, pack 'Q', 0),
	'a text larger than any' => patched($text + 44, pack 'L', 0xFFFFFFFF),
	'a tree whose settings are longer than itself' => patched($tree + 36, pack 'L', 0x7FFFFFFF),
	'a tree that would be large' => patched($tree + 44, pack 'L', 101 * $tree_len),
	'more parameters than there are' => patched($params + 56, pack 'l', 2),
	'a negative number of parameters' => patched($params + 56, pack 'l', -1),
	'a parameter longer than its record' => patched($params + 56 + 4 + 6, pack 'l', 1_000_000_000),
	'a parameter of negative length' => patched($params + 56 + 4 + 6, pack 'l', -3),
	'compressed parameters' => patched($params + 44, pack 'L', 100),
	'more scans than there are' => patched($scans + 56 + 4, pack 'l', 1_000_000),
	'a negative number of scans' => patched($scans + 56 + 4, pack 'l', -1),
	'scans of another size' => patched($scans + 56, pack 'L', $scans_len),
	'a predicate outside of its chunk' => patched($scans + $scans_len - 8, 'x' x 8),
	'a watch that began never' => patched($record{10}[0], pack 'q', 0),
	'a watch of another size' => patched($record{10}[0] - 4, pack 'L', 8),
	'an index of no database' => patched($record{11}[0], pack 'L', 0),
	'a negative number of uses' => patched($record{11}[0] + 8, pack 'q', -1),
	'a negative number of sampled uses' => patched($record{11}[0] + 16, pack 'd', -1),
	'rows that are no number' => patched($record{11}[0] + 24, "\0" x 6 . "\xf8\x7f"),
	'a plan without a planid' => patched($record{12}[0], pack 'q', 0),
	'a plan of no database' => patched($record{12}[0] + 8, pack 'L', 0),
	'more indexes than there are' => patched($record{12}[0] + 12, pack 'L', 0x40000001),
	'too few counters' => patched($record{1}[0] - 4, pack 'L', 8),
);
$senseless{'a negative number of errors'} = patched($record{3}[0] + 24, pack 'q', -1) if $record{3};
rejects(resealed($senseless{$_}), 'makes no sense', $_) foreach sort keys %senseless;

# ---- a tree that cannot be read ----

# its text is stored compressed, but begins with what was not seen before
my $unreadable = $good;
foreach my $at (@{ $record{6} })
{
	my $len = unpack 'L', substr $good, $at - 4, 4;
	my $place = index substr($good, $at, $len), '{QUERY';
	substr($unreadable, $at + $place, 6) = '{QUARK' if $place > 0;
}
isnt($unreadable, $good, 'trees can be damaged');
($found, @lines) = start_with(resealed($unreadable));
is("$found @lines", '7 ', 'a file with trees that cannot be read is loaded');
$node->safe_psql('postgres', 'CREATE TABLE other AS SELECT i AS id, i AS n FROM generate_series(1, 100000) AS i; ANALYZE other');
$node->safe_psql('postgres', "SELECT count(*) FROM other WHERE n = $_") foreach 1 .. 6;
like($node->safe_psql('postgres', 'SELECT DISTINCT reason FROM perf_advisor.advisor_skipped'),
	qr/^the stored tree cannot be read: .*QUARK/, 'statements with such a tree are skipped, with the reason');
like($node->safe_psql('postgres', 'SELECT index_ddl FROM perf_advisor.missing_indexes'), qr/\(n\)/, 'and the others get their advice');
$node->stop;

# ---- what is left of it ----

put_file(patched(5000, 'damage'));
$node->start;
like($node->safe_psql('postgres', q{SELECT value FROM perf_advisor.status() WHERE item = 'loaded' AND NOT ok AND hint LIKE '%.bad%'}),
	qr/^nothing: it is damaged/, 'status() says what happened');
$node->safe_psql('postgres', 'SELECT count(*) FROM kept WHERE n = 5');
$node->safe_psql('postgres', 'SELECT perf_advisor.save()');
$node->stop;
($found, @lines) = start_with(slurp_file($file));
is("$found @lines", '1 ', 'the empty store goes on, and is saved and loaded again');
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|terminated by signal|XX000/, 'no crash, no internal error');
$node->stop;
done_testing();
