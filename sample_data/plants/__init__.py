"""Planted cases: for each rule at least one subject it must flag, with what else that case sets off."""

from __future__ import annotations

from sample_data.edits import Edits
from sample_data.plants import assets, dying, families, identity, missed, near, paying, reviewing
from sample_data.plants.case import Case
from sample_data.world import World

MODULES = (dying, assets, families, identity, paying, reviewing, missed)


def plant(world: World) -> Edits:
    """The edits that put every planted case, and the near misses, into the world.

    Raises ValueError when the roll is too small to hold them.
    """
    case = Case(world, Edits())
    for _ in range(world.settings.cases):
        for module in MODULES:
            for put in module.PLANTS:
                put(case)
    for put in near.NEAR_MISSES:
        put(case)
    return case.edits
