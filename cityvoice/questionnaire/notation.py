"""Parses the text of YAML and JSON documents strictly: no key twice, no tags, errors with their line."""

import json
from collections import Counter
from collections.abc import Hashable
from typing import Any

import yaml

from cityvoice.questionnaire.errors import DocumentError, Problem
from cityvoice.questionnaire.message import Message


def parse_mapping(source: str) -> Any:
    """What the text of a JSON document (it begins with a brace) or else a YAML document holds.

    Raises
    ------
    DocumentError
        With the line of the first mistake.
    """
    source = source.removeprefix("\ufeff")
    try:
        if source.lstrip().startswith("{"):
            return json.loads(source, object_pairs_hook=_unique)
        return yaml.load(source, Loader=_StrictLoader)  # noqa: S506 - derived from SafeLoader
    except json.JSONDecodeError as error:
        raise _unreadable(
            Message(
                "line %(lineno)s, column %(colno)s: no JSON: %(msg)s",
                lineno=error.lineno,
                colno=error.colno,
                msg=error.msg,
            )
        ) from error
    except yaml.YAMLError as error:
        raise _unreadable(_yaml_message(error)) from error
    except RecursionError as error:
        raise _unreadable(Message("nested too deep")) from error
    except ValueError as error:  # a key twice in JSON, or a date in YAML that there is not
        raise _unreadable(str(error)) from error


def _unreadable(message: str) -> DocumentError:
    return DocumentError([Problem("", message)])


def _yaml_message(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f"no YAML: {error}"
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: no YAML: {error.problem}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        (key, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {key!r} stands twice")
    return mapping


MAX_DEPTH = 100  # of lists and mappings: far beyond any questionnaire
_MERGE = "tag:yaml.org,2002:merge"  # the key << takes in another mapping, whose keys may be overridden


class _StrictLoader(yaml.SafeLoader):
    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Stop at the depth: reading on would take PyYAML seconds before it meets Python's own limit."""
        if self.depth >= MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, f"nested deeper than {MAX_DEPTH} levels", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, Hashable) and key in seen:
                mark = key_node.start_mark
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", mark)
            seen.add(key if isinstance(key, Hashable) else None)
        return super().construct_mapping(node, deep)
