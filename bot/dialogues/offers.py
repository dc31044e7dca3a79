"""An offer of a flat or a childcare place: what it is and until when, accepted or declined after a second question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialogues import answers, linking, pages, wording
from bot.dialogues.cases import Cases
from bot.dialogues.choose import meant, name_of, numbered
from bot.dialogues.control import off_the_list
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from config.text import label, say
from models.kernel.errors import DomainError

OFFERS = "offers"
WHICH, ANSWER, CONFIRM = "which", "answer", "confirm"
HUNDRED = 100
Json = Mapping[str, Any]


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """The offers that wait for an answer."""
    state, resident_id = linking.who(state, turn, services)
    if resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.PROGRESS))
    waiting = [_stored(each) for each in services.cases(resident_id).open_offers()]
    if not waiting:
        return state.done(), [say("bot.offers.none")]
    if len(waiting) == 1:
        return _one(state, waiting[0])
    text = say("bot.offers.which", choices=numbered([each["label"] for each in waiting]))
    return state.to(OFFERS, WHICH, offers=waiting), [text]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """Which offer, yes or no, and once more."""
    if services.resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.PROGRESS))
    data = state.frame.data
    if state.frame.step == WHICH:
        number = answers.choice_in(turn.text, [each["label"] for each in data["offers"]])
        if number is not None:
            return _one(state, data["offers"][number])
        texts = off_the_list(turn.text, len(data["offers"]))
        return (state, texts) if texts else None
    if state.frame.step == ANSWER:
        accepts = _accepts(turn)
        if accepts is None:
            return None
        asked = _asked_again(data["offer"], accepts, services.cases(services.resident_id))
        return state.to(OFFERS, CONFIRM, **data, accepts=accepts), [asked]
    return _confirmed(state, turn, services)


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely answers the open question."""
    if state.frame.step == WHICH:
        return answers.choice_in(turn.text, [each["label"] for each in state.frame.data["offers"]]) is not None
    return _accepts(turn) is not None


def remark(waiting: int) -> str:
    """That offers wait for an answer, to be said beside something else."""
    return say("bot.offers.waiting", count=waiting)


def _accepts(turn: Turn) -> bool | None:
    if answers.said("decline", turn.text) or answers.said_no(turn.text):
        return False
    if answers.said("accept", turn.text) or answers.said_yes(turn.text):
        return True
    number = answers.choice_in(turn.text, say("bot.offers.ways").split())
    return None if number is None else number == 0


def _one(state: State, offer: Json) -> Outcome:
    until = wording.moment_of(datetime.fromisoformat(offer["expires_at"]))
    return state.to(OFFERS, ANSWER, offer=offer), [say("bot.offers.one", details=offer["details"], until=until)]


def _asked_again(offer: Json, accepts: bool, cases: Cases) -> str:
    """The second question; before a decline what it leads to by the programme's own rule."""
    if accepts:
        return say("bot.offers.confirm_accept", offer=offer["label"])
    then = cases.after_decline(offer["id"])
    leads_to = say(f"bot.offers.then.{then}") if then else ""
    return say("bot.offers.confirm_decline", offer=offer["label"], then=leads_to)


def _confirmed(state: State, turn: Turn, services: Services) -> Outcome | None:
    offer, accepts = state.frame.data["offer"], state.frame.data["accepts"]
    if answers.said_no(turn.text) and not answers.said("decline", turn.text):
        return _one(state, offer)
    if not (answers.said_yes(turn.text) or answers.said("accept" if accepts else "decline", turn.text)):
        return None
    assert services.resident_id is not None  # noqa: S101  `answer` has seen to it
    try:
        services.cases(services.resident_id).answer_offer(offer["id"], accepts)
    except DomainError as fault:
        return state.cleared(), [wording.refusal(fault)]
    key = f"bot.offers.accepted_{offer['kind']}" if accepts else "bot.offers.declined"
    return state.cleared(), [say(key, offer=offer["label"])]


def _stored(offer: Json) -> dict[str, Any]:
    """An offer as the chat remembers it: what to say of it."""
    subject = offer["subject"]
    if offer["kind"] == "flat":
        words = say("bot.offers.flat", estate=pages.harmless(subject["estate"]), number=subject["number"])
        details = say(
            "bot.offers.flat_details", programme=name_of(offer["programme"]), flat=words, address=subject["address"],
            floor=subject["floor"], area=_plainly(subject["area_hundredths"]), rent=_plainly(subject["rent_fen"]),
        )  # fmt: skip
    else:
        group = label("childcare.age_group", subject["age_group"])
        words = say("bot.offers.place", centre=pages.harmless(subject["centre"]))
        details = say("bot.offers.place_details", place=words, group=group, rank=subject["rank"])
    return {"id": offer["id"], "kind": offer["kind"], "label": words, "details": details,
            "expires_at": offer["expires_at"].isoformat()}  # fmt: skip


def _plainly(hundredths: int) -> str:
    """Hundredths as a number without needless noughts."""
    return f"{hundredths / HUNDRED:.2f}".rstrip("0").rstrip(".")
