"""The reconciliation tables: recon_<name>, one SQL file per table."""

from transforms.reconcile.build import RECON_TABLES, build_reconciliation

__all__ = ["RECON_TABLES", "build_reconciliation"]
