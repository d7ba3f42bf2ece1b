# What the tests of the index advisor's cases share: a server, and a case.
#
# A case is a workload and the indexes that are right for it.  It starts with
# perf_advisor.reset() and without the indexes of the case before.  Where an
# index is right, its DDL is run as advised, and then nothing may be left to
# advise: that proves that the DDL is one, that the planner would choose the
# index when it is real, and that no advice comes twice.
package AdvisorCases;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_advisor stop_advisor run_sql run_load advised hinted right_case none_case hint_case);

our $node;

# start_advisor(SQL): a server with the data that the cases are about.  The
# planner's settings are those of a server with SSDs; nothing in the
# background may change statistics between two cases.
sub start_advisor
{
	my ($sql) = @_;
	$node = PostgreSQL::Test::Cluster->new('advisor');
	$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
	$node->append_conf('postgresql.conf', <<~'CONF');
		shared_preload_libraries = 'perf_advisor'
		autovacuum = off
		random_page_cost = 1.1
		max_parallel_workers_per_gather = 0
		jit = off
		max_wal_size = '4GB'
		perf_advisor.advisor_deadline = '30s'
		CONF
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');
	$node->safe_psql('postgres', $sql);
	$node->safe_psql('postgres', <<~'SQL');
		CREATE SCHEMA aside;
		CREATE TABLE aside.kept AS SELECT indexrelid FROM pg_index;
		SQL
	return $node;
}

sub stop_advisor
{
	$node->stop;
	done_testing();
	return;
}

sub run_sql { return $node->safe_psql('postgres', $_[0]); }

# back_to_start(): no statement recorded, no index but those of the beginning
sub back_to_start
{
	run_sql(<<~'SQL');
		DO $$
		DECLARE
			name regclass;
		BEGIN
			FOR name IN
				SELECT c.oid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
				WHERE i.indexrelid NOT IN (SELECT indexrelid FROM aside.kept) AND c.oid >= 16384
					AND NOT c.relispartition AND c.relnamespace::regnamespace::text !~ '^pg_|perf_advisor'
			LOOP
				EXECUTE 'DROP INDEX ' || name;
			END LOOP;
		END
		$$;
		SELECT perf_advisor.reset();
		SQL
	return;
}

# fill_in(STATEMENT, I): every [[..]] with the value of the Perl expression in I
sub fill_in
{
	my ($statement, $number) = @_;
	$statement =~ s{\[\[(.*?)\]\]}{ (my $e = $1) =~ s/\bi\b/$number/g; my $v = eval $e; die $@ if $@; $v }ge;
	return $statement;
}

# run_load(TIMES, STATEMENTS): all of them so many times, in one session that
# throws away what they return
sub run_load
{
	my ($times, @statements) = @_;
	my $script = "\\o /dev/null\n";
	foreach my $i (1 .. $times)
	{
		$script .= fill_in($_, $i) . ";\n" foreach @statements;
	}
	$node->safe_psql('postgres', $script);
	return;
}

# short(DDL): "table (columns) WHERE ..", with the access method if it is no
# b-tree and the schema if it is not public
sub short
{
	my ($ddl) = @_;
	my $name = qr/(?:"(?:[^"]|"")*"|[^\s."]+)/;
	return $ddl
	  unless $ddl =~ /^CREATE INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?$name ON (?:ONLY )?((?:$name\.)?$name) (?:USING (\w+) ?)?(\(.*?);?$/s;
	my ($table, $method, $rest) = ($1, $2 // 'btree', $3);
	$table =~ s/^public\.//;
	$rest =~ s/\bpublic\.//g;
	return "$table " . ($method eq 'btree' ? '' : "$method ") . $rest;
}

# advised(): what missing_indexes says now, sorted
sub advised
{
	my $ddl = $node->safe_psql('postgres',
		"SELECT replace(index_ddl, E'\\n', ' ') FROM perf_advisor.missing_indexes WHERE schemaname <> 'aside'");
	return sort map { short($_) } split /\n/, $ddl;
}

# hinted(): "kind relation" of what index_hints says of statements now, sorted,
# once each.  Foreign keys without an index are about no statement.
sub hinted
{
	my ($rc, $out, $err) = $node->psql('postgres',
		q{SELECT DISTINCT kind || ' ' || relname FROM perf_advisor.index_hints WHERE kind <> 'foreign_key' ORDER BY 1});
	return $rc == 0 ? split(/\n/, $out) : $err;
}

# matches(GOT, WANTED): element by element in any order; an element of WANTED
# may be a list of texts that are as good
sub matches
{
	my ($got, $wanted) = @_;
	my @left = @$got;
	return 0 unless @left == @$wanted;
	foreach my $one (@$wanted)
	{
		my @same = ref $one ? @$one : ($one);
		my ($at) = grep { my $l = $left[$_]; grep { $_ eq $l } @same } 0 .. $#left;
		return 0 unless defined $at;
		splice @left, $at, 1;
	}
	return 1;
}

sub check
{
	my ($name, $wanted) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @got = advised();
	return 1 if ok(matches(\@got, $wanted), $name);
	diag("  got:    " . (@got ? join("\n          ", @got) : 'nothing'));
	diag("  wanted: " . (@$wanted ? join("\n          ", map { ref $_ ? join(' or ', @$_) : $_ } @$wanted) : 'nothing'));
	diag("  skipped: $_") foreach split /\n/, $node->safe_psql('postgres', 'SELECT reason FROM perf_advisor.advisor_skipped');
	return 0;
}

# right_case(NAME, WANTED, STATEMENTS): these indexes and no others; created,
# there is nothing left to say
sub right_case
{
	my ($name, $wanted, @statements) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	back_to_start();
	run_load(4, @statements);
	check($name, $wanted) or return;
	my @ddl = split /\n/, $node->safe_psql('postgres', q{SELECT replace(index_ddl, E'\n', ' ') FROM perf_advisor.missing_indexes});
	foreach my $ddl (@ddl)
	{
		my ($rc, $out, $err) = $node->psql('postgres', $ddl);
		is($err, '', "$name: the DDL runs") if $rc != 0;
	}
	my @left = advised();
	ok(!@left, "$name: created, nothing is left") or diag("  left: @left");
	return;
}

# none_case(NAME, STATEMENTS): no index
sub none_case
{
	my ($name, @statements) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	back_to_start();
	run_load(4, @statements);
	check($name, []);
	return;
}

# hint_case(NAME, HINTS, STATEMENTS): no index, but these hints ("kind table")
sub hint_case
{
	my ($name, $hints, @statements) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	none_case($name, @statements);
	is_deeply([ hinted() ], $hints, "$name: the hint");
	return;
}

1;
