"""The bureaus' own report forms, filled from one run.

启东's annexes 1-8, 承德's annexes 1-2 and 城步's 农村低保调整花名册 as workbooks (rule_catalogue section 5).
Built from the tables of run.duckdb alone (docs/architecture.md section 7).
"""

from transforms.forms.model import Check, FormsRun
from transforms.forms.workbooks import write_county_forms

__all__ = ["Check", "FormsRun", "write_county_forms"]
