# docs/views.md and docs/settings.md say what the catalog says: every view with
# every column and its comment, every function, every setting.  When they do
# not, the lines that belong there are printed.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('documentation');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');

# sections(FILE): heading => text below it
sub sections
{
	my ($file) = @_;
	my ($heading, %sections) = ('');
	foreach my $line (split /\n/, slurp_file($file))
	{
		if ($line =~ /^#+ +(.*\S)/) { $heading = $1; next; }
		$sections{$heading} .= "$line\n";
	}
	return %sections;
}

# has_rows(SECTION, NAME, ROWS): the section's table is exactly these rows
sub has_rows
{
	my ($section, $name, $rows) = @_;
	my $found = join '', grep { /^\| `/ } split /(?<=\n)/, defined $section ? $section : '';
	is($found, "$rows\n", $name) or diag("this belongs there:\n$rows");
	return;
}

# text as it is written in a cell of a table
my $cell = q{replace(replace(%s, '|', '\|'), '<', '\<')};
my $comment = sprintf($cell, 'pg_catalog.col_description(c.oid, a.attnum)');
my $about = sprintf($cell, q{pg_catalog.obj_description(p.oid, 'pg_proc')});
my $does = sprintf($cell, 'description');

my %views = sections('docs/views.md');
foreach my $view (split /\n/, $node->safe_psql('postgres', q{
	SELECT relname FROM pg_catalog.pg_class
	WHERE relnamespace = 'perf_advisor'::regnamespace AND relkind IN ('r', 'v', 'm') ORDER BY 1}))
{
	has_rows($views{"perf_advisor.$view"}, "docs/views.md: the columns of $view", $node->safe_psql('postgres', qq{
		SELECT format('| `%s` | %s | %s |', a.attname,
			replace(pg_catalog.format_type(a.atttypid, NULL), 'timestamp with time zone', 'timestamptz'), $comment)
		FROM pg_catalog.pg_attribute AS a
		JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
		WHERE c.oid = 'perf_advisor.$view'::regclass AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum}));
}
has_rows($views{'Functions'}, 'docs/views.md: the functions', $node->safe_psql('postgres', qq{
	SELECT format('| `%s(%s)` | %s |', p.proname, pg_catalog.oidvectortypes(p.proargtypes), $about)
	FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'perf_advisor'::regnamespace
	ORDER BY p.proname, p.pronargs}));

foreach my $heading (sort grep { /^perf_advisor\.\w+$/ } keys %views)
{
	is($node->safe_psql('postgres', "SELECT to_regclass('$heading') IS NOT NULL"), 't', "docs/views.md: $heading exists");
}

my %settings = sections('docs/settings.md');
has_rows($settings{'Settings'}, 'docs/settings.md: all settings with their defaults', $node->safe_psql('postgres', qq{
	SELECT format('| `%s` | %s | %s | %s |', name,
		default_setting || coalesce(' ' || nullif(unit, ''), ''), context, $does)
	FROM perf_advisor.settings ORDER BY name}));
foreach my $setting (split /\n/, $node->safe_psql('postgres', 'SELECT name FROM perf_advisor.settings ORDER BY 1'))
{
	ok(defined $settings{$setting} && $settings{$setting} =~ /\w/, "docs/settings.md: a section about $setting");
}
foreach my $heading (sort grep { /^perf_advisor\./ } keys %settings)
{
	is($node->safe_psql('postgres', "SELECT count(*) FROM perf_advisor.settings WHERE name = '$heading'"), '1',
		"docs/settings.md: $heading exists");
}

# what status() can say is explained
foreach my $item (split /\n/, $node->safe_psql('postgres', q{
	SELECT item FROM perf_advisor.status() WHERE item NOT LIKE 'database %'}))
{
	like($views{'perf_advisor.status()'}, qr/`$item`/, "docs/views.md: the item $item of status()");
}

$node->stop;
done_testing();
