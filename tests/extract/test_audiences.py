"""What each audience gets of one run: all it may have and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl
import pytest

from flows.extract import write_extract
from flows.plan import RunError, UsageError
from tests.extract.conftest import SECRET
from tests.extract.packages import database, decrypted, numbers_found, parts, personal_numbers
from transforms.audit import verify
from transforms.publish.store import Store


def rows_of(content: bytes, sheet: str, heading: str) -> list[dict]:
    """The rows below the heading row that holds `heading`, by heading."""
    values = list(openpyxl.load_workbook(io.BytesIO(content), read_only=True)[sheet].iter_rows(values_only=True))
    top = next(number for number, row in enumerate(values) if heading in row)
    return [dict(zip(values[top], row, strict=False)) for row in values[top + 1 :]]


def contents(receipt) -> dict[str, bytes]:
    return {file.name: (Path(receipt.out) / file.name).read_bytes() for file in receipt.files}


def only(receipt) -> bytes:
    (content,) = contents(receipt).values()
    return content


def findings(store: Path, where: str = "TRUE") -> list[dict]:
    with database(Store(store).run_dir()) as con:
        cursor = con.execute(f"SELECT * FROM out_finding WHERE {where}")
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def password_file(tmp_path) -> Path:
    path = tmp_path / "password"
    path.write_text("督查-2021#pass\n", encoding="utf-8")
    return path


class TestSupervisors:
    def test_no_id_number_or_account_of_the_run_stands_anywhere_in_the_file(self, store, published, tmp_path):
        numbers = personal_numbers(Store(published).run_dir())
        content = only(write_extract(store, "supervisor", tmp_path / "out"))
        assert len(numbers) > 500
        assert numbers_found(content, numbers) == set()

    def test_nor_in_the_encrypted_one(self, store, published, tmp_path, password_file):
        numbers = personal_numbers(Store(published).run_dir())
        content = only(write_extract(store, "supervisor", tmp_path / "out", password_file=password_file))
        assert numbers_found(decrypted(content, "督查-2021#pass"), numbers) == set()

    def test_the_scan_finds_numbers_where_they_are(self, store, published, tmp_path):
        numbers = personal_numbers(Store(published).run_dir())
        shown = {f["id_number"] for f in findings(store, "id_number IS NOT NULL AND length(id_number) >= 8")}
        receipt = write_extract(store, "township", tmp_path / "out")
        found = set().union(*(numbers_found(content, numbers) for content in contents(receipt).values()))
        assert shown <= found

    def test_names_and_households_stay_and_numbers_are_masked_as_agreed(self, store, tmp_path):
        rows = rows_of(only(write_extract(store, "supervisor", tmp_path / "out")), "疑点线索", "身份证号")
        known = Counter((f["rule_title"], f["household_id"], f["name"], f["explanation"][:4]) for f in findings(store))
        listed = Counter((r["疑点类型"], r["户编号"], r["姓名"], r["疑点说明"][:4]) for r in rows)
        assert listed == known
        shown = [row["身份证号"] for row in rows if row["身份证号"] and len(row["身份证号"]) == 18]
        assert len(shown) > 20 and all(re.fullmatch(r"\d{6}\*{8}\d{3}[\dX]", number) for number in shown)
        text = json.dumps(rows, ensure_ascii=False, default=str)
        assert "银行账号 ***************" in text and "****-**-**" in text

    def test_doors_phones_and_birth_dates_of_the_evidence_are_gone(self, store, tmp_path):
        hidden = set()
        for finding in findings(store):
            for item in json.loads(finding["evidence"]):
                for column, value in item["values"].items():
                    digits = str(value or "")
                    if column in ("address", "phone", "relative_phone") and re.search(r"\d", digits):
                        hidden.add(value)
        text = " ".join(
            part.decode() for part in parts(only(write_extract(store, "supervisor", tmp_path / "o"))).values()
        )
        assert hidden and not [value for value in hidden if value in text]

    def test_nothing_in_the_file_lets_a_masked_number_be_found_by_trying(self, store, tmp_path):
        text = " ".join(p.decode() for p in parts(only(write_extract(store, "supervisor", tmp_path / "o"))).values())
        for finding in findings(store):
            assert finding["finding_id"] not in text and finding["evidence_hash"] not in text

    def test_the_bureau_can_tell_which_finding_a_number_of_the_list_is(self, store, tmp_path):
        receipt = write_extract(store, "supervisor", tmp_path / "out")
        kept = json.loads((store / "audit" / "extracts" / f"{receipt.extract_id}.json").read_text())
        by_id = {f["finding_id"]: f for f in findings(store)}
        for row in rows_of(only(receipt), "疑点线索", "线索编号"):
            finding = by_id[kept[receipt.files[0].name][row["线索编号"]]]
            assert (finding["rule_title"], finding["household_id"]) == (row["疑点类型"], row["户编号"])

    def test_filters(self, store, tmp_path):
        one = findings(store, "severity = 'high' AND len(also_townships) > 0")[0]
        where = (
            f"severity = 'high' AND rule_id = '{one['rule_id']}' AND "
            f"(township_code = '{one['also_townships'][0]}' OR list_contains(also_townships, '{one['also_townships'][0]}'))"
        )
        receipt = write_extract(store, "supervisor", tmp_path / "out", townships=[one["also_townships"][0]],
                                severities=["high"], rules=[one["rule_id"]])  # fmt: skip
        assert receipt.files[0].rows == len(findings(store, where)) > 0
        assert receipt.filters == {
            "townships": [one["also_townships"][0]],
            "severities": ["high"],
            "rules": [one["rule_id"]],
        }

    def test_equal_extracts_are_equal_files(self, store, tmp_path):
        first, second = (write_extract(store, "supervisor", tmp_path / name) for name in ("a", "b"))
        assert first.files[0].sha256 == second.files[0].sha256

    def test_cells_that_look_like_formulas_stay_text(self, store, tmp_path):
        for name, part in parts(only(write_extract(store, "supervisor", tmp_path / "out"))).items():
            assert not name.startswith("xl/worksheets/") or b"<f>" not in part


class TestTownships:
    def test_a_township_gets_its_own_findings_and_those_that_concern_it_whole(self, store, tmp_path):
        shared = findings(store, "len(also_townships) > 0")[0]
        code = shared["also_townships"][0]
        where = f"township_code = '{code}' OR list_contains(also_townships, '{code}')"
        expected = {f["finding_id"]: f for f in findings(store, where)}
        rows = rows_of(
            only(write_extract(store, "township", tmp_path / "out", townships=[code])), "疑点线索", "线索编号"
        )
        assert {row["线索编号"] for row in rows} == set(expected) and shared["finding_id"] in expected
        for row in rows:
            finding = expected[row["线索编号"]]
            assert (row["身份证号"], row["核查对象"]) == (finding["id_number"], finding["subject_key"])

    def test_without_a_filter_every_township_gets_a_file_of_its_own(self, store, tmp_path):
        receipt = write_extract(store, "township", tmp_path / "out")
        with database(Store(store).run_dir()) as con:
            codes = [
                r[0]
                for r in con.execute(
                    "SELECT township_code FROM core_township WHERE township_code <> '000000000'"
                ).fetchall()
            ]
        assert sorted(re.findall(r"乡镇_(\d{9})_", " ".join(contents(receipt)))) == sorted(codes)


class TestDepartments:
    def test_medical_insurance_gets_everybody_in_receipt_and_no_more_columns_than_it_needs(self, store, tmp_path):
        content = only(write_extract(store, "department", tmp_path / "out", department="medical"))
        rows = rows_of(content, "名单", "姓名")
        assert list(rows[0]) == ["序号", "乡镇（街道）", "姓名", "身份证号", "救助类型", "有效月份"]
        with database(Store(store).run_dir()) as con:
            expected = con.execute(
                "SELECT DISTINCT name, id_number, benefit_type FROM core_row WHERE active AND benefit_type IN "
                "('城市低保', '农村低保', '特困供养', '低收入家庭', '精减退职')"
            ).fetchall()
        assert Counter((r["姓名"], r["身份证号"], r["救助类型"]) for r in rows) == Counter(expected)
        assert {row["有效月份"] for row in rows} == {"2021年9月"}

    def test_housing_gets_households_by_their_heads(self, store, tmp_path):
        rows = rows_of(
            only(write_extract(store, "department", tmp_path / "o", department="housing")), "名单", "户主姓名"
        )
        with database(Store(store).run_dir()) as con:
            expected = con.execute(
                "SELECT h.head_name, h.head_id_number FROM core_household AS h INNER JOIN (SELECT DISTINCT household_id, "
                "benefit_type FROM core_row WHERE active AND is_core) AS b ON b.household_id = h.household_id"
            ).fetchall()
        assert Counter((r["户主姓名"], r["户主身份证号"]) for r in rows) == Counter(expected)

    @pytest.mark.parametrize("department", ["medical", "housing"])
    def test_no_finding_account_or_amount_is_among_it(self, store, published, tmp_path, department):
        content = only(write_extract(store, "department", tmp_path / "out", department=department))
        text = " ".join(part.decode() for part in parts(content).values())
        with database(Store(published).run_dir()) as con:
            accounts = {
                r[0]
                for r in con.execute("SELECT DISTINCT bank_account FROM core_row WHERE bank_account <> ''").fetchall()
            }
            households = {r[0] for r in con.execute("SELECT household_id FROM core_household").fetchall()}
        assert not numbers_found(content, accounts | households)
        assert not [f for f in findings(store) if f["rule_title"] in text or f["explanation"] in text]

    def test_a_township_filter_holds(self, store, tmp_path):
        code = findings(store)[0]["township_code"]
        receipt = write_extract(store, "department", tmp_path / "out", department="medical", townships=[code])
        with database(Store(store).run_dir()) as con:
            names = con.execute("SELECT township_name FROM core_township WHERE township_code = ?", [code]).fetchall()
        assert {(row["乡镇（街道）"],) for row in rows_of(only(receipt), "名单", "姓名")} == set(names)


class TestAuditors:
    @pytest.fixture(autouse=True)
    def secret(self, monkeypatch):
        monkeypatch.setenv("HEDUI_AUDIT_KEY", SECRET)

    def test_without_a_secret_it_says_how_to_set_one(self, store, tmp_path, monkeypatch):
        monkeypatch.delenv("HEDUI_AUDIT_KEY")
        with pytest.raises(RunError, match="HEDUI_AUDIT_KEY_FILE"):
            write_extract(store, "auditor", tmp_path / "out")
        assert not (tmp_path / "out").exists() and not (store / "audit").exists()

    def test_no_name_number_household_or_finding_id_is_in_it(self, store, published, tmp_path):
        content = only(write_extract(store, "auditor", tmp_path / "out"))
        assert numbers_found(content, personal_numbers(Store(published).run_dir())) == set()
        text = " ".join(part.decode() for part in parts(content).values())
        for finding in findings(store):
            for column in ("finding_id", "evidence_hash", "household_id", "name", "head_name", "village"):
                value = finding[column]
                assert not value or len(value) < 2 or value not in text, column

    def test_keys_are_keyed_hashes_that_the_bureau_can_make_again(self, store, tmp_path, monkeypatch):
        first = rows_of(only(write_extract(store, "auditor", tmp_path / "a")), "明细", "线索键")

        def keyed(text: str) -> str:
            return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]

        assert {r["线索键"] for r in first} == {keyed(f"finding|{f['finding_id']}") for f in findings(store)}
        assert {r["户键"] for r in first if r["户键"]} == {
            keyed(f"household|{f['household_id']}") for f in findings(store) if f["household_id"]
        }
        monkeypatch.setenv("HEDUI_AUDIT_KEY", SECRET[::-1])
        second = rows_of(only(write_extract(store, "auditor", tmp_path / "b")), "明细", "线索键")
        assert not {r["线索键"] for r in first} & {r["线索键"] for r in second}

    @pytest.fixture
    def many(self, store) -> Path:
        """The store with some findings of each of twelve rules in each of six townships, few in most."""
        with duckdb.connect(str(Store(store).run_dir() / "run.duckdb")) as con:
            con.execute(
                """CREATE TABLE wanted AS
                    WITH r AS (SELECT rule_id, title, severity, row_number() OVER (ORDER BY rule_id) AS i FROM run_rule
                        WHERE status = 'evaluated' QUALIFY i <= 12),
                    t AS (SELECT township_code, township_name, row_number() OVER (ORDER BY township_code) AS j
                        FROM core_township WHERE township_code <> '000000000' QUALIFY j <= 6),
                    n AS (SELECT unnest(range(40)) AS k)
                    SELECT r.*, t.*, k FROM r, t, n WHERE k < CASE WHEN i = j THEN 11 ELSE (i * 5 + j * 3) % 7 END"""
            )
            con.execute(
                """INSERT INTO out_finding BY NAME
                    SELECT rule_id, title AS rule_title, severity, 'household' AS subject_kind, 'H' || i || j || k AS subject_key,
                        township_code, township_name, 'H' || i || j || k AS household_id, '[]' AS evidence, '说明' AS explanation,
                        'new' AS state, upper(substr(md5('f' || i || '.' || j || '.' || k), 1, 16)) AS finding_id,
                        md5('e' || i || '.' || j || '.' || k) AS evidence_hash, CAST([] AS VARCHAR[]) AS also_townships FROM wanted"""
            )
        return store

    def counted(self, receipt) -> dict[str, dict]:
        return {row["疑点类型"]: row for row in rows_of(only(receipt), "汇总", "疑点类型")}

    def test_no_count_below_five_is_printed(self, many, tmp_path):
        receipt = write_extract(many, "auditor", tmp_path / "out")
        table = self.counted(receipt)
        numbers = [n for row in table.values() for n in row.values() if isinstance(n, int | float)]
        assert numbers and not [n for n in numbers if 0 < n < 5]
        assert any("*" in row.values() for row in table.values())
        listed = Counter(row["疑点类型"] for row in rows_of(only(receipt), "明细", "线索键"))
        assert listed == {
            label: row["全县合计"] for label, row in table.items() if not label.startswith("全县") and row["全县合计"]
        }

    def test_filters_choose_among_what_is_published_of_all(self, many, tmp_path):
        whole = self.counted(write_extract(many, "auditor", tmp_path / "whole"))
        with database(Store(many).run_dir()) as con:
            townships = dict(con.execute("SELECT township_name, township_code FROM core_township").fetchall())
        name = next(heading for heading in next(iter(whole.values())) if heading in townships)
        receipt = write_extract(many, "auditor", tmp_path / "part", townships=[townships[name]], severities=["high"])
        part = self.counted(receipt)
        assert part and len(part) < len(whole)
        for label, row in part.items():
            assert row == {heading: whole[label][heading] for heading in row} and name in row
        assert receipt.files[0].rows == 0

    def test_a_county_with_fewer_than_five_findings_gives_none(self):
        from transforms.extract.auditor import audit_tables
        from transforms.extract.reading import CountedRule

        tables = audit_tables([], [CountedRule("a", "甲", "high")], [])
        assert tables.table.total == 0


class TestReceipt:
    def test_it_says_who_took_what_with_hashes_and_no_personal_data(self, store, published, tmp_path, password_file):
        receipt = write_extract(store, "supervisor", tmp_path / "out", severities=["high"], password_file=password_file)
        text = Path(receipt.receipt).read_text(encoding="utf-8")
        said = json.loads(text)
        assert said == receipt.as_json()
        assert (said["who"], said["audience"], said["encrypted"]) == ("督查一组", "supervisor", True)
        assert said["run_id"] == Store(store).run_dir().name and said["filters"] == {"severities": ["high"]}
        for file in said["files"]:
            content = (tmp_path / "out" / file["name"]).read_bytes()
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"])
        names = {f[c] for f in findings(published) for c in ("name", "head_name") if f[c]}
        everything = (
            text + (store / "audit" / "audit.jsonl").read_text() + "".join(p.name for p in (tmp_path / "out").iterdir())
        )
        assert not [name for name in names if name in everything]
        assert not [n for n in personal_numbers(Store(published).run_dir()) if n in everything]

    def test_each_extract_is_in_the_audit_trail(self, store, tmp_path):
        receipts = [write_extract(store, "township", tmp_path / "out") for _ in range(2)]
        report = verify(store)
        assert (report.ok, report.entries) == (True, 2)
        assert (receipts[-1].entry, receipts[-1].entry_hash) == (2, report.last_hash)
        entry = json.loads((store / "audit" / "audit.jsonl").read_text().splitlines()[0])
        assert entry["action"] == "extract" and entry["details"]["extract_id"] == receipts[0].extract_id

    def test_what_cannot_be_recorded_is_not_handed_over(self, store, tmp_path):
        (store / "audit").write_text("a file where the folder should be")
        with pytest.raises(RunError, match="nothing was handed over"):
            write_extract(store, "supervisor", tmp_path / "out")
        assert not list((tmp_path / "out").iterdir())

    def test_files_can_be_read_by_their_owner_alone(self, store, tmp_path):
        receipt = write_extract(store, "supervisor", tmp_path / "out")
        assert {path.stat().st_mode & 0o777 for path in Path(receipt.out).iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("audience", "options", "message"),
    [
        ("police", {}, "--audience police"),
        ("department", {}, "needs --department"),
        ("department", {"department": "tax"}, "--department tax"),
        ("department", {"department": "medical", "rules": ["asset_vehicle"]}, "no findings"),
        ("supervisor", {"department": "medical"}, "--department means nothing"),
        ("supervisor", {"severities": ["urgent"]}, "--severity urgent"),
        ("supervisor", {"townships": ["999999999"]}, "no township 999999999"),
        ("auditor", {"rules": ["no_such_rule"]}, "no rule no_such_rule"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_as_wrong_usage(store, tmp_path, monkeypatch, audience, options, message):
    monkeypatch.setenv("HEDUI_AUDIT_KEY", SECRET)
    with pytest.raises(UsageError, match=message):
        write_extract(store, audience, tmp_path / "out", **options)
    assert not (store / "audit").exists()


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe\x00"])
def test_a_password_file_without_a_password_is_refused(store, tmp_path, content):
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="--password-file"):
        write_extract(store, "supervisor", tmp_path / "out", password_file=path)
