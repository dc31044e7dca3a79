"""Handing over to a caseworker: which county, a ticket with its number, waiting, and what is said meanwhile."""

from __future__ import annotations

from bot.dialogues import wording
from bot.dialogues.control import UNKNOWN, command_in, number_in
from bot.dialogues.services import Raw, Services
from bot.dialogues.state import Outcome, State, Turn
from config.loading import catalogue
from config.text import say
from models.kernel.masking import mask_phone

HUMAN, COUNTY = "human", "county"


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """Open a ticket in the county that is known, else ask which county it is."""
    if services.ticket is not None:
        return state, [_standing(services.ticket, services)]
    point = state.frame.data.get("point") or {}
    district = point.get("district_code") or services.home_district()
    if district is not None:
        return _queue(state, turn.text, district, turn, services)
    lines = [
        say("bot.numbered", number=number, label=each.name_zh)
        for number, each in enumerate(catalogue().districts.values(), 1)
    ]
    return state.to(HUMAN, COUNTY, text=turn.text), [say("bot.human.which_county", choices="\n".join(lines))]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The county: by number, by name, by a place in it; or not known."""
    codes, number = list(catalogue().districts), number_in(turn.text)
    text = state.frame.data["text"]
    if number is not None:
        if not 1 <= number <= len(codes):
            return state, [say("bot.no_such_number", count=len(codes))]
        return _queue(state, text, codes[number - 1], turn, services)
    if command_in(turn.text) == UNKNOWN:
        return _queue(state, text, None, turn, services)
    if turn.point is not None:
        return _queue(state, text, turn.point.district_code, turn, services)
    named = services.places(turn.heard.slots.place or turn.text)
    if named and len({point.district_code for point in named}) == 1:
        return _queue(state, text, named[0].district_code, turn, services)
    return None


def forward(state: State, turn: Turn, services: Services) -> Outcome | None:
    """What is said goes to the caseworker; None where the ticket takes no more."""
    if not services.tell_person(turn.text):
        return None
    if services.speaks_with_person or services.ticket is None:
        return state, []
    return state, [say("bot.human.forwarded", standing=_standing(services.ticket, services))]


def leave_phone(state: State, phone: str, services: Services) -> Outcome | None:
    """Rather a call: the number goes to the county's telephone tasks. None where somebody has just come."""
    ticket = services.ticket
    if ticket is None or not services.leave_phone(phone):
        return None
    open_now, changes = services.staffed()
    opens = wording.when(changes, services.at) if changes else say("bot.human.next_workday")
    when = say("bot.human.call_soon") if open_now else say("bot.human.call_at", opens=opens)
    county = wording.district_name(ticket.get("district_code"))
    return state.done(), [say("bot.human.call_noted", county=county, when=when, phone=mask_phone(phone))]


def dismiss(state: State, turn: Turn, services: Services) -> Outcome:
    """The follower needs nobody any more."""
    services.dismiss_person()
    return state.cleared(), [say("bot.human.dismissed")]


def _queue(state: State, text: str, district: str | None, turn: Turn, services: Services) -> Outcome:
    ticket = services.ask_for_person(text, district)
    return state.done(), [_standing(ticket, services), say("bot.human.meanwhile")]


def _standing(ticket: Raw, services: Services) -> str:
    """The number, the queue, and by when an answer is to be expected."""
    county = wording.district_name(ticket.get("district_code"))
    if services.speaks_with_person:
        return say("bot.human.speaking", number=ticket["number"])
    open_now, changes = services.staffed()
    if not open_now:
        opens = wording.when(changes, services.at) if changes else say("bot.human.next_workday")
        return say("bot.human.out_of_hours", number=ticket["number"], county=county, opens=opens)
    ahead = services.ahead(ticket)
    minutes = services.likely_minutes(ticket, ahead)
    wait = say("bot.human.likely", minutes=minutes) if minutes else say("bot.human.likely_unknown")
    if ahead == 0:
        return say("bot.human.next", number=ticket["number"], county=county, wait=wait)
    return say("bot.human.waiting", number=ticket["number"], county=county, ahead=ahead, wait=wait)
