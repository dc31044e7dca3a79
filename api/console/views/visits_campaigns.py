"""Campaigns: an extra round for a group, counted before it begins, followed by township, and ended."""

from __future__ import annotations

from typing import get_args

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page
from api.console.places import where
from api.console.views.visits_register import words
from api.console.visit_parts import show_part
from config.text import say
from models.eldercare.campaign_records import Kind
from models.eldercare.documents import Category, RiskLevel
from models.eldercare.lifecycle import REGISTRARS
from models.kernel.clock import day_of

CAMPAIGNS = "/console/visits/campaigns"


@page("/visits/campaigns", access=staff(*REGISTRARS), section="visits", sheet=True)
def campaigns(look: Look) -> Shown:
    """The campaigns of a county, those that run first; a supervisor begins one after a look at how many it is about."""
    here = where(look)
    return show_part(
        look, "campaigns", "campaigns", here=here,
        kinds=[(each, say(f"campaigns.kind.{each}")) for each in get_args(Kind)],
        items=look.ask("/staff/campaigns", district_code=here.district)["items"],
        may_start=look.may("POST", "/staff/campaigns/trial"), categories=words("category", Category),
        risks=words("risk", RiskLevel), today=day_of(look.at).isoformat(),
    )  # fmt: skip


@page("/visits/campaigns/<campaign_id>", access=staff(*REGISTRARS), section="visits", sheet=True)
def campaign(look: Look, campaign_id: str) -> Shown:
    """A campaign's progress by township, and whom it leaves without a day."""
    base = f"/staff/campaigns/{campaign_id}"
    uncovered = look.query.get("uncovered", "")
    found = look.ask(f"{base}/visits", uncovered=uncovered and "true", cursor=look.query.get("cursor"))
    path, one = f"{CAMPAIGNS}/{campaign_id}", look.ask(base)
    visitors = look.ask("/staff/visitors", district_code=one["district_code"])["items"]
    return show_part(
        look, "campaign", "campaigns", one=one, base=base, items=found["items"], uncovered=uncovered, path=path,
        names={each["id"]: each for each in visitors}, group=_group(one),
        next_link=link(path, uncovered=uncovered, cursor=found["next"]) if found["next"] else "",
        first_link=link(path, uncovered=uncovered) if look.query.get("cursor") else "",
    )  # fmt: skip


def _group(one: dict[str, list[str]]) -> list[str]:
    """Whom it is about, in words."""
    categories, risks = dict(words("category", Category)), dict(words("risk", RiskLevel))
    risk = say("console_visits.risk")
    return [*(categories[each] for each in one["categories"]), *(f"{risk}{risks[each]}" for each in one["risk_levels"])]
