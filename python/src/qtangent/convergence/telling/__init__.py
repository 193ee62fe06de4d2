"""A study told: in sentences, as a table, as files."""
