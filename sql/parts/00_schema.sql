/* perf_advisor--1.0.sql, assembled from sql/parts/ */

-- complain if the script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION perf_advisor" to load this file. \quit

-- Plain CREATE everywhere, no OR REPLACE and no IF NOT EXISTS: a schema or an
-- object that somebody prepared under our name makes CREATE EXTENSION fail
-- instead of being adopted.
CREATE SCHEMA perf_advisor;
COMMENT ON SCHEMA perf_advisor IS 'What the server really ran, and advice made from it. Start with perf_advisor.status() and perf_advisor.statements.';
GRANT USAGE ON SCHEMA perf_advisor TO PUBLIC;
