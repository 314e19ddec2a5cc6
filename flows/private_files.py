"""Whatever hedui writes holds people's data until shown otherwise: the owner and its group read it, nobody else."""

from __future__ import annotations

import os

#: Write access of the group and every access of others is taken away.
PRIVATE_UMASK = 0o027


def keep_files_private() -> None:
    """Make new files of this process and its children unreadable to others. A stricter umask stays as strict."""
    os.umask(os.umask(PRIVATE_UMASK) | PRIVATE_UMASK)
