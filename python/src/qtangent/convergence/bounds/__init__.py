"""How low the loss can get for given states and labels."""
