-- What somebody who knows the queries would create.
CREATE INDEX ON lineitem (l_partkey, l_suppkey);
CREATE INDEX ON lineitem (l_shipdate);
CREATE INDEX ON lineitem (l_receiptdate, l_shipmode);
CREATE INDEX ON orders (o_orderdate);
CREATE INDEX ON orders (o_custkey);
CREATE INDEX ON partsupp (ps_suppkey);
CREATE INDEX ON part (p_size);
CREATE INDEX ON part (p_brand, p_container);
CREATE INDEX ON part (p_type);
