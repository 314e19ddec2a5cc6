"""What goes wrong with the trail."""


class AuditError(RuntimeError):
    """The trail or its secret cannot be used; the message says what was found and what to do."""
