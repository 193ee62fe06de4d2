"""QTangent against its peers: `make bench`. See docs/performance.md."""
