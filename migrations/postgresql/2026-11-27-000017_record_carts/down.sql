DROP TABLE what_ifs;
DROP TABLE recorded_carts;
