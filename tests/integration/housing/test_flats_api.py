"""Flats, offers, tenancies and rents through the API: the whole way, and who may not walk it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.kernel.ids import new_id
from tests.factories.housing import DISTRICT, HEADER, PROGRAMME, TOWNSHIP, case_of, flat_row, make_household

Headers = dict[str, str]


@pytest.fixture
def api(client: FlaskClient) -> Callable[..., Any]:
    def call(method: str, path: str, headers: Headers, body: Any = None, file: str | None = None) -> Any:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if file is not None:
            sent = {"data": {"file": (io.BytesIO(file.encode()), "file.csv")}, "content_type": "multipart/form-data"}
        answer = client.open(
            f"/api/v1{path}", method=method, headers={**headers, "Idempotency-Key": new_id()}, **sent
        )  # fmt: skip
        assert answer.status_code < 500, answer.get_data(as_text=True)
        return answer

    return call


def test_from_an_imported_flat_to_a_paid_rent(
    api: Callable[..., Any], staff: Callable[..., Headers], resident: Callable[..., Headers]
) -> None:
    county, hands = staff("county_reviewer"), staff("township_intake", township_ids=(TOWNSHIP,))
    elsewhere, stranger = staff("county_reviewer", district_code="360921"), resident()
    imported = api(
        "POST", "/staff/estates/import", county, file="\n".join([HEADER, flat_row(1), flat_row(2), "E1"])
    ).json
    assert (imported["added"], imported["faults"][0]["line"], imported["faults"][0]["code"]) == (2, 4, "missing")
    estate = api("GET", "/staff/estates", county).json["items"][0]
    flats = [each["flat_id"] for each in api("GET", f"/staff/estates/{estate['id']}/flats", county).json["items"]]
    assert api("GET", f"/staff/estates/{estate['id']}/flats", elsewhere).status_code == 404
    household = make_household(1)
    me = resident(id=household.id)
    case = case_of(household)
    place = api("GET", f"/applications/{case}/waiting-place", me).json
    assert (place["position"], place["ahead"], place["moves"][0]["reason_label"]) == (1, 0, "审核通过，进入轮候")
    assert api("POST", f"/applications/{case}/waiting-place/pause", me).json["state"] == "paused"
    assert api("POST", f"/applications/{case}/waiting-place/resume", me).json["position"] == 1
    assert api("GET", f"/applications/{case}/waiting-place", stranger).status_code == 404
    batch = {"programme": PROGRAMME, "district_code": DISTRICT, "name": "第一批", "flat_ids": flats}
    assert api("POST", "/staff/flat-batches", elsewhere, batch).status_code == 403
    made = api("POST", "/staff/flat-batches", county, batch)
    assert (made.status_code, made.json["households"]) == (201, {"offered": 1})
    (offer,) = api("GET", "/offers", me).json["items"]
    assert offer["subject"]["estate"] == "幸福家园" and offer["actions"] == ["accept", "decline"]
    assert api("POST", f"/offers/{offer['id']}/accept", stranger).status_code == 404
    assert api("POST", f"/offers/{offer['id']}/accept", me, {"version": 9}).status_code == 409
    assert api("POST", f"/offers/{offer['id']}/accept", me).json["state"] == "accepted"
    (choice,) = api("GET", f"/tenancies/{case}/flats", me).json["items"]
    chosen = api("POST", f"/tenancies/{case}/choose", me, {"flat_id": choice["flat_id"]}).json
    assert chosen["flat_id"] == choice["flat_id"] != offer["subject"]["flat_id"]
    assert api("POST", f"/tenancies/{case}/confirm-choice", stranger).status_code == 404
    assert api("POST", f"/tenancies/{case}/confirm-choice", me).json["state"] == "to_sign"
    signed = api("POST", f"/tenancies/{case}/sign", me).json
    moved_in = {"version": signed["version"], "starts_on": "2026-11-24"}
    assert api("POST", f"/staff/tenancies/{case}/hand-over", elsewhere, moved_in).status_code == 404
    assert api("POST", f"/staff/tenancies/{case}/hand-over", hands, {**moved_in, "version": 1}).status_code == 409
    lease = api("POST", f"/staff/tenancies/{case}/hand-over", hands, moved_in).json["lease"]
    assert (lease["starts_on"], lease["ends_on"]) == ("2026-11-24", "2029-11-24")
    shown = api("PUT", f"/tenancies/{case}/payer", me, {"kind": "family", "name": "王小明"}).json["payer"]
    assert shown["name"] == "王小明"
    assert api("GET", f"/staff/tenancies/{case}", hands).json["payer"]["name"] != "王小明"
    bank = f"reference,lease_number,paid_on,amount_yuan\nB0001,{lease['number']},2026-11-23,300"
    assert api("POST", "/staff/rent-payments/import", county, file=bank).json["added"] == 1
    assert api("GET", f"/tenancies/{case}/rent", me).json["balance_fen"] == -30000
    assert api("POST", f"/staff/tenancies/{case}/rent", county, {"amount_fen": 500, "note": "水费"}).status_code == 201
    assert api("POST", f"/staff/tenancies/{case}/rent", hands, {"amount_fen": 5, "note": "水费"}).status_code == 403
    assert api("GET", "/staff/tenancies?state=tenant", hands).json["items"][0]["lease_number"] == lease["number"]
    export = api("GET", "/me/export", me).json
    assert "王小明" in str(export) and lease["number"] in str(export)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tenancies/x/choose", {"flat_id": "no-id"}),
        (
            "POST",
            "/staff/flat-batches",
            {"programme": PROGRAMME, "district_code": DISTRICT, "name": "\u0000", "flat_ids": []},
        ),
        ("POST", "/staff/tenancies/x/hand-back", {"version": 1, "on": {"$ne": None}}),
        ("POST", "/staff/tenancies/x/rent", {"amount_fen": 0, "note": "x"}),
        ("GET", "/staff/tenancies?state=any", None),
    ],
)
def test_hostile_requests_are_refused(
    api: Callable[..., Any], staff: Callable[..., Headers], resident: Callable[..., Headers], method: str, path: str,
    body: Any,
) -> None:  # fmt: skip
    headers = staff("county_reviewer") if path.startswith("/staff") else resident()
    assert api(method, path, headers, body).status_code in (400, 404, 422)


def test_a_file_that_is_no_table_is_refused(api: Callable[..., Any], staff: Callable[..., Headers]) -> None:
    for path in ("/staff/estates/import", "/staff/rent-payments/import"):
        assert api("POST", path, staff("county_reviewer"), file="\x00\x01").status_code in (400, 422)
        assert api("POST", path, staff("township_intake"), file="a,b").status_code == 403
