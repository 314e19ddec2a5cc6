"""Which columns of a dataset are about a person: read from its contract, so a new register needs no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data_contracts import Contract

PLAIN_ID = "id_number"

# Registers that rules also read about people on no roll row (supporters, officials, heads, people left out).
OFF_ROLL_REGISTERS = frozenset(
    {"vehicles", "business_licenses", "housing", "deaths", "funerals", "pensions", "income_tax"}
)

# The roll is what everything is linked to.
NOT_A_REGISTER = frozenset({"benefit_roll"})

# A person's age holds on the day of one of these.
EVENT_COLUMNS = ("death_date", "cremation_date")


@dataclass(frozen=True)
class PersonRole:
    """One person column of one dataset: names of columns of `stg_<dataset>`, None where there is none."""

    dataset: str
    id_column: str
    name_column: str | None
    sex: str | None = None
    birth_date: str | None = None
    age: str | None = None
    age_on: tuple[str, ...] = ()
    address: str | None = None
    relative_name: str | None = None

    @property
    def describes(self) -> bool:
        """Whether the dataset tells enough of the person to look further without a usable number."""
        return self.name_column is not None and (self.birth_date is not None or self.age is not None)

    @property
    def reads_off_roll(self) -> bool:
        """Whether people on no roll row are looked up in this dataset too."""
        return self.dataset in OFF_ROLL_REGISTERS


def person_roles(contracts: Mapping[str, Contract]) -> list[PersonRole]:
    """Every person column of every register, in order of dataset and contract; the roll's own are left out.

    Sex, birth date, age and address are the person's own only beside a plain `id_number`: the address of a
    property register is the property's.
    """
    roles: list[PersonRole] = []
    for dataset in sorted(contracts):
        if dataset in NOT_A_REGISTER:
            continue
        contract = contracts[dataset]
        types = {column.name: column.type for column in contract.columns}
        for person in (contract.person, *contract.other_persons):
            if person and types.get(person[0]) == "id18":
                roles.append(_role(dataset, person, types))
    return roles


def registers(contracts: Mapping[str, Contract]) -> list[str]:
    """The datasets whose rows are linked to people."""
    return sorted({role.dataset for role in person_roles(contracts)})


def _role(dataset: str, person: tuple[str, ...], types: Mapping[str, str]) -> PersonRole:
    own = types if person[0] == PLAIN_ID else {}

    def if_there(column: str) -> str | None:
        return column if column in own else None

    return PersonRole(
        dataset=dataset,
        id_column=person[0],
        name_column=person[1] if len(person) > 1 else None,
        sex=if_there("sex"),
        birth_date=if_there("birth_date"),
        age=if_there("age"),
        age_on=tuple(column for column in EVENT_COLUMNS if column in own),
        address=if_there("address"),
        relative_name=if_there("relative_name"),
    )
