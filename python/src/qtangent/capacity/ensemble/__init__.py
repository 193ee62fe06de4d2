"""What a circuit does over all of its parameters: how far its states spread, and how much its predictions still move."""
