DELETE FROM settings WHERE key = 'upgrade.listPostalPatterns';
