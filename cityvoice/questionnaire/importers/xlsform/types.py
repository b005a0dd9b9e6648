"""The ``type`` column of an XLSForm."""

import re
from typing import NamedTuple


class RowType(NamedTuple):
    """What a row is: a kind in today's spelling, the list it chooses from, whether "other" is added."""

    kind: str
    list_name: str = ""
    or_other: bool = False


_SELECT = re.compile(
    r"""(?:add\s+)?(?P<what>select[_\s]one[_\s]from[_\s]file|select[_\s]multiple[_\s]from[_\s]file
        |select[_\s]one[_\s]external|select[_\s]?(?:one|1)(?:\s+prompt)?|select[_\s]multiple(?:\s+prompt)?
        |select\s+all(?:\s+that\s+apply)?|select|rank|q\s+select1?)
        (?:\s+prompt)?(?:\s+(?:from|using))?\s+(?P<list>\S+)
        (?P<other>\s+or[_\s](?:specify[_\s])?other)?""",
    re.VERBOSE | re.IGNORECASE,
)
_LOOP = re.compile(r"begin[_\s]loop\s+over\s+(?P<list>\S+)", re.IGNORECASE)

_SAME = {
    "string": "text",
    "str": "text",
    "int": "integer",
    "number": "integer",
    "double": "decimal",
    "float": "decimal",
    "gps": "geopoint",
    "location": "geopoint",
    "photo": "image",
    "picture": "image",
    "trigger": "acknowledge",
    "acknowledgement": "acknowledge",
    "datetime": "dateTime",
    "date time": "dateTime",
    "dateandtime": "dateTime",
    "phone number": "phonenumber",
    "get phone number": "phonenumber",
    "start time": "start",
    "get start time": "start",
    "starttime": "start",
    "end time": "end",
    "get end time": "end",
    "get today": "today",
    "device id": "deviceid",
    "get device id": "deviceid",
    "uri:deviceid": "deviceid",
    "imei": "deviceid",
    "get sim id": "simserial",
    "sim id": "simserial",
    "get subscriber id": "subscriberid",
    "subscriber id": "subscriberid",
    "uri:phonenumber": "phonenumber",
    "uri:simserial": "simserial",
    "uri:subscriberid": "subscriberid",
    "uri:username": "username",
    "uri:email": "email",
    "set geopoint": "start-geopoint",
    "calculation": "calculate",
    "add text": "text",
    "add note": "note",
    "hint": "note",
    "begin lgroup": "begin repeat",
    "end lgroup": "end repeat",
    "begin looped group": "begin repeat",
    "end looped group": "end repeat",
}


def read_type(written: str) -> RowType:
    """``select one from yes_no or specify other`` is a ``select_one`` of ``yes_no`` with "other"."""
    words = " ".join(written.split())
    if loop := _LOOP.fullmatch(words):
        return RowType("begin loop", loop["list"])
    if select := _SELECT.fullmatch(words):
        what = select["what"].lower().replace("_", " ")
        return RowType(_select(what), select["list"], bool(select["other"]))
    lower = words.lower().removesuffix(" prompt").removeprefix("q ")
    if begin := re.fullmatch(r"(begin|end)[\s_]+(.+)", lower):
        lower = f"{begin[1]} {begin[2]}"
    if lower in _SAME:
        return RowType(_SAME[lower])
    without_add = lower.removeprefix("add ").removeprefix("get ")
    return RowType(_SAME.get(without_add, without_add))


def _select(what: str) -> str:
    if "file" in what:
        return "select_multiple_from_file" if "multiple" in what else "select_one_from_file"
    if "external" in what:
        return "select_one_external"
    if what == "rank":
        return "rank"
    return "select_multiple" if "multiple" in what or "all" in what or what == "select" else "select_one"
