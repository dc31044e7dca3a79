"""Every route by every kind of caller: the table of who may, and that nobody else sees or changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.kernel.actors import STAFF_ROLES
from models.kernel.database import database as connected
from models.kernel.ids import new_id
from tests.contract.access import NOWHERE, PREFIX, Found, expectations, routes
from tests.contract.world import OTHER_COUNTY, Thing, World, make_world
from tests.factories.casework import XIAPU

Headers = dict[str, str]
# What a refused call may leave behind: the record of the attempt, and its key.
LEDGERS = ("audit", "idempotency", "leases", "usage", "counters")


def send(
    app: Flask, found: Found, headers: Headers, ids: dict[str, str] | None = None, **body: Any
) -> TestResponse:  # fmt: skip
    """Call the route; `body`: fields of its JSON that are to be otherwise than the smallest good ones."""
    path = found.path.format(**{**dict.fromkeys(found.params(), NOWHERE), **(ids or {})})
    sent = found.sent()
    if body:
        sent["json"] = {**sent["json"], **body}
    keyed = {**headers, "Idempotency-Key": new_id()}
    answer = app.test_client().open(PREFIX + path, method=found.method, headers=keyed, **sent)
    assert answer.status_code < 500 or answer.json["code"] == "wechat_unavailable", f"{found.name}: {answer.text}"
    return answer


def at_the_door(answer: TestResponse) -> bool:
    """Refused for the token: none, of another kind, or not valid."""
    return answer.status_code == 401 and answer.json["code"] in ("unauthenticated", "token_invalid")


def test_every_route_is_in_the_table_and_every_line_of_it_is_a_route(app: Flask) -> None:
    assert {found.name for found in routes(app)} == set(expectations())


def test_who_has_not_signed_in_gets_only_what_is_public(app: Flask) -> None:
    table = expectations()
    wrong = [
        found.name for found in routes(app) if at_the_door(send(app, found, {})) == (table[found.name].kind == "public")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("quick_hashes")
def test_residents_and_staff_have_different_doors(
    app: Flask, resident: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    table, wrong = expectations(), []
    everything = staff(*STAFF_ROLES, district_code=None)
    for found in routes(app):
        kind = table[found.name].kind
        if kind == "resident" and not at_the_door(send(app, found, everything)):
            wrong.append(f"staff: {found.name}")
        if kind == "resident" and at_the_door(send(app, found, resident())):
            wrong.append(f"resident: {found.name}")
        if kind == "staff" and not at_the_door(send(app, found, resident())):
            wrong.append(f"resident: {found.name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("quick_hashes")
@pytest.mark.parametrize("role", STAFF_ROLES)
def test_each_role_has_its_routes_and_no_other(app: Flask, staff: Callable[..., Headers], role: str) -> None:
    table, wrong = expectations(), []
    for found in routes(app):
        expected = table[found.name]
        if expected.kind != "staff":
            continue
        answer = send(app, found, staff(role))
        refused = answer.status_code == 403 and answer.json["code"] == "forbidden"
        if expected.roles and role not in expected.roles and not refused:
            wrong.append(f"may not: {found.name} {answer.status_code}")
        if (not expected.roles or role in expected.roles) and at_the_door(answer):
            wrong.append(f"may: {found.name} {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def world(app: Flask, resident: Callable[..., Headers], staff: Callable[..., Headers]) -> World:
    return make_world(app, resident, staff)


def of_somebody(app: Flask, world: World) -> Iterator[tuple[Found, Thing]]:
    """The routes that lead to something of somebody's, with it."""
    for found in routes(app):
        if found.params() and expectations()[found.name].kind != "public":
            thing = world.thing(found)
            if thing is not None:
                yield found, thing


def test_every_route_to_something_of_somebodys_is_tried(app: Flask, world: World) -> None:
    """A new kind of thing needs an example in `world.py`, or a line there that says why it is nobody's."""
    unknown = [
        found.name
        for found in routes(app)
        if found.params() and expectations()[found.name].kind != "public" and not world.knows(found)
    ]
    assert not unknown, "\n".join(unknown)


def test_owners_and_the_right_office_see_what_is_theirs(app: Flask, world: World) -> None:
    wrong = []
    for found, thing in of_somebody(app, world):
        if found.method == "GET" and found.name not in world.not_yet:
            headers = thing.owner if expectations()[found.name].kind == "resident" else world.right_office(found)
            answer = send(app, found, headers, thing.ids)
            if answer.status_code not in (200, 204):
                wrong.append(f"{found.name} {answer.status_code} {answer.text[:120]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["other resident", "other county", "other township"])
def test_strangers_find_nothing_and_change_nothing(
    app: Flask, world: World, resident: Callable[..., Headers], staff: Callable[..., Headers], who: str
) -> None:
    wrong, tried, before = [], 0, stored()
    for found, thing in of_somebody(app, world):
        expected = expectations()[found.name]
        if who == "other resident" and expected.kind == "resident":
            headers = resident()
        elif who == "other county" and expected.kind == "staff":
            headers = staff(*expected.roles, district_code=OTHER_COUNTY)
        elif who == "other township" and "township_intake" in expected.roles and thing.of_township:
            headers = staff("township_intake", township_ids=(XIAPU,))
        else:
            continue
        tried += 1
        answer = send(app, found, headers, thing.ids)
        if answer.status_code not in (403, 404) and found.name not in world.for_everybody:
            wrong.append(f"{found.name} {answer.status_code} {answer.text[:160]}")
        if any(secret in answer.text for secret in world.secrets):
            wrong.append(f"{found.name} tells: {answer.text[:160]}")
    assert not wrong, "\n".join(wrong)
    assert tried > 20
    changed = [name for name, documents in stored().items() if documents != before.get(name)]
    assert [name for name in changed if name not in world.made_by_callers] == []


def test_lists_hold_nothing_of_others(
    app: Flask, world: World, resident: Callable[..., Headers], staff: Callable[..., Headers]
) -> None:
    """What a stranger's lists show of the world: neither an id nor a name of it."""
    wrong = []
    for found in routes(app):
        expected = expectations()[found.name]
        if found.method != "GET" or found.params() or expected.kind == "public":
            continue
        headers = (
            resident()
            if expected.kind == "resident"
            else staff(*(expected.roles or STAFF_ROLES), district_code=OTHER_COUNTY)
        )
        answer = send(app, found, headers)
        wrong += [f"{found.name}: {each}" for each in (*world.secrets, *world.all_ids()) if each in answer.text]
    assert not wrong, "\n".join(wrong)


def stored() -> dict[str, list[dict[str, Any]]]:
    """Everything but the ledgers of calls."""
    here = connected()
    return {
        name: sorted(here[name].find(), key=lambda each: str(each["_id"]))
        for name in here.list_collection_names()
        if not name.startswith(LEDGERS)
    }
