"""Parses the YAML of contracts, code lists, parameters and rules: bureaus write these files too, with whatever editor they have."""

from typing import Any

import yaml

NOT_PLAIN_TEXT = "not plain text in UTF-8; save it again with that encoding"
# libyaml's loader is some ten times faster; it is not in every build of PyYAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYamlError(ValueError):
    """The text is no YAML. The message says in which line, where it is text at all, and quotes nothing."""


def parse_yaml(content: bytes) -> Any:
    """The document in `content` (UTF-8). Raises NotYamlError."""
    try:
        return yaml.load(content, Loader=_LOADER)
    except yaml.reader.ReaderError as error:
        raise NotYamlError(NOT_PLAIN_TEXT) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise NotYamlError(f"not YAML (line {mark.line + 1})" if mark else "not YAML") from error
