"""Linkage: staged registers → who on the roll each row is about (tier, confidence)."""
