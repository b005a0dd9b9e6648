"""A city's outline map, from a GeoJSON file of its districts: simplified until it weighs a few kilobytes.

The map helps residents to point at a place. It is kept as one file beside the database; without it, places
are given by the device's position or in words.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cityvoice.core.storage import write_whole
from cityvoice.territory.errors import BoundariesError

MAP_FILE = "map.json"
MOST_POINTS = 900  # of all outlines together: about 8 kB
WIDTH = 600  # of the drawing, in units of its own
NAME_KEYS = ("name", "nazwa", "Name", "NAME", "NAZWA", "osiedle", "NAZWAOSIEDLA", "JPT_NAZWA_")

Point = tuple[float, float]  # longitude, latitude


@dataclass(frozen=True)
class District:
    name: str
    outlines: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class CityMap:
    """Districts in degrees, and their drawing: equirectangular, true to shape at the city's latitude."""

    districts: tuple[District, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        points = [point for district in self.districts for outline in district.outlines for point in outline]
        longitudes, latitudes = zip(*points, strict=True)
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)

    @property
    def size(self) -> tuple[int, int]:
        west, south, east, north = self.bounds
        squeezed = (east - west) * math.cos(math.radians((south + north) / 2))
        return WIDTH, max(1, round(WIDTH * (north - south) / squeezed))

    @property
    def paths(self) -> list[tuple[str, str]]:
        """Each district's name and its outlines as an SVG path."""
        west, south, east, north = self.bounds
        width, height = self.size

        def spot(point: Point) -> str:
            across = (point[0] - west) / (east - west) * width
            return f"{across:.0f} {(north - point[1]) / (north - south) * height:.0f}"

        return [
            (each.name, "".join(f"M{'L'.join(map(spot, outline))}Z" for outline in each.outlines))
            for each in self.districts
        ]


def read_boundaries(content: str) -> CityMap:
    """The map in a GeoJSON file of polygons in degrees.

    Raises
    ------
    BoundariesError
        naming the feature and what was expected.
    """
    try:
        features = json.loads(content)["features"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BoundariesError("expected a GeoJSON FeatureCollection") from error
    districts = [_district(feature, number) for number, feature in enumerate(features, start=1)]
    if not districts:
        raise BoundariesError("expected at least one district, found none")
    return _simplified(districts)


def keep_map(storage: Path, city_map: CityMap) -> Path:
    return write_whole(storage / MAP_FILE, json.dumps(asdict(city_map), ensure_ascii=False).encode())


def find_map(storage: Path) -> CityMap | None:
    """The map kept there; None when the city has none."""
    path = storage / MAP_FILE
    return _loaded(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _loaded(path: Path, _changed: int) -> CityMap:
    kept = json.loads(path.read_text(encoding="utf-8"))["districts"]
    return CityMap(
        tuple(
            District(each["name"], tuple(tuple((x, y) for x, y in line) for line in each["outlines"]))
            for each in kept
        )
    )


def _district(feature: Any, number: int) -> District:
    try:
        properties, geometry = feature.get("properties") or {}, feature["geometry"]
        polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[
            geometry["type"]
        ]
        outlines = tuple(tuple(_point(pair) for pair in polygon[0]) for polygon in polygons)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        raise BoundariesError(
            f"feature {number}: expected a polygon in degrees of longitude and latitude"
        ) from None
    if any(len(outline) < 4 for outline in outlines):
        raise BoundariesError(f"feature {number}: expected outlines of at least 4 points")
    name = next((str(properties[key]) for key in NAME_KEYS if properties.get(key)), "")
    return District(name, outlines)


def _point(pair: Sequence[Any]) -> Point:
    longitude, latitude = float(pair[0]), float(pair[1])
    if not (-180 <= longitude <= 180 and -85 <= latitude <= 85):
        raise ValueError
    return longitude, latitude


def _simplified(districts: Sequence[District]) -> CityMap:
    """The same with the fewest points that look alike: the tolerance grows until they are few enough."""
    west, south, east, north = CityMap(tuple(districts)).bounds
    if east <= west or north <= south:
        raise BoundariesError("expected districts that cover an area")
    tolerance = max(east - west, north - south) / WIDTH
    while True:
        found = CityMap(tuple(District(each.name, tuple(_outlines(each, tolerance))) for each in districts))
        n_points = sum(len(outline) for each in found.districts for outline in each.outlines)
        if n_points <= MOST_POINTS or n_points <= 4 * sum(len(each.outlines) for each in districts):
            return found
        tolerance *= 1.5


def _outlines(district: District, tolerance: float) -> Iterator[tuple[Point, ...]]:
    for outline in district.outlines:
        middle = len(outline) // 2  # the ring is simplified in two halves, for its ends are one point
        first, second = _thinned(outline[: middle + 1], tolerance), _thinned(outline[middle:], tolerance)
        yield (*first, *second[1:-1])


def _thinned(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without the points that lie within `tolerance` of it (Douglas and Peucker, 1973)."""
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        start, end = waiting.pop()
        far = [(_distance(line[place], line[start], line[end]), place) for place in range(start + 1, end)]
        if far and max(far)[0] > tolerance:
            place = max(far)[1]
            kept.add(place)
            waiting += [(start, place), (place, end)]
    return [line[place] for place in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    length = math.hypot(*along)
    if not length:
        return math.dist(point, start)
    return abs(along[0] * (start[1] - point[1]) - along[1] * (start[0] - point[0])) / length
