DROP TABLE deliveries;
DROP TABLE notification_secrets;
DROP TABLE notification_endpoints;
