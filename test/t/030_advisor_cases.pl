# The index advisor's cases where an index is right: one workload at a time,
# and the answer that a careful person would give.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/../lib";

use AdvisorCases;
use AdvisorData;
use PostgreSQL::Test::Utils;
use Test::More;

start_advisor(parcels_sql());

# ---- equality, range, order ----

right_case('one equality', ['parcel (sender_id)'],
	'SELECT * FROM parcel WHERE sender_id = [[i * 401]]');

right_case('equality and range: the range comes second', ['parcel (sender_id, sent_at)'],
	q{SELECT * FROM parcel WHERE sent_at > '2024-0[[5 + i]]-01' AND sender_id = [[i * 42]]});

right_case('a column that adds little to a few rows', ['parcel (sender_id)'],
	q{SELECT * FROM parcel WHERE state = 'waiting' AND sender_id = [[i * 42]]});

right_case('equality and the order of the first rows',
	[ [ 'parcel (depot, sent_at)', 'parcel (depot, sent_at DESC)' ] ],
	'SELECT * FROM parcel WHERE depot = [[i + 3]] ORDER BY sent_at DESC LIMIT 10');

right_case('the order of the first rows', [ [ 'parcel (price)', 'parcel (price DESC)' ] ],
	'SELECT * FROM parcel ORDER BY price DESC LIMIT 10');

right_case('an order in two directions',
	[ [ 'parcel (depot, sent_at DESC)', 'parcel (depot DESC, sent_at)' ] ],
	'SELECT * FROM parcel ORDER BY depot, sent_at DESC LIMIT 10');

right_case('equality and a range with an end that nobody knows', ['parcel (sender_id)'],
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]] AND price > (SELECT max(id) FROM country)');

right_case('two ranges: only one of them in the index', ['parcel (box)'],
	'SELECT * FROM parcel WHERE box BETWEEN [[i * 100]] AND [[i * 100 + 50]] AND price > 500');

right_case('IN beside a value that most rows have', ['parcel (sender_id)'],
	q{SELECT * FROM parcel WHERE sender_id IN ([[i]], [[i + 1]], [[i + 2]], [[i + 3]], [[i + 4]]) AND state = 'done'});

right_case('OR over two columns: one index for each',
	[ 'parcel (sender_id)', 'parcel (email)' ],
	q{SELECT * FROM parcel WHERE sender_id = [[i * 42]] OR email = 'p[[i * 77]]@example.com'});

right_case('the largest value', [ [ 'parcel (price)', 'parcel (price DESC)' ] ],
	'SELECT max(price) FROM parcel');

right_case('the latest of each', [ [ 'parcel (sender_id, sent_at DESC)', 'parcel (sender_id DESC, sent_at)' ] ],
	'SELECT DISTINCT ON (sender_id) * FROM parcel ORDER BY sender_id, sent_at DESC');

right_case('the next page after a row', ['parcel (sent_at, id)'],
	q{SELECT * FROM parcel WHERE (sent_at, id) > ('2024-09-0[[i]]', [[i * 1000]]) ORDER BY sent_at, id LIMIT 20});

right_case('rows that wait, oldest first', [q{parcel (sent_at) WHERE (state = 'waiting'::text)}],
	q{SELECT id FROM parcel WHERE state = 'waiting' ORDER BY sent_at LIMIT 100});

# ---- other operators ----

right_case('the beginning of a text', [ [ 'coll (t text_pattern_ops)', 'coll (t COLLATE "C")' ] ],
	q{SELECT * FROM coll WHERE t LIKE 'abc[[i]]%'});

right_case('the beginning of a text that is sorted as well', [ 'coll (t text_pattern_ops)', 'coll (t)' ],
	q{SELECT * FROM coll WHERE t LIKE 'abc[[i]]%'}, 'SELECT * FROM coll ORDER BY t LIMIT 20');

right_case('the beginning of a text in the C collation', ['parcel (email)'],
	q{SELECT * FROM parcel WHERE email LIKE 'p12[[i]]4@%'});

right_case('a key of a document', ['parcel gin (details jsonb_path_ops)'],
	q{SELECT * FROM parcel WHERE details @> '{"color": [[i * 100]]}'});

right_case('a member of an array', ['parcel gin (codes)'],
	'SELECT * FROM parcel WHERE codes @> ARRAY[ [[i * 37]] ]');

right_case('an expression', ['parcel (lower(email))'],
	q{SELECT * FROM parcel WHERE lower(email) = 'p[[i * 99]]@example.com'});

# ---- joins, aggregates, views ----

right_case('the other side of a join', ['claim (parent_id)'],
	'SELECT * FROM sender AS s JOIN claim AS c ON c.parent_id = s.id WHERE s.id = [[i * 77]]');

right_case('a view', ['parcel (sender_id)'],
	'SELECT * FROM sent_parcel WHERE sender_id = [[i * 42]]');

right_case('a range that an index-only scan can sum up', ['parcel (sender_id) INCLUDE (price)'],
	'SELECT sender_id, sum(price) FROM parcel WHERE sender_id BETWEEN [[i * 100]] AND [[i * 100 + 1000]] GROUP BY sender_id');

right_case('a partitioned table: one index on the root', ['visit (tenant)'],
	'SELECT * FROM visit WHERE tenant = [[i * 7]]');

# ---- writes ----

right_case('UPDATE', ['parcel (box)'],
	q{UPDATE parcel SET remark = 'seen' WHERE box = [[i * 777]]});

right_case('DELETE', ['parcel (box)'],
	q{DELETE FROM parcel WHERE box = [[i * 779]]});

# ---- several statements ----

right_case('one index for three statements', ['parcel (sender_id, sent_at)'],
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]]',
	q{SELECT * FROM parcel WHERE sender_id = [[i * 43]] AND state = 'done'},
	q{SELECT * FROM parcel WHERE sender_id = [[i * 44]] AND sent_at > '2024-0[[5 + i]]-01'});

right_case('names that must be quoted, and a table of the same name elsewhere', ['"Odd ""Place".parcel ("Order")'],
	q{SELECT * FROM "Odd ""Place".parcel WHERE "Order" = [[i * 3]]});

right_case('the same table name in two schemas', [ 'parcel (sender_id)', '"Odd ""Place".parcel (sender_id)' ],
	'SELECT * FROM parcel WHERE sender_id = [[i * 42]]',
	'SELECT * FROM "Odd ""Place".parcel WHERE sender_id = [[i * 42]]');

# ---- prepared statements ----

right_case('a prepared statement whose plan became generic', ['parcel (sender_id, sent_at)'],
	q{PREPARE q(timestamptz, int) AS SELECT * FROM parcel WHERE sent_at > $1 AND sender_id = $2},
	map({ "EXECUTE q('2024-06-01', [[i * 50]] + $_)" } 1 .. 8),
	'DEALLOCATE q');

stop_advisor();
