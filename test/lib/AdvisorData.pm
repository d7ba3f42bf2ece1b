# The tables that the index advisor's cases are about.
package AdvisorData;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';

our @EXPORT = qw(parcels_sql);

# A parcel service: 20,000 senders, 300,000 parcels in the order of their
# time, 97 % of them done, 1 % removed; claims without an index; a table of 50
# rows; a measurement a second; visits in three partitions of 2,000 tenants.
sub parcels_sql
{
	return <<~'SQL';
		SET client_min_messages = warning;
		SET timezone = 'UTC';
		CREATE TABLE sender (
			id int PRIMARY KEY, name text NOT NULL, town text NOT NULL, postcode int NOT NULL, email text NOT NULL);
		CREATE TABLE parcel (
			id bigint PRIMARY KEY,
			sender_id int NOT NULL,
			state text NOT NULL,
			sent_at timestamptz NOT NULL,
			scanned_at timestamptz,
			price numeric(10,2),
			depot int,
			fragile bool,
			email text,
			remark text,
			codes int[],
			details jsonb,
			removed_at timestamptz,
			zone int,
			box int);
		CREATE TABLE country (id int, name text);
		CREATE TABLE claim (id bigint PRIMARY KEY, parent_id int REFERENCES sender(id), amount int);
		CREATE TABLE reading (taken_at timestamptz NOT NULL, device int, value float8);
		CREATE TABLE visit (id bigint, tenant int, day date, seconds int) PARTITION BY RANGE (day);
		CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2024-04-01');
		CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM ('2024-04-01') TO ('2024-07-01');
		CREATE TABLE visit_3 PARTITION OF visit FOR VALUES FROM ('2024-07-01') TO ('2024-10-01');
		CREATE TABLE coll (id int PRIMARY KEY, t text COLLATE "en-x-icu" NOT NULL, pad text);
		CREATE VIEW sent_parcel AS
		SELECT p.id, p.sender_id, s.name, p.sent_at, p.price
		FROM parcel AS p JOIN sender AS s ON s.id = p.sender_id
		WHERE p.state <> 'failed';
		CREATE SCHEMA "Odd ""Place";
		CREATE TABLE "Odd ""Place".parcel (id int PRIMARY KEY, sender_id int, "Order" int, pad text);

		SELECT setseed(0.5);
		INSERT INTO sender
		SELECT i, 'sender ' || i, 'town ' || i % 500, 10000 + i % 500, 's' || i || '@example.com'
		FROM generate_series(1, 20000) AS i;
		INSERT INTO parcel
		SELECT
			i,
			1 + (random() * 19999)::int,
			CASE (i::bigint * 7919) % 100 WHEN 0 THEN 'waiting' WHEN 1 THEN 'failed' WHEN 2 THEN 'new' ELSE 'done' END,
			'2024-01-01'::timestamptz + i * interval '1 minute 15 seconds',
			'2024-01-01'::timestamptz + random() * interval '260 days',
			(random() * 1000)::numeric(10,2),
			(random() * 20)::int,
			random() < 0.5,
			'p' || (random() * 200000)::int || '@example.com',
			md5(i::text) || ' ' || md5((i * 3)::text),
			ARRAY[(random() * 1000)::int, (random() * 1000)::int],
			jsonb_build_object('color', (random() * 1000)::int, 'weight', (random() * 100)::int),
			CASE WHEN (i::bigint * 104729) % 100 = 50 THEN '2024-10-01'::timestamptz END,
			(random() * 10)::int,
			(random() * 100000)::int
		FROM generate_series(1, 300000) AS i;
		INSERT INTO country SELECT i, 'country ' || i FROM generate_series(1, 50) AS i;
		INSERT INTO claim SELECT i, 1 + (i::bigint * 7907) % 20000, i % 100 FROM generate_series(1, 300000) AS i;
		INSERT INTO reading
		SELECT '2024-01-01'::timestamptz + i * interval '1 second', i % 100, random()
		FROM generate_series(1, 1000000) AS i;
		INSERT INTO visit
		SELECT i, 1 + (random() * 1999)::int, '2024-01-01'::date + i % 273, i % 600
		FROM generate_series(1, 300000) AS i;
		INSERT INTO coll
		SELECT i, substr(md5(i::text), 1, 2) || 'abc' || md5((i * 3)::text), repeat('x', 20)
		FROM generate_series(1, 100000) AS i;
		UPDATE coll SET t = 'abc' || t WHERE id % 100 = 0;
		INSERT INTO "Odd ""Place".parcel
		SELECT i, (i::bigint * 7907) % 20000, (i::bigint * 104729) % 50000, repeat('x', 50)
		FROM generate_series(1, 100000) AS i;
		VACUUM ANALYZE;
		SQL
}

1;
