-- What somebody who knows the queries would create.
CREATE INDEX ON store_sales (ss_sold_date_sk);
CREATE INDEX ON store_sales (ss_customer_sk);
CREATE INDEX ON catalog_sales (cs_sold_date_sk);
CREATE INDEX ON web_sales (ws_order_number);
CREATE INDEX ON web_sales (ws_sold_date_sk);
CREATE INDEX ON web_returns (wr_order_number);
CREATE INDEX ON store_returns (sr_returned_date_sk);
CREATE INDEX ON store_returns (sr_cdemo_sk);
CREATE INDEX ON store_returns (sr_reason_sk);
CREATE INDEX ON catalog_returns (cr_returned_date_sk);
CREATE INDEX ON date_dim (d_date);
CREATE INDEX ON date_dim (d_year, d_moy);
CREATE INDEX ON date_dim (d_month_seq);
CREATE INDEX ON item (i_manufact_id);
CREATE INDEX ON item (i_manager_id);
CREATE INDEX ON inventory (inv_item_sk, inv_date_sk);
CREATE INDEX ON customer (c_current_addr_sk);
CREATE INDEX ON customer_address (ca_city);
