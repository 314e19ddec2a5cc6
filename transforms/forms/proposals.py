"""What the comparison suggests for a cell only a person may fill; it stands beside the form, never in it."""

from __future__ import annotations

from transforms.forms.model import Row

HEADING = "核对建议（表外，供参考，不上报）"


def proposal(row: Row, keep: str, end: str, not_evaluated: int) -> str:
    """The suggestion for one household or person from its confirmed and open findings.

    keep and end are the form's words for staying and leaving. Unchecked is not clean: with a damaged ID
    number nothing is suggested.
    """
    if row.get("confirmed_grounds"):
        said = f"建议：{end}（核实属实：{row['confirmed_grounds']}）"
    elif row.get("high_grounds"):
        said = f"建议：先核实，属实的{end}（{row['high_grounds']}）"
    elif row.get("medium_grounds"):
        said = f"建议：入户核实后再定（{row['medium_grounds']}）"
    elif row.get("unchecked"):
        return "未能核对（身份证号有误），不作建议"
    else:
        said = f"建议：{keep}"
        if not_evaluated:
            said += f"（另有{not_evaluated}项规则未能核对）"
    if row.get("other_clues"):
        said += f"；另需办理：{row['other_clues']}"
    return said
