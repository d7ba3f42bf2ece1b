# The index advisor's cases where no index is right, and those where something
# else is: then index_hints says what.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/../lib";

use AdvisorCases;
use AdvisorData;
use PostgreSQL::Test::Utils;
use Test::More;

start_advisor(parcels_sql());

# ---- reading the table is right ----

none_case('a value that most rows have', q{SELECT count(*), max(remark) FROM parcel WHERE state = 'done'});

none_case('a value that half of the rows have', 'SELECT sum(length(remark)) FROM parcel WHERE fragile');

none_case('a tiny table', ('SELECT * FROM country WHERE id = [[i]]') x 200);

none_case('a sum over the whole table', 'SELECT sum(price), avg(box) FROM parcel');

none_case('rows by chance', 'SELECT * FROM parcel WHERE random() < 0.001');

none_case('any ten rows', 'SELECT * FROM parcel LIMIT 10');

none_case('any ten rows of a common kind', q{SELECT * FROM parcel WHERE state = 'done' LIMIT 10});

none_case('a negation', q{SELECT count(remark) FROM parcel WHERE state <> 'waiting'});

none_case('a column without NULLs IS NOT NULL', 'SELECT count(remark) FROM parcel WHERE price IS NOT NULL');

none_case('a range that covers most of the table', q{SELECT sum(box) FROM parcel WHERE sent_at > '2024-01-0[[i + 1]]'});

none_case('a join of two whole tables',
	'SELECT count(*), max(s.name), sum(c.amount) FROM claim AS c JOIN sender AS s ON s.id = c.parent_id');

none_case('a grouping of the whole table', 'SELECT depot, count(*), sum(price), max(remark) FROM parcel GROUP BY depot');

# ---- an index is there ----

sub with_index
{
	my ($name, $ddl, $undo, @statements) = @_;
	# what is created here is the next case's to drop, unless it is kept
	run_sql("$ddl; INSERT INTO aside.kept SELECT indexrelid FROM pg_index WHERE indexrelid >= 16384 EXCEPT SELECT indexrelid FROM aside.kept");
	none_case($name, @statements);
	run_sql("$undo; DELETE FROM aside.kept WHERE indexrelid NOT IN (SELECT indexrelid FROM pg_index)");
	return;
}

with_index('the beginning of an index that exists',
	'CREATE INDEX there ON parcel (sender_id, sent_at)', 'DROP INDEX there',
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]]');

with_index('a unique index and a further condition',
	'CREATE UNIQUE INDEX there ON sender (email)', 'DROP INDEX there',
	q{SELECT * FROM sender WHERE email = 's[[i]]@example.com' AND town = 'town [[i]]'});

with_index('an index in the other direction',
	'CREATE INDEX there ON parcel (price)', 'DROP INDEX there',
	'SELECT * FROM parcel ORDER BY price DESC LIMIT 10');

with_index('a partial index whose condition holds',
	q{CREATE INDEX there ON parcel (sent_at) WHERE state = 'waiting'}, 'DROP INDEX there',
	q{SELECT id FROM parcel WHERE state = 'waiting' ORDER BY sent_at LIMIT 100});

with_index('an index on the expression',
	'CREATE INDEX there ON parcel (lower(email))', 'DROP INDEX there',
	q{SELECT * FROM parcel WHERE lower(email) = 'p[[i * 99]]@example.com'});

with_index('a GIN index on the document',
	'CREATE INDEX there ON parcel USING gin (details)', 'DROP INDEX there',
	q{SELECT * FROM parcel WHERE details @> '{"color": [[i * 100]]}'});

with_index('an index on the root of the partitions',
	'CREATE INDEX there ON visit (tenant)', 'DROP INDEX there',
	'SELECT * FROM visit WHERE tenant = [[i * 7]]');

with_index('an index on the two equalities the other way round',
	'CREATE INDEX there ON parcel (box, sender_id)', 'DROP INDEX there',
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]] AND box = [[i]]');

# ---- not worth an index ----

subtest 'called once' => sub {
	none_case('before', 'SELECT 1');
	run_load(1, 'SELECT * FROM parcel WHERE sender_id = 4711');
	is_deeply([ advised() ], [], 'a statement that ran once');
};

none_case('catalogs', q{SELECT * FROM pg_catalog.pg_attribute WHERE attname = 'sender_id'},
	q{SELECT * FROM pg_catalog.pg_depend AS a WHERE a.deptype = 'x' AND a.objsubid = [[i]]});

none_case('a temporary table',
	'CREATE TEMPORARY TABLE work AS SELECT * FROM parcel WHERE id <= 50000',
	'SELECT * FROM work WHERE sender_id = [[i * 42]]',
	'SELECT * FROM work WHERE sender_id = [[i * 43]]',
	'DROP TABLE work');

none_case('a table that is made anew each time',
	'CREATE UNLOGGED TABLE staging AS SELECT * FROM parcel WHERE id <= 50000',
	'ANALYZE staging',
	'SELECT * FROM staging WHERE sender_id = [[i * 42]]',
	'SELECT * FROM staging WHERE sender_id = [[i * 43]]',
	'DROP TABLE staging');

none_case('a foreign key whose parent stays, and no join', q{SELECT * FROM claim WHERE id = [[i]]},
	q{UPDATE sender SET town = 'new town' WHERE id = [[i]]});

is( run_sql(q{SELECT kind, relname, column_name FROM perf_advisor.index_hints WHERE kind = 'foreign_key'}),
	'foreign_key|claim|parent_id', 'the foreign key is mentioned');

right_case('a foreign key whose parent is deleted', ['claim (parent_id)'],
	q{INSERT INTO sender VALUES (20000 + [[i]], 'x', 'x', 1, 'x')},
	'DELETE FROM sender WHERE id = 20000 + [[i]]');

is(run_sql(q{SELECT count(*) FROM perf_advisor.index_hints WHERE kind = 'foreign_key'}), '0', 'not once it has an index');

# ---- something else is right ----

hint_case('a cast that depends on the time zone', ['cast parcel'],
	q{SELECT * FROM parcel WHERE sent_at::date = '2024-05-0[[i]]'});

hint_case('date_trunc of a time with time zone', ['expression parcel'],
	q{SELECT * FROM parcel WHERE date_trunc('day', sent_at) = '2024-05-0[[i]]'});

hint_case('arithmetic on the column', ['arithmetic parcel'],
	'SELECT * FROM parcel WHERE sender_id + 0 = [[i * 42]]');

hint_case('an integer column compared as numeric', ['type parcel'],
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]].0');

hint_case('a large OFFSET', ['offset parcel'],
	'SELECT * FROM parcel ORDER BY id LIMIT 10 OFFSET 200000 + [[i]]');

hint_case('another collation than that of the column', ['collation coll'],
	q{SELECT * FROM coll WHERE t COLLATE "C" > 'ffff' AND t COLLATE "C" < 'ffff[[i]]'});

hint_case('a part of a text, and no pg_trgm', ['trigram parcel'],
	q{SELECT * FROM parcel WHERE remark ILIKE '%abcde[[i]]%'});

run_sql('CREATE TABLE fresh AS SELECT * FROM parcel WHERE id <= 100000');
hint_case('a table that was never analyzed', ['analyze fresh'],
	'SELECT * FROM fresh WHERE sender_id = [[i * 42]]');

run_sql(<<~'SQL');
	CREATE INDEX broken ON parcel (sender_id);
	INSERT INTO aside.kept VALUES ('broken'::regclass);
	UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
	SQL
hint_case('an index that is invalid', ['invalid_index parcel'],
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]]');
run_sql("DELETE FROM aside.kept WHERE indexrelid = 'broken'::regclass; DROP INDEX broken");

run_sql("CREATE INDEX there ON parcel (sender_id); INSERT INTO aside.kept VALUES ('there'::regclass)");
hint_case('a setting that keeps the index out', ['setting parcel'],
	'SET enable_indexscan = off', 'SET enable_bitmapscan = off',
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]]');
run_sql("DELETE FROM aside.kept WHERE indexrelid = 'there'::regclass; DROP INDEX there");

# negatives of the hints: as written an index serves it, or it does not matter
none_case('arithmetic on the other side', 'SELECT * FROM parcel WHERE id = [[i]] + 1 - 1');
is_deeply([ hinted() ], [], 'no hint where an index serves the statement');
none_case('a small OFFSET', 'SELECT * FROM parcel ORDER BY id LIMIT 10 OFFSET 20');
is_deeply([ hinted() ], [], 'no hint for the third page');
none_case('a cast in a tiny table', q{SELECT * FROM country WHERE name::varchar(3) = 'c' AND id + 0 = [[i]]});
is_deeply([ hinted() ], [], 'no hint for a tiny table');

stop_advisor();
