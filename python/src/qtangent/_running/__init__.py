"""What runs have in common, whatever they train: their record, their file, and how they go on."""
