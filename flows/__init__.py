"""Orchestration and the command line: which stage follows which. No SQL and no business logic."""
