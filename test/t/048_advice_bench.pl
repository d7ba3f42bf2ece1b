# The parts of test/bench/advice that need no server: filling in values, and
# comparing two advices.  Its workloads must stay well-formed.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use Test::More;

my $bench = dirname(__FILE__) . '/../bench';
my $dir = tempdir(CLEANUP => 1);

sub put
{
	my ($name, $text) = @_;
	open my $out, '>', "$dir/$name" or die "$name: $!";
	print $out $text;
	close $out;
}

sub statements { return scalar qx(perl $bench/statements.pl @_ 2>&1); }

put('queries.sql', <<'EOT2');
-- a comment
-- @ one calls=3
SELECT * FROM t WHERE a = {n: int 5 6} AND b = {n} AND c = '{who: one x|y}' AND d @> '{"k": 1}';
-- @ two prepared
UPDATE t SET a = {n: skew 1 9} WHERE day = '{day: date 2024-02-28 2024-03-01}' AND a <> {n};
EOT2

my $run = statements('run', 1, 2, "$dir/queries.sql");
is(() = $run =~ /^\\echo @ one$/mg, 6, 'a statement comes as often as it says, in each pass');
is(() = $run =~ /^\\echo @ two$/mg, 2, 'once without a number');
like($run, qr/a = ([56]) AND b = \1 AND c = '[xy]' AND d @> '\{"k": 1\}'/, 'values in range; a name keeps its value, other braces stay');
like($run, qr/^PREPARE "two" AS\nUPDATE t SET a = \$1 WHERE day = \$2 AND a <> \$1;$/m, 'values are parameters of a prepared statement, once a name');
like($run, qr/^EXECUTE "two"\('[1-9]', '2024-0(2-28|2-29|3-01)'\);$/m, 'and are given when it is executed');
is(statements('run', 1, 2, "$dir/queries.sql"), $run, 'the same seed gives the same statements');
isnt(statements('run', 2, 2, "$dir/queries.sql"), $run, 'another one does not');
unlike(statements('run', 1, 1, "$dir/queries.sql", 'one'), qr/\@ one/, 'a statement can be left out');
is(() = statements('explain', 1, 1, "$dir/queries.sql") =~ /^EXPLAIN (SELECT|EXECUTE)/mg, 4, 'every execution can be explained');

put('bad.sql', "-- \@ x\nSELECT {a: dice 1 6};\n");
like(statements('run', 1, 1, "$dir/bad.sql"), qr/no such kind of value/, 'an unknown kind of value is an error');

for my $workload (qw(tpch tpcds app))
{
	my $text = statements('run', 1, 2, "$bench/$workload/queries.sql");
	unlike($text, qr/\{\w+[:}]/, "$workload: no mark is left");
	ok($text =~ /^\\echo @/m && -s "$bench/$workload/data.sql", "$workload: statements and data are there");
}

# no index: 200 units; b gains, c gets slower with the new index, z is in no plan
put('none.costs', "a 100\nb 100 old_idx\n");
put('none.times', "a 50 40\nb 50 40\n");
put('none.indexes', "old_idx|old_idx\n");
put('none.size', "0 0 0\n");
put('x.costs', "a 25 part_idx\nb 100 old_idx\n");
put('x.times', "a 90 80\nb 50 90 timeout\n");
put('x.indexes', "old_idx|old_idx\npart_idx|root_idx\nz_idx|z_idx\n");
put('x.size', "2 3145728 0.1\n");
put('x.advice', "1500\n42\n");
is(scalar qx(perl $bench/compare.pl row $dir none x), "| x | 2 | 1 | 3 | 62.5 % | 50.0 % | \x{e2}\x{89}\x{a5} 0.1 s | \x{e2}\x{89}\x{a5} 0.2 s | 1 | 1.50 s | 42 |\n",
	'a row of the table: what no plan uses, percent of no index, what got slower with a new index');
like(scalar qx(perl $bench/compare.pl details $dir none x), qr/^in no plan: z_idx\nslower: a\n.*^a +100 +25 +25\.0 +40\.0 +80\.0  root_idx$/ms,
	"details: a partition's index counts as its parent's");

done_testing();
