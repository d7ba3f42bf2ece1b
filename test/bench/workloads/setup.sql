-- Tables of workloads d (join) and e (shapes); a to c use pgbench's own.
SET max_parallel_maintenance_workers = 0;

CREATE TABLE region
(
	id		int PRIMARY KEY,
	name	text NOT NULL
);

CREATE TABLE buyer
(
	id			int PRIMARY KEY,
	region_id	int NOT NULL,
	name		text NOT NULL
);

CREATE TABLE purchase
(
	id			int PRIMARY KEY,
	buyer_id	int NOT NULL,
	amount		numeric(10,2) NOT NULL,
	pieces		int NOT NULL,
	bought_on	date NOT NULL
);

INSERT INTO region
SELECT i, 'region ' || i FROM generate_series(1, 200) AS i;
INSERT INTO buyer
SELECT i, 1 + i % 200, 'buyer ' || i FROM generate_series(1, 500) AS i;
INSERT INTO purchase
SELECT i, 1 + i * 7907 % 500, (i * 31 % 9000) / 100.0, 1 + i % 9, date '2025-01-01' + i % 365
FROM generate_series(1, 10000) AS i;

-- Workload e makes a new statement by naming other columns.
CREATE TABLE form
(
	id int PRIMARY KEY,
	f0 int, f1 int, f2 int, f3 int, f4 int, f5 int, f6 int, f7 int, f8 int, f9 int
);
INSERT INTO form (id)
SELECT i FROM generate_series(1, 100) AS i;

VACUUM (FREEZE, ANALYZE);
CHECKPOINT;
