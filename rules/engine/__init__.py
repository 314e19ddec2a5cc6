"""Reads the rule corpus and the parameters, and applies rules to the core tables."""
