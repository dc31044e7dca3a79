"""Programmes whose approval leads to a waiting list: joining it with the values that it orders by, and leaving it.

Which list and which values is data of the programme's version (`waiting_list`). What an entry leads to, an offer or a
lease, belongs to `models.housing.allocation`, and ends with the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from config.programmes import ValueFrom, WaitingListUse, programmes
from models.casework.eligibility import holds, value_of
from models.casework.queries import household_facts_of
from models.housing.allocation import application_ended
from models.housing.ordering import waiting_lists
from models.housing.queries import position
from models.housing.waiting_list import Place, act, join
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc, day_of
from models.kernel.errors import FieldFault, IllegalTransition, NotFound
from models.kernel.lifecycle import Raw

PARTICULARS = "waiting_list"
WITHDRAWN_REASON, OTHER_REASON = "withdrawn", "no_longer_eligible"


class WaitingListPlaces:
    """Who is approved joins the list of the programme's version."""

    def faults(self, form: dict[str, Any], at: datetime) -> list[FieldFault]:
        """Nothing beyond the form."""
        return []

    def approved(self, raw: Raw, form: dict[str, Any], at: datetime) -> None:
        """Join the list. Again: finds the first entry."""
        used = _list_of(raw)
        join(place_of(raw, used), values_of(raw, used, form), reason="approved", by=SYSTEM, at=at)

    def ended(self, raw: Raw, at: datetime) -> None:
        """Leave the list, and end what came of it. Again, or where it has left already: no change."""
        application_ended(raw, at)
        with suppress(NotFound, IllegalTransition):
            act(
                place_of(raw, _list_of(raw)).entry_id, "end", reason=_reason(raw), by=SYSTEM, at=at,
                key=f"application:{raw['_id']}:ended",
            )  # fmt: skip

    def shown(self, placement: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, as it was written."""
        return dict(placement)


def standing_of(raw: Raw) -> dict[str, Any] | None:
    """Where an application stands in its list (`housing.queries.position`, with `list`); None where it is on none."""
    if programmes()[raw["programme"]].particulars != PARTICULARS or raw.get("approved_at") is None:
        return None
    used = _list_of(raw)
    try:
        return {**position(place_of(raw, used).list_key, raw["_id"]), "list": used.rule}
    except NotFound:
        return None  # approved this very moment: it joins next


def place_of(raw: Mapping[str, Any], used: WaitingListUse) -> Place:
    """The application's place: its list, and who looks after it."""
    county = raw["district_code"] if used.scope == "county" else None
    return Place(used.rule, raw["_id"], county, None, raw.get("township_id"), raw["resident_id"])


def values_of(raw: Mapping[str, Any], used: WaitingListUse, form: Mapping[str, Any]) -> dict[str, Any]:
    """What the list orders by, from the answers as they were judged."""
    found = {name: _value(raw, each, form) for name, each in used.values.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(raw: Mapping[str, Any], source: ValueFrom, form: Mapping[str, Any]) -> Any:
    household = household_facts_of(raw)
    if source.field is not None:
        return form.get(source.field)
    if source.household is not None:
        return household.get(source.household)
    day = day_of(as_utc(raw["submitted_at"]))
    if source.day is not None:
        return day.isoformat()
    chosen = source.choose
    assert chosen is not None  # noqa: S101  the catalogue names one of the four
    value = value_of(chosen.when.fact, form, day, household)
    return chosen.then if value is not None and holds(chosen.when.holds, value) else chosen.otherwise


def _list_of(raw: Mapping[str, Any]) -> WaitingListUse:
    used = programmes()[raw["programme"]].numbered(raw["programme_version"]).waiting_list
    assert used is not None  # noqa: S101  the catalogue gives these particulars to no version without a list
    return used


def _reason(raw: Mapping[str, Any]) -> str:
    """Why an entry ends, of the list's own reasons."""
    given = raw.get("end_reason") or (WITHDRAWN_REASON if raw["state"] == WITHDRAWN_REASON else OTHER_REASON)
    return given if given in waiting_lists().reasons["end"] else OTHER_REASON
