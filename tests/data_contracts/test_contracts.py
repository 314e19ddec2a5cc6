"""What the 22 contracts say, as facts the rules and the files depend on."""

import re
from pathlib import Path

import pytest
import yaml
from datacontract.data_contract import DataContract
from open_data_contract_standard.model import OpenDataContractStandard

import data_contracts
from data_contracts import Contract, load_contracts
from transforms.staging.headings import read_names

FOLDER = Path(data_contracts.__file__).parent
FILES = sorted(FOLDER.glob("*.odcs.yaml"))
CONTRACTS = load_contracts()
each_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.dataset)

CORE = {"benefit_roll", "deaths", "funerals", "vehicles", "business_licenses", "kinship", "townships"}
ROW_REQUIRED = {
    "benefit_roll": {"household_id", "township_code", "start_date", "status"},
    "deaths": {"death_date"},
    "funerals": {"cremation_date"},
    "payments": {"pay_month", "household_id", "amount_paid"},
}
# The columns the rule catalogue decides on, beyond names and ID numbers.
DECIDED_ON = {
    "benefit_roll": "benefit_type household_id head_name head_id_number sex township_code single_person "
    "persons_covered household_amount start_date status end_date grace_start declared_income "
    "disability_grade care_class last_check_date authorisation_date bank_account account_name",
    "deaths": "death_date",
    "funerals": "sex birth_date age death_date cremation_date address",
    "vehicles": "owner_id_number vehicle_type status value",
    "business_licenses": "person_id_number entity_type role share_ratio registered_capital status",
    "kinship": "a_id_number b_id_number relation end_date",
    "townships": "township_code township_name village full_check",
    "officials": "township_code start_date end_date",
    "relative_filings": "official_id_number beneficiary_id_number",
    "payments": "pay_month household_id payee_id_number bank_account account_name item amount_due "
    "amount_paid pay_date result repaid_date",
    "account_activity": "bank_account last_withdrawal",
    "housing": "owner_id_number certificate_no use status",
    "pensions": "scheme kind monthly_amount month",
    "income_tax": "month income",
    "bank_assets": "as_of total",
    "disability_register": "disability_type disability_grade valid_until status township_code monthly_income",
    "disability_subsidies": "kind status",
    "poverty_registry": "household_id category township_code monthly_income risk_removed",
    "severe_illness": "self_paid township_code",
    "archives": "household_id persons household_amount township_code",
    "doubtful_history": "feedback_date key_case handled",
    "population": "id_number name",
}


def test_every_dataset_has_its_contract() -> None:
    assert set(CONTRACTS) == set(DECIDED_ON)
    assert len(FILES) == len(CONTRACTS) == 22


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lints_with_datacontract_cli_without_a_warning(path: Path) -> None:
    run = DataContract(data_contract_file=str(path), all_errors=True).lint()
    assert [(check.name, check.reason) for check in run.checks or [] if check.result != "passed"] == []
    assert run.result == "passed"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_round_trips_through_the_odcs_models_losing_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = OpenDataContractStandard.from_string(text)
    again = OpenDataContractStandard.from_string(document.to_yaml())
    assert again == document
    # The nested models drop fields they do not know; nothing of ours may be among them.
    assert document.model_dump(by_alias=True, exclude_unset=True) == yaml.safe_load(text)


@each_contract
def test_has_every_column_the_rules_decide_on(contract: Contract) -> None:
    assert set(DECIDED_ON[contract.dataset].split()) <= {column.name for column in contract.columns}


@each_contract
def test_outline_is_filled_in(contract: Contract) -> None:
    assert contract.owner and contract.title and contract.grain and contract.description
    assert contract.core == (contract.dataset in CORE)
    assert contract.quarantine_limit == 0.01
    assert contract.freshness_days > 0
    assert all(column.description and column.aliases for column in contract.columns)


@each_contract
def test_rows_are_required_a_value_only_where_the_catalogue_says(contract: Contract) -> None:
    needed = {column.name for column in contract.columns if column.row_required}
    assert needed == ROW_REQUIRED.get(contract.dataset, set())


@each_contract
def test_every_alias_finds_its_column_and_no_other(contract: Contract) -> None:
    for column in contract.columns:
        for alias in (column.name, *column.aliases):
            assert list(read_names([alias], contract).columns) == [column.name], alias
            assert not contract.ignores_heading(alias), alias


@each_contract
def test_person_columns_are_an_id_number_then_a_name(contract: Contract) -> None:
    for person in (contract.person, *contract.other_persons):
        types = [contract.column(name).type for name in person]
        assert types[:1] in ([], ["id18"])
        assert types[1:2] in ([], ["name"])


@each_contract
def test_each_id_number_belongs_to_a_person_of_the_row(contract: Contract) -> None:
    id_columns = {column.name for column in contract.columns if column.type == "id18"}
    assert id_columns == {person[0] for person in (contract.person, *contract.other_persons) if person}


@each_contract
def test_synonyms_lead_to_a_listed_value_and_never_stand_for_themselves(contract: Contract) -> None:
    for column in contract.columns:
        assert bool(column.values) == (column.type == "code"), column.name
        if column.values:
            assert set(column.synonyms.values()) <= set(column.values), column.name
            assert not set(column.synonyms) & set(column.values), column.name


@each_contract
def test_money_is_never_negative_and_identity_is_classified(contract: Contract) -> None:
    for column in contract.columns:
        if column.type == "money":
            assert any(c.kind == "range" and c.level == "fail" and c.minimum == 0 for c in column.checks)
        if column.type in ("id18", "account"):
            assert column.classification == "restricted"


@each_contract
def test_check_patterns_compile_and_ranges_are_in_order(contract: Contract) -> None:
    for check in (*contract.checks, *(check for column in contract.columns for check in column.checks)):
        assert set(check.columns) <= {column.name for column in contract.columns}
        if check.pattern is not None:
            re.compile(check.pattern)
        if check.minimum is not None and check.maximum is not None:
            assert str(check.minimum) != str(check.maximum)
            assert type(check.minimum) is type(check.maximum)
            assert check.minimum < check.maximum  # type: ignore[operator]


def test_repeats_are_facts_where_each_row_is_an_event() -> None:
    facts = {name for name, contract in CONTRACTS.items() if contract.repeats_are_facts}
    assert facts == {"payments", "income_tax", "pensions", "bank_assets", "severe_illness"}


@pytest.mark.parametrize(
    ("dataset", "column", "received", "listed"),
    [
        ("benefit_roll", "benefit_type", "城镇低保", "城市低保"),
        ("benefit_roll", "benefit_type", "农村特困", "特困供养"),
        ("benefit_roll", "benefit_type", "低收入", "低收入家庭"),
        ("benefit_roll", "status", "在保", "在享"),
        ("benefit_roll", "sex", "2", "女"),
        ("benefit_roll", "sex", "ｍ", "男"),
        ("benefit_roll", "disability_type", "4", "肢体"),
        ("benefit_roll", "disability_type", "肢体二级", "肢体"),
        ("benefit_roll", "disability_grade", "贰级", "2"),
        ("disability_register", "disability_grade", "肢体二级", "2"),
        ("kinship", "relation", "长子", "儿子"),
        ("kinship", "relation", "妻", "配偶"),
        ("kinship", "relation", "75", "姐妹"),
        ("payments", "result", "发放失败", "失败"),
        ("pensions", "scheme", "新农保", "城乡居民养老保险"),
        ("disability_subsidies", "kind", "护理补贴", "重度残疾人护理补贴"),
    ],
)
def test_received_words_are_understood(dataset: str, column: str, received: str, listed: str) -> None:
    synonyms = CONTRACTS[dataset].column(column).synonyms
    assert synonyms[received] == listed


@pytest.mark.parametrize("word", ["女婿", "儿媳", "28", "38", "嫂", "侄子", "9"])
def test_relatives_by_marriage_and_distant_ones_are_no_near_relative(word: str) -> None:
    relation = CONTRACTS["kinship"].column("relation")
    assert word not in relation.synonyms and word not in relation.values


def test_unknown_column_names_dataset_and_column() -> None:
    with pytest.raises(KeyError, match="deaths has no column salary"):
        CONTRACTS["deaths"].column("salary")
