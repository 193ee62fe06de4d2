"""Which law a loss follows, fitted to its late part."""
