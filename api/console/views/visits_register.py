"""The register: a township's list, one entry with its periods, visits and families, a new entry, a list read in."""

from __future__ import annotations

from typing import Any, get_args

from api.access import staff
from api.console.formats import link
from api.console.pages import Look, Shown, page
from api.console.places import every_township, where
from api.console.visit_parts import show_part
from config.text import label, say
from models.eldercare.documents import Category, EndReason, Language, LegalBasis, Relation, RiskLevel
from models.eldercare.lifecycle import REGISTER_ROLES, REGISTRARS
from models.eldercare.list_rows import COLUMNS, REQUIRED, TITLES_BETWEEN

REGISTER = "/console/visits/register"


@page("/visits/register", access=staff(*REGISTRARS), section="visits", sheet=True)
def register(look: Look) -> Shown:
    """A township's register, masked."""
    here = where(look, one_township=True)
    found = look.ask("/staff/elders", township_id=here.township, cursor=look.query.get("cursor"))
    kept = here.query()
    return show_part(
        look, "register", "register", here=here, items=found["items"], may_add=look.has_role(*REGISTER_ROLES),
        next_link=link(REGISTER, **kept, cursor=found["next"]) if found["next"] else "",
        first_link=link(REGISTER, **kept) if look.query.get("cursor") else "",
    )  # fmt: skip


@page("/visits/register/new", access=staff(*REGISTER_ROLES), section="visits")
def new_entry(look: Look) -> Shown:
    """A person who is to be entered."""
    return show_part(
        look, "new_entry", "register", here=where(look, one_township=True), categories=words("category", Category),
        risks=words("risk", RiskLevel), languages=words("language", Language), bases=words("basis", LegalBasis),
        relations=words("relation", Relation),
    )  # fmt: skip


@page("/visits/register/<elder_id>", access=staff(*REGISTRARS), section="visits")
def entry(look: Look, elder_id: str) -> Shown:
    """One entry of the register in full; every look is recorded."""
    base = f"/staff/elders/{elder_id}"
    elder = look.ask(base)
    return show_part(
        look, "entry", "register", elder=elder, base=base, visits=look.ask(f"{base}/visits")["items"],
        reasons=words("end_reason", EndReason), everywhere=every_township() if "transfer" in elder["actions"] else [],
        may_correct=look.may("POST", f"{base}/correct-period"),
    )  # fmt: skip


@page("/visits/import", access=staff(*REGISTER_ROLES), section="visits")
def lists(look: Look) -> Shown:
    """Read a list into the register: tried first, then read; rows that need a person's decision."""
    here, kinds = where(look), words("category", Category)
    category = look.query.get("category", "")
    columns = [(each in REQUIRED, say(f"eldercare.column.{each}").split(TITLES_BETWEEN)) for each in COLUMNS]
    return show_part(
        look, "lists", "register", kinds=kinds, category=category if category in dict(kinds) else "",
        columns=columns, choices=look.ask("/staff/elder-choices", **here.query())["items"], here=here,
    )  # fmt: skip


@page("/visits/choices/<choice_id>", access=staff(*REGISTER_ROLES), section="visits")
def choice(look: Look, choice_id: str) -> Shown:
    """A row of a list beside the entries that it may be about; every look is recorded."""
    base = f"/staff/elder-choices/{choice_id}"
    return show_part(look, "choice", "register", one=look.ask(base), base=base)


def words(group: str, of: Any) -> list[tuple[str, str]]:
    """The tokens of a kind with their words."""
    return [(token, label(f"eldercare.{group}", token)) for token in get_args(of)]
