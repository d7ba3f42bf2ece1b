# The index advisor on further kinds of statements, types and conditions, each
# with the index that follows from the rules, or none.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/../lib";

use AdvisorCases;
use PostgreSQL::Test::Utils;
use Test::More;

start_advisor(<<~'SQL');
	SET client_min_messages = warning;
	SET timezone = 'UTC';
	SELECT setseed(0.75);
	CREATE DOMAIN code AS text CHECK (value <> '');
	CREATE TABLE item (
		id bigint PRIMARY KEY,
		parent_id bigint,
		name varchar(40) COLLATE "en-x-icu" NOT NULL,
		label char(12) COLLATE "en-x-icu" NOT NULL,
		title text NOT NULL,
		sku code NOT NULL,
		ref int NOT NULL,
		grp smallint NOT NULL,
		kind text NOT NULL,
		hidden bool NOT NULL,
		checked bool,
		made timestamp NOT NULL,
		seen timestamptz NOT NULL,
		day date NOT NULL,
		score int,
		price numeric(10,2) NOT NULL,
		token text NOT NULL,
		body text NOT NULL);
	INSERT INTO item
	SELECT i, CASE WHEN i > 100 THEN (i::bigint * 7919) % (i / 2) + 1 END, 'name ' || md5(i::text), 'l' || i,
		'Title ' || md5(i::text), 'sku' || i % 40000, (i::bigint * 104729) % 30000, i % 50,
		CASE WHEN random() < 0.97 THEN 'plain' WHEN random() < 0.5 THEN 'odd' ELSE 'rare' END,
		random() < 0.002, CASE WHEN random() < 0.99 THEN random() < 0.5 END,
		'2024-01-01'::timestamp + i * interval '1 minute', '2024-01-01'::timestamptz + random() * interval '100 days',
		'2020-01-01'::date + (random() * 1500)::int, CASE WHEN random() < 0.98 THEN (random() * 100000)::int END,
		(random() * 10000)::numeric(10,2), md5(i::text) || md5((i + 1)::text),
		'w' || (random() * 4000)::int || ' w' || (random() * 4000)::int
	FROM generate_series(1, 120000) AS i;
	CREATE TABLE staging (ext int NOT NULL, v int NOT NULL);
	INSERT INTO staging SELECT i * 50, i FROM generate_series(1, 200) AS i;
	CREATE TABLE target (id int PRIMARY KEY, ext int NOT NULL, v int NOT NULL, pad text NOT NULL);
	INSERT INTO target SELECT i, (i::bigint * 7907) % 90001, i, repeat('x', 60) FROM generate_series(1, 90000) AS i;
	CREATE TABLE shard (tenant int NOT NULL, day date NOT NULL, v int NOT NULL, pad text NOT NULL) PARTITION BY HASH (tenant);
	CREATE TABLE shard_0 PARTITION OF shard FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE shard_1 PARTITION OF shard FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO shard SELECT i % 300, '2024-01-01'::date + i / 600, (i::bigint * 7907) % 50021, repeat('x', 60) FROM generate_series(1, 150000) AS i;
	CREATE TABLE base (id int, v int, pad text);
	CREATE TABLE heir (extra int) INHERITS (base);
	INSERT INTO base SELECT i, (i::bigint * 7907) % 20011, repeat('x', 60) FROM generate_series(1, 40000) AS i;
	INSERT INTO heir SELECT i, (i::bigint * 7907) % 20011, repeat('x', 60), i FROM generate_series(1, 40000) AS i;
	CREATE MATERIALIZED VIEW summary AS SELECT ref, kind, count(*) AS n, max(body) AS body, repeat('x', 60) AS pad FROM item GROUP BY 1, 2;
	VACUUM ANALYZE;
	SQL

# either(TABLE, COLUMNS..): one of these
sub either { my ($table, @columns) = @_; return [ map { "$table ($_)" } @columns ]; }

# ---- types ----

right_case('varchar', [ [ 'item (name)', 'item hash (name)' ] ], q{SELECT title FROM item WHERE name = 'name [[i]]'});
right_case('the beginning of a varchar', [ either('item', 'name varchar_pattern_ops', 'name text_pattern_ops') ],
	q{SELECT title FROM item WHERE name LIKE 'name a[[i]]b%'});
right_case('a char', ['item (label)'], q{SELECT title FROM item WHERE label = 'l[[i]]'});
right_case('a domain', ['item (sku)'], q{SELECT title FROM item WHERE sku = 'sku[[i]]'});
right_case('an integer compared with a bigint', ['item (ref)'], 'SELECT title FROM item WHERE ref = [[i]]::bigint');
right_case('a long token', [ [ 'item hash (token)', 'item (token)' ] ],
	q{SELECT title FROM item WHERE token = md5('[[i]]') || md5('[[i + 1]]')});
right_case('two equalities as a row', [ either('item', 'ref', 'ref, grp') ],
	'SELECT title FROM item WHERE (ref, grp) = ([[i]], [[i * 7]])');
right_case('a list of rows', [ either('item', 'ref', 'ref, grp') ],
	'SELECT title FROM item WHERE (ref, grp) IN (([[i]], 1), ([[i + 1]], 2), ([[i + 2]], 3))');
right_case('a day', [ either('item', 'day') ], q{SELECT title, body FROM item WHERE day = '2021-0[[i]]-11'});
right_case('BETWEEN SYMMETRIC', [ either('item', 'price') ],
	'SELECT title, body FROM item WHERE price BETWEEN SYMMETRIC [[i]] + 3 AND [[i]]');

# ---- rare truths ----

right_case('a rare flag', ['item (made) WHERE hidden'],
	'SELECT id, title FROM item WHERE hidden ORDER BY made LIMIT 20');
right_case('what is not the common kind', [ either('item', q{made) WHERE (kind <> 'plain'::text}) ],
	q{SELECT id, title FROM item WHERE kind <> 'plain' ORDER BY made LIMIT 20});
none_case('IS NOT TRUE of half of the rows', 'SELECT sum(length(title)) FROM item WHERE checked IS NOT TRUE');
none_case('IS NOT DISTINCT FROM, which no index knows', 'SELECT sum(length(title)) FROM item WHERE score IS NOT DISTINCT FROM grp + [[i]]');

# ---- expressions ----

right_case('COALESCE', ['item ((COALESCE(score, 0)))'], 'SELECT title FROM item WHERE coalesce(score, 0) = [[i * 77]]');
right_case('the beginning of an expression', ['item (upper(title))'], q{SELECT id, body FROM item WHERE upper(title) LIKE 'TITLE AB[[i]]C%'});
right_case('words of an expression', [q{item gin (to_tsvector('simple'::regconfig, body))}],
	q{SELECT id, title FROM item WHERE to_tsvector('simple', body) @@ to_tsquery('simple', 'w[[i * 31]]')});
right_case('an order of expressions', [ either('item', 'lower(title)') ], 'SELECT id, title FROM item ORDER BY lower(title) LIMIT 20');
hint_case('the year of a time with time zone', ['expression item'], 'SELECT title FROM item WHERE extract(doy FROM seen) = [[i]]');

# ---- statements ----

right_case('a tree', [ either('item', 'parent_id', 'parent_id) INCLUDE (id') ],
	'WITH RECURSIVE t AS (SELECT id FROM item WHERE id = [[i + 20000]] UNION ALL SELECT c.id FROM item AS c JOIN t ON c.parent_id = t.id) SELECT count(*) FROM t');
right_case('MERGE', ['target (ext)'],
	'MERGE INTO target AS t USING staging AS s ON t.ext = s.ext WHEN MATCHED THEN UPDATE SET v = s.v');
right_case('UPDATE of the next in a queue', [ either('item', q{made) WHERE (kind = 'rare'::text}) ],
	q{UPDATE item SET grp = 1 WHERE id = (SELECT id FROM item WHERE kind = 'rare' ORDER BY made LIMIT 1 FOR UPDATE SKIP LOCKED)});
right_case('a cursor', ['item (ref)'],
	'BEGIN', 'DECLARE c CURSOR FOR SELECT title FROM item WHERE ref = [[i]]', 'FETCH ALL FROM c', 'COMMIT');
right_case('SELECT FOR UPDATE', ['target (ext)'], 'SELECT * FROM target WHERE ext = [[i]] FOR UPDATE');
right_case('UNION', [ 'item (ref)', 'target (ext)' ],
	'SELECT title FROM item WHERE ref = [[i]] UNION SELECT pad FROM target WHERE ext = [[i]]');
right_case('a scalar subquery for each row', [ either('item', 'ref', 'ref, title') ],
	'SELECT s.ext, (SELECT max(title) FROM item AS i WHERE i.ref = s.ext) FROM staging AS s');
right_case('the first of each group by a window',
	[ either('item', 'ref', 'ref, made DESC', 'ref DESC, made', 'ref) INCLUDE (made, id', 'ref) INCLUDE (id, made', 'ref, made DESC) INCLUDE (id', 'ref DESC, made) INCLUDE (id') ],
	'SELECT * FROM (SELECT ref, id, row_number() OVER (PARTITION BY ref ORDER BY made DESC) AS n FROM item WHERE ref BETWEEN [[i]] AND [[i + 300]]) AS x WHERE n = 1');
right_case('a materialized view', ['summary (ref)'], 'SELECT body FROM summary WHERE ref = [[i]]');
right_case('a partitioned table by a column that is no key of it', ['shard (v)'], 'SELECT * FROM shard WHERE v = [[i * 3]]');
right_case('a tenant and a day of a partitioned table', [ either('shard', 'tenant, day', 'day, tenant') ],
	q{SELECT * FROM shard WHERE tenant = [[i]] AND day = '2024-02-1[[i]]'});
none_case('a table with heirs', 'SELECT * FROM base WHERE v = [[i]]');
none_case('TABLESAMPLE', 'SELECT count(*) FROM item TABLESAMPLE SYSTEM (1) WHERE ref = [[i]]');
none_case('a key of the other side alone', 'SELECT i.title FROM staging AS s JOIN item AS i ON i.id = s.ext WHERE s.v = [[i]]');

# ---- parameters ----

right_case('a parameter that is sometimes NULL', ['item (ref)'],
	'PREPARE p(int) AS SELECT title FROM item WHERE ref = $1',
	'EXECUTE p([[i]])', 'EXECUTE p(NULL)', 'EXECUTE p([[i + 100]])', 'DEALLOCATE p');
none_case('a filter that is optional: no index serves OR with a parameter',
	'PREPARE p(int) AS SELECT count(title) FROM item WHERE $1 IS NULL OR grp = $1',
	(q{EXECUTE p(NULL)}) x 3, 'DEALLOCATE p');

# ---- two users ----

run_sql(<<~'SQL');
	CREATE ROLE reader;
	GRANT SELECT ON item TO reader;
	SQL
right_case('another user', ['item (ref)'], 'SET ROLE reader', 'SELECT title FROM item WHERE ref = [[i]]', 'RESET ROLE');

stop_advisor();
