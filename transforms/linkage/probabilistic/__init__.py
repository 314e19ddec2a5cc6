"""The probabilistic tier: what the deterministic tiers leave open, scored by a fixed Fellegi-Sunter model (Splink)."""

from transforms.linkage.probabilistic.model import Model, load_model
from transforms.linkage.probabilistic.tier import build_probabilistic
from transforms.linkage.probabilistic.waterfall import link_waterfall

__all__ = ["Model", "build_probabilistic", "link_waterfall", "load_model"]
