-- TPC-DS: queries of the specification (appendix B) under their numbers there,
-- with substitution values from its ranges where the data here have them.
-- test/bench/statements.pl explains the marks.

-- @ q1
WITH returned AS (SELECT sr_customer_sk AS customer, sr_store_sk AS shop, sum(sr_return_amt) AS total FROM store_returns, date_dim
	WHERE sr_returned_date_sk = d_date_sk AND d_year = {year: int 1998 2002} GROUP BY sr_customer_sk, sr_store_sk)
SELECT c_customer_id FROM returned AS r1, store, customer
WHERE r1.total > (SELECT avg(total) * 1.2 FROM returned AS r2 WHERE r1.shop = r2.shop) AND s_store_sk = r1.shop AND s_state = 'TN' AND r1.customer = c_customer_sk
ORDER BY c_customer_id LIMIT 100;

-- @ q3
SELECT d_year, i_brand_id, i_brand, sum(ss_ext_sales_price) AS sum_agg FROM date_dim, store_sales, item
WHERE d_date_sk = ss_sold_date_sk AND ss_item_sk = i_item_sk AND i_manufact_id = {manufact: int 1 1000} AND d_moy = {month: int 11 12}
GROUP BY d_year, i_brand, i_brand_id ORDER BY d_year, sum_agg DESC, i_brand_id LIMIT 100;

-- @ q6
SELECT ca_state, count(*) AS cnt FROM customer_address, customer, store_sales, date_dim, item AS i
WHERE ca_address_sk = c_current_addr_sk AND c_customer_sk = ss_customer_sk AND ss_sold_date_sk = d_date_sk AND ss_item_sk = i_item_sk
	AND d_month_seq = (SELECT DISTINCT d_month_seq FROM date_dim WHERE d_year = {year: int 1998 2002} AND d_moy = {month: int 1 7})
	AND i.i_current_price > 1.2 * (SELECT avg(j.i_current_price) FROM item AS j WHERE j.i_category = i.i_category)
GROUP BY ca_state HAVING count(*) >= 10 ORDER BY cnt, ca_state LIMIT 100;

-- @ q7
SELECT i_item_id, avg(ss_quantity), avg(ss_list_price), avg(ss_coupon_amt), avg(ss_sales_price) FROM store_sales, customer_demographics, date_dim, item, promotion
WHERE ss_sold_date_sk = d_date_sk AND ss_item_sk = i_item_sk AND ss_cdemo_sk = cd_demo_sk AND ss_promo_sk = p_promo_sk AND cd_gender = '{gender: one M|F}'
	AND cd_marital_status = '{status: one M|S|D|W|U}' AND cd_education_status = '{education: one Primary|College|Unknown}' AND (p_channel_email = 'N' OR p_channel_event = 'N') AND d_year = {year: int 1998 2002}
GROUP BY i_item_id ORDER BY i_item_id LIMIT 100;

-- @ q13
SELECT avg(ss_quantity), avg(ss_ext_sales_price), avg(ss_ext_wholesale_cost), sum(ss_ext_wholesale_cost)
FROM store_sales, store, customer_demographics, household_demographics, customer_address, date_dim
WHERE s_store_sk = ss_store_sk AND ss_sold_date_sk = d_date_sk AND d_year = 2001
	AND ((ss_hdemo_sk = hd_demo_sk AND cd_demo_sk = ss_cdemo_sk AND cd_marital_status = '{a: one M|S}' AND cd_education_status = '{b: one College|Primary}' AND ss_sales_price BETWEEN 100.00 AND 150.00 AND hd_dep_count = 3)
		OR (ss_hdemo_sk = hd_demo_sk AND cd_demo_sk = ss_cdemo_sk AND cd_marital_status = '{c: one D|W}' AND cd_education_status = '2 yr Degree' AND ss_sales_price BETWEEN 50.00 AND 100.00 AND hd_dep_count = 1))
	AND ((ss_addr_sk = ca_address_sk AND ca_country = 'United States' AND ca_state IN ('{s1: one TX|OH|CA}', '{s2: one OR|NM|KY}') AND ss_net_profit BETWEEN 100 AND 200)
		OR (ss_addr_sk = ca_address_sk AND ca_country = 'United States' AND ca_state IN ('VA', 'TX', 'MN') AND ss_net_profit BETWEEN 50 AND 250));

-- @ q15
SELECT ca_zip, sum(cs_sales_price) FROM catalog_sales, customer, customer_address, date_dim
WHERE cs_bill_customer_sk = c_customer_sk AND c_current_addr_sk = ca_address_sk AND (substr(ca_zip, 1, 5) IN ('85669', '86197', '88274', '83405', '86475') OR ca_state IN ('CA', 'WA', 'GA') OR cs_sales_price > 500)
	AND cs_sold_date_sk = d_date_sk AND d_qoy = {quarter: int 1 2} AND d_year = {year: int 1998 2002}
GROUP BY ca_zip ORDER BY ca_zip LIMIT 100;

-- @ q19
SELECT i_brand_id, i_brand, i_manufact_id, i_manufact, sum(ss_ext_sales_price) AS ext_price FROM date_dim, store_sales, item, customer, customer_address, store
WHERE d_date_sk = ss_sold_date_sk AND ss_item_sk = i_item_sk AND i_manager_id = {manager: int 1 100} AND d_moy = 11 AND d_year = {year: int 1998 2002} AND ss_customer_sk = c_customer_sk
	AND c_current_addr_sk = ca_address_sk AND substr(ca_zip, 1, 5) <> substr(s_zip, 1, 5) AND ss_store_sk = s_store_sk
GROUP BY i_brand, i_brand_id, i_manufact_id, i_manufact ORDER BY ext_price DESC, i_brand, i_brand_id, i_manufact_id, i_manufact LIMIT 100;

-- @ q25
SELECT i_item_id, i_item_desc, s_store_id, s_store_name, sum(ss_net_profit), sum(sr_net_loss), sum(cs_net_profit)
FROM store_sales, store_returns, catalog_sales, date_dim AS d1, date_dim AS d2, date_dim AS d3, store, item
WHERE d1.d_moy = 4 AND d1.d_year = {year: int 1998 2002} AND d1.d_date_sk = ss_sold_date_sk AND i_item_sk = ss_item_sk AND s_store_sk = ss_store_sk AND ss_customer_sk = sr_customer_sk AND ss_item_sk = sr_item_sk
	AND ss_ticket_number = sr_ticket_number AND sr_returned_date_sk = d2.d_date_sk AND d2.d_moy BETWEEN 4 AND 10 AND d2.d_year = {year} AND sr_customer_sk = cs_bill_customer_sk AND sr_item_sk = cs_item_sk
	AND cs_sold_date_sk = d3.d_date_sk AND d3.d_moy BETWEEN 4 AND 10 AND d3.d_year = {year}
GROUP BY i_item_id, i_item_desc, s_store_id, s_store_name ORDER BY i_item_id, i_item_desc, s_store_id, s_store_name LIMIT 100;

-- @ q26
SELECT i_item_id, avg(cs_quantity), avg(cs_list_price), avg(cs_coupon_amt), avg(cs_sales_price) FROM catalog_sales, customer_demographics, date_dim, item, promotion
WHERE cs_sold_date_sk = d_date_sk AND cs_item_sk = i_item_sk AND cs_bill_cdemo_sk = cd_demo_sk AND cs_promo_sk = p_promo_sk AND cd_gender = '{gender: one M|F}' AND cd_marital_status = '{status: one M|S|D|W|U}'
	AND cd_education_status = '{education: one Primary|College|Unknown}' AND (p_channel_email = 'N' OR p_channel_event = 'N') AND d_year = {year: int 1998 2002}
GROUP BY i_item_id ORDER BY i_item_id LIMIT 100;

-- @ q27
SELECT i_item_id, s_state, grouping(s_state), avg(ss_quantity), avg(ss_list_price) FROM store_sales, customer_demographics, date_dim, store, item
WHERE ss_sold_date_sk = d_date_sk AND ss_item_sk = i_item_sk AND ss_store_sk = s_store_sk AND ss_cdemo_sk = cd_demo_sk AND cd_gender = '{gender: one M|F}' AND cd_marital_status = '{status: one M|S|D|W|U}'
	AND cd_education_status = 'College' AND d_year = {year: int 1998 2002} AND s_state IN ('TN', 'GA')
GROUP BY ROLLUP (i_item_id, s_state) ORDER BY i_item_id, s_state LIMIT 100;

-- @ q32
SELECT sum(cs_ext_discount_amt) AS excess_discount FROM catalog_sales, item, date_dim
WHERE i_manufact_id = {manufact: int 1 1000} AND i_item_sk = cs_item_sk AND d_date BETWEEN '{day: date 1998-01-01 2002-09-01}' AND date '{day}' + 90 AND d_date_sk = cs_sold_date_sk
	AND cs_ext_discount_amt > (SELECT 1.3 * avg(cs_ext_discount_amt) FROM catalog_sales, date_dim
		WHERE cs_item_sk = i_item_sk AND d_date BETWEEN '{day}' AND date '{day}' + 90 AND d_date_sk = cs_sold_date_sk)
LIMIT 100;

-- @ q34
SELECT c_last_name, c_first_name, c_salutation, c_preferred_cust_flag, ss_ticket_number, cnt
FROM (SELECT ss_ticket_number, ss_customer_sk, count(*) AS cnt FROM store_sales, date_dim, store, household_demographics
	WHERE ss_sold_date_sk = d_date_sk AND ss_store_sk = s_store_sk AND ss_hdemo_sk = hd_demo_sk AND (d_dom BETWEEN 1 AND 3 OR d_dom BETWEEN 25 AND 28)
		AND hd_buy_potential IN ('>10000', 'Unknown') AND hd_vehicle_count > 0 AND d_year IN ({year: int 1998 2000}, {year} + 1, {year} + 2) AND s_county = 'Williamson County'
	GROUP BY ss_ticket_number, ss_customer_sk) AS dn, customer
WHERE ss_customer_sk = c_customer_sk AND cnt BETWEEN 10 AND 20 ORDER BY c_last_name, c_first_name, c_salutation, c_preferred_cust_flag DESC, ss_ticket_number;

-- @ q37
SELECT i_item_id, i_item_desc, i_current_price FROM item, inventory, date_dim, catalog_sales
WHERE i_current_price BETWEEN {price: int 10 70} AND {price} + 30 AND inv_item_sk = i_item_sk AND d_date_sk = inv_date_sk AND d_date BETWEEN '{day: date 1998-01-01 2002-09-01}' AND date '{day}' + 60
	AND i_manufact_id IN ({m1: int 1 250}, {m2: int 251 500}, {m3: int 501 750}, {m4: int 751 1000}) AND inv_quantity_on_hand BETWEEN 100 AND 500 AND cs_item_sk = i_item_sk
GROUP BY i_item_id, i_item_desc, i_current_price ORDER BY i_item_id LIMIT 100;

-- @ q42
SELECT d_year, i_category_id, i_category, sum(ss_ext_sales_price) FROM date_dim, store_sales, item
WHERE d_date_sk = ss_sold_date_sk AND ss_item_sk = i_item_sk AND i_manager_id = {manager: int 1 100} AND d_moy = {month: int 11 12} AND d_year = {year: int 1998 2002}
GROUP BY d_year, i_category_id, i_category ORDER BY sum(ss_ext_sales_price) DESC, d_year, i_category_id, i_category LIMIT 100;

-- @ q43
SELECT s_store_name, s_store_id, sum(CASE WHEN d_day_name = 'Sunday' THEN ss_sales_price END), sum(CASE WHEN d_day_name = 'Friday' THEN ss_sales_price END) FROM date_dim, store_sales, store
WHERE d_date_sk = ss_sold_date_sk AND s_store_sk = ss_store_sk AND s_gmt_offset = -5 AND d_year = {year: int 1998 2002}
GROUP BY s_store_name, s_store_id ORDER BY 1, 2, 3, 4 LIMIT 100;

-- @ q46
SELECT c_last_name, c_first_name, ca_city, bought_city, ss_ticket_number, amt, profit
FROM (SELECT ss_ticket_number, ss_customer_sk, ca_city AS bought_city, sum(ss_coupon_amt) AS amt, sum(ss_net_profit) AS profit FROM store_sales, date_dim, store, household_demographics, customer_address
	WHERE ss_sold_date_sk = d_date_sk AND ss_store_sk = s_store_sk AND ss_hdemo_sk = hd_demo_sk AND ss_addr_sk = ca_address_sk AND (hd_dep_count = {dep: int 0 9} OR hd_vehicle_count = {vehicles: int 0 4})
		AND d_dow IN (6, 0) AND d_year IN ({year: int 1998 2000}, {year} + 1, {year} + 2) AND s_city IN ('Fairview', 'Midway')
	GROUP BY ss_ticket_number, ss_customer_sk, ss_addr_sk, ca_city) AS dn, customer, customer_address AS current_addr
WHERE ss_customer_sk = c_customer_sk AND customer.c_current_addr_sk = current_addr.ca_address_sk AND current_addr.ca_city <> bought_city
ORDER BY c_last_name, c_first_name, ca_city, bought_city, ss_ticket_number LIMIT 100;

-- @ q48
SELECT sum(ss_quantity) FROM store_sales, store, customer_demographics, customer_address, date_dim
WHERE s_store_sk = ss_store_sk AND ss_sold_date_sk = d_date_sk AND d_year = {year: int 1998 2002}
	AND ((cd_demo_sk = ss_cdemo_sk AND cd_marital_status = 'M' AND cd_education_status = '4 yr Degree' AND ss_sales_price BETWEEN 50.00 AND 90.00)
		OR (cd_demo_sk = ss_cdemo_sk AND cd_marital_status = 'S' AND cd_education_status = 'Secondary' AND ss_sales_price BETWEEN 20.00 AND 60.00))
	AND ((ss_addr_sk = ca_address_sk AND ca_country = 'United States' AND ca_state IN ('CO', 'OH', 'TX') AND ss_net_profit BETWEEN 0 AND 2000)
		OR (ss_addr_sk = ca_address_sk AND ca_country = 'United States' AND ca_state IN ('OR', 'MN', 'KY') AND ss_net_profit BETWEEN 150 AND 3000));

-- @ q50
SELECT s_store_name, sum(CASE WHEN sr_returned_date_sk - ss_sold_date_sk <= 30 THEN 1 ELSE 0 END) AS d30, sum(CASE WHEN sr_returned_date_sk - ss_sold_date_sk > 60 THEN 1 ELSE 0 END) AS more
FROM store_sales, store_returns, store, date_dim AS d1, date_dim AS d2
WHERE d2.d_year = {year: int 1998 2002} AND d2.d_moy = {month: int 8 10} AND ss_ticket_number = sr_ticket_number AND ss_item_sk = sr_item_sk AND ss_sold_date_sk = d1.d_date_sk
	AND sr_returned_date_sk = d2.d_date_sk AND ss_customer_sk = sr_customer_sk AND ss_store_sk = s_store_sk
GROUP BY s_store_name ORDER BY s_store_name LIMIT 100;

-- @ q52
SELECT d_year, i_brand_id, i_brand, sum(ss_ext_sales_price) AS ext_price FROM date_dim, store_sales, item
WHERE d_date_sk = ss_sold_date_sk AND ss_item_sk = i_item_sk AND i_manager_id = 1 AND d_moy = {month: int 11 12} AND d_year = {year: int 1998 2002}
GROUP BY d_year, i_brand, i_brand_id ORDER BY d_year, ext_price DESC, i_brand_id LIMIT 100;

-- @ q53
SELECT * FROM (SELECT i_manufact_id, sum(ss_sales_price) AS sum_sales, avg(sum(ss_sales_price)) OVER (PARTITION BY i_manufact_id) AS avg_quarterly FROM item, store_sales, date_dim, store
	WHERE ss_item_sk = i_item_sk AND ss_sold_date_sk = d_date_sk AND ss_store_sk = s_store_sk AND d_month_seq BETWEEN {seq: int 1176 1210} AND {seq} + 11
		AND ((i_category IN ('Books', 'Children', 'Electronics') AND i_class IN ('reference', 'self-help', 'computers')) OR (i_category IN ('Women', 'Music', 'Men') AND i_class IN ('accessories', 'classical', 'pants')))
	GROUP BY i_manufact_id, d_qoy) AS t
WHERE CASE WHEN avg_quarterly > 0 THEN abs(sum_sales - avg_quarterly) / avg_quarterly END > 0.1 ORDER BY avg_quarterly, sum_sales, i_manufact_id LIMIT 100;

-- @ q55
SELECT i_brand_id, i_brand, sum(ss_ext_sales_price) AS ext_price FROM date_dim, store_sales, item
WHERE d_date_sk = ss_sold_date_sk AND ss_item_sk = i_item_sk AND i_manager_id = {manager: int 1 100} AND d_moy = {month: int 11 12} AND d_year = {year: int 1998 2002}
GROUP BY i_brand, i_brand_id ORDER BY ext_price DESC, i_brand_id LIMIT 100;

-- @ q62
SELECT substr(w_warehouse_name, 1, 20), sm_type, web_name, sum(CASE WHEN ws_ship_date_sk - ws_sold_date_sk <= 30 THEN 1 ELSE 0 END) AS d30, sum(CASE WHEN ws_ship_date_sk - ws_sold_date_sk > 90 THEN 1 ELSE 0 END) AS more
FROM web_sales, warehouse, ship_mode, web_site, date_dim
WHERE d_month_seq BETWEEN {seq: int 1176 1210} AND {seq} + 11 AND ws_ship_date_sk = d_date_sk AND ws_warehouse_sk = w_warehouse_sk AND ws_ship_mode_sk = sm_ship_mode_sk AND ws_web_site_sk = web_site_sk
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 100;

-- @ q65
SELECT s_store_name, i_item_desc, sc.revenue, i_current_price, i_wholesale_cost, i_brand FROM store, item,
	(SELECT ss_store_sk, avg(revenue) AS ave FROM (SELECT ss_store_sk, ss_item_sk, sum(ss_sales_price) AS revenue FROM store_sales, date_dim
		WHERE ss_sold_date_sk = d_date_sk AND d_month_seq BETWEEN {seq: int 1176 1210} AND {seq} + 11 GROUP BY ss_store_sk, ss_item_sk) AS sa GROUP BY ss_store_sk) AS sb,
	(SELECT ss_store_sk, ss_item_sk, sum(ss_sales_price) AS revenue FROM store_sales, date_dim
		WHERE ss_sold_date_sk = d_date_sk AND d_month_seq BETWEEN {seq} AND {seq} + 11 GROUP BY ss_store_sk, ss_item_sk) AS sc
WHERE sb.ss_store_sk = sc.ss_store_sk AND sc.revenue <= 0.1 * sb.ave AND s_store_sk = sc.ss_store_sk AND i_item_sk = sc.ss_item_sk
ORDER BY s_store_name, i_item_desc LIMIT 100;

-- @ q68
SELECT c_last_name, c_first_name, ca_city, bought_city, ss_ticket_number, extended_price
FROM (SELECT ss_ticket_number, ss_customer_sk, ca_city AS bought_city, sum(ss_ext_sales_price) AS extended_price FROM store_sales, date_dim, store, household_demographics, customer_address
	WHERE ss_sold_date_sk = d_date_sk AND ss_store_sk = s_store_sk AND ss_hdemo_sk = hd_demo_sk AND ss_addr_sk = ca_address_sk AND d_dom BETWEEN 1 AND 2 AND (hd_dep_count = {dep: int 0 9} OR hd_vehicle_count = {vehicles: int 0 4})
		AND d_year IN ({year: int 1998 2000}, {year} + 1, {year} + 2) AND s_city IN ('Midway', 'Fairview')
	GROUP BY ss_ticket_number, ss_customer_sk, ss_addr_sk, ca_city) AS dn, customer, customer_address AS current_addr
WHERE ss_customer_sk = c_customer_sk AND customer.c_current_addr_sk = current_addr.ca_address_sk AND current_addr.ca_city <> bought_city ORDER BY c_last_name, ss_ticket_number LIMIT 100;

-- @ q73
SELECT c_last_name, c_first_name, ss_ticket_number, cnt
FROM (SELECT ss_ticket_number, ss_customer_sk, count(*) AS cnt FROM store_sales, date_dim, store, household_demographics
	WHERE ss_sold_date_sk = d_date_sk AND ss_store_sk = s_store_sk AND ss_hdemo_sk = hd_demo_sk AND d_dom BETWEEN 1 AND 2 AND hd_buy_potential = '{potential: one 0-500|>10000|Unknown}' AND hd_vehicle_count > 0
		AND d_year IN ({year: int 1998 2000}, {year} + 1, {year} + 2) GROUP BY ss_ticket_number, ss_customer_sk) AS dj, customer
WHERE ss_customer_sk = c_customer_sk AND cnt BETWEEN 1 AND 15 ORDER BY cnt DESC, c_last_name LIMIT 100;

-- @ q79
SELECT c_last_name, c_first_name, substr(s_city, 1, 30), ss_ticket_number, amt, profit
FROM (SELECT ss_ticket_number, ss_customer_sk, s_city, sum(ss_coupon_amt) AS amt, sum(ss_net_profit) AS profit FROM store_sales, date_dim, store, household_demographics
	WHERE ss_sold_date_sk = d_date_sk AND ss_store_sk = s_store_sk AND ss_hdemo_sk = hd_demo_sk AND (hd_dep_count = {dep: int 0 9} OR hd_vehicle_count > {vehicles: int 0 4}) AND d_dow = 1
		AND d_year IN ({year: int 1998 2000}, {year} + 1, {year} + 2) AND s_number_employees BETWEEN 200 AND 295
	GROUP BY ss_ticket_number, ss_customer_sk, ss_addr_sk, s_city) AS ms, customer
WHERE ss_customer_sk = c_customer_sk ORDER BY c_last_name, c_first_name, 3, profit LIMIT 100;

-- @ q84
SELECT c_customer_id, c_last_name || ', ' || c_first_name AS customername FROM customer, customer_address, customer_demographics, household_demographics, income_band, store_returns
WHERE ca_city = 'City {city: skew 1 600}' AND c_current_addr_sk = ca_address_sk AND ib_lower_bound >= {income: int 0 70000} AND ib_upper_bound <= {income} + 50000 AND ib_income_band_sk = hd_income_band_sk
	AND cd_demo_sk = c_current_cdemo_sk AND hd_demo_sk = c_current_hdemo_sk AND sr_cdemo_sk = cd_demo_sk
ORDER BY c_customer_id LIMIT 100;

-- @ q91
SELECT cc_call_center_id, cc_name, cc_manager, sum(cr_net_loss) FROM call_center, catalog_returns, date_dim, customer, customer_address, customer_demographics, household_demographics
WHERE cr_call_center_sk = cc_call_center_sk AND cr_returned_date_sk = d_date_sk AND cr_returning_customer_sk = c_customer_sk AND cd_demo_sk = c_current_cdemo_sk AND hd_demo_sk = c_current_hdemo_sk
	AND ca_address_sk = c_current_addr_sk AND d_year = {year: int 1998 2002} AND d_moy = {month: int 11 12} AND ((cd_marital_status = 'M' AND cd_education_status = 'Unknown')
		OR (cd_marital_status = 'W' AND cd_education_status = 'Advanced Degree')) AND hd_buy_potential LIKE '{potential: one 0-500|Unknown}%' AND ca_gmt_offset = -5
GROUP BY cc_call_center_id, cc_name, cc_manager, cd_marital_status, cd_education_status ORDER BY sum(cr_net_loss) DESC;

-- @ q92
SELECT sum(ws_ext_discount_amt) AS excess_discount FROM web_sales, item, date_dim
WHERE i_manufact_id = {manufact: int 1 1000} AND i_item_sk = ws_item_sk AND d_date BETWEEN '{day: date 1998-01-01 2002-09-01}' AND date '{day}' + 90 AND d_date_sk = ws_sold_date_sk
	AND ws_ext_discount_amt > (SELECT 1.3 * avg(ws_ext_discount_amt) FROM web_sales, date_dim WHERE ws_item_sk = i_item_sk AND d_date BETWEEN '{day}' AND date '{day}' + 90 AND d_date_sk = ws_sold_date_sk)
LIMIT 100;

-- @ q93
SELECT ss_customer_sk, sum(act_sales) AS sumsales
FROM (SELECT ss_item_sk, ss_ticket_number, ss_customer_sk, CASE WHEN sr_return_quantity IS NOT NULL THEN (ss_quantity - sr_return_quantity) * ss_sales_price ELSE ss_quantity * ss_sales_price END AS act_sales
	FROM store_sales LEFT JOIN store_returns ON sr_item_sk = ss_item_sk AND sr_ticket_number = ss_ticket_number, reason WHERE sr_reason_sk = r_reason_sk AND r_reason_desc = 'reason {reason: int 1 35}') AS t
GROUP BY ss_customer_sk ORDER BY sumsales, ss_customer_sk LIMIT 100;

-- @ q94
SELECT count(DISTINCT ws_order_number), sum(ws_ext_ship_cost), sum(ws_net_profit) FROM web_sales AS ws1, date_dim, customer_address, web_site
WHERE d_date BETWEEN '{year: int 1999 2002}-{month: int 2 5}-01' AND date '{year}-{month}-01' + 60 AND ws1.ws_ship_date_sk = d_date_sk AND ws1.ws_ship_addr_sk = ca_address_sk
	AND ca_state = '{state: one CA|TX|IL|GA}' AND ws1.ws_web_site_sk = web_site_sk AND web_company_name = 'pri'
	AND EXISTS (SELECT * FROM web_sales AS ws2 WHERE ws1.ws_order_number = ws2.ws_order_number AND ws1.ws_warehouse_sk <> ws2.ws_warehouse_sk)
	AND NOT EXISTS (SELECT * FROM web_returns AS wr1 WHERE ws1.ws_order_number = wr1.wr_order_number)
LIMIT 100;

-- @ q96
SELECT count(*) FROM store_sales, household_demographics, time_dim, store
WHERE ss_sold_time_sk = t_time_sk AND ss_hdemo_sk = hd_demo_sk AND ss_store_sk = s_store_sk AND t_hour = {hour: one 8|15|16|20} AND t_minute >= 30 AND hd_dep_count = {dep: int 0 7} AND s_store_name = 'ese'
LIMIT 100;

-- @ q98
SELECT i_item_id, i_item_desc, i_category, i_class, i_current_price, sum(ss_ext_sales_price) AS revenue, sum(ss_ext_sales_price) * 100 / sum(sum(ss_ext_sales_price)) OVER (PARTITION BY i_class) AS ratio
FROM store_sales, item, date_dim
WHERE ss_item_sk = i_item_sk AND i_category IN ('{c1: one Books|Children|Home}', '{c2: one Men|Music|Shoes}', '{c3: one Sports|Women|Jewelry}') AND ss_sold_date_sk = d_date_sk
	AND d_date BETWEEN '{day: date 1998-01-01 2002-09-01}' AND date '{day}' + 30
GROUP BY i_item_id, i_item_desc, i_category, i_class, i_current_price ORDER BY i_category, i_class, i_item_id, i_item_desc, ratio;

-- @ q99
SELECT substr(w_warehouse_name, 1, 20), sm_type, cc_name, sum(CASE WHEN cs_ship_date_sk - cs_sold_date_sk <= 30 THEN 1 ELSE 0 END) AS d30, sum(CASE WHEN cs_ship_date_sk - cs_sold_date_sk > 90 THEN 1 ELSE 0 END) AS more
FROM catalog_sales, warehouse, ship_mode, call_center, date_dim
WHERE d_month_seq BETWEEN {seq: int 1176 1210} AND {seq} + 11 AND cs_ship_date_sk = d_date_sk AND cs_warehouse_sk = w_warehouse_sk AND cs_ship_mode_sk = sm_ship_mode_sk AND cs_call_center_sk = cc_call_center_sk
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 100;
