-- TPC-H: the eight tables of the specification (clauses 1.4 and 4.2) and data
-- with its cardinalities, domains and dependencies, generated here.  Primary
-- keys only, no other index.
--
-- psql -v scale=0.1: scale factor, 1 is 6,000,000 line items

SELECT setseed(0.19);

CREATE TABLE region (
	r_regionkey integer PRIMARY KEY, r_name char(25) NOT NULL, r_comment varchar(152));
CREATE TABLE nation (
	n_nationkey integer PRIMARY KEY, n_name char(25) NOT NULL, n_regionkey integer NOT NULL, n_comment varchar(152));
CREATE TABLE supplier (
	s_suppkey integer NOT NULL, s_name char(25) NOT NULL, s_address varchar(40) NOT NULL, s_nationkey integer NOT NULL,
	s_phone char(15) NOT NULL, s_acctbal numeric(15,2) NOT NULL, s_comment varchar(101) NOT NULL);
CREATE TABLE part (
	p_partkey integer NOT NULL, p_name varchar(55) NOT NULL, p_mfgr char(25) NOT NULL, p_brand char(10) NOT NULL,
	p_type varchar(25) NOT NULL, p_size integer NOT NULL, p_container char(10) NOT NULL,
	p_retailprice numeric(15,2) NOT NULL, p_comment varchar(23) NOT NULL);
CREATE TABLE partsupp (
	ps_partkey integer NOT NULL, ps_suppkey integer NOT NULL, ps_availqty integer NOT NULL,
	ps_supplycost numeric(15,2) NOT NULL, ps_comment varchar(199) NOT NULL);
CREATE TABLE customer (
	c_custkey integer NOT NULL, c_name varchar(25) NOT NULL, c_address varchar(40) NOT NULL, c_nationkey integer NOT NULL,
	c_phone char(15) NOT NULL, c_acctbal numeric(15,2) NOT NULL, c_mktsegment char(10) NOT NULL, c_comment varchar(117) NOT NULL);
CREATE TABLE orders (
	o_orderkey bigint NOT NULL, o_custkey integer NOT NULL, o_orderstatus char(1) NOT NULL, o_totalprice numeric(15,2) NOT NULL,
	o_orderdate date NOT NULL, o_orderpriority char(15) NOT NULL, o_clerk char(15) NOT NULL, o_shippriority integer NOT NULL,
	o_comment varchar(79) NOT NULL);
CREATE TABLE lineitem (
	l_orderkey bigint NOT NULL, l_partkey integer NOT NULL, l_suppkey integer NOT NULL, l_linenumber integer NOT NULL,
	l_quantity numeric(15,2) NOT NULL, l_extendedprice numeric(15,2) NOT NULL, l_discount numeric(15,2) NOT NULL,
	l_tax numeric(15,2) NOT NULL, l_returnflag char(1) NOT NULL, l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL,
	l_commitdate date NOT NULL, l_receiptdate date NOT NULL, l_shipinstruct char(25) NOT NULL, l_shipmode char(10) NOT NULL,
	l_comment varchar(44) NOT NULL);

-- Texts are cut from a pool of phrases, as they are by the original generator.
CREATE TEMP TABLE phrase AS
SELECT n, (SELECT string_agg((ARRAY['furious', 'sly', 'careful', 'blithe', 'quick', 'fluffy', 'special', 'pending', 'regular', 'express',
		'final', 'ironic', 'even', 'bold', 'silent', 'foxes', 'ideas', 'theodolites', 'pinto', 'beans', 'instructions', 'dependencies',
		'excuses', 'platelets', 'asymptotes', 'courts', 'dolphins', 'multipliers', 'requests', 'accounts', 'packages', 'deposits',
		'sleep', 'wake', 'are', 'cajole', 'haggle', 'nag', 'use', 'boost', 'above', 'across', 'after', 'among'])[1 + trunc(random() * 44)::integer], ' ')
	FROM generate_series(1, 30 + n * 0)) AS t
FROM generate_series(0, 4999) AS n;
ANALYZE phrase;

INSERT INTO region
SELECT ordinality - 1, name, 'region ' || name
FROM unnest(ARRAY['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST']) WITH ORDINALITY AS r (name, ordinality);
INSERT INTO nation
SELECT ordinality - 1, split_part(name, '/', 1), split_part(name, '/', 2)::integer, 'nation ' || name
FROM unnest(ARRAY['ALGERIA/0', 'ARGENTINA/1', 'BRAZIL/1', 'CANADA/1', 'EGYPT/4', 'ETHIOPIA/0', 'FRANCE/3', 'GERMANY/3', 'INDIA/2', 'INDONESIA/2',
	'IRAN/4', 'IRAQ/4', 'JAPAN/2', 'JORDAN/4', 'KENYA/0', 'MOROCCO/0', 'MOZAMBIQUE/0', 'PERU/1', 'CHINA/2', 'ROMANIA/3', 'SAUDI ARABIA/4',
	'VIETNAM/2', 'RUSSIA/3', 'UNITED KINGDOM/3', 'UNITED STATES/1']) WITH ORDINALITY AS n (name, ordinality);

\set suppliers '(10000 * :scale)::integer'
\set parts '(200000 * :scale)::integer'
\set customers '(150000 * :scale)::integer'
\set all_orders '(1500000 * :scale)::integer'

INSERT INTO supplier
SELECT k, 'Supplier#' || lpad(k::text, 9, '0'), left(t, 10 + k % 30), nation,
	(10 + nation) || '-' || lpad((k * 7919 % 1000)::text, 3, '0') || '-' || lpad((k * 104729 % 1000)::text, 3, '0') || '-' || lpad((k * 31 % 10000)::text, 4, '0'),
	balance, CASE WHEN k % 2000 = 7 THEN 'Customer ' || left(t, 20) || ' Complaints' WHEN k % 2000 = 77 THEN 'Customer ' || left(t, 20) || ' Recommends'
	ELSE substr(t, 40, 60) END
FROM (SELECT k, trunc(random() * 25)::integer AS nation, round((random() * 10999.98 - 999.99)::numeric, 2) AS balance, trunc(random() * 5000)::integer AS n
	FROM generate_series(1, :suppliers) AS k OFFSET 0) AS s JOIN phrase USING (n);

INSERT INTO part
SELECT k, words[1 + a] || ' ' || words[1 + (a + 17) % 92] || ' ' || words[1 + b] || ' ' || words[1 + (b + 31) % 92] || ' ' || words[1 + c],
	'Manufacturer#' || mfgr, 'Brand#' || mfgr || brand, types1[1 + t1] || ' ' || types2[1 + t2] || ' ' || types3[1 + t3], size,
	sizes[1 + c1] || ' ' || boxes[1 + c2], (90000 + (k / 10) % 20001 + 100 * (k % 1000)) / 100.0, left(t, 5 + k % 18)
FROM (SELECT k, trunc(random() * 92)::integer AS a, trunc(random() * 92)::integer AS b, trunc(random() * 92)::integer AS c,
		1 + trunc(random() * 5)::integer AS mfgr, 1 + trunc(random() * 5)::integer AS brand, trunc(random() * 6)::integer AS t1,
		trunc(random() * 5)::integer AS t2, trunc(random() * 5)::integer AS t3, 1 + trunc(random() * 50)::integer AS size,
		trunc(random() * 5)::integer AS c1, trunc(random() * 8)::integer AS c2, trunc(random() * 5000)::integer AS n
	FROM generate_series(1, :parts) AS k OFFSET 0) AS p JOIN phrase USING (n),
	(SELECT string_to_array('almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon '
		'chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost goldenrod green '
		'grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon medium metallic midnight mint misty '
		'moccasin navajo navy olive orange orchid pale papaya peach peru pink plum powder puff purple red rose rosy royal saddle salmon sandy '
		'seashell sienna sky slate smoke snow spring steel tan thistle tomato turquoise violet wheat white yellow', ' ') AS words,
		ARRAY['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'] AS types1,
		ARRAY['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'] AS types2, ARRAY['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'] AS types3,
		ARRAY['SM', 'LG', 'MED', 'JUMBO', 'WRAP'] AS sizes, ARRAY['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'] AS boxes) AS lists;

INSERT INTO partsupp
SELECT k, supplier, 1 + trunc(random() * 9999)::integer, round((1 + random() * 999)::numeric, 2), left(t, 50 + k % 149)
FROM (SELECT k, (k + i * (s / 4 + (k - 1) / s)) % s + 1 AS supplier, trunc(random() * 5000)::integer AS n
	FROM (SELECT :suppliers AS s) AS s, generate_series(1, :parts) AS k, generate_series(0, 3) AS i OFFSET 0) AS p JOIN phrase USING (n);

INSERT INTO customer
SELECT k, 'Customer#' || lpad(k::text, 9, '0'), left(t, 10 + k % 30), nation,
	(10 + nation) || '-' || lpad((k * 7919::bigint % 1000)::text, 3, '0') || '-' || lpad((k * 104729::bigint % 1000)::text, 3, '0') || '-' || lpad((k * 31 % 10000)::text, 4, '0'),
	balance, (ARRAY['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'])[1 + segment], substr(t, 30, 29 + k % 80)
FROM (SELECT k, trunc(random() * 25)::integer AS nation, round((random() * 10999.98 - 999.99)::numeric, 2) AS balance,
		trunc(random() * 5)::integer AS segment, trunc(random() * 5000)::integer AS n
	FROM generate_series(1, :customers) AS k OFFSET 0) AS c JOIN phrase USING (n);

-- A third of the customers never order; order keys leave gaps.
CREATE TEMP TABLE new_order AS
SELECT (k / 8) * 32 + k % 8 + 1 AS orderkey, 1 + 3 * trunc(random() * :customers / 3)::integer + trunc(random() * 2)::integer AS custkey,
	date '1992-01-01' + trunc(random() * 2406)::integer AS orderdate, 1 + trunc(random() * 7)::integer AS lines,
	trunc(random() * 5)::integer AS priority, 1 + trunc(random() * 1000 * greatest(:scale, 0.01))::integer AS clerk, trunc(random() * 5000)::integer AS n
FROM generate_series(0::bigint, :all_orders - 1) AS k;

INSERT INTO lineitem
SELECT orderkey, part, (part + i * (s / 4 + (part - 1) / s)) % s + 1, line, quantity,
	quantity * (90000 + (part / 10) % 20001 + 100 * (part % 1000)) / 100.0, discount, tax,
	CASE WHEN received > date '1995-06-17' THEN 'N' WHEN part % 2 = 0 THEN 'R' ELSE 'A' END,
	CASE WHEN shipped > date '1995-06-17' THEN 'O' ELSE 'F' END, shipped, orderdate + 30 + commit_days, received,
	(ARRAY['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])[1 + instruct],
	(ARRAY['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])[1 + mode], substr(t, 50, 10 + line * 4)
FROM (SELECT orderkey, orderdate, line, :suppliers AS s, 1 + trunc(random() * :parts)::integer AS part, trunc(random() * 4)::integer AS i,
		1 + trunc(random() * 50)::integer AS quantity, trunc(random() * 11) / 100 AS discount, trunc(random() * 9) / 100 AS tax,
		orderdate + 1 + ship_days AS shipped, orderdate + 2 + ship_days + trunc(random() * 30)::integer AS received,
		trunc(random() * 61)::integer AS commit_days, trunc(random() * 4)::integer AS instruct, trunc(random() * 7)::integer AS mode,
		trunc(random() * 5000)::integer AS n
	FROM (SELECT o.*, line, trunc(random() * 121)::integer AS ship_days FROM new_order AS o, generate_series(1, o.lines) AS line OFFSET 0) AS o
	OFFSET 0) AS l JOIN phrase USING (n);

INSERT INTO orders
SELECT orderkey, custkey, status, price, orderdate, (ARRAY['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])[1 + priority],
	'Clerk#' || lpad(clerk::text, 9, '0'), 0, substr(t, 20, 19 + clerk % 60)
FROM new_order JOIN phrase USING (n) JOIN (
	SELECT l_orderkey AS orderkey, CASE min(l_linestatus) || max(l_linestatus) WHEN 'FF' THEN 'F' WHEN 'OO' THEN 'O' ELSE 'P' END AS status,
		sum(round(l_extendedprice * (1 + l_tax) * (1 - l_discount), 2)) AS price
	FROM lineitem GROUP BY 1) AS l USING (orderkey)
ORDER BY orderkey;

DROP TABLE phrase, new_order;
ALTER TABLE supplier ADD PRIMARY KEY (s_suppkey);
ALTER TABLE part ADD PRIMARY KEY (p_partkey);
ALTER TABLE partsupp ADD PRIMARY KEY (ps_partkey, ps_suppkey);
ALTER TABLE customer ADD PRIMARY KEY (c_custkey);
ALTER TABLE orders ADD PRIMARY KEY (o_orderkey);
ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber);
