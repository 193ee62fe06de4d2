"""What people who come from other programs try first, and what they are told."""
