"""The one list of formats that questionnaires are written in; a new writer is one line in `FORMATS`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import yaml

from cityvoice.questionnaire.document import dump_document
from cityvoice.questionnaire.exporters.ddi import Study, to_ddi
from cityvoice.questionnaire.exporters.exported import Exported
from cityvoice.questionnaire.exporters.limesurvey.surveys import to_limesurvey
from cityvoice.questionnaire.exporters.triple_s import to_triple_s
from cityvoice.questionnaire.exporters.xlsform.survey import to_xlsform
from cityvoice.questionnaire.model import Questionnaire

Writer = Callable[[Questionnaire, Study], Exported]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Format:
    extension: str
    media_type: str
    write: Writer


def _yaml(questionnaire: Questionnaire, study: Study) -> Exported:
    text = yaml.safe_dump(dump_document(questionnaire), allow_unicode=True, sort_keys=False, width=110)
    return Exported(text.encode())


def _json(questionnaire: Questionnaire, study: Study) -> Exported:
    text = json.dumps(dump_document(questionnaire), ensure_ascii=False, indent=2)
    return Exported(f"{text}\n".encode())


def _triple_s(questionnaire: Questionnaire, study: Study) -> Exported:
    return Exported(to_triple_s(questionnaire, study.identifier, first_column=study.first_column))


FORMATS: Mapping[str, Format] = {
    "yaml": Format(".yaml", "application/yaml", _yaml),
    "json": Format(".json", "application/json", _json),
    "lss": Format(".lss", "application/xml", lambda found, study: to_limesurvey(found, study.identifier)),
    "xlsform": Format(".xlsx", XLSX, lambda found, study: to_xlsform(found, study.identifier)),
    "ddi": Format(".xml", "application/xml", lambda found, study: Exported(to_ddi(found, study))),
    "triple-s": Format(".sss", "application/xml", _triple_s),
}
