"""The `hedui` command. Exit status: 0 complete; 3 published but incomplete; 1 failed, nothing published; 2 wrong usage."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from flows.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="hedui (核对): cross-check social assistance rolls against what other departments know.")  # fmt: skip
rules_app = typer.Typer(invoke_without_command=True, help="The rule catalogue; without a subcommand, the list of it.")
app.add_typer(rules_app, name="rules")
feedback_app = typer.Typer(no_args_is_help=True, help="What townships send back.")
app.add_typer(feedback_app, name="feedback")
contracts_app = typer.Typer(no_args_is_help=True, help="The data contracts.")
app.add_typer(contracts_app, name="contracts")
audit_app = typer.Typer(no_args_is_help=True, help="The audit trail: who took, looked at or imported what.")
app.add_typer(audit_app, name="audit")

EXIT_FAILED, EXIT_USAGE, EXIT_INCOMPLETE = 1, 2, 3
EXIT_STOPPED = 130  # Ctrl-C, as shells say it

StoreOption = Annotated[Path, typer.Option("--store", help="Folder of the store.", file_okay=False)]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else there.")
]
RunOption = Annotated[str | None, typer.Option("--run", help="A run id; the latest published run when not given.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="The check date, such as 2021-06-30; the latest run's when not given.")
]


EngineOption = Annotated[
    str | None, typer.Option("--engine", help="What links and applies the rules: duckdb or spark; duckdb when not set.")
]
MasterOption = Annotated[
    str | None, typer.Option("--spark-master", help="Where Spark runs, such as local[2] or spark://host:7077.")
]


def main() -> None:
    """Entry point of the console script: failures become one message and exit status 1, never a traceback with people's data."""
    from flows.private_files import keep_files_private

    keep_files_private()
    try:
        app()
    except Exception as error:
        _fail(error)


def _fail(error: Exception) -> None:
    from data_contracts import ContractError
    from flows.console import without_numbers
    from flows.failures import is_ours, stopped_by, unexpected
    from flows.plan import UsageError
    from rules.engine.corpus import CorpusError
    from rules.engine.parameters import ParameterError

    if stopped_by(error):
        raise SystemExit(EXIT_STOPPED)
    message = without_numbers(str(error)) if is_ours(error) else f"{unexpected(error)}; nothing was published. "
    hint = "" if is_ours(error) else "HEDUI_DEBUG=1 shows the traceback, which may quote people's data."
    print(f"hedui: {message}{hint}", file=sys.stderr)
    # Whoever reads the object of a command that works reads this one, too.
    if "--json" in sys.argv[1:]:
        _print_json({"status": "failed", "message": message.strip()})
    if hint and os.environ.get("HEDUI_DEBUG"):
        raise error
    wrong_usage = isinstance(error, UsageError | ParameterError | CorpusError | ContractError)
    raise SystemExit(EXIT_USAGE if wrong_usage else EXIT_FAILED)


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2021-06-30") from None


def _overrides(given: list[str] | None) -> dict[str, str]:
    overrides = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"--set {text!r}: expected parameter=value")
        overrides[name.strip()] = value.strip()
    return overrides


def _settings(engine: str | None, spark_master: str | None) -> Settings:
    """The settings with what the command line says of the engine; the engine asked for can be had here."""
    from flows.engine import check_engine
    from flows.settings import Settings

    if engine not in (None, "duckdb", "spark"):
        raise typer.BadParameter(f"--engine {engine!r}: expected duckdb or spark")
    said: dict[str, Any] = {"engine": engine, "spark_master": spark_master}
    settings = Settings(**{name: value for name, value in said.items() if value is not None})
    check_engine(settings)
    return settings


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


@app.command()
def run(inbox: Annotated[Path, typer.Option("--inbox", help="Folder with one folder per dataset.", exists=True, file_okay=False)],
        store: StoreOption,
        as_of: Annotated[str | None, typer.Option("--as-of", help="The check date, such as 2021-06-30; today in China when not given.")] = None,
        engine: EngineOption = None, spark_master: MasterOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Take in the drop, check it, and publish the lists: the nightly job."""
    from flows.console import progress_to, stderr_console
    from flows.nightly import run_nightly
    from transforms.china_time import today

    settings = _settings(engine, spark_master)
    manifest = run_nightly(inbox, store, _date(as_of) or today(), settings, progress_to(stderr_console()))
    _report_run(manifest, store, as_json)


@app.command()
def rerun(township_code: Annotated[str, typer.Argument(help="Code of the township, nine digits.")], store: StoreOption, as_of: AsOfOption = None,
          rule: Annotated[list[str] | None, typer.Option("--rule", help="Only this rule (repeatable).")] = None,
          settings_: Annotated[list[str] | None, typer.Option("--set", help="parameter=value for this rerun only (repeatable).")] = None,
          engine: EngineOption = None, spark_master: MasterOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Check one township again on the loaded snapshot; what the nightly run published stays as it is."""
    from flows.console import progress_to, stderr_console
    from flows.rerun import run_rerun

    overrides, settings = _overrides(settings_), _settings(engine, spark_master)
    manifest = run_rerun(
        store, township_code, _date(as_of), tuple(rule or ()), overrides, settings, progress_to(stderr_console())
    )
    _report_run(manifest, store, as_json)


def _report_run(manifest: dict[str, Any], store: Path, as_json: bool) -> None:
    run_dir = store.resolve() / "runs" / manifest["run_id"]
    not_evaluated = {i: r["reason"] for i, r in manifest["rules"].items() if r["status"] != "evaluated"}
    rejected = {i["file"]: i["reason"] for i in manifest["inputs"] if i["status"] == "rejected"}
    seconds = round(sum(s["seconds"] for s in manifest["stages"]), 2)
    if as_json:
        _print_json({"run_id": manifest["run_id"], "status": manifest["status"], "run_dir": str(run_dir), "findings": manifest["findings"],
                     "by_severity": manifest["by_severity"], "not_evaluated": not_evaluated, "rejected_files": rejected, "seconds": seconds})  # fmt: skip
    else:
        from flows.report_text import print_run

        print_run(manifest, run_dir, not_evaluated, rejected, seconds)
    raise SystemExit(0 if manifest["status"] == "complete" else EXIT_INCOMPLETE)


@app.command()
def findings(store: StoreOption, township: Annotated[str | None, typer.Option(help="Township code.")] = None,
             rule: Annotated[str | None, typer.Option(help="Rule id.")] = None,
             severity: Annotated[str | None, typer.Option(help="high, medium or low.")] = None,
             state: Annotated[str | None, typer.Option(help="new, continuing, changed, decided or reopened.")] = None,
             run_id: RunOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """List the findings of the latest (or the named) run."""
    from flows.listing import list_findings
    from flows.report_text import print_findings

    rows = list_findings(store, run_id, township=township, rule=rule, severity=severity, state=state)
    if as_json:
        _print_json({"findings": rows, "count": len(rows)})
    else:
        print_findings(rows)


@app.command()
def explain(finding_id: Annotated[str, typer.Argument(help="Id of a finding.")], store: StoreOption, run_id: RunOption = None,
            as_json: JsonOption = False) -> None:  # fmt: skip
    """Show the whole chain behind one finding: rows as received, links, rule, clause, parameters."""
    from flows.audit import note
    from flows.listing import explain_finding
    from flows.report_text import print_explanation

    explanation = explain_finding(store, finding_id, run_id)
    note(store, "explain", {"finding_id": explanation["finding"]["finding_id"], "run_id": explanation["run"]["run_id"]})
    if as_json:
        _print_json(explanation)
    else:
        print_explanation(explanation)


@app.command()
def forms(store: StoreOption, out: Annotated[Path, typer.Option("--out", help="Folder the forms are written to.", file_okay=False)],
          county: Annotated[str | None, typer.Option(help="County code; every county of the run when not given.")] = None,
          period: Annotated[str | None, typer.Option(help="Month reported on, such as 2021-06; the run's when not given.")] = None,
          run_id: RunOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Fill the official report forms; cells a person decides stay empty, what does not add up is said."""
    from flows.forms import write_forms

    written = write_forms(store, out, county, period, run_id)
    breaks = [
        {"place": b.place, "form": b.form, "rule": b.rule, "found": b.found, "expected": b.expected, "remark": b.remark}
        for b in written.breaks
    ]
    if as_json:
        _print_json({"files": [str(path) for path in written], "breaks": breaks})
        return
    for found in breaks:
        print(
            f"不平：{found['place']} {found['form']} {found['rule']}：{found['found']}，应为 {found['expected']}  {found['remark'] or ''}"
        )
    print(f"{len(written)} workbooks in {out}")


@app.command()
def extract(store: StoreOption, audience: Annotated[str, typer.Option(help="supervisor, township, auditor or department.")],
            out: Annotated[Path, typer.Option("--out", help="Folder the extract is written to.", file_okay=False)],
            township: Annotated[list[str] | None, typer.Option(help="Only this township code (repeatable).")] = None,
            severity: Annotated[list[str] | None, typer.Option(help="Only high, medium or low (repeatable).")] = None,
            rule: Annotated[list[str] | None, typer.Option("--rule", help="Only this rule (repeatable).")] = None,
            department: Annotated[str | None, typer.Option(help="medical or housing, for --audience department.")] = None,
            password_file: Annotated[Path | None, typer.Option(help="File whose first line is the password to encrypt with.", dir_okay=False)] = None,
            run_id: RunOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Write what an audience may have of a run, masked as it requires, and record who took it."""
    from flows.extract import extract_lines, write_extract

    receipt = write_extract(store, audience, out, townships=tuple(township or ()), severities=tuple(severity or ()), rules=tuple(rule or ()),
                            department=department, password_file=password_file, run_id=run_id)  # fmt: skip
    if as_json:
        _print_json(receipt.as_json())
    else:
        print("\n".join(extract_lines(receipt)))


@audit_app.command("verify")
def audit_verify(store: StoreOption, as_json: JsonOption = False) -> None:
    """Check the audit trail and name the first entry that was altered, is missing or was added; exit status 1 if there is one."""
    from flows.audit import audit_json, audit_lines, verify_trail

    report = verify_trail(store)
    if as_json:
        _print_json(audit_json(report))
    else:
        print("\n".join(audit_lines(report)))
    raise SystemExit(0 if report.ok else EXIT_FAILED)


@app.command()
def backtest(rule: Annotated[str, typer.Option("--rule", help="Id of the rule.")], store: StoreOption,
             settings_: Annotated[list[str] | None, typer.Option("--set", help="parameter=value of the changed version (repeatable).")] = None,
             rules: Annotated[Path | None, typer.Option("--rules", help="Folder with the changed version of the rule's file.", file_okay=False)] = None,
             as_of: AsOfOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Compare one rule under two versions of itself or of its parameters, on the same data: gained, lost, kept."""
    from flows.backtest import run_backtest
    from flows.console import progress_to, stderr_console
    from flows.report_text import print_backtest
    from flows.settings import Settings

    compared = run_backtest(
        store, rule, _overrides(settings_), rules, _date(as_of), Settings(), progress_to(stderr_console())
    )
    if as_json:
        _print_json(compared)
    else:
        print_backtest(compared)


@feedback_app.command("import")
def feedback_import(files: Annotated[list[Path], typer.Argument(help="Filled-in township lists and spot check lists.", exists=True, dir_okay=False)],
                    store: StoreOption, as_json: JsonOption = False) -> None:  # fmt: skip
    """Take back filled-in township lists and spot check lists: record what is right, refuse the rest row by row. Exit status 3 when something was refused."""
    from flows.audit import note
    from flows.feedback import import_feedback, report_lines
    from flows.settings import Settings

    report = import_feedback(store, files, Settings())
    for file in report.files:
        note(store, "import", {"sha256": file.sha256, "run_id": file.run_id, "township": file.township_code, "recorded": file.recorded,
                               "refused": file.refused_rows})  # fmt: skip
    if as_json:
        _print_json(report.as_json())
    else:
        print("\n".join(report_lines(report)))
    raise SystemExit(report.exit_status)


@feedback_app.command("estimate")
def feedback_estimate(store: StoreOption, as_json: JsonOption = False) -> None:
    """What the returned spot checks say: problems found, and misses among households without a finding, with 95 % intervals."""
    from flows.feedback import estimate_lines, spot_check_estimate
    from flows.settings import Settings

    rows = spot_check_estimate(store, Settings())
    if as_json:
        _print_json({"estimate": rows})
    else:
        print("\n".join(estimate_lines(rows)))


@feedback_app.command("ledger")
def feedback_ledger(store: StoreOption, out: Annotated[Path, typer.Option("--out", help="Folder the ledgers are written to.", file_okay=False)],
                    township: Annotated[str | None, typer.Option(help="Township code; all when not given.")] = None,
                    run_id: RunOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Write the 整改台账 (measures, deadlines, closing) of every township as of a run: what came back since is in the next run's."""
    from flows.feedback import export_ledger

    written = export_ledger(store, out, township, run_id)
    if as_json:
        _print_json({"files": [str(path) for path in written]})
        return
    print(f"{len(written)} workbooks in {out}")


@app.command()
def sample(store: StoreOption, fraction: Annotated[float | None, typer.Option(help="Share of households; the region's parameter when not given.")] = None,
           whole_village: Annotated[bool, typer.Option("--whole-village", help="Draw whole villages.")] = False,
           seed: Annotated[int | None, typer.Option(help="Seed of the draw; printed on the sheet.")] = None,
           include_unflagged: Annotated[bool, typer.Option("--include-unflagged", help="Add a share of clean households, to estimate misses.")] = False,
           out: Annotated[Path | None, typer.Option("--out", help="Folder; in the store when not given.", file_okay=False)] = None,
           run_id: RunOption = None, as_json: JsonOption = False) -> None:  # fmt: skip
    """Draw the random check list per township and benefit type; the same seed draws the same households."""
    from flows.sample import run_sample, sample_lines
    from flows.settings import Settings

    report = run_sample(store, Settings(), fraction=fraction, whole_village=whole_village, seed=seed, include_unflagged=include_unflagged,
                        out=out, run_id=run_id)  # fmt: skip
    if as_json:
        _print_json(report.as_json())
    else:
        print("\n".join(sample_lines(report)))


@app.command()
def schedule(cron: Annotated[str, typer.Option("--cron", help="Times in China, such as '0 2 * * *'.")],
             inbox: Annotated[Path, typer.Option("--inbox", help="Folder with one folder per dataset.", exists=True, file_okay=False)],
             store: StoreOption,
             name: Annotated[str | None, typer.Option(help="Name of the deployment; made of the store's path when not given.")] = None) -> None:  # fmt: skip
    """Serve the nightly run as a Prefect deployment until stopped: at the cron's times, and townships' reruns on demand."""
    from flows.schedule import serve_schedule

    serve_schedule(cron, inbox, store, name)


@app.command()
def retention(store: StoreOption,
              raw_days: Annotated[int | None, typer.Option(help="Delete received files and snapshots not used for so many days.")] = None,
              runs_days: Annotated[int | None, typer.Option(help="Delete what runs of so many days ago published, but for the manifests.")] = None,
              as_json: JsonOption = False) -> None:  # fmt: skip
    """Delete what is no longer needed; decisions, the audit trail and the manifests stay, and the trail says what was deleted."""
    from flows.retention import apply_retention, retention_lines
    from flows.settings import Settings

    report = apply_retention(store, raw_days, runs_days, Settings())
    if as_json:
        _print_json(report.as_json())
    else:
        print("\n".join(retention_lines(report)))


@rules_app.callback()
def rules_catalogue(context: typer.Context, as_json: JsonOption = False) -> None:
    if context.invoked_subcommand is None:
        rules_list(as_json)
    elif as_json:
        raise typer.BadParameter(f"write it after {context.invoked_subcommand}", param_hint="--json")


@rules_app.command("list")
def rules_list(as_json: JsonOption = False) -> None:
    """Every rule: id, title, severity, what it needs."""
    from flows.listing import rule_rows
    from flows.report_text import print_rules

    rows = rule_rows()
    if as_json:
        _print_json({"rules": rows})
    else:
        print_rules(rows)


@rules_app.command("show")
def rules_show(rule_id: Annotated[str, typer.Argument(help="Id of a rule.")], as_json: JsonOption = False) -> None:
    """One rule whole: clauses, data, parameters, false positives, review steps, its SQL."""
    from flows.listing import rule_detail
    from flows.report_text import print_rule

    detail = rule_detail(rule_id)
    if as_json:
        _print_json(detail)
    else:
        print_rule(detail)


@contracts_app.command("check")
def contracts_check(file: Annotated[Path, typer.Argument(help="The file to check.", exists=True, dir_okay=False)],
                    dataset: Annotated[str | None, typer.Option(help="The dataset to hold it against; its folder's name when not given.")] = None,
                    as_json: JsonOption = False) -> None:  # fmt: skip
    """Tell everything that is wrong with a file before it is dropped. Exit status 1 when rows or the file would be refused, else 0."""
    from flows.contracts import check
    from flows.report_text import print_file_report

    report = check(file, dataset)
    if as_json:
        _print_json(report.as_dict())
    else:
        print_file_report(report)
    raise SystemExit(0 if report.usable and not any(p.level == "fail" for p in report.problems) else EXIT_FAILED)


if __name__ == "__main__":
    main()
