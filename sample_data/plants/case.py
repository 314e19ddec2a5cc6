"""What a planted case may use: households of the roll that no other case uses, people of no register,
dates around as_of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from sample_data import names, numbers
from sample_data.edits import Edits
from sample_data.kinds import KINDS
from sample_data.roll import BENEFIT_ITEMS
from sample_data.world import World, month_day

Row = dict[str, Any]


def parent_word(person: Row) -> str:
    """What the kinship register calls somebody's parent."""
    return "父亲" if person["sex"] == "男" else "母亲"


@dataclass
class Case:
    """Hands out households and people, each once."""

    world: World
    edits: Edits
    taken: set[int] = field(default_factory=set)
    strangers_used: int = 0
    compounds_used: int = 0
    accounts_used: int = 0
    _waiting: dict[str, list[int]] = field(default_factory=dict)
    _first: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        waiting: dict[str, list[int]] = defaultdict(list)
        # A household that joined last year has too few pay months for some of the cases.
        settled = self.world.households.select(ok=pl.col("start_date") < self.day(-16))["ok"].to_list()
        most = max(4000, 40 * self.world.settings.cases)
        for kind in KINDS:
            rows = self.world.households.select(hit=pl.col("kind") == kind.name)["hit"].arg_true().head(most).to_list()
            waiting[kind.name] = [r for r in reversed(rows) if settled[r]]
        self._waiting = waiting
        # Members stand in the order of their households.
        self._first = [0, *self.world.households["size"].cum_sum().to_list()]

    @property
    def as_of(self) -> date:
        return self.world.settings.as_of

    @property
    def latest_month(self) -> int:
        return self.world.settings.latest_month

    def day(self, months: int, day: int = 1) -> date:
        """A day (1 to 28) of the month so many months from the month of as_of."""
        return self.world.settings.day(months, day)

    def days_ago(self, days: int) -> date:
        return self.as_of - timedelta(days=days)

    def month_text(self, back: int) -> str:
        """The month so many before the latest pay month, as keys write it: 2021-05."""
        return month_day(self.latest_month - back).strftime("%Y-%m")

    def take(self, *kinds: str, where: Row | None = None) -> tuple[Row, list[Row]]:
        """A household of the most abundant of these kinds and its members, for this case alone.

        where: column values the household must have. Raises ValueError when none is left.
        """
        for kind in sorted(kinds, key=lambda k: -len(self._waiting[k])):
            for at in range(len(self._waiting[kind]) - 1, -1, -1):
                number = self._waiting[kind][at]
                household = self.world.households.row(number, named=True)
                if all(household[k] == v for k, v in (where or {}).items()):
                    del self._waiting[kind][at]
                    return household, self.world.members[self._first[number] : self._first[number + 1]].to_dicts()
        raise ValueError(
            f"no household of kind {' or '.join(kinds)} is left for a planted case: ask for more --persons"
        )

    def stranger(self, elder: bool = False, namesake_of: Row | None = None, **values: Any) -> Row:
        """Somebody on no roll row and in no register, 28 to 50 years old or, as an elder, 60 to 80.

        namesake_of: a person whose surname to bear; values override columns.
        """
        pool = self.world.extras
        if self.strangers_used >= len(pool) // 2:
            raise ValueError("no stranger is left for a planted case")
        row = pool.row(self.strangers_used + (len(pool) // 2 if elder else 0), named=True)
        self.strangers_used += 1
        if namesake_of is not None:
            row["name"] = namesake_of["name"][0] + row["name"][1:]
        return {**row, **values}

    def other_name(self) -> str:
        """A name that agrees with nobody's."""
        self.compounds_used += 1
        return names.compound_name(self.compounds_used)

    def account(self) -> str:
        """An account number nobody has."""
        self.accounts_used += 1
        return str(numbers.bank_accounts(len(self.world.households) + self.accounts_used, 1)[0])

    def kin(self, a: Row, relation: str, b: Row) -> None:
        """b is a's `relation`."""
        self.edits.add(
            "kinship",
            a_name=a["name"],
            a_id_number=a["id_number"],
            relation=relation,
            b_name=b["name"],
            b_id_number=b["id_number"],
        )

    def official(self, person: Row, township_code: str) -> None:
        """Make somebody a serving official of a township."""
        self.edits.add(
            "officials",
            name=person["name"],
            id_number=person["id_number"],
            unit="民政办",
            post="民政协理员",
            township_code=township_code,
            start_date=self.day(-50),
        )

    def second_household(self, household: Row, person: Row, benefit: str, letter: str) -> str:
        """Put a person on the roll once more, alone in a new household of another or the same benefit,
        paid and filed as it should be.

        Returns the new household_id.
        """
        self.accounts_used += 1
        new_id = f"{household['township_code']}{letter}{9_000_000 + self.accounts_used}"
        amount, account = 260.0, self.account()
        roll = {
            k: household[k]
            for k in (
                "township_code",
                "village",
                "address",
                "phone",
                "start_date",
                "last_check_date",
                "authorisation_date",
            )
        }
        who = {"name": person["name"], "id_number": person["id_number"], "sex": person["sex"]}
        self.edits.add(
            "benefit_roll",
            **roll,
            **who,
            benefit_type=benefit,
            household_id=new_id,
            head_name=person["name"],
            head_id_number=person["id_number"],
            relation_to_head="户主",
            single_person="否",
            persons_covered=1,
            household_amount=amount,
            status="在享",
            declared_income=150.0,
            care_class="A",
            bank_account=account,
            account_name=person["name"],
            low_income_type="一户多残" if benefit == "低收入家庭" else None,
        )
        self.edits.add(
            "archives",
            archive_no="DA" + new_id,
            household_id=new_id,
            head_name=person["name"],
            persons=1,
            household_amount=amount,
            township_code=household["township_code"],
        )
        self.edits.add(
            "account_activity",
            bank_account=account,
            account_name=person["name"],
            last_withdrawal=self.days_ago(12),
            balance=80.0,
            as_of=self.as_of,
        )
        for back in range(self.world.settings.months):
            self.pay(back, new_id, person, account, BENEFIT_ITEMS[benefit], amount)
        return new_id

    def pay(
        self, back: int, household_id: str, person: Row, account: str, item: str, amount: float, **values: Any
    ) -> None:
        """Add a payment of the month so many before the latest pay month."""
        month = self.latest_month - back
        row: Row = {
            "pay_month": month,
            "household_id": household_id,
            "payee_name": person["name"],
            "payee_id_number": person["id_number"],
            "bank_account": account,
            "account_name": person["name"],
            "item": item,
            "amount_due": amount,
            "amount_paid": amount,
            "persons": 1,
            "pay_date": month_day(month, 6),
            "result": "成功",
        }
        self.edits.add("payments", **{**row, **values})

    def change_payment(self, household: Row, back: int, **values: Any) -> None:
        """Change the household's payment of the month so many before the latest pay month."""
        self.edits.change(
            "payments",
            {"household_id": household["household_id"], "pay_month": self.latest_month - back},
            **values,
        )
