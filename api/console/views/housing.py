"""Housing: notices and objections, waiting lists, draws, estates and flats, batches, tenancies and their rent."""

from __future__ import annotations

from typing import Any, get_args

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page, show
from api.console.places import counties_or_city
from api.v1.housing.flat_schemas import OfficeReason, TenancyState
from config.loading import rule
from config.programmes import programmes
from config.text import label, say
from models.housing.ordering import waiting_lists
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import day_of

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
RULERS = staff(COUNTY_REVIEWER, SUPERVISOR)
HOME = "/console/housing"
# The pages of the section, in the order of its tabs.
TABS = ("", "notices", "draws", "estates", "batches", "tenancies", "arrears")
RUNNING_DRAWS = ("committed", "seeded", "drawn")


@page("/housing", access=READERS, section="housing", sheet=True)
def housing(look: Look) -> Shown:
    """What runs: the lists, and what waits to be done."""
    objections = _objections(look)
    owing = look.ask("/staff/rent-arrears")
    drawn = look.ask("/lottery-draws", district_code=look.session.actor.district_code)["items"]
    return _show(
        "home", "", lists=look.ask("/staff/waiting-lists")["items"],
        objections=None if objections is None else len(objections),
        objections_late=any(each["overdue"] for each in objections or ()),
        draws_open=sum(each["state"] in RUNNING_DRAWS for each in drawn),
        batches_open=sum(each["state"] == "open" for each in look.ask("/staff/flat-batches", counted="false")["items"]),
        arrears=len(owing["items"]), arrears_more=bool(owing["next"]),
    )  # fmt: skip


@page("/housing/notices", access=READERS, section="housing", sheet=True)
def notices(look: Look) -> Shown:
    """Who is on public notice, and what is objected."""
    cursor = look.query.get("cursor", "")
    found = look.ask("/public-notices", district_code=look.session.actor.district_code, cursor=cursor)
    return _show("notices", "notices", objections=_objections(look), items=found["items"],
                 how_to_object=found["how_to_object"], **_pages(f"{HOME}/notices", found["next"], cursor))  # fmt: skip


@page("/housing/objections/<objection_id>", access=RULERS, section="housing")
def objection(look: Look, objection_id: str) -> Shown:
    """One objection and the ruling; every look is recorded."""
    return _show("objection", "notices", raw=look.ask(f"/staff/objections/{objection_id}"))


@page("/housing/lists/<list_key>", access=READERS, section="housing", sheet=True)
def waiting_list(look: Look, list_key: str) -> Shown:
    """Who waits, in order, and why each stands where it does."""
    state = "paused" if look.query.get("state") == "paused" else "waiting"
    cursor, path = look.query.get("cursor", ""), f"{HOME}/lists/{list_key}"
    found = look.ask(f"/staff/waiting-lists/{list_key}/entries", state=state, cursor=cursor)
    ways = _pages(path, found["next"], cursor, state=state)
    return _show("list", "", found=found, state=state, path=path, **ways)


@page("/housing/entries/<entry_id>", access=READERS, section="housing")
def entry(look: Look, entry_id: str) -> Shown:
    """One entry: why it is where it is, what moved it, and what may be done; every look is recorded."""
    return _show("entry", "", entry=look.ask(f"/staff/waiting-entries/{entry_id}"))


@page("/housing/draws", access=READERS, section="housing", sheet=True)
def draws(look: Look) -> Shown:
    """The draws of the place, the newest first, and a new one."""
    own, cursor = look.session.actor.district_code or "", look.query.get("cursor", "")
    found = look.ask("/lottery-draws", district_code=own, cursor=cursor)
    return _show(
        "draws", "draws", items=found["items"], may_commit=look.may("POST", "/staff/lottery-draws"), own=own,
        districts=counties_or_city(look),
        sources=[(each["token"], each["name"]) for each in look.ask("/staff/seed-sources")["items"]],
        **_pages(f"{HOME}/draws", found["next"], cursor),
    )  # fmt: skip


@page("/housing/draws/<draw_id>", access=READERS, section="housing")
def draw(look: Look, draw_id: str) -> Shown:
    """One draw: how far it has come, and its next step."""
    found = look.ask(f"/staff/lottery-draws/{draw_id}")
    return _show("draw", "draws", draw={**found, "programme_label": _labels().get(found["programme"], "")})


@page("/housing/draws/<draw_id>/check", access=READERS, section="housing")
def check(look: Look, draw_id: str) -> Shown:
    """The published record, computed again."""
    return _show("check", "draws", draw_id=draw_id, found=look.ask(f"/staff/lottery-draws/{draw_id}/check"))


@page("/housing/estates", access=READERS, section="housing", sheet=True)
def estates(look: Look) -> Shown:
    """The estates of the place and how they are let; flats and payments are read from files here."""
    items = [_occupied(each) for each in look.ask("/staff/estates")["items"]]
    return _show("estates", "estates", items=items, may_import=look.may("POST", "/staff/estates/import"))


@page("/housing/estates/<estate_id>", access=READERS, section="housing", sheet=True)
def estate(look: Look, estate_id: str) -> Shown:
    """An estate's flats, some at a time; free ones go into a batch, one (`flat`) is taken out of use or back."""
    flats = look.ask(f"/staff/estates/{estate_id}/flats")["items"]
    found = next(each for each in look.ask("/staff/estates")["items"] if each["id"] == estate_id)
    path, size, begin = f"{HOME}/estates/{estate_id}", rule("housing.page_size_most"), look.query.get("from", "")
    left = [each for each in flats if each["number"] >= begin]
    more = link(path, **{"from": left[size]["number"]}) if len(left) > size else ""
    chosen = next((each for each in flats if each["flat_id"] == look.query.get("flat")), None)
    return _show(
        "estate", "estates", estate=found, flats=left[:size], may_change=look.may("POST", "/staff/flat-batches"),
        chosen=chosen, path=path, next_link=more, first_link=path if begin else "",
    )  # fmt: skip


@page("/housing/batches", access=READERS, section="housing", sheet=True)
def batches(look: Look) -> Shown:
    """The batches of the place, the newest first."""
    return _show("batches", "batches", items=look.ask("/staff/flat-batches")["items"])


@page("/housing/batches/<batch_id>", access=READERS, section="housing", sheet=True)
def batch(look: Look, batch_id: str) -> Shown:
    """One batch: who got an offer, and what became of it."""
    found = look.ask(f"/staff/flat-batches/{batch_id}")
    return _show("batch", "batches", batch=found, may_change=look.may("POST", f"/staff/flat-batches/{batch_id}/close"))


@page("/housing/tenancies", access=READERS, section="housing", sheet=True)
def tenancies(look: Look) -> Shown:
    """The households of the place in one state."""
    states = get_args(TenancyState)
    state = look.query.get("state", "") if look.query.get("state") in states else "tenant"
    overdue, after = look.query.get("overdue_recheck", ""), look.query.get("after", "")
    found = look.ask("/staff/tenancies", state=state, overdue_recheck="true" if overdue else "", after=after)
    path = f"{HOME}/tenancies"
    following = link(path, state=state, overdue_recheck=overdue, after=found["next"]) if found["next"] else ""
    return _show(
        "tenancies", "tenancies", items=found["items"], states=states, state=state, overdue=overdue,
        next_link=following, first_link=link(path, state=state, overdue_recheck=overdue) if after else "",
    )  # fmt: skip


@page("/housing/tenancies/<tenancy_id>", access=READERS, section="housing")
def tenancy(look: Look, tenancy_id: str) -> Shown:
    """One household's way from offer to hand-back, with its rent; every look is recorded."""
    base = f"/staff/tenancies/{tenancy_id}"
    return _show(
        "tenancy", "tenancies", t=look.ask(base), rent=look.ask(f"{base}/rent"), today=day_of(look.at).isoformat(),
        reasons=[(each, label("housing.leaving_reasons", each)) for each in get_args(OfficeReason)],
        may_adjust=look.may("POST", f"{base}/rent"),
    )  # fmt: skip


@page("/housing/arrears", access=READERS, section="housing", sheet=True)
def arrears(look: Look) -> Shown:
    """Who owes rent."""
    after, path = look.query.get("after", ""), f"{HOME}/arrears"
    found = look.ask("/staff/rent-arrears", after=after)
    following = link(path, after=found["next"]) if found["next"] else ""
    return _show("arrears", "arrears", items=found["items"], next_link=following, first_link=path if after else "")


def _show(template: str, tab: str, **values: Any) -> Shown:
    entries = [(_tab(each), say(f"console_housing.{each or 'overview'}")) for each in TABS]
    return show(f"housing/{template}.html", entries=entries, tab=_tab(tab), programmes=_labels(), **values)


def _tab(name: str) -> str:
    return f"{HOME}/{name}" if name else HOME


def _labels() -> dict[str, str]:
    """Programmes that have flats or lists, by token."""
    return {token: each.label for token, each in programmes().items() if token in waiting_lists().lists}


def _objections(look: Look) -> list[dict[str, Any]] | None:
    """The open objections, None for who does not rule on them."""
    if not look.may("GET", "/staff/objections"):
        return None
    found: list[dict[str, Any]] = look.ask("/staff/objections")["items"]
    return found


def _occupied(estate: dict[str, Any]) -> dict[str, Any]:
    count = sum(estate["flats"].values())
    return {**estate, "all": count, "share": round(100 * estate["flats"].get("let", 0) / count) if count else 0}


def _pages(path: str, following: str | None, cursor: str, **kept: str) -> dict[str, str]:
    """The links of a list's pages."""
    return {
        "next_link": link(path, **kept, cursor=following) if following else "",
        "first_link": link(path, **kept) if cursor else "",
    }
