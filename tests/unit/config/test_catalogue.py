"""A fault in the catalogue stops the start and says in which file and line it stands."""

from pathlib import Path

import pytest

from config import loading, text
from config.loading import CatalogueFault, Entry, catalogue, load_csv, load_yaml, rules
from config.yaml_lines import read_yaml


class Thing(Entry):
    name: str
    size: int


def test_the_catalogue_holds_yichun() -> None:
    found = catalogue()
    assert len(found.districts) == 10
    assert len(found.places) == 171
    assert len(found.categories) == 26
    assert {place.district_code for place in found.places} <= set(found.districts)


def test_every_rule_names_its_source() -> None:
    assert rules()
    assert all(each.source.strip() and each.unit.strip() for each in rules().values())


def test_a_yaml_fault_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "thing.yaml"
    path.write_text("name: a\n\nsize: big\n")
    with pytest.raises(CatalogueFault, match=rf"{path}:3: size:"):
        load_yaml(path, Thing)


@pytest.mark.parametrize(
    ("content", "line"), [("name: [a\n", 2), ("a: 1\nb: 2\na: 3\n", 3), ("", 1), ("a: 1\n b: 2\n", 2)]
)
def test_what_is_no_yaml_is_named_by_line(tmp_path: Path, content: str, line: int) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(content)
    with pytest.raises(CatalogueFault, match=rf"{path}:{line}:"):
        read_yaml(path)


def test_a_csv_fault_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("name,size\na,1\nb,two\n")
    with pytest.raises(CatalogueFault, match=rf"{path}:3: size:"):
        load_csv(path, Thing, unique="name")


def test_a_repeated_key_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("name,size\na,1\na,2\n")
    with pytest.raises(CatalogueFault, match=rf"{path}:3: name 'a' is given twice"):
        load_csv(path, Thing, unique="name")


def test_a_sentence_must_be_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.yaml").write_text("good: ok\nbad: {deep: 3}\n")
    monkeypatch.setattr(text, "FOLDER", tmp_path)
    text.sentences.cache_clear()
    try:
        with pytest.raises(CatalogueFault, match=r"part\.yaml:2"):
            text.sentences()
    finally:
        text.sentences.cache_clear()


def test_a_rule_without_source_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "part.yaml").write_text("good: {value: 1, unit: m, source: x}\nbad: {value: 1, unit: m}\n")
    monkeypatch.setattr(loading, "CATALOGUE", tmp_path)
    loading.rules.cache_clear()
    try:
        with pytest.raises(CatalogueFault, match=r"part.yaml:2: source"):
            loading.rules()
    finally:
        loading.rules.cache_clear()
