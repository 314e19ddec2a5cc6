"""What townships answered: decisions in a database of their own, the lists that bring them, and what follows
from them.

`database` and `repository` keep them (SQLite in the store, or PostgreSQL), `returned` and `checking` read a
filled-in list, `issued` knows what a list asked, `run_tables` brings decisions into a run, `precision`
measures the rules by them, `rectification` follows what was confirmed until it is put right. Import from the
modules: those that read workbooks come after publishing, the others before the rules.
"""
