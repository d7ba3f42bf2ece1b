# What an index costs the writers of its table counts: the same statement gets
# the index where the table is mostly read, and none where it is mostly written.

use strict;
use warnings FATAL => 'all';

use FindBin;
use lib "$FindBin::RealBin/../lib";

use AdvisorCases;
use PostgreSQL::Test::Utils;
use Test::More;

start_advisor(<<~'SQL');
	CREATE TABLE meter (id int PRIMARY KEY, street int NOT NULL, state int NOT NULL, value int NOT NULL, pad text NOT NULL)
	WITH (fillfactor = 50);
	INSERT INTO meter
	SELECT i, (i::bigint * 7907) % 5000, i % 10, (i::bigint * 104729) % 20000, repeat('x', 60)
	FROM generate_series(1, 60000) AS i;
	CREATE TABLE log (id bigint PRIMARY KEY, street int NOT NULL, at timestamptz NOT NULL, body text NOT NULL);
	INSERT INTO log
	SELECT i, (i::bigint * 7907) % 5000, '2024-01-01'::timestamptz + i * interval '1 second', repeat('x', 60)
	FROM generate_series(1, 60000) AS i;
	CREATE TABLE doc (id bigint PRIMARY KEY, tags int[] NOT NULL, pad text NOT NULL);
	INSERT INTO doc SELECT i, ARRAY[i % 2000, (i * 7) % 3001], repeat('x', 60) FROM generate_series(1, 60000) AS i;
	CREATE TABLE measured (id int, day date, value int) PARTITION BY RANGE (day);
	CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
	CREATE TABLE measured_2 (value int, day date, id int);
	ALTER TABLE measured ATTACH PARTITION measured_2 FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
	INSERT INTO measured SELECT i, '2024-01-01'::date + i % 60, (i::bigint * 7907) % 5000 FROM generate_series(1, 100000) AS i;
	VACUUM ANALYZE;
	SQL

# many(N, STATEMENT): N executions of it with i = 1 .. N, as an application's
sub many
{
	my ($times, $statement) = @_;
	return "DO \$\$ BEGIN FOR i IN 1..$times LOOP $statement; END LOOP; END \$\$";
}

my @read = ('SELECT * FROM meter WHERE street = [[i * 7]]');
my $write = many(20000, 'UPDATE meter SET street = street + 1 WHERE id = i');

right_case('a table that is read and hardly written', ['meter (street)'], (@read) x 10,
	many(20, 'UPDATE meter SET street = street + 1 WHERE id = i'));

none_case('the key is updated all the time, and rarely read', @read, $write);

none_case('rows are inserted all the time, and rarely read',
	'SELECT * FROM log WHERE street = [[i * 7]]',
	many(20000, q{INSERT INTO log VALUES ([[i]] * 100000 + i, i, now(), 'x')}));

none_case('COPY counts as well',
	'SELECT * FROM log WHERE street = [[i * 7]]',
	q{COPY log FROM PROGRAM 'seq 1000000 1020000 | sed "s/$/\t1\t2024-01-01\tx/"'},
	'DELETE FROM log WHERE id >= 1000000');

none_case('GIN is dearer',
	'SELECT * FROM doc WHERE tags @> ARRAY[ [[i * 7]] ]',
	many(10000, 'UPDATE doc SET tags = ARRAY[i, i + 1] WHERE id = i'));

# what is written, as the row shows it

sub shown
{
	my ($columns) = @_;
	return run_sql("SELECT $columns FROM perf_advisor.missing_indexes");
}

none_case('before', 'SELECT 1');
run_load(200, @read);
is(shown('key_columns, hot_loss_pct, write_cost_ratio'), '{street}|0|1', 'a table that nobody writes');

none_case('before', 'SELECT 1');
run_load(200, @read);
run_load(1, many(1000, 'UPDATE meter SET value = value + 1 WHERE id = i'));
is(shown('key_columns, hot_loss_pct'), '{street}|0', 'updates of another column stay HOT');

none_case('before', 'SELECT 1');
run_load(200, @read);
run_load(1, many(300, 'UPDATE meter SET street = street + 1, value = 0 WHERE id = i + 30000'),
	many(100, 'UPDATE meter SET value = value + 1 WHERE id = i + 30000'));
is(shown('key_columns, hot_loss_pct, write_cost_ratio > 1'), '{street}|75|t', 'those that set the key are HOT no more');

none_case('before', 'SELECT 1');
run_load(200, 'SELECT * FROM measured WHERE value = [[i * 7]]');
run_load(1, many(300, q{UPDATE measured_2 SET value = value + 1 WHERE id = i}),
	many(300, q{UPDATE measured SET id = id + 0 WHERE id = i}));
is( run_sql(q{SELECT relname, key_columns, hot_loss_pct > 0 FROM perf_advisor.missing_indexes WHERE 'value' = ANY (key_columns)}),
	'measured|{value}|t', 'a partition is written to by its own name');

none_case('before', 'SELECT 1');
run_load(200, @read);
run_load(1, many(500, q{INSERT INTO meter VALUES (i, 1, 1, 1, 'x') ON CONFLICT (id) DO UPDATE SET street = excluded.street}));
is(shown('key_columns, hot_loss_pct'), '{street}|100', 'ON CONFLICT DO UPDATE sets it');

none_case('before', 'SELECT 1');
run_load(200, @read);
run_load(1, many(500, q{MERGE INTO meter AS m USING (SELECT i AS id) AS n ON m.id = n.id WHEN MATCHED THEN UPDATE SET street = m.street + 1}));
is(shown('key_columns, hot_loss_pct'), '{street}|100', 'MERGE sets it');

none_case('before', 'SELECT 1');
run_load(200, @read);
run_load(1, many(500, q{WITH w AS (UPDATE meter SET street = street + 1 WHERE id = i RETURNING id) INSERT INTO log SELECT id + [[i]] * 5000000, 1, now(), 'x' FROM w}));
is(shown('key_columns, hot_loss_pct'), '{street}|100', 'WITH sets it');

# a first load is no load
none_case('before', 'SELECT 1');
run_load(1, q{INSERT INTO meter SELECT i, 1, 1, 1, 'x' FROM generate_series(100000, 200000) AS i});
run_load(20, @read);
is(shown('key_columns, write_cost_ratio'), '{street}|1', 'an INSERT that ran once does not count');

stop_advisor();
