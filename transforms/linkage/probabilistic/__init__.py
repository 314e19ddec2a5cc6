"""The probabilistic tier: what the deterministic tiers leave open, scored by a fixed Fellegi-Sunter model (Splink)."""

from transforms.linkage.probabilistic.model import Model, load_model
from transforms.linkage.probabilistic.tier import TIER_TABLES, build_probabilistic

__all__ = ["TIER_TABLES", "Model", "build_probabilistic", "load_model"]
