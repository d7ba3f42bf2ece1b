#!/usr/bin/env perl
# The statements of a workload, with values filled in, as a script for psql.
#
# usage: statements.pl MODE SEED PASSES FILE [NAME ...]
#   MODE  run      as they are
#         explain  each under EXPLAIN
#
#   NAME  of a statement to leave out
#
# In FILE each statement begins with a line "-- @ NAME [calls=N] [prepared]":
# N executions a pass (1), prepared ones by PREPARE and EXECUTE as drivers send
# them.  Before each the script prints "@ NAME".  In a statement
#	{name: int 1 50}             a number of that range
#	{name: skew 1 1000}          the same, small ones much more often
#	{name: date FROM TO}         a day          {name: month 1993-01 1997-10}
#	{name: one a|b|c}            one of them
#	{name}                       the same value again
# stand for values.  Seed and pass decide them: the same for every server.
use strict;
use warnings;
use POSIX qw(mktime strftime);

my ($mode, $seed, $passes, $file, @left_out) = @ARGV;
die "usage: statements.pl run|explain SEED PASSES FILE [NAME ...]\n" unless defined $file;
my $explain = $mode eq 'explain' ? 'EXPLAIN ' : '';
sub days { my ($y, $m, $d) = split /-/, shift; return int(mktime(0, 0, 12, $d, $m - 1, $y - 1900) / 86400); }

my %value_of = (
	int => sub { my ($from, $to) = split ' ', shift; $from + int(rand($to - $from + 1)) },
	skew => sub { my ($from, $to) = split ' ', shift; $from + int(($to - $from + 1) * rand()**4) },
	one => sub { my @all = split /\|/, shift; $all[ rand @all ] },
	date => sub { my ($from, $to) = map { days($_) } split ' ', shift;
		strftime('%Y-%m-%d', gmtime(86400 * ($from + int(rand($to - $from + 1))))) },
	month => sub { my ($from, $to) = map { my ($y, $m) = split /-/; $y * 12 + $m - 1 } split ' ', shift;
		my $month = $from + int(rand($to - $from + 1)); sprintf('%04d-%02d-01', int($month / 12), $month % 12 + 1) },
);
my $mark = qr/\{(\w+)(?:: (\w+) ([^}]*))?\}/;

# One value a name, in the order in which they stand
sub values_for
{
	my ($text) = @_;
	my (%value, @names);
	while ($text =~ /$mark/g)
	{
		my ($name, $kind, $range) = ($1, $2, $3);
		next if exists $value{$name};
		die "$name: no such kind of value in: $text\n" unless $kind && $value_of{$kind};
		$value{$name} = $value_of{$kind}->($range);
		push @names, $name;
	}
	return (\%value, \@names);
}

my @statements;
open my $in, '<', $file or die "$file: $!\n";
while (<$in>)
{
	if (/^-- @ (\S+)(?: calls=(\d+))?( prepared)?$/)
	{
		push @statements, { name => $1, calls => $2 // 1, prepared => $3, text => '' };
	}
	elsif (@statements) { $statements[-1]{text} .= $_ unless /^\s*(--.*)?$/; }
}
my %left_out = map { $_ => 1 } @left_out;
@statements = grep { !$left_out{ $_->{name} } } @statements;
srand $seed;
for my $s (grep { $_->{prepared} } @statements)
{
	my ($value, $names) = values_for($s->{text});
	my %number = map { $names->[$_] => $_ + 1 } 0 .. $#$names;
	# a value in quotes is a parameter without them
	(my $text = $s->{text}) =~ s/'?$mark'?/\$$number{$1}/g;
	print "PREPARE \"$s->{name}\" AS\n$text";
}
for my $pass (1 .. $passes)
{
	# as sessions would interleave them
	my @order = map { my $s = $_; map { [ rand(), $s ] } 1 .. $s->{calls} } @statements;
	@order = sort { $a->[0] <=> $b->[0] } @order if grep { $_->{calls} > 1 } @statements;
	for (@order)
	{
		my $s = $_->[1];
		my ($value, $names) = values_for($s->{text});
		print "\\echo @ $s->{name}\n";
		if ($s->{prepared})
		{
			print "${explain}EXECUTE \"$s->{name}\"" . (@$names ? '(' . join(', ', map { "'$value->{$_}'" } @$names) . ')' : '') . ";\n";
		}
		else
		{
			(my $text = $s->{text}) =~ s/$mark/$value->{$1}/g;
			print "$explain$text";
		}
	}
}
