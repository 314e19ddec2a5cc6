"""Gives a draw and each of its households the number its list is known by when it comes back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from transforms.decisions.spot_checks import IssuedDraw, Visit
from transforms.sampling.draw import Draw, SampleRequest

#: What a visit's list shows and an edited one would change.
SHOWN = ("village", "household_id", "head_name", "head_id_number", "benefit_types", "method")


def draw_number(request: SampleRequest, run_id: str) -> str:
    """The number of a draw: the same run and request have the same one, whenever they are drawn."""
    return f"C{_hashed(run_id, request_json(request))[:15].upper()}"


def request_json(request: SampleRequest) -> str:
    """How the draw was made, as JSON."""
    said = {
        "seed": request.seed,
        "fractions": {code: str(fraction) for code, fraction in sorted(request.fractions.items())},
        "whole_village": request.whole_village,
        "include_unflagged": request.include_unflagged,
    }
    return json.dumps(said, sort_keys=True)


def issued(draw: Draw, run_id: str, as_of: dt.date) -> IssuedDraw:
    """The draw as the decisions database keeps it, with every household of every township."""
    number = draw_number(draw.request, run_id)
    visits = [visit(number, t.township_code, h) for t in draw.townships for h in t.households]
    return IssuedDraw(number, run_id, as_of, request_json(draw.request), {v.id: v for v in visits})


def visit(number: str, township_code: str, household: Mapping[str, Any]) -> Visit:
    """One household of a township's list. Its hash is of what the list shows."""
    shown = [household[name] for name in SHOWN]
    return Visit(
        id=_hashed(number, township_code, household["household_id"])[:16].upper(),
        township_code=township_code,
        **{name: household[name] for name in SHOWN},
        flagged=bool(household["flagged"]),
        evidence_hash=_hashed(*shown)[:32],
    )


def _hashed(*parts: object) -> str:
    said: Sequence[object] = parts
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()
