"""Loads the data contracts."""

import hashlib
from functools import lru_cache
from pathlib import Path

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from data_contracts.codes_loader import FOLDER as CODES_FOLDER
from data_contracts.codes_loader import load_codes
from data_contracts.model import Codes, Contract, ContractError
from data_contracts.reader import read_contract
from data_contracts.yaml_files import NotYamlError, parse_yaml

__all__ = ["Contract", "ContractError", "load_codes", "load_contracts"]

FOLDER = Path(__file__).parent
SUFFIX = ".odcs.yaml"


def load_contracts(folder: Path | None = None) -> dict[str, Contract]:
    """Dataset name → contract, for every `<dataset>.odcs.yaml` of a folder, in name order.

    The default folder is this package. A folder without a `codes` folder of its own uses the package's shared
    lists. Each folder is read once per process.
    Raises ContractError listing every problem of every file, each naming file and column.
    """
    return dict(_load_contracts((folder or FOLDER).resolve()))


@lru_cache(maxsize=8)
def _load_contracts(folder: Path) -> dict[str, Contract]:
    if not folder.is_dir():
        raise ContractError([f"{folder}: no such folder of contracts"])
    codes = load_codes(folder / "codes" if (folder / "codes").is_dir() else CODES_FOLDER)
    contracts: dict[str, Contract] = {}
    problems: list[str] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        found: list[str] = []
        contract = _load_file(path, codes, found)
        problems += [f"{path.name}: {problem}" for problem in found]
        if contract is not None:
            contracts[contract.dataset] = contract
    if not contracts and not problems:
        problems.append(f"no *{SUFFIX} in {folder.name}")
    if problems:
        raise ContractError(problems)
    return contracts


def _load_file(path: Path, codes: Codes, problems: list[str]) -> Contract | None:
    content = path.read_bytes()
    try:
        document = OpenDataContractStandard.model_validate(parse_yaml(content))
    except NotYamlError as error:
        problems.append(str(error))
        return None
    except ValidationError as error:
        problems += [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        return None
    digest = hashlib.sha256(content + codes.content_hash.encode()).hexdigest()
    return read_contract(document, path.name.removesuffix(SUFFIX), codes, digest, problems)
