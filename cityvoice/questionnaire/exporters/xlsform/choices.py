"""The choices sheet: each list of options once, though several questions share it."""

from collections.abc import Mapping
from typing import NamedTuple

from cityvoice.questionnaire.exporters.xlsform.spelling import Translator
from cityvoice.questionnaire.importers.xlsform.choices import MISSING
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import ResponseOption


class Choice(NamedTuple):
    list_name: str
    code: str
    labels: Mapping[str, str]
    attributes: Mapping[str, str]


class Choices:
    def __init__(self) -> None:
        self.choices: list[Choice] = []
        self._lists: dict[object, str] = {}

    def list_of(
        self,
        name: str,
        options: tuple[ResponseOption, ...],
        attributes: frozenset[str],
        translator: Translator,
    ) -> str:
        """The name of the list of these options: `name` where there is no such list yet."""
        where = Message("list %(name)s", name=name)
        lines = tuple(
            Choice("", each.code, translator.words(each.label, where), _columns(each, attributes))
            for each in options
        )
        key = tuple((each.code, *each.labels.items(), *each.attributes.items()) for each in lines)
        if key not in self._lists:
            self._lists[key] = name
            self.choices += [line._replace(list_name=name) for line in lines]
        return self._lists[key]

    @property
    def attributes(self) -> list[str]:
        """The columns beside code and label."""
        return list(dict.fromkeys(name for each in self.choices for name in each.attributes))


def _columns(option: ResponseOption, attributes: frozenset[str]) -> dict[str, str]:
    found = {name: value for name, value in (option.attributes or {}).items() if name in attributes}
    return found | ({MISSING: str(option.missing)} if option.missing else {})
