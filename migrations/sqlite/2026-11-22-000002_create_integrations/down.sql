DROP TABLE webhook_tokens;
DROP TABLE integrations;
