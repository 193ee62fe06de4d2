"""Long calls, and signals at any moment of them."""
