"""A campaign: an extra round of visits for a chosen group within days. Its visits are rows of `PlannedVisit`.

Source: the city's plan, care services and emergency help in time. Days are China's calendar days, both ends within.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from mongoengine import BooleanField, DictField, ListField, StringField

from models.kernel.actors import SUPERVISOR
from models.kernel.lifecycle import SYSTEM_ROLE, Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

Kind = Literal["heat", "cold", "flood", "epidemic", "festival", "other"]
RUNNING, ENDED, CALLED_OFF = "running", "ended", "called_off"


class Campaign(Causing):
    """`township_ids`: which townships of the county, none named means all; `township_id`: the first of them, for the
    lifecycle. `group`: `{categories, risk_levels, age_from, age_to}`, an empty list or None means any. `built`: its
    first plan was written to the end. `told`: visitors who know that they have visits of it. `settled`: those not seen
    at its end became concerns."""

    state = StringField(required=True, default=RUNNING)
    kind = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField()
    township_ids = ListField(StringField())
    group = DictField(required=True)
    first_day = StringField(required=True)
    last_day = StringField(required=True)
    started_by = StringField(required=True)
    built = BooleanField(default=False)
    told = ListField(StringField())
    settled = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "campaigns"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("last_day", 1)], "name": "district_day"},
        {"keys": [("settled", 1), ("state", 1)], "name": "unsettled"},
        {"keys": [("last_day", 1)], "name": "last_day"},
        OUTBOX_INDEX,
    ]


CAMPAIGN_LIFECYCLE = Lifecycle(
    "campaign",
    Campaign,
    RUNNING,
    [
        Transition("end", (RUNNING,), ENDED, (SUPERVISOR, SYSTEM_ROLE)),
        Transition("call_off", (RUNNING,), CALLED_OFF, (SUPERVISOR,)),
    ],
)
