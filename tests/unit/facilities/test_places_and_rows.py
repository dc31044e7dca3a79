"""Datums, counties, names, rows: the parts that need no database."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.loading import catalogue
from config.text import say, sentences
from models.facilities import reading
from models.facilities.areas import areas, district_of, in_yichun, kind_of_area, own_point, township_of
from models.facilities.circles import circles
from models.facilities.datum import DATUMS, from_wgs84, to_wgs84
from models.facilities.geodesy import distance_m
from models.facilities.places import find_place, search_places
from models.facilities.rows import ALL_COLUMNS, COLUMNS, REQUIRED, Fault, RawRow, RowFaults, parse_row
from models.facilities.text_search import TextIndex, normal, spell
from models.kernel.errors import InvalidInput

GOOD = {
    "external_id": "1",
    "name": "图书馆",
    "category": "library",
    "longitude": "114.39",
    "latitude": "27.808",
    "datum": "wgs84",
}


@pytest.mark.parametrize("datum", DATUMS)
def test_there_and_back_is_the_same_point(datum: Any) -> None:
    chance = random.Random(1)
    for _ in range(200):
        here = chance.uniform(113.9, 116.1), chance.uniform(27.5, 29.1)
        assert distance_m(*to_wgs84(*from_wgs84(*here, datum), datum), *here) < 0.001


def test_gcj02_is_off_by_half_a_kilometre() -> None:
    assert 300 < distance_m(114.4, 27.8, *from_wgs84(114.4, 27.8, "gcj02")) < 700
    assert 700 < distance_m(114.4, 27.8, *from_wgs84(114.4, 27.8, "bd09")) < 1600


def test_every_township_and_seat_lies_in_its_county() -> None:
    for place in catalogue().places:
        assert district_of(place.longitude, place.latitude) == place.district_code, place.name
        assert in_yichun(place.longitude, place.latitude)
        nearest = catalogue().place(township_of(place.longitude, place.latitude, place.district_code))
        assert (
            nearest is not None and distance_m(nearest.longitude, nearest.latitude, place.longitude, place.latitude) < 1
        )
    for code, seat in areas().seats.items():
        assert district_of(seat.longitude, seat.latitude) == code


def test_the_quick_answer_to_in_yichun_is_the_exact_one() -> None:
    chance = random.Random(2)
    west, south, east, north = areas().city.bounds
    for _ in range(2000):
        point = chance.uniform(west - 0.1, east + 0.1), chance.uniform(south - 0.1, north + 0.1)
        assert in_yichun(*point) == (district_of(*point) is not None)


@pytest.mark.parametrize("point", [(115.86, 28.68), (0, 0), (180, 90), (-180, -90), (116.4, 39.9)])
@pytest.mark.parametrize("datum", DATUMS)
def test_points_elsewhere_are_outside_yichun(point: tuple[float, float], datum: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        own_point(*point, datum)
    assert refused.value.code == "outside_yichun"


def test_kinds_of_area() -> None:
    seat = areas().seats["360921"]
    assert kind_of_area(114.39, 27.808) == "main_city"
    assert kind_of_area(seat.longitude, seat.latitude) == "county_town"
    assert kind_of_area(114.38864, 27.92312) == "central_town"  # a town (zhen)
    assert kind_of_area(114.25833, 28.2987) == "village"  # a rural township (xiang)


def test_circles_have_minutes_modes_and_words_for_every_area_and_need() -> None:
    kinds = {"main_city", "county_town", "central_town", "village"}
    for circle in circles():
        assert set(circle.minutes) == set(circle.mode) == kinds
        assert f"facilities.circles.{circle.token}" in sentences()
        for need in circle.needs:
            assert f"facilities.needs.{need.token}" in sentences()


@pytest.mark.parametrize(("text", "names"), [
    ("我在三阳镇附近", ["三阳镇"]), ("丰城市上塘镇", ["上塘镇"]), ("袁州区", ["袁州区"]), ("去奉新怎么走", ["奉新县"]),
    ("新街镇", ["新街镇"]), ("sanyang", ["三阳镇"]), ("你好", []), ("", []), ("\ud800", []),
])  # fmt: skip
def test_places_in_a_sentence(text: str, names: list[str]) -> None:
    assert [place["name"] for place in find_place(text)] == names


def test_every_place_is_found_by_its_name_and_pinyin() -> None:
    for place in catalogue().places:
        for query in (place.name_zh, spell(place.name_zh)[0]):
            assert place.name_zh in [found["name"] for found in search_places(query, 8)], query


def test_text_search_ranks_whole_before_part_before_sound_before_likeness() -> None:
    names = ["图书馆", "图书馆分馆", "县图书馆", "图属馆", "博物馆"]
    index = TextIndex([normal(n) for n in names], *map(list, zip(*(spell(n) for n in names), strict=True)))
    ranked = [names[match.row] for match in sorted(index.search("图书馆"), key=lambda match: match.key)]
    assert ranked == ["图书馆", "图书馆分馆", "县图书馆", "图属馆"]
    assert [names[match.row] for match in index.search("bowuguna")] == ["博物馆"]
    assert index.search("qqqq") == [] and index.search("  ") == []


def test_a_row_becomes_fields_in_wgs84_with_county_and_township() -> None:
    values = parse_row(RawRow(2, GOOD))
    assert (values["longitude"], values["latitude"], values["district_code"]) == (114.39, 27.808, "360902")
    assert values["search_terms"] == {"pinyin": "tushuguan", "initials": "tsg"}


CELLS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.text(max_size=5000)
    | st.lists(st.integers(), max_size=2) | st.dictionaries(st.sampled_from(["$ne", "$gt"]), st.none(), max_size=1)
    | st.sampled_from(["=1+1", "@x", "\x00", "\ud800", "1e999", "NaN", "-0", "٣", "24/7", "true", "2026-02-30", "免费"])
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ALL_COLUMNS)), CELLS, max_size=6))
def test_any_cells_are_taken_or_rejected_with_a_known_reason(cells: dict[str, Any]) -> None:
    try:
        values = parse_row(RawRow(2, {**GOOD, **cells}))
    except RowFaults as rejected:
        assert rejected.faults
        for fault in rejected.faults:
            assert say(f"facilities.import.faults.{fault.code}", **fault.said), fault
    else:
        for name, value in values.items():
            assert not isinstance(value, str) or (value.isprintable() and value.encode()), name


@pytest.mark.parametrize("missing", REQUIRED)
def test_each_required_column_is_required(missing: str) -> None:
    with pytest.raises(RowFaults) as rejected:
        parse_row(RawRow(2, {**GOOD, missing: " "}))
    assert rejected.value.faults == [Fault(missing, "missing")]


def test_the_words_of_the_import_are_all_written() -> None:
    import re
    from pathlib import Path

    source = Path(reading.__file__).read_text()
    for code in re.findall(r'FileFault\("(\w+)"', source):
        assert f"facilities.import.files.{code}" in sentences()
    for code in re.findall(r'Fault\("[a-z_]*", "(\w+)"\)', source):
        assert f"facilities.import.faults.{code}" in sentences()
    for column in COLUMNS:
        assert f"facilities.import.columns.{column}" in sentences()


def test_a_quote_never_closed_spoils_one_line_only() -> None:
    text = 'a,b\n1,"x\n2,y\n3,"z ""q"""\n4,"two\nlines"\n'
    rows = list(reading._records(text))
    assert [(line, fault.code if fault else cells) for line, fault, cells in rows] == [
        (1, ["a", "b"]), (2, "bad_quotes"), (3, ["2", "y"]), (4, ["3", 'z "q"']), (5, ["4", "two\nlines"]),
    ]  # fmt: skip
