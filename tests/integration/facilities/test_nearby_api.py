"""GET /facilities, /facilities/{id}, /places, /service-circles, /service-categories over HTTP."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]

from api.v1.facilities.schemas import FacilityDetail, FacilityPage, PlacePage, ServiceCategoryPage, ServiceCircles
from models.facilities.datum import from_wgs84
from models.facilities.directory import directory
from models.facilities.operations import close_facility
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from tests.factories.facilities import give_away
from tests.integration.facilities.conftest import CENTRE, row

URL = "/api/v1/facilities"
HERE = {"lat": CENTRE[1], "lng": CENTRE[0]}
Bring = Callable[[list[dict[str, Any]]], Any]


def scattered(count: int, seed: int = 7) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        row(
            f"s{number}", longitude=round(CENTRE[0] + chance.gauss(0, 0.05), 6),
            latitude=round(CENTRE[1] + chance.gauss(0, 0.03), 6),
            category=chance.choice(["library", "museum", "childcare_centre"]),
        )
        for number in range(count)
    ]  # fmt: skip


def get(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get(URL, query_string=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.get_json()
    FacilityPage.model_validate(body)
    return body


def geodesic(item: dict[str, Any]) -> float:
    there = item["location"]
    return float(Geodesic.WGS84.Inverse(CENTRE[1], CENTRE[0], there["latitude"], there["longitude"])["s12"])


def test_the_nearest_are_those_of_comparing_every_geodesic(client: FlaskClient, bring: Bring) -> None:
    rows = scattered(300)
    bring(rows)
    items = get(client, **HERE, limit=20)["items"]
    truth = sorted(rows, key=lambda r: Geodesic.WGS84.Inverse(*CENTRE[::-1], r["latitude"], r["longitude"])["s12"])
    assert [item["name"] for item in items] == [each["name"] for each in truth[:20]]
    for item in items:
        assert item["distance_m"] == pytest.approx(geodesic(item), rel=1e-3, abs=0.02)


def test_pages_by_cursor_give_every_facility_once_in_order(client: FlaskClient, bring: Bring) -> None:
    # Ten share one point: their order is that of their ids.
    bring(scattered(60) + [row(f"same{n}") for n in range(10)])
    seen, cursor = [], None
    while True:
        page = get(client, **HERE, limit=7, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == 70 == len({item["id"] for item in seen})
    assert seen == sorted(seen, key=lambda item: (item["distance_m"], item["id"]))


def test_category_radius_and_district_narrow(client: FlaskClient, bring: Bring) -> None:
    bring(scattered(80))
    museums = get(client, **HERE, category="museum", limit=100)["items"]
    both = get(client, **HERE, category=["museum", "library"], limit=100)["items"]
    assert get(client, **HERE, category="museum,library", limit=100)["items"] == both
    assert {item["category"] for item in museums} == {"museum"}
    assert {item["category"] for item in both} == {"museum", "library"}
    near = get(client, **HERE, radius_m=2000, limit=100)["items"]
    everything = get(client, **HERE, limit=100)["items"]
    assert near == [item for item in everything if item["distance_m"] <= 2000] != everything
    assert get(client, **HERE, district_code="360981")["items"] == []


def test_open_now_knows_hours_holidays_and_makeup_workdays(
    client: FlaskClient, bring: Bring, clock: FixedClock
) -> None:
    bring([
        row("office", opening_hours="Mo-Fr 09:00-17:00; PH off"), row("always", opening_hours="24/7"),
        row("evening", opening_hours="18:00-21:00"), row("unknown"),
    ])  # fmt: skip

    def open_ones() -> set[str]:
        return {item["name"][5:] for item in get(client, **HERE, open_now=True)["items"]}

    assert open_ones() == {"office", "always"}  # Monday 09:30
    clock.advance(hours=9)
    assert open_ones() == {"always", "evening"}
    shown = {item["name"][5:]: item for item in get(client, **HERE)["items"]}
    assert shown["office"]["open_now"] is False
    assert shown["office"]["opens_at"] == "2026-11-24T09:00:00+08:00"
    assert shown["evening"]["closes_at"] == "2026-11-23T21:00:00+08:00"
    assert (shown["unknown"]["open_now"], shown["unknown"]["closes_at"]) == (None, None)


def test_inclusive_and_free_places(client: FlaskClient, bring: Bring, clock: FixedClock) -> None:
    bring([
        row("full", category="childcare_centre", inclusive="true", places_toddler=1),
        row("free", category="childcare_centre", inclusive="false", places_toddler=2, places_infant=0),
    ])  # fmt: skip
    names = lambda **query: {item["name"][5:] for item in get(client, **HERE, **query)["items"]}  # noqa: E731
    assert names(with_places="toddler") == {"full", "free"}
    full = next(item for item in get(client, **HERE)["items"] if item["name"].endswith("full"))
    give_away(full["id"], "toddler")
    directory().refresh()
    assert names(with_places="toddler") == names(with_places="any") == {"free"}
    assert names(with_places="infant") == set()
    assert names(inclusive=True) == {"full"}


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_datum_is_that_of_the_point_and_of_the_answer(client: FlaskClient, bring: Bring, datum: Any) -> None:
    bring(scattered(50))
    plain = get(client, **HERE, limit=5)["items"]
    longitude, latitude = from_wgs84(*CENTRE, datum)
    shifted = get(client, lat=latitude, lng=longitude, datum=datum, limit=5)["items"]
    assert [item["id"] for item in shifted] == [item["id"] for item in plain]
    for one, other in zip(plain, shifted, strict=True):
        assert other["distance_m"] == pytest.approx(one["distance_m"], abs=0.01)
        assert other["location"]["datum"] == datum
        there = from_wgs84(one["location"]["longitude"], one["location"]["latitude"], datum)
        assert (other["location"]["longitude"], other["location"]["latitude"]) == pytest.approx(there, abs=2e-7)


def test_text_search_by_name_pinyin_initials_and_with_errors(client: FlaskClient, bring: Bring) -> None:
    bring([
        row("a", name="三阳镇中心卫生院", category="community_health_centre"),
        row("b", name="袁州区图书馆", longitude=114.38), row("c", name="慈化镇文化馆", category="cultural_centre"),
    ])  # fmt: skip
    for query in (
        "三阳镇中心卫生院",
        "卫生院",
        "sanyang",
        "syzzxwsy",
        "三羊镇中心卫生院",
        "sanyagn zhongxin",
        "三阳 卫生",
    ):
        items = get(client, q=query)["items"]
        assert items and items[0]["name"] == "三阳镇中心卫生院", query
        assert items[0]["distance_m"] is None
    assert get(client, q="博物馆qqqzzz")["items"] == []
    near = get(client, **HERE, q="馆")["items"]
    assert [item["name"] for item in near] == ["慈化镇文化馆", "袁州区图书馆"]
    assert near[0]["distance_m"] == 0


def test_text_search_pages(client: FlaskClient, bring: Bring) -> None:
    bring([row(str(n), name=f"第{n}图书馆") for n in range(25)])
    first = get(client, q="图书馆", limit=10)
    second = get(client, q="图书馆", limit=10, cursor=first["next"])
    third = get(client, q="图书馆", limit=10, cursor=second["next"])
    ids = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert len(ids) == len(set(ids)) == 25 and third["next"] is None
    listed = get(client, limit=25)
    assert sorted(ids) == [item["id"] for item in listed["items"]]


def test_prices_are_in_the_detail_alone_and_a_change_is_seen_by_who_kept_it(client: FlaskClient, bring: Bring) -> None:
    bring([row("x", category="museum", prices="门票 20元/次 政府定价", prices_valid_from="2026-09-01")])
    (item,) = get(client, **HERE)["items"]
    assert not [name for name in item if name.startswith("price")]
    answer = client.get(f"{URL}/{item['id']}")
    body = answer.get_json()
    FacilityDetail.model_validate(body)
    assert body["prices"] == [{
        "item": "admission", "item_label": "门票", "amount_fen": 2000, "per": "visit", "per_label": "次", "age_group": None,
        "age_group_label": None, "basis": "government_set", "basis_label": "政府定价", "note": None,
    }]  # fmt: skip
    assert (body["prices_expected"], body["prices_valid_from"]) == (True, "2026-09-01")
    bring([row("x", category="museum", prices="门票 免费")])
    changed = client.get(f"{URL}/{item['id']}", headers={"If-None-Match": answer.headers["ETag"]})
    assert changed.status_code == 200
    (price,) = changed.get_json()["prices"]
    assert (price["amount_fen"], price["per"], price["basis_label"]) == (0, None, "免费")


def test_one_facility_with_its_hours_of_today(client: FlaskClient, bring: Bring, clock: FixedClock) -> None:
    bring([row("x", opening_hours="Mo-Fr 08:30-11:30,14:30-17:30; PH off", beds=10, phone="0795-3998888")])
    (item,) = get(client, **HERE)["items"]
    answer = client.get(f"{URL}/{item['id']}")
    body = answer.get_json()
    FacilityDetail.model_validate(body)
    assert body["hours_today"] == [{"from": "08:30", "to": "11:30"}, {"from": "14:30", "to": "17:30"}]
    assert (body["open_now"], body["beds"], body["phone"]) == (True, 10, "0795-3998888")
    assert (body["prices"], body["prices_expected"]) == (None, False)
    again = client.get(f"{URL}/{item['id']}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    close_facility(item["id"], by=SYSTEM, at=clock.now())
    directory().refresh()
    assert get(client, **HERE)["items"] == []
    assert client.get(f"{URL}/{item['id']}").get_json()["status"] == "closed"
    assert client.get(f"{URL}/nothing").status_code == 404


BAD = [
    ({"lat": 91, "lng": 114}, "invalid_input"), ({"lat": 27.8}, "invalid_input"), ({"lng": 114}, "invalid_input"),
    ({"lat": "nan", "lng": "nan"}, "invalid_input"), ({"lat": "inf", "lng": 1}, "invalid_input"),
    ({"lat": 39.9, "lng": 116.4}, "outside_yichun"), ({"lat": 0, "lng": 0}, "outside_yichun"),
    ({"lat": 0, "lng": 0, "datum": "bd09"}, "outside_yichun"), ({"lat": -90, "lng": 180, "datum": "gcj02"}, "outside_yichun"),
    ({**HERE, "datum": "mars"}, "invalid_input"), ({**HERE, "category": "palace"}, "unknown_category"),
    ({**HERE, "district_code": "110000"}, "unknown_district"), ({**HERE, "radius_m": -1}, "invalid_input"),
    ({"radius_m": 100}, "invalid_input"), ({**HERE, "limit": 0}, "invalid_input"), ({**HERE, "limit": 101}, "invalid_input"),
    ({**HERE, "limit": "1e3"}, "invalid_input"), ({**HERE, "open_now": "perhaps"}, "invalid_input"),
    ({"q": "a\x00b"}, "invalid_input"), ({"q": ""}, "invalid_input"), ({"q": "馆" * 61}, "invalid_input"),
    ({**HERE, "nonsense": "1"}, "invalid_input"), ({**HERE, "cursor": "AAAA"}, "bad_cursor"), ({"cursor": "é"}, "bad_cursor"),
    ({"lat": ["1", "2"], "lng": 114}, "invalid_input"), ({"lat[$ne]": "1"}, "invalid_input"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "code"), BAD)
def test_bad_questions_get_a_stable_code_and_a_chinese_sentence(
    client: FlaskClient, query: dict[str, Any], code: str
) -> None:
    answer = client.get(URL, query_string=query)
    assert answer.status_code in (400, 422), answer.text
    body = answer.get_json()
    assert body["code"] == code
    assert any("一" <= character <= "鿿" for character in body["detail"])


def test_a_lone_surrogate_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{URL}?q=%ED%A0%80").status_code in (200, 422)
    assert client.get(f"{URL}?q=%00").status_code == 422


def test_a_cursor_of_another_question_is_refused(client: FlaskClient, bring: Bring) -> None:
    bring(scattered(5))
    near = get(client, **HERE, limit=1)["next"]
    listed = get(client, limit=1)["next"]
    text = get(client, q="测试", limit=1)["next"]
    for query in ({"cursor": near}, {"cursor": text}, {**HERE, "cursor": listed}, {**HERE, "cursor": text},
                  {"q": "测试", "cursor": near}):  # fmt: skip
        assert client.get(URL, query_string=query).get_json()["code"] == "bad_cursor", query


def test_places_by_name_pinyin_and_initials(client: FlaskClient) -> None:
    for query in ("三阳镇", "三阳", "sanyang", "syz", "三羊镇"):
        body = client.get("/api/v1/places", query_string={"q": query}).get_json()
        PlacePage.model_validate(body)
        assert body["items"][0]["name"] == "三阳镇", query
    assert client.get("/api/v1/places?q=丰城").get_json()["items"][0]["kind"] == "county"
    assert client.get("/api/v1/places").status_code == 422


def test_service_circles_state_mode_speed_and_what_is_missing(client: FlaskClient, bring: Bring) -> None:
    bring([row("library", latitude=CENTRE[1] + 0.004), row("far", category="sports_venue", latitude=CENTRE[1] + 0.05)])
    body = client.get("/api/v1/service-circles", query_string=HERE).get_json()
    ServiceCircles.model_validate(body)
    assert body["area"]["kind"] == "main_city"
    circles = {circle["token"]: circle for circle in body["circles"]}
    culture, fitness = circles["culture"], circles["fitness"]
    assert (culture["minutes"], culture["mode"], culture["complete"]) == (15, "walking", True)
    assert culture["needs"][0]["within"][0]["minutes"] == 7
    assert (fitness["minutes"], fitness["complete"]) == (10, False)
    assert fitness["needs"][0]["nearest_beyond"]["name"].endswith("far")
    assert {"circle": "fitness", "need": "fitness", "label": "健身场地"} in body["missing"]
    village = client.get("/api/v1/service-circles", query_string={"lat": 28.2987, "lng": 114.25833}).get_json()
    minutes = {circle["token"]: (circle["minutes"], circle["mode"]) for circle in village["circles"]}
    assert minutes["employment"] == (30, "riding") and minutes["culture"] == (20, "riding")
    assert client.get("/api/v1/service-circles?lat=39.9&lng=116.4").get_json()["code"] == "outside_yichun"


def test_categories(client: FlaskClient) -> None:
    body = client.get("/api/v1/service-categories").get_json()
    ServiceCategoryPage.model_validate(body)
    assert len(body["items"]) == 26 and body["items"][0]["token"] == "childcare_centre"


def test_with_the_database_gone_the_index_goes_on_answering(
    client: FlaskClient, bring: Bring, monkeypatch: Any
) -> None:
    bring(scattered(30))
    before = get(client, **HERE)

    def gone(*_: Any, **__: Any) -> None:
        raise AssertionError("a nearby question asked the database")

    monkeypatch.setattr("models.facilities.directory.collection", gone)
    assert get(client, **HERE) == before
