"""How results look: cards and curves in notebooks, tables of pandas and xarray."""
