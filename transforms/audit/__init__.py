"""The audit trail: who took, looked at or imported what, as entries that chain by hash.

`record` adds an entry, `verify` finds any that was altered, is missing, was moved or added by other means.
"""

from transforms.audit.errors import AuditError
from transforms.audit.identity import AUDIT_KEY, AUDIT_KEY_FILE, audit_key, operator, required_audit_key
from transforms.audit.trail import Entry, record
from transforms.audit.verification import AuditReport, verify

__all__ = [
    "AUDIT_KEY",
    "AUDIT_KEY_FILE",
    "AuditError",
    "AuditReport",
    "Entry",
    "audit_key",
    "operator",
    "record",
    "required_audit_key",
    "verify",
]
