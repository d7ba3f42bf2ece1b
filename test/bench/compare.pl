#!/usr/bin/env perl
# Compares two advices judged by test/bench/advice.
#
# usage: compare.pl row|details RESULTS BASE NAME
use strict;
use warnings;

my ($what, $results, $base, $name) = @ARGV;

sub lines_of
{
	my ($file) = @_;
	open my $in, '<', "$results/$file" or return ();
	chomp(my @lines = <$in>);
	return @lines;
}

# index => the partitioned one it belongs to, or itself
my %root = map { split /\|/ } map { lines_of("$_.indexes") } $base, $name;

# statement => sum of a column, over its executions; and the indexes in plans
sub by_statement
{
	my ($file) = @_;
	my (%sum, %used, %late, %cpu);
	for (lines_of($file))
	{
		my ($statement, $value, @more) = split ' ';
		$sum{$statement} += $value // 0;
		if ($file =~ /\.times$/)
		{
			$cpu{$statement} += shift @more;
			$late{$statement}++ if @more;
			next;
		}
		$used{ $root{$_} // $_ }{$statement} = 1 for @more;
	}
	return (\%sum, \%used, \%late, \%cpu);
}

sub total { my $sum = 0; $sum += $_ for @_; return $sum }

# Geometric mean of the statements' ratios
sub mean_ratio
{
	my ($before, $after) = @_;
	my ($n, $log) = (0, 0);
	for (grep { $before->{$_} && $after->{$_} } keys %$before)
	{
		$n++;
		$log += log($after->{$_} / $before->{$_});
	}
	return $n ? exp($log / $n) : 1;
}

my ($cost0) = by_statement("$base.costs");
my ($cost, $used) = by_statement("$name.costs");
my ($time0, undef, $late0, $cpu0) = by_statement("$base.times");
my ($time, undef, $late, $cpu) = by_statement("$name.times");
my %old = map { $_ => 1 } lines_of("$base.indexes");
my %new = map { $root{ (split /\|/)[0] } => 1 } grep { !$old{$_} } lines_of("$name.indexes");
my @new = sort keys %new;
my @unused = grep { !$used->{$_} } @new;

# Which of the advised ones its plans contain
sub new_in
{
	my ($statement) = @_;
	return grep { $used->{$_}{$statement} } @new;
}

# Processor time, with a + where the statement was cancelled
sub milliseconds
{
	my ($cpu, $late, $statement) = @_;
	return defined $cpu->{$statement} ? sprintf('%.1f', $cpu->{$statement}) . ($late->{$statement} ? '+' : '') : '-';
}

# Slower by a fifth and by 10 ms, and planned otherwise: the rest is noise.
my @slower = grep { $cpu->{$_} && $cpu->{$_} > $cpu0->{$_} * 1.2 && $cpu->{$_} > $cpu0->{$_} + 10 && new_in($_) } sort keys %$cpu0;

if ($what eq 'row')
{
	my ($count, $bytes) = split ' ', (lines_of("$name.size"))[0];
	my ($advisor, $plannings) = lines_of("$name.advice");
	my $at_least = %$late ? '≥ ' : '';
	printf "| %s | %d | %d | %.0f | %.1f %% | %.1f %% | %s | %s | %s | %s | %s |\n", $name, $count, scalar(@unused), $bytes / 1024 / 1024,
		100 * total(values %$cost) / total(values %$cost0), 100 * mean_ratio($cost0, $cost),
		%$time ? sprintf('%s%.1f s', $at_least, total(values %$time) / 1000) : '-',
		%$cpu ? sprintf('%s%.1f s', $at_least, total(values %$cpu) / 1000) : '-',
		%$time && $name ne $base ? scalar(@slower) : '-',
		defined $advisor ? sprintf('%.2f s', $advisor / 1000) : '-', $plannings // '-';
	exit;
}

print "in no plan: @unused\n" if @unused;
print "slower: @slower\n" if @slower;
printf "%-24s %12s %12s %7s %10s %10s  %s\n", 'statement', 'cost before', 'after', '%', 'ms before', 'after', 'new indexes';
for my $statement (sort { $cost->{$b} <=> $cost->{$a} } keys %$cost0)
{
	my @mine = new_in($statement);
	printf "%-24s %12.0f %12.0f %7.1f %10s %10s  %s\n", $statement, $cost0->{$statement}, $cost->{$statement},
		$cost0->{$statement} ? 100 * $cost->{$statement} / $cost0->{$statement} : 100,
		milliseconds($cpu0, $late0, $statement), milliseconds($cpu, $late, $statement), "@mine";
}
