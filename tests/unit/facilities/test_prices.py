"""Prices: what an office may type, what is refused and why, and that what is written out is read again as the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.v1.facilities.commands import describe
from config.facility_prices import PriceList, price_list
from config.loading import catalogue, rule
from config.text import label, say
from models.facilities import exporting, price_words
from models.facilities.cell_text import Refused
from models.facilities.documents import AGE_GROUPS
from models.facilities.importing import Reject
from models.facilities.prices import in_words, prices_cell
from models.facilities.reading import open_file
from models.facilities.rows import RawRow, RowFaults, parse_row
from models.kernel.clock import to_storage
from tests.conftest import MORNING

ROW: dict[str, Any] = {
    "external_id": "1", "name": "阳光园", "category": "childcare_centre", "longitude": "114.39", "latitude": "27.808",
    "datum": "wgs84",
}  # fmt: skip
CARE, BOARD = {"item": "childcare_fee", "amount_fen": 180000, "per": "month"}, {"item": "board_fee", "amount_fen": 1500}
FREE = {"item": "admission", "amount_fen": 0, "basis": "free"}


@pytest.mark.parametrize(("cell", "prices"), [
    ("保育费 1800 元/月；伙食费 15 元/日", [CARE, BOARD | {"per": "day"}]),
    ("保育费1800元/月;伙食费15元/天;", [CARE, BOARD | {"per": "day"}]),
    ("托育费（托小班）每月１，８００元 政府指导价\n伙食费 15.50元每餐 备注：含点心，周末除外", [
        CARE | {"age_group": "toddler", "basis": "government_guided"},
        BOARD | {"amount_fen": 1550, "per": "meal", "note": "含点心，周末除外"}]),
    ("childcare_fee toddler 1,800 CNY/month market note: a", [CARE | {"age_group": "toddler", "basis": "market", "note": "a"}]),
    ("保育费 市场调节价 1800/月", [CARE | {"basis": "market"}]),
    ("护理费 600元/月 备注：自理；护理费 900元/月 备注：失能", [
        {"item": "nursing_fee", "amount_fen": amount, "per": "month", "note": note} for amount, note in ((60000, "自理"), (90000, "失能"))]),
    ("门票 免费", [FREE]), ("门票 不收费 备注：周一闭馆", [FREE | {"note": "周一闭馆"}]),
    ("免费", [{"item": "all_services", "amount_fen": 0, "basis": "free"}]),
    ([CARE, {"item": "meal_price", "amount_fen": 1, "per": "meal", "note": " a  b ", "basis": None}],
     [CARE, {"item": "meal_price", "amount_fen": 1, "per": "meal", "note": "a b"}]),
])  # fmt: skip
def test_what_an_office_types_becomes_whole_fen(cell: Any, prices: list[dict[str, Any]]) -> None:
    assert prices_cell(cell) == prices


@pytest.mark.parametrize(("cell", "code", "said"), [
    ("饭钱 5元/餐", "price_unknown_item", "“饭钱 5元/餐”"), ("饭钱 5元/餐", "price_unknown_item", "保育费、"),
    ("保育费 -5元/月", "price_negative", "负数"), ("保育费 0元/月", "price_zero", "写“免费”"),
    ("保育费 1.555元/月", "price_decimals", "两位小数"), ("保育费 180000元/月", "price_too_much", "50000"),
    ("保育费 99999999999999元/月", "price_no_amount", "1800元/月"), ("保育费 面议", "price_no_amount", "保育费 面议"),
    ("保育费 1,80元/月", "price_no_amount", "金额"), ("保育费 1500-1800元/月", "price_no_unit", "元/月、元/日"),
    ("保育费 15元/餐", "price_no_unit", "元/月、元/日"), ("保育费 15元", "price_no_unit", "元/月"),
    ("保育费 15元/月，伙食费 1元/日", "price_unreadable", "“；”隔开"), ("床位费 托小班 5元/月", "price_no_groups", "床位费"),
    ("保育费 5元/月；保育费 6元/月", "price_twice", "备注"), ("免费；门票 5元/次", "price_whole", "全部"),
    ("全部服务 5元/次", "price_only_free", "免费"), ("门票 免费 备注：" + "长" * 41, "price_note_too_long", "40"),
    ("；".join(["免费"] * 21), "prices_too_many", "20"), (1800, "not_prices", "文字"), (" ； ", "not_prices", "文字"), ([], "not_prices", ""),
    ("=1+1", "formula", "公式"), ("门票\x00免费", "control_character", ""), ([FREE, 7], "price_malformed", "第 2 项"),
    ([CARE | {"amount_fen": 1.5}], "price_malformed", "amount_fen"), ([CARE | {"price": 1}], "price_malformed", "price"),
    ([CARE | {"per": "year"}], "price_malformed", "year"), ([CARE | {"amount_fen": -1}], "price_negative", ""),
    ([FREE | {"amount_fen": 1}], "price_free_with_amount", "门票"), ([FREE | {"note": "a；b"}], "price_note_separator", "分号"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_what_is_allowed(cell: Any, code: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        prices_cell(cell)
    assert refused.value.code == code
    assert said in say(f"facilities.import.faults.{code}", **refused.value.said)


@pytest.mark.parametrize(("cells", "field", "said"), [
    ({"category": "museum", "prices": "保育费 5元/月"}, "prices", "博物馆/纪念馆没有“保育费”这一项，可以写：门票、全部服务"),
    ({"prices_valid_from": "2026-09-01"}, "prices_valid_from", "没有写价格"),
    ({"prices": "", "prices_valid_from": "2026-09-01"}, "prices_valid_from", "没有写价格"),
    ({"prices": "免费", "prices_valid_from": "2026-13-01"}, "prices_valid_from", "应为日期"),
])  # fmt: skip
def test_a_row_says_line_column_and_what_is_allowed(cells: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(RowFaults) as rejected:
        parse_row(RawRow(7, ROW | cells))
    sentence = describe(Reject(7, rejected.value.faults))
    assert sentence.startswith("第 7 行") and f"（{field}）：" in sentence and said in sentence


def test_each_price_of_a_cell_that_is_wrong_is_named() -> None:
    with pytest.raises(RowFaults) as rejected:
        parse_row(RawRow(2, ROW | {"prices": "饭钱 5元/餐；伙食费 15元/日；保育费 -1元/月"}))
    assert [(fault.field, fault.code) for fault in rejected.value.faults] == [
        ("prices", "price_unknown_item"), ("prices", "price_negative"),
    ]  # fmt: skip


def test_a_day_belongs_to_the_prices_it_came_with() -> None:
    assert parse_row(RawRow(2, ROW | {"prices": "免费"}))["prices_valid_from"] is None
    assert parse_row(RawRow(2, ROW | {"prices": ""})) | {"prices": None, "prices_valid_from": None} == parse_row(
        RawRow(2, ROW | {"prices": "", "prices_valid_from": ""})
    )
    assert "prices_valid_from" not in parse_row(RawRow(2, ROW))


def test_every_word_is_dated_has_a_source_and_is_read_as_itself() -> None:
    for item in price_list().items:
        for word in (item.token, label("facilities.prices.items", item.token), *item.also):
            priced = f" 1元/{label('facilities.prices.units', item.per[0])}" if item.per else " 免费"
            assert prices_cell(word + priced)[0]["item"] == item.token, word
    for unit in price_list().units:
        item = next(each for each in price_list().items if unit.token in each.per)
        for word in (unit.token, label("facilities.prices.units", unit.token), *unit.also):
            assert prices_cell(f"{item.token} 1元/{word}")[0]["per"] == unit.token, word
    for basis in price_list().bases:
        for word in (basis.token, label("facilities.prices.bases", basis.token), *basis.also):
            given = f"admission {word}" if basis.token == "free" else f"admission 1元/次 {word}"
            assert prices_cell(given)[0]["basis"] == basis.token, word


@pytest.mark.parametrize("change", [
    {"items": [{"token": "x", "also": [], "categories": ["palace"], "per": ["month"], "source": "s", "since": "2026-01-01"}]},
    {"items": []}, {"units": [{"token": "month", "also": [], "source": "s", "since": "2026-01-01"}]},
])  # fmt: skip
def test_a_list_that_does_not_agree_with_the_catalogue_stops_the_start(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"neither|another set|at least"):
        PriceList.model_validate(price_list().model_dump() | change)


# --- The round trip --------------------------------------------------------------------------------------------------

NOTES = st.none() | st.text(max_size=40) | st.sampled_from(["=1+1", "备注：a", "'-1", '"a", b', "1元/月 免费"])


@st.composite
def one_price(draw: st.DrawFn, category: str) -> dict[str, Any]:
    item = draw(st.sampled_from(price_list().of_category(category)))
    price: dict[str, Any] = {"item": item.token, "amount_fen": 0, "basis": "free", "note": draw(NOTES)}
    if item.per and draw(st.booleans()):
        per = draw(st.sampled_from(item.per))
        price |= {
            "per": per, "amount_fen": draw(st.integers(1, rule("facilities.price_yuan_most")[per] * 100)),
            "basis": draw(st.sampled_from([None, *(each.token for each in price_list().bases if each.token != "free")])),
        }  # fmt: skip
    return price | ({"age_group": draw(st.none() | st.sampled_from(AGE_GROUPS))} if item.by_age_group else {})


CATEGORIES = st.sampled_from(sorted(token for token in catalogue().categories if price_list().of_category(token)))
ROWS = CATEGORIES.flatmap(lambda category: st.tuples(
    st.just(category), st.lists(one_price(category), min_size=1, max_size=6), st.none() | st.dates().map(str)))  # fmt: skip


@settings(max_examples=60)
@given(ROWS)
def test_export_and_import_again_is_the_identity(row: tuple[str, list[dict[str, Any]], str | None]) -> None:
    category, prices, since = row
    try:
        values = parse_row(RawRow(2, ROW | {"category": category, "prices": prices, "prices_valid_from": since}))
    except RowFaults as rejected:  # a note that no cell could hold, or one item twice
        assert {fault.code for fault in rejected.faults} <= {
            "control_character", "price_note_separator", "price_twice", "price_whole"
        }, rejected  # fmt: skip
        return
    now = to_storage(MORNING)
    stored = {
        "_id": "0" * 26,
        "updated_at": now,
        **{name: value for name, value in values.items() if value is not None},
    }
    for form, makes in (("csv", exporting._csv), ("geojson", exporting._geojson)):
        again = parse_row(next(read(form, b"".join(makes(iter([stored]))))))
        assert (again["prices"], again.get("prices_valid_from")) == (stored["prices"], since), form
    for price in stored["prices"]:
        assert price_words.details(price_words.price_shown(price))


def read(form: str, content: bytes) -> Iterator[RawRow]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"f.{form}"
        path.write_bytes(content)
        yield from open_file(path).rows


WORDS = st.lists(
    st.sampled_from(["保育费", "托小班", "（", "）", "1800", "-1", "1,8", ".5", "元", "/", "月", "每", "免费", "备注：", "；", " ", "市场调节价", "{x}"])
    | st.text(max_size=3), max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=200)
@given(WORDS)
def test_whatever_is_typed_is_read_the_same_again_or_refused_in_a_sentence(cell: str) -> None:
    try:
        found = prices_cell(cell)
    except Refused as refused:
        assert say(f"facilities.import.faults.{refused.code}", **refused.said)
    else:
        assert prices_cell(in_words(found)) == found


def test_a_line_of_the_chat_names_the_lowest_of_each() -> None:
    given = "保育费 乳儿班 2000元/月;保育费 托小班 1800.5元/月;保育费 100元/日;伙食费 15元/日;门票 免费"
    shown = [price_words.price_shown(price) for price in prices_cell(given)]
    assert price_words.lowest(shown) == [
        ("保育费", "1,800.5 元/月起"), ("保育费", "100 元/日"), ("伙食费", "15 元/日"), ("门票", "免费"),
    ]  # fmt: skip
    assert [group for group, _ in price_words.grouped(shown)] == [None, "乳儿班", "托小班"]
