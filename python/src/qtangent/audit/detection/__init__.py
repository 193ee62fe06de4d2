"""The tests of an audit, one a file, and what they share."""
