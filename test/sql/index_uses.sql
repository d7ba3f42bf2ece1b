--
-- Ways to use an index that are more than a column compared with a value:
-- each case runs a statement three times and shows what is advised for it.
--
SELECT perf_advisor.reset() IS NOT NULL AS reset;

CREATE SCHEMA clinic;
SET search_path = clinic;

CREATE TABLE patient (
	id int PRIMARY KEY,
	email text NOT NULL,
	surname varchar(40) NOT NULL,
	town text NOT NULL
);
CREATE TABLE visit (
	id bigint PRIMARY KEY,
	patient_id int NOT NULL,
	doctor int NOT NULL,
	state text NOT NULL,
	starts timestamp NOT NULL,
	price numeric(8,2) NOT NULL,
	paid boolean NOT NULL,
	cancelled_at timestamptz,
	facts jsonb NOT NULL,
	remark text NOT NULL
);
INSERT INTO patient
SELECT i, 'Patient.' || i || '@example.org', 'name ' || i * 7919 % 9001, 'town ' || i % 300
FROM generate_series(1, 20000) AS i;
INSERT INTO visit
SELECT
	i,
	i::bigint * 7919 % 20000 + 1,
	i % 4000,
	CASE WHEN i % 50 = 0 THEN 'open' ELSE 'closed' END,
	'2024-01-01'::timestamp + i::bigint * 104729 % 100003 * interval '5 minutes',
	(i::bigint * 15485863 % 100003) / 100.0,
	i % 2 = 0,
	CASE WHEN i % 200 = 0 THEN '2024-05-01 00:00+00'::timestamptz + i * interval '1 minute' END,
	jsonb_build_object('room', 'r' || i % 5000, 'n', i % 3),
	repeat('x', 60)
FROM generate_series(1, 100000) AS i;
VACUUM ANALYZE patient;
VACUUM ANALYZE visit;

CREATE VIEW advised AS
SELECT regexp_replace(index_ddl, '.* ON (ONLY )?', '') AS ddl
FROM perf_advisor.missing_indexes
ORDER BY 1;

-- an expression in a condition, in a join, in an ordering; one over jsonb
SELECT * FROM patient WHERE lower(email) = 'patient.77@example.org' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT v.price FROM patient AS p JOIN visit AS v ON 'r' || p.id = v.facts ->> 'room' WHERE p.id = 4711 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM patient ORDER BY upper(surname), id LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE facts ->> 'room' = 'r7' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- the cast of a timestamp without time zone can be indexed
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE starts::date = '2024-02-29' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- a constant inside the expression that is another one each time: no index
SELECT perf_advisor.reset() IS NOT NULL AS reset;
PREPARE shifted(int) AS SELECT * FROM visit WHERE abs(doctor - $1) = 0;
EXECUTE shifted(7) \g /dev/null
EXECUTE shifted(8) \g /dev/null
EXECUTE shifted(9) \g /dev/null
SELECT * FROM advised;
DEALLOCATE shifted;

-- an index on the expression is there
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE INDEX by_email ON patient (lower(email));
ANALYZE patient;
SELECT * FROM patient WHERE lower(email) = 'patient.77@example.org' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
DROP INDEX by_email;

-- OR: one index an arm, an arm may be an AND; none when one arm has none
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE patient_id = 42 OR facts ->> 'room' = 'r4000' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE patient_id = 42 OR remark || state = 'y' || paid \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- an OR that joins: one index an arm, also for an arm with a constant
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT p.id, v.id FROM patient AS p JOIN visit AS v ON v.patient_id = p.id OR v.doctor = p.id WHERE p.id < 20 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT v.id FROM patient AS p LEFT JOIN visit AS v ON v.patient_id = p.id OR v.doctor = 77 WHERE p.id = 4711 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT p.id FROM patient AS p WHERE p.id < 20
AND EXISTS (SELECT FROM visit AS v WHERE (v.doctor = p.id AND v.facts ->> 'room' = 'r7') OR v.patient_id = p.id) \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- none where an arm that joins has none, or keeps most rows
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT v.id FROM patient AS p JOIN visit AS v ON v.patient_id = p.id OR v.remark || p.surname = 'y' WHERE p.id < 20 \g /dev/null
\g /dev/null
\g /dev/null
SELECT v.id FROM patient AS p JOIN visit AS v ON v.patient_id = p.id OR v.paid WHERE p.id = 4711 \g /dev/null
\g /dev/null
\g /dev/null
SELECT v.id FROM patient AS p JOIN visit AS v ON v.patient_id = p.id OR v.state = p.town || 'closed' WHERE p.id = 4711 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- rows in a list, which the parser makes an OR of ANDs
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE (doctor, state) IN ((7, 'open'), (50, 'open')) \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) > 0 AS advised, bool_and(ddl LIKE '%doctor%') AS on_doctor FROM advised;

-- a row comparison, for the next page
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE (doctor, id) > (2000, 50) ORDER BY doctor, id LIMIT 20 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- and one with another table's row
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT v.id FROM patient AS p JOIN visit AS v ON (p.id, p.id) < (v.doctor, v.patient_id) WHERE p.id = 3990 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- MAX is the first in descending order
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT max(price) FROM visit \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- a correlated sub-select, EXISTS, NOT EXISTS, LATERAL
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id, (SELECT count(*) FROM visit AS v WHERE v.patient_id = p.id) FROM patient AS p WHERE p.id < 20 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM patient AS p WHERE p.id < 100 AND NOT EXISTS (SELECT FROM visit AS v WHERE v.patient_id = p.id) \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT p.id, l.* FROM patient AS p, LATERAL (SELECT * FROM visit AS v WHERE v.patient_id = p.id ORDER BY v.starts DESC LIMIT 1) AS l
WHERE p.id < 20 \g /dev/null
\g /dev/null
\g /dev/null
SELECT bool_and(ddl LIKE 'clinic.visit (patient_id%') AS by_patient FROM advised;

-- a range that another table gives
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT count(*) FROM patient AS p JOIN visit AS v ON v.price BETWEEN p.id AND p.id + 0.5 WHERE p.id = 77 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- rows that are changed
SELECT perf_advisor.reset() IS NOT NULL AS reset;
UPDATE visit SET price = price WHERE doctor = 77;
\g
\g
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
DELETE FROM visit WHERE facts ->> 'room' = 'nowhere';
\g
\g
SELECT * FROM advised;

-- a rare condition, also IS NOT NULL
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM visit WHERE state = 'open' ORDER BY starts LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT count(*) AS advised, bool_and(ddl LIKE '%state%' AND ddl LIKE '%starts%') AS on_both FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE cancelled_at IS NOT NULL ORDER BY starts LIMIT 10 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- alone, the column itself is the key
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE cancelled_at IS NOT NULL \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM visit WHERE state <> 'closed' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT id FROM visit WHERE state <> 'open' \g /dev/null
\g /dev/null
\g /dev/null
SELECT id FROM visit WHERE cancelled_at IS NULL \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;

-- a partial index whose condition holds is one; one whose does not is none
SELECT perf_advisor.reset() IS NOT NULL AS reset;
CREATE INDEX by_doctor ON visit (doctor) WHERE state = 'open';
SELECT * FROM visit WHERE doctor = 50 AND state = 'open' \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
SELECT perf_advisor.reset() IS NOT NULL AS reset;
SELECT * FROM visit WHERE doctor = 50 AND patient_id > 0 \g /dev/null
\g /dev/null
\g /dev/null
SELECT * FROM advised;
DROP INDEX by_doctor;

RESET search_path;
DROP SCHEMA clinic CASCADE;
