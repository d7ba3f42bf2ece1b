# Up to 18 a setting decides what a backslash in a string means.  It may change
# between a statement's parsing and our reading of its text: the statement must
# not fail for that, and what follows must not count as nested.

use strict;
use warnings FATAL => 'all';

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('scanner_settings');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'perf_advisor'\n");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION perf_advisor');

plan skip_all => 'strings are always standard'
	if $node->safe_psql('postgres', 'SHOW server_version_num') >= 190000;

# both statements of the second line are parsed before the setting changes
is($node->safe_psql('postgres', <<'SQL'), "it's|c", 'a text that cannot be read any more does not fail the statement');
SET escape_string_warning = off;
SET standard_conforming_strings = off;
SET standard_conforming_strings = on \; SELECT 'it\'s' AS scanned, 'c' AS again;
SQL

is($node->safe_psql('postgres', <<'SQL'), "1.5|2.5\nt|1", 'nor a utility statement, and the next statement counts as sent by the client');
SET escape_string_warning = off;
SET standard_conforming_strings = off;
SET standard_conforming_strings = on \; CREATE TABLE scanned AS SELECT 'it\'s'::text AS x, 'c'::text AS y;
SELECT 1.5 AS one, 2.5 AS level_after;
SELECT toplevel, calls FROM perf_advisor.statements WHERE query LIKE '%level_after' AND query NOT LIKE '%toplevel%';
SQL

$node->stop;
done_testing();
