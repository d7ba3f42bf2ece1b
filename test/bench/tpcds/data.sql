-- TPC-DS: the tables of the specification (chapter 2) that the queries need,
-- and data made here with its cardinalities, the seasons of its sales, and
-- NULLs and skew as real data have them.  Primary keys only, no other index.
--
-- psql -v scale=0.1: scale factor, 1 is 2,880,000 rows of store_sales

SELECT setseed(0.7);
\set items '(greatest(2000, 18000 * :scale))::integer'
\set customers '(100000 * :scale)::integer'
\set addresses '(50000 * :scale)::integer'
\set demographics '(1920800 * :scale)::integer'
\set sales '(2880000 * :scale)::integer'

CREATE FUNCTION pg_temp.pick(n double precision) RETURNS integer LANGUAGE sql VOLATILE RETURN 1 + trunc(n * random())::integer;
-- one time in thirty nothing is known
CREATE FUNCTION pg_temp.pick_or_null(n double precision) RETURNS integer LANGUAGE sql VOLATILE RETURN CASE WHEN random() > 0.033 THEN 1 + trunc(n * random())::integer END;
CREATE FUNCTION pg_temp.skewed(n double precision) RETURNS integer LANGUAGE sql VOLATILE RETURN 1 + trunc(n * random() ^ 1.6)::integer;
-- a day of 1998 to 2002, twice as often in the last two months of a year
CREATE FUNCTION pg_temp.sales_day() RETURNS integer LANGUAGE sql VOLATILE
RETURN 2450815 + trunc(random() * 5)::integer * 365 + CASE WHEN random() < 0.3 THEN 304 + trunc(random() * 61)::integer ELSE trunc(random() * 304)::integer END;

CREATE TABLE date_dim (
	d_date_sk integer PRIMARY KEY, d_date_id char(16) NOT NULL, d_date date NOT NULL, d_month_seq integer, d_week_seq integer, d_quarter_seq integer, d_year integer,
	d_dow integer, d_moy integer, d_dom integer, d_qoy integer, d_day_name char(9), d_quarter_name char(6), d_holiday char(1), d_weekend char(1));
INSERT INTO date_dim
SELECT 2415022 + n, 'D' || lpad(n::text, 15, '0'), day, (extract(year FROM day) - 1900) * 12 + extract(month FROM day) - 1, (n + 1) / 7 + 1,
	(extract(year FROM day) - 1900) * 4 + extract(quarter FROM day) - 1, extract(year FROM day), extract(dow FROM day), extract(month FROM day), extract(day FROM day), extract(quarter FROM day),
	to_char(day, 'FMDay'), to_char(day, 'YYYY"Q"Q'), CASE WHEN n % 30 = 0 THEN 'Y' ELSE 'N' END, CASE WHEN extract(dow FROM day) IN (0, 6) THEN 'Y' ELSE 'N' END
FROM (SELECT n, date '1900-01-02' + n AS day FROM generate_series(0, 73048) AS n) AS d;

CREATE TABLE time_dim (t_time_sk integer PRIMARY KEY, t_time integer NOT NULL, t_hour integer, t_minute integer, t_second integer, t_am_pm char(2), t_shift char(20), t_meal_time char(20));
INSERT INTO time_dim
SELECT n, n, n / 3600, n / 60 % 60, n % 60, CASE WHEN n < 43200 THEN 'AM' ELSE 'PM' END, (ARRAY['third', 'first', 'second'])[1 + n / 28800],
	CASE WHEN n / 3600 BETWEEN 6 AND 8 THEN 'breakfast' WHEN n / 3600 BETWEEN 11 AND 13 THEN 'lunch' WHEN n / 3600 BETWEEN 17 AND 20 THEN 'dinner' END
FROM generate_series(0, 86399) AS n;

CREATE TABLE item (
	i_item_sk integer PRIMARY KEY, i_item_id char(16) NOT NULL, i_item_desc varchar(200), i_current_price numeric(7,2), i_wholesale_cost numeric(7,2), i_brand_id integer, i_brand char(50),
	i_class_id integer, i_class char(50), i_category_id integer, i_category char(50), i_manufact_id integer, i_manufact char(50), i_size char(20), i_color char(20), i_units char(10),
	i_manager_id integer, i_product_name char(50));
INSERT INTO item
SELECT n, 'I' || lpad((n / 2)::text, 15, '0'), 'a thing ' || md5(n::text), round((random() ^ 2 * 99 + 0.1)::numeric, 2), round((random() * 60 + 0.1)::numeric, 2),
	category * 1000000 + class * 1000 + n % 17, 'brand ' || category || ' ' || class || ' ' || n % 17, class, (ARRAY['accessories', 'athletic', 'classical', 'computers', 'dresses',
		'fragrances', 'infants', 'kids', 'mens', 'pants', 'pop', 'reference', 'rock', 'romance', 'self-help', 'shirts'])[class], category,
	(ARRAY['Books', 'Children', 'Electronics', 'Home', 'Jewelry', 'Men', 'Music', 'Shoes', 'Sports', 'Women'])[category], manufact, 'manufact ' || manufact,
	(ARRAY['small', 'medium', 'large', 'extra large', 'petite', 'economy', 'N/A'])[1 + n % 7], (ARRAY['slate', 'blanched', 'burnished', 'powder', 'peach', 'orchid', 'navajo', 'chiffon', 'lemon', 'pale',
		'plum', 'rose', 'snow', 'tan', 'white'])[1 + n % 15], (ARRAY['Each', 'Dozen', 'Case', 'Pallet', 'Oz', 'Lb', 'Ton'])[1 + n % 7], 1 + trunc(random() * 100)::integer, 'product ' || n
FROM (SELECT n, pg_temp.pick(10) AS category, pg_temp.pick(16) AS class, pg_temp.skewed(1000) AS manufact FROM generate_series(1, :items) AS n OFFSET 0) AS i;

CREATE TABLE customer_address (
	ca_address_sk integer PRIMARY KEY, ca_address_id char(16) NOT NULL, ca_street_name varchar(60), ca_city varchar(60), ca_county varchar(30), ca_state char(2), ca_zip char(10),
	ca_country varchar(20), ca_gmt_offset numeric(5,2), ca_location_type char(20));
INSERT INTO customer_address
SELECT n, 'A' || lpad(n::text, 15, '0'), 'street ' || n % 977, 'City ' || pg_temp.skewed(600), 'County ' || pg_temp.skewed(1800), state, lpad((n * 7919::bigint % 99999)::text, 5, '0'), 'United States',
	CASE WHEN state IN ('CA', 'WA', 'OR') THEN -8 WHEN state IN ('CO', 'UT') THEN -7 WHEN state IN ('TX', 'IL', 'MN', 'TN') THEN -6 ELSE -5 END, (ARRAY['apartment', 'condo', 'single family'])[1 + n % 3]
FROM (SELECT n, (ARRAY['CA', 'TX', 'NY', 'FL', 'GA', 'OH', 'IL', 'VA', 'NC', 'PA', 'TN', 'MI', 'WA', 'OR', 'CO', 'UT', 'MN', 'KY', 'NM', 'IA'])[pg_temp.skewed(20)] AS state
	FROM generate_series(1, :addresses) AS n OFFSET 0) AS a;

CREATE TABLE customer_demographics (
	cd_demo_sk integer PRIMARY KEY, cd_gender char(1), cd_marital_status char(1), cd_education_status char(20), cd_purchase_estimate integer, cd_credit_rating char(10), cd_dep_count integer);
INSERT INTO customer_demographics
SELECT n, (ARRAY['M', 'F'])[1 + n % 2], (ARRAY['M', 'S', 'D', 'W', 'U'])[1 + n / 2 % 5], (ARRAY['Primary', 'Secondary', 'College', '2 yr Degree', '4 yr Degree', 'Advanced Degree', 'Unknown'])[1 + n / 10 % 7],
	500 * (1 + n / 70 % 20), (ARRAY['Good', 'High Risk', 'Low Risk', 'Unknown'])[1 + n / 1400 % 4], n / 5600 % 7
FROM generate_series(1, :demographics) AS n;
CREATE TABLE income_band (ib_income_band_sk integer PRIMARY KEY, ib_lower_bound integer, ib_upper_bound integer);
INSERT INTO income_band SELECT n, (n - 1) * 10000, n * 10000 FROM generate_series(1, 20) AS n;
CREATE TABLE household_demographics (hd_demo_sk integer PRIMARY KEY, hd_income_band_sk integer, hd_buy_potential char(15), hd_dep_count integer, hd_vehicle_count integer);
INSERT INTO household_demographics
SELECT n, 1 + n % 20, (ARRAY['0-500', '501-1000', '1001-5000', '5001-10000', '>10000', 'Unknown'])[1 + n / 20 % 6], n / 120 % 10, n / 1200 % 6 - 1 FROM generate_series(1, 7200) AS n;

CREATE TABLE customer (
	c_customer_sk integer PRIMARY KEY, c_customer_id char(16) NOT NULL, c_current_cdemo_sk integer, c_current_hdemo_sk integer, c_current_addr_sk integer, c_first_sales_date_sk integer,
	c_salutation char(10), c_first_name char(20), c_last_name char(30), c_preferred_cust_flag char(1), c_birth_month integer, c_birth_year integer, c_birth_country varchar(20), c_email_address char(50));
INSERT INTO customer
SELECT n, 'C' || lpad(n::text, 15, '0'), pg_temp.pick_or_null(:demographics), pg_temp.pick_or_null(7200), pg_temp.pick(:addresses), pg_temp.sales_day(), (ARRAY['Mr.', 'Ms.', 'Dr.'])[1 + n % 3],
	'First' || pg_temp.skewed(5000), 'Last' || pg_temp.skewed(5000), CASE WHEN n % 2 = 0 THEN 'Y' ELSE 'N' END, pg_temp.pick(12), 1930 + pg_temp.pick(60), 'Country ' || n % 200, 'c' || n || '@example.com'
FROM generate_series(1, :customers) AS n;

CREATE TABLE store (
	s_store_sk integer PRIMARY KEY, s_store_id char(16) NOT NULL, s_store_name varchar(50), s_number_employees integer, s_city varchar(60), s_county varchar(30), s_state char(2), s_zip char(10),
	s_gmt_offset numeric(5,2), s_company_id integer, s_market_id integer);
INSERT INTO store
SELECT n, 'S' || lpad((n / 2)::text, 15, '0'), (ARRAY['ought', 'able', 'ese', 'anti', 'cally', 'ation', 'eing', 'bar'])[1 + n % 8], 200 + n * 9, (ARRAY['Midway', 'Fairview'])[1 + n % 2],
	'Williamson County', (ARRAY['TN', 'GA', 'OH'])[1 + n % 3], lpad((31000 + n * 3)::text, 5, '0'), -5, 1, n % 10 FROM generate_series(1, 12) AS n;
CREATE TABLE promotion (p_promo_sk integer PRIMARY KEY, p_channel_dmail char(1), p_channel_email char(1), p_channel_tv char(1), p_channel_event char(1));
INSERT INTO promotion SELECT n, (ARRAY['Y', 'N'])[1 + n % 2], 'N', 'N', CASE WHEN n % 9 = 0 THEN 'Y' ELSE 'N' END FROM generate_series(1, 300) AS n;
CREATE TABLE warehouse (w_warehouse_sk integer PRIMARY KEY, w_warehouse_name varchar(20), w_state char(2));
INSERT INTO warehouse SELECT n, 'Warehouse ' || n, (ARRAY['TN', 'GA', 'OH'])[1 + n % 3] FROM generate_series(1, 5) AS n;
CREATE TABLE ship_mode (sm_ship_mode_sk integer PRIMARY KEY, sm_type char(30));
INSERT INTO ship_mode SELECT n, (ARRAY['EXPRESS', 'NEXT DAY', 'OVERNIGHT', 'REGULAR', 'TWO DAY'])[1 + n % 5] FROM generate_series(1, 20) AS n;
CREATE TABLE call_center (cc_call_center_sk integer PRIMARY KEY, cc_call_center_id char(16), cc_name varchar(50), cc_manager varchar(40), cc_county varchar(30));
INSERT INTO call_center SELECT n, 'CC' || n, 'center ' || n, 'manager ' || n, 'Williamson County' FROM generate_series(1, 6) AS n;
CREATE TABLE web_site (web_site_sk integer PRIMARY KEY, web_name varchar(50), web_company_name char(50));
INSERT INTO web_site SELECT n, 'site_' || n / 6, (ARRAY['pri', 'able', 'ation', 'ese'])[1 + n % 4] FROM generate_series(1, 30) AS n;
CREATE TABLE web_page (wp_web_page_sk integer PRIMARY KEY, wp_char_count integer);
INSERT INTO web_page SELECT n, 100 * n FROM generate_series(1, 60) AS n;
CREATE TABLE reason (r_reason_sk integer PRIMARY KEY, r_reason_desc char(100));
INSERT INTO reason SELECT n, 'reason ' || n FROM generate_series(1, 35) AS n;

CREATE TABLE store_sales (
	ss_sold_date_sk integer, ss_sold_time_sk integer, ss_item_sk integer NOT NULL, ss_customer_sk integer, ss_cdemo_sk integer, ss_hdemo_sk integer, ss_addr_sk integer, ss_store_sk integer,
	ss_promo_sk integer, ss_ticket_number integer NOT NULL, ss_quantity integer, ss_wholesale_cost numeric(7,2), ss_list_price numeric(7,2), ss_sales_price numeric(7,2), ss_ext_discount_amt numeric(7,2),
	ss_ext_sales_price numeric(7,2), ss_ext_wholesale_cost numeric(7,2), ss_ext_list_price numeric(7,2), ss_ext_tax numeric(7,2), ss_coupon_amt numeric(7,2), ss_net_paid numeric(7,2), ss_net_profit numeric(7,2));
-- a ticket is one purchase of a customer: about twelve different items
INSERT INTO store_sales
SELECT day, time, item, customer, demo, hdemo, address, shop, pg_temp.pick_or_null(300), ticket, quantity, cost, cost * 1.5, price, CASE WHEN random() < 0.8 THEN 0 ELSE 10 END,
	price * quantity, cost * quantity, cost * 1.5 * quantity, price * quantity * 0.05, CASE WHEN random() < 0.9 THEN 0 ELSE 20 END, price * quantity, (price - cost) * quantity
FROM (SELECT t.*, 1 + (first_item + line * 37) % :items AS item, pg_temp.pick(100) AS quantity, round((1 + random() * 60)::numeric, 2) AS cost, round((random() * 90)::numeric, 2) AS price
	FROM (SELECT ticket, CASE WHEN random() > 0.03 THEN pg_temp.sales_day() END AS day, 28800 + trunc(random() * 50400)::integer AS time, pg_temp.pick_or_null(:customers) AS customer,
			pg_temp.pick_or_null(:demographics) AS demo, pg_temp.pick_or_null(7200) AS hdemo, pg_temp.pick_or_null(:addresses) AS address, pg_temp.pick_or_null(12) AS shop, pg_temp.skewed(:items) AS first_item
		FROM generate_series(1, :sales / 12) AS ticket OFFSET 0) AS t, generate_series(1, 12) AS line OFFSET 0) AS s;

CREATE TABLE store_returns (
	sr_returned_date_sk integer, sr_item_sk integer NOT NULL, sr_customer_sk integer, sr_cdemo_sk integer, sr_hdemo_sk integer, sr_store_sk integer, sr_reason_sk integer, sr_ticket_number integer NOT NULL,
	sr_return_quantity integer, sr_return_amt numeric(7,2), sr_fee numeric(7,2), sr_net_loss numeric(7,2));
INSERT INTO store_returns
SELECT ss_sold_date_sk + pg_temp.pick(90), ss_item_sk, ss_customer_sk, ss_cdemo_sk, ss_hdemo_sk, ss_store_sk, pg_temp.skewed(35), ss_ticket_number, 1 + ss_quantity / 2, ss_sales_price, 5, ss_sales_price / 3
FROM store_sales WHERE random() < 0.1;

CREATE TABLE catalog_sales (
	cs_sold_date_sk integer, cs_ship_date_sk integer, cs_bill_customer_sk integer, cs_bill_cdemo_sk integer, cs_bill_hdemo_sk integer, cs_bill_addr_sk integer, cs_ship_addr_sk integer, cs_call_center_sk integer,
	cs_ship_mode_sk integer, cs_warehouse_sk integer, cs_item_sk integer NOT NULL, cs_promo_sk integer, cs_order_number integer NOT NULL, cs_quantity integer, cs_list_price numeric(7,2),
	cs_sales_price numeric(7,2), cs_ext_discount_amt numeric(7,2), cs_ext_sales_price numeric(7,2), cs_ext_ship_cost numeric(7,2), cs_coupon_amt numeric(7,2), cs_net_profit numeric(7,2));
INSERT INTO catalog_sales
SELECT day, day + pg_temp.pick(120), customer, demo, hdemo, address, address, pg_temp.pick_or_null(6), pg_temp.pick(20), pg_temp.pick_or_null(5), 1 + (first_item + line * 41) % :items, pg_temp.pick_or_null(300),
	n, pg_temp.pick(100), price * 1.3, price, CASE WHEN random() < 0.8 THEN price / 10 ELSE price * 2 END, price * 20, price / 3, 0, price * 4 - 50
FROM (SELECT o.*, line, round((random() * 150)::numeric, 2) AS price
	FROM (SELECT n, pg_temp.sales_day() AS day, pg_temp.pick_or_null(:customers) AS customer, pg_temp.pick_or_null(:demographics) AS demo, pg_temp.pick_or_null(7200) AS hdemo,
			pg_temp.pick_or_null(:addresses) AS address, pg_temp.skewed(:items) AS first_item
		FROM generate_series(1, :sales / 2 / 9) AS n OFFSET 0) AS o, generate_series(1, 9) AS line OFFSET 0) AS s;
CREATE TABLE catalog_returns (
	cr_returned_date_sk integer, cr_item_sk integer NOT NULL, cr_returning_customer_sk integer, cr_returning_addr_sk integer, cr_call_center_sk integer, cr_order_number integer NOT NULL,
	cr_return_quantity integer, cr_return_amount numeric(7,2), cr_return_amt_inc_tax numeric(7,2), cr_net_loss numeric(7,2), cr_refunded_cash numeric(7,2));
INSERT INTO catalog_returns
SELECT cs_sold_date_sk + pg_temp.pick(60), cs_item_sk, cs_bill_customer_sk, cs_bill_addr_sk, cs_call_center_sk, cs_order_number, 3, cs_sales_price, cs_sales_price, 9, cs_sales_price / 2
FROM catalog_sales WHERE random() < 0.1;

CREATE TABLE web_sales (
	ws_sold_date_sk integer, ws_sold_time_sk integer, ws_ship_date_sk integer, ws_item_sk integer NOT NULL, ws_bill_customer_sk integer, ws_bill_addr_sk integer, ws_ship_hdemo_sk integer, ws_ship_addr_sk integer,
	ws_web_page_sk integer, ws_web_site_sk integer, ws_ship_mode_sk integer, ws_warehouse_sk integer, ws_order_number integer NOT NULL, ws_quantity integer, ws_sales_price numeric(7,2),
	ws_ext_discount_amt numeric(7,2), ws_ext_sales_price numeric(7,2), ws_ext_ship_cost numeric(7,2), ws_net_paid numeric(7,2), ws_net_profit numeric(7,2));
INSERT INTO web_sales
SELECT day, time, day + pg_temp.pick(120), 1 + (first_item + line * 43) % :items, customer, address, pg_temp.pick_or_null(7200), address, pg_temp.pick(60), pg_temp.pick_or_null(30), pg_temp.pick(20),
	pg_temp.pick(5), n, pg_temp.pick(100), price, CASE WHEN random() < 0.8 THEN price / 10 ELSE price * 2 END, price * 20, price / 3, price * 20, price * 4 - 50
FROM (SELECT o.*, line, round((random() * 150)::numeric, 2) AS price
	FROM (SELECT n, pg_temp.sales_day() AS day, trunc(random() * 86400)::integer AS time, pg_temp.pick_or_null(:customers) AS customer, pg_temp.pick_or_null(:addresses) AS address, pg_temp.skewed(:items) AS first_item
		FROM generate_series(1, :sales / 4 / 12) AS n OFFSET 0) AS o, generate_series(1, 12) AS line OFFSET 0) AS s;
CREATE TABLE web_returns (
	wr_returned_date_sk integer, wr_item_sk integer NOT NULL, wr_refunded_customer_sk integer, wr_returning_customer_sk integer, wr_returning_addr_sk integer, wr_reason_sk integer, wr_order_number integer NOT NULL,
	wr_return_quantity integer, wr_return_amt numeric(7,2), wr_net_loss numeric(7,2));
INSERT INTO web_returns
SELECT ws_sold_date_sk + pg_temp.pick(60), ws_item_sk, ws_bill_customer_sk, ws_bill_customer_sk, ws_bill_addr_sk, pg_temp.skewed(35), ws_order_number, 2, ws_sales_price, 7 FROM web_sales WHERE random() < 0.1;

-- weekly, every second item in each of the five warehouses
CREATE TABLE inventory (inv_date_sk integer NOT NULL, inv_item_sk integer NOT NULL, inv_warehouse_sk integer NOT NULL, inv_quantity_on_hand integer);
INSERT INTO inventory
SELECT 2450815 + week * 14, item, shop, pg_temp.pick_or_null(1000)
FROM generate_series(0, (130 * least(1, :scale * 5))::integer) AS week, generate_series(1, :items, 2) AS item, generate_series(1, 5) AS shop;

ALTER TABLE store_sales ADD PRIMARY KEY (ss_item_sk, ss_ticket_number);
ALTER TABLE store_returns ADD PRIMARY KEY (sr_item_sk, sr_ticket_number);
ALTER TABLE catalog_sales ADD PRIMARY KEY (cs_item_sk, cs_order_number);
ALTER TABLE catalog_returns ADD PRIMARY KEY (cr_item_sk, cr_order_number);
ALTER TABLE web_sales ADD PRIMARY KEY (ws_item_sk, ws_order_number);
ALTER TABLE web_returns ADD PRIMARY KEY (wr_item_sk, wr_order_number);
ALTER TABLE inventory ADD PRIMARY KEY (inv_date_sk, inv_item_sk, inv_warehouse_sk);
