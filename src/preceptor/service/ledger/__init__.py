"""The append-only, hash-chained account of what was advised, decided and changed."""
