"""Reads places on a map: points, lines and polygons as well-known text, longitude before latitude."""

import re

from cityvoice.questionnaire.answering.errors import ErrorCode, Refusal
from cityvoice.questionnaire.kinds import Geometry

MOST_POINTS = 500
_LONGEST = 20_000  # characters
_NUMBER = r"[+-]?\d{1,3}(?:\.\d{1,20})?"
_POINT = rf"{_NUMBER}\s+{_NUMBER}"
_SHAPES = {
    Geometry.POINT: re.compile(rf"\s*POINT\s*\(\s*(?P<points>{_POINT})\s*\)\s*", re.I | re.A),
    Geometry.LINE: re.compile(
        rf"\s*LINESTRING\s*\(\s*(?P<points>{_POINT}(?:\s*,\s*{_POINT})*)\s*\)\s*", re.I | re.A
    ),
    Geometry.POLYGON: re.compile(
        rf"\s*POLYGON\s*\(\s*\(\s*(?P<points>{_POINT}(?:\s*,\s*{_POINT})*)\s*\)\s*\)\s*", re.I | re.A
    ),
}
_WORDS = {
    Geometry.POINT: "POINT({})",
    Geometry.LINE: "LINESTRING({})",
    Geometry.POLYGON: "POLYGON(({}))",
}
_FEWEST = {Geometry.POINT: 1, Geometry.LINE: 2, Geometry.POLYGON: 4}  # a polygon ends where it begins


def read_place(value: str, geometry: Geometry) -> str:
    """A place as well-known text in one spelling, with six decimals (about a decimetre).

    A polygon that does not end where it begins is closed. Points are in WGS 84: longitude from -180 to 180,
    latitude from -90 to 90.

    Raises
    ------
    Refusal
        NOT_A_PLACE, or TOO_MANY_POINTS.
    """
    if len(value) > _LONGEST or value.count(",") >= MOST_POINTS:
        raise Refusal(ErrorCode.TOO_MANY_POINTS, most=MOST_POINTS)
    match = _SHAPES[geometry].fullmatch(value)
    if match is None:
        raise Refusal(ErrorCode.NOT_A_PLACE)
    points = [_point(words) for words in match["points"].split(",")]
    if geometry is Geometry.POLYGON and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < _FEWEST[geometry] or (len(points) > 1 and len(set(points)) == 1):
        raise Refusal(ErrorCode.NOT_A_PLACE)
    return _WORDS[geometry].format(", ".join(points))


def _point(words: str) -> str:
    longitude, latitude = map(float, words.split())
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise Refusal(ErrorCode.NOT_A_PLACE)
    return f"{_decimal(longitude)} {_decimal(latitude)}"


def _decimal(number: float) -> str:
    return f"{round(number, 6) + 0.0:.6f}".rstrip("0").rstrip(".")  # adding zero takes the sign from -0
