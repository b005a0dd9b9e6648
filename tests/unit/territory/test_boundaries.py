"""The city's map from a file of boundaries."""

import json
from pathlib import Path
from typing import Any

import pytest

from cityvoice.territory.errors import BoundariesError
from cityvoice.territory.imports import MOST_POINTS, find_map, keep_map, read_boundaries

DISTRICTS = Path(__file__).parents[2] / "documents" / "districts.geojson"


def collection(*geometries: Any) -> str:
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_districts_keep_their_corners_and_lose_points_between(tmp_path: Path) -> None:
    city = read_boundaries(DISTRICTS.read_text(encoding="utf-8"))
    assert [each.name for each in city.districts] == ["Old Town", "New Town"]
    assert city.bounds == pytest.approx((19.0, 50.25, 19.1, 50.29))
    assert city.size == (600, 375)  # 0.1 degrees of longitude at 50.27 north are 0.0639 of latitude
    assert (19.05, 50.27) not in city.districts[0].outlines[0], "a point on a straight line"
    assert {(19.0, 50.25), (19.05, 50.29)} <= set(city.districts[0].outlines[0])
    keep_map(tmp_path, city)
    assert find_map(tmp_path) == city
    assert find_map(tmp_path / "nowhere") is None


def test_a_real_city_becomes_light(shared: Path) -> None:
    file = shared / "data" / "geo" / "ppatrzyk_wroclaw-medium.geojson"
    if not file.is_file():
        pytest.skip("needs boundaries in ../shared")
    city = read_boundaries(file.read_text(encoding="utf-8"))
    assert sum(len(outline) for each in city.districts for outline in each.outlines) <= MOST_POINTS
    assert len("".join(path for _name, path in city.paths)) < 12_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "FeatureCollection"),
        (collection(), "at least one district"),
        (collection({"type": "Point", "coordinates": [19, 50]}), "feature 1: expected a polygon"),
        (collection({"type": "Polygon", "coordinates": [[[500000, 200000]] * 4]}), "degrees"),
        (collection({"type": "Polygon", "coordinates": [[[19, 50], [19, 51], [19, 50]]]}), "4 points"),
        (collection({"type": "Polygon", "coordinates": [[[19, 50]] * 5]}), "cover an area"),
    ],
)
def test_other_files_are_refused_with_the_place(content: str, message: str) -> None:
    with pytest.raises(BoundariesError, match=message):
        read_boundaries(content)
