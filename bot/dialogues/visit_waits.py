"""Where no hour is free: waiting for one, and taking or leaving the one that was kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.dialogues import answers, linking, wording
from bot.dialogues.choose import VISIT, meant, numbered
from bot.dialogues.control import off_the_list
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from config.loading import rule
from config.text import say
from models.eldercare.waiting_documents import AFTERNOON, HALF_DAYS, MORNING
from models.kernel.clock import as_utc, day_of
from models.kernel.errors import DomainError

WAITS = "visit_waits"
HALF_DAY, KEPT = "half_day", "kept"
Json = Mapping[str, Any]
HALVES = ((MORNING,), (AFTERNOON,), HALF_DAYS)


def offer(state: State, elder: Json, before: list[str]) -> Outcome:
    """Nothing is free: wait for the morning, the afternoon or both, or a person."""
    text = say("bot.waits.nothing_free", name=elder["name"], choices=numbered(_ways()))
    return state.to(WAITS, HALF_DAY, elder=dict(elder)), [*before, text]


def kept(state: State, wait: Json) -> Outcome:
    """An hour is kept for a while: take it or leave it."""
    at, until = (wording.moment_of(as_utc(wait[name])) for name in ("starts_at", "offered_until"))
    data = {"id": wait["id"], "name": wait["name"]}
    return state.to(WAITS, KEPT, **data), [say("bot.waits.kept", name=wait["name"], at=at, until=until)]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """Which half of the day; or yes or no to what is kept."""
    if services.resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.BOOK_VISIT, programme=VISIT))
    try:
        return (_wait if state.frame.step == HALF_DAY else _kept_answer)(state, turn, services)
    except DomainError as fault:
        return state.cleared(), [wording.refusal(fault)]


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely answers the open question."""
    if state.frame.step == HALF_DAY:
        return answers.choice_in(turn.text, _ways()) in range(len(HALVES))
    return answers.said_yes(turn.text) or answers.said_no(turn.text)


def _ways() -> list[str]:
    return say("bot.waits.ways").split()


def _wait(state: State, turn: Turn, services: Services) -> Outcome | None:
    number = answers.choice_in(turn.text, _ways())
    if number is None:
        texts = off_the_list(turn.text, len(_ways()))
        return (state, texts) if texts else None
    today, days = day_of(turn.at), rule("conversations.wait_days")
    wanted = [today + timedelta(days=ahead) for ahead in range(1, days + 1)]
    elder = state.frame.data["elder"]
    assert services.resident_id is not None  # noqa: S101  `answer` has seen to it
    services.elders(services.resident_id).wait(elder["id"], wanted, HALVES[number])
    return state.cleared(), [say("bot.waits.waiting", name=elder["name"], days=days)]


def _kept_answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    assert services.resident_id is not None  # noqa: S101  `answer` has seen to it
    elders, data = services.elders(services.resident_id), state.frame.data
    if answers.said_no(turn.text):
        elders.leave(data["id"])
        return state.cleared(), [say("bot.waits.left", name=data["name"])]
    if not answers.said_yes(turn.text):
        return None
    done = elders.take(data["id"])
    at = wording.moment_of(done["starts_at"])
    hours = rule("eldercare.cancel_hours_before")
    page = services.page("visit", say("bot.page.visit"), done["id"])
    return state.cleared(), [
        say("bot.visits.booked", name=done["name"], at=at, township=done["township"], hours=hours, page=page)
    ]
