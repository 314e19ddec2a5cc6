"""No value of a row leaves the stage, in results, pages, progress or log lines; and nothing is fetched."""

from __future__ import annotations

import json
import logging
import socket

import pytest

from transforms.validate import plan, suites

CANARIES = {
    "id_number": "'CANARY19491001777'",
    "name": "'金丝雀某某'",
    "sort": "'金丝雀代码'",
    "amount": "-98765.43",
    "day": "DATE '1887-08-19'",
    "remark": "'金丝雀备注'",
}
SIGNS = ("CANARY", "金丝雀", "98765", "1887", "18870819")


def pages_of(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("measured", [False, True], ids=["whole", "measured"])
def test_no_value_in_results_pages_or_lines(staged, probe, clean, measured, tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    values = {name: f"if(i % 2 = 0, {canary}, {clean(probe.column(name))})" for name, canary in CANARIES.items()}
    staged.add(probe, **values)
    lines: list[str] = []
    result = staged.run(measured, tmp_path / "data_docs", progress=lines.append)
    assert sum(not check.success for check in result.checks) >= 6
    out, err = capfd.readouterr()
    told = {
        "results": json.dumps([check.as_dict() for check in result.checks], ensure_ascii=False) + str(result.rejected),
        "progress": "\n".join(lines),
        "log": caplog.text,
        "out": out,
        "err": err,
        **pages_of(tmp_path / "data_docs"),
    }
    assert {"index.html", "probe.html"} <= set(told)
    assert [(place, sign) for place, text in told.items() for sign in SIGNS if sign in text] == []


def test_a_check_that_cannot_be_carried_out_is_told_without_its_text(staged, probe, monkeypatch, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    staged.add(probe, name="'金丝雀某某'", sort="'金丝雀代码'")

    def broken(series, *args, **kwargs):
        raise ValueError(f"cannot look at {series.iloc[0]}\nnor at {series.iloc[1]}")

    monkeypatch.setattr("pandas.Series.isin", broken)
    result = staged.run(out_dir=tmp_path)
    check = next(check for check in result.checks if check.columns == ("sort",))
    assert (check.success, check.level) == (False, "warn")
    assert "检查未能执行" in check.message
    assert "probe" not in result.rejected
    told = "".join([*pages_of(tmp_path).values(), caplog.text, str(result)])
    assert "金丝雀" not in told


def test_a_fail_check_that_cannot_be_carried_out_rejects_nothing(staged, probe, monkeypatch):
    staged.add(probe)

    amount = next(check for check in plan.plan_checks(probe) if check.key == "amount.range")
    rows = suites._on_rows

    def misled(gx, check):
        return {"column": "no_such_column", "min_value": 0} if check == amount else rows(gx, check)

    monkeypatch.setattr(suites, "_on_rows", misled)
    result = staged.run()
    broken = [check for check in result.checks if "检查未能执行" in check.message]
    assert [(check.columns, check.level, check.success) for check in broken] == [(("amount",), "warn", False)]
    assert result.rejected == {}


def test_pages_stand_alone_and_say_what_was_found(staged, probe, tmp_path):
    staged.add(probe, 4)
    result = staged.run(out_dir=tmp_path)
    pages = pages_of(tmp_path)
    assert set(pages) == {"index.html", "probe.html"}
    assert not [name for name, text in pages.items() if "http://" in text or "https://" in text or "src=" in text]
    assert 'href="probe.html"' in pages["index.html"]
    assert result.rejected["probe"] in pages["index.html"]
    for check in result.checks:
        assert check.message in pages["probe.html"]
    for english in ("Expectation<", "Observed Value", "unexpected", "Table-Level"):
        assert english not in pages["probe.html"]


def test_nothing_is_fetched_or_sent(staged, probe, monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    staged.add(probe)
    assert staged.run(out_dir=tmp_path).rejected == {}
