"""A complaint, suggestion, praise or need: what it is about, where, read back once, and a number to follow it by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.dialogues import answers, nearby, pages, wording
from bot.dialogues.choose import programme_of
from bot.dialogues.control import command_in
from bot.dialogues.services import Raw, Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from bot.understanding.hearing import bare, plain
from config.loading import catalogue, rule
from config.text import label, say
from models.casework.notices import township_name
from models.feedback.operations import NUMBER_DIGITS
from models.kernel.errors import DomainError, NotFound

FEEDBACK = "feedback"
TEXT, PLACE, CHECK = "text", "place", "check"
YEAR_DIGITS = 2
_NUMBER = re.compile(r"(?<!\d)\d{" + str(NUMBER_DIGITS + YEAR_DIGITS) + r"}(?!\d)")
Json = Mapping[str, Any]


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """What was said, where it says enough; else ask for it. A facility that is being looked at is what it is about."""
    data = {
        "text": "", "kind": None, "facility_id": None, "facility": None, "township_id": None, "district_code": None,
        "about": programme_of(turn), "asked_place": False, **_facility_looked_at(state, turn, services),
    }  # fmt: skip
    if turn.chosen or len(bare(turn.text)) <= rule("conversations.bare_wish_chars"):
        return state.to(FEEDBACK, TEXT, **data), [say("bot.feedback.ask")]
    return _with_text(state, data, turn, services)


def _facility_looked_at(state: State, turn: Turn, services: Services) -> dict[str, Any]:
    """The facility whose details are shown, where the words are about "this one"."""
    here = state.frame.dialogue == nearby.NEARBY and state.frame.step == nearby.DETAIL
    words = answers.answer_words().this_place
    if not here or not state.frame.data.get("chosen") or not any(word in turn.text for word in words):
        return {}
    found = services.facility(state.frame.data["chosen"])
    return {"facility_id": found["id"], "facility": found["name"]} if found else {}


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The words, the place, or yes to what was read back."""
    steps = {TEXT: _text, PLACE: _place, CHECK: _checked}
    return steps[state.frame.step](state, turn, services)


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely answers the open question."""
    if state.frame.step == CHECK:
        return answers.said_yes(turn.text) or answers.said_no(turn.text) or _kind_chosen(turn) is not None
    return free(state)


def free(state: State) -> bool:
    """True where any words are an answer."""
    return state.frame.step == TEXT


def number_in(text: str) -> str | None:
    """The number of a piece in a short message."""
    found = _NUMBER.search(plain(text))
    return found[0] if found and len(text) <= rule("conversations.answer_chars") else None


def follow(state: State, number: str, services: Services) -> Outcome:
    """How a piece stands, for whom it belongs to."""
    try:
        piece = services.feedback_by_number(number)
    except NotFound:
        return state, [say("bot.feedback.unknown_number", number=number)]
    lines = [say("bot.feedback.stands", kind=piece["kind_label"], number=piece["number"], state=piece["state_label"])]
    replies = [each["text"] for each in piece["said"] if each["from"] != piece["said"][0]["from"]]
    if replies:
        lines.append(say("bot.feedback.reply", text=replies[-1]))
    lines.append(piece["next_step"])
    return state, ["\n".join(lines)]


def _text(state: State, turn: Turn, services: Services) -> Outcome:
    return _with_text(state, state.frame.data, turn, services)


def _with_text(state: State, data: Json, turn: Turn, services: Services) -> Outcome:
    most = rule("feedback.text_chars_most")
    text = "\n".join(filter(None, (data["text"], turn.text.strip())))[:most]
    if len(text) < rule("feedback.text_chars_least"):
        return state.to(FEEDBACK, TEXT, **data), [say("bot.feedback.more_words")]
    more = {"text": text, "kind": data["kind"] or _kind_of(text)}
    return _placed({**data, **more, **_place_named(data, turn, services)}, state, services)


def _place_named(data: Json, turn: Turn, services: Services) -> dict[str, Any]:
    """The township, or the county, that the words name; nothing where they name none, or one is known."""
    if data["facility_id"] or data["township_id"]:
        return {}
    place = turn.heard.slots.place
    found = services.places(place) if place else services.townships_in(plain(turn.text))
    if len(found) != 1:
        return {}
    return {"township_id": found[0].township_id, "district_code": found[0].district_code}


def _placed(data: dict[str, Any], state: State, services: Services) -> Outcome:
    if data["facility_id"] or data["township_id"] or data["district_code"] or data["asked_place"]:
        return _read_back(state, data)
    home = services.home()
    if home is not None:
        return _read_back(state, {**data, "township_id": home.township_id, "district_code": home.district_code})
    return state.to(FEEDBACK, PLACE, **{**data, "asked_place": True}), [say("bot.feedback.where")]


def _place(state: State, turn: Turn, services: Services) -> Outcome | None:
    data = state.frame.data
    if answers.said("skip", turn.text) or answers.said("nothing", turn.text):
        return _read_back(state, data)
    if turn.point is not None:
        return _read_back(state, {**data, "district_code": turn.point.district_code})
    found = services.places(turn.heard.slots.place or turn.text)
    if not found:
        return None
    return _read_back(
        state, {**data, "township_id": found[0].township_id, "district_code": found[0].district_code}
    )  # fmt: skip


def _read_back(state: State, data: Json) -> Outcome:
    most = rule("conversations.read_back_chars")
    text = pages.harmless(data["text"])
    shown = text if len(text) <= most else text[:most] + say("bot.policy.cut")
    where = data["facility"] or township_name(data["township_id"]) or wording.district_name(data["district_code"])
    return state.to(FEEDBACK, CHECK, **data), [
        say("bot.feedback.check", kind=label("feedback.kind", data["kind"]), text=shown, where=pages.harmless(where))
    ]


def _checked(state: State, turn: Turn, services: Services) -> Outcome | None:
    data = state.frame.data
    if answers.said_yes(turn.text) or answers.says("submit", turn.text):
        return _submit(state, data, turn, services)
    kind = _kind_chosen(turn)
    if kind is not None:
        return _read_back(state, {**data, "kind": kind})
    if answers.said_no(turn.text) and not answers.said("place_wrong", turn.text):
        return state.to(FEEDBACK, TEXT, **{**data, "text": ""}), [say("bot.feedback.again")]
    if answers.said("place_wrong", turn.text):
        nowhere = {"facility_id": None, "facility": None, "township_id": None, "district_code": None}
        return state.to(FEEDBACK, PLACE, **{**data, **nowhere, "asked_place": True}), [say("bot.feedback.where")]
    if turn.heard.intent in (wish.GREETING, wish.THANKS) or not bare(turn.text) or command_in(turn.text):
        return None
    return _with_text(state, data, turn, services)


def _submit(state: State, data: Json, turn: Turn, services: Services) -> Outcome:
    about = data["about"] if data["about"] in catalogue().categories else None
    try:
        piece = services.submit_feedback(
            data["kind"], data["text"], township_id=data["township_id"], district_code=data["district_code"],
            facility_id=data["facility_id"], about=about,
        )  # fmt: skip
    except DomainError as fault:
        return state.cleared(), [wording.refusal(fault)]
    return state.cleared(), [_thanks(piece, services)]


def _thanks(piece: Raw, services: Services) -> str:
    lines = [say("bot.feedback.done", number=piece["number"], next=piece["next_step"])]
    if services.resident_id is not None:  # a follower's who is nobody yet cannot be opened there
        lines.append(services.page("piece", say("bot.page.piece"), piece["id"]))
    return "\n".join(lines)


def _kind_of(text: str) -> str:
    """Which kind the words speak for; the first that has one of its words, a need where none has."""
    heard = bare(text)
    kinds = answers.answer_words().kinds
    return next((kind for kind, words in kinds.items() if any(word in heard for word in words)), "need")


def _kind_chosen(turn: Turn) -> str | None:
    """A kind that a short message names."""
    heard = bare(turn.text)
    if len(heard) > rule("conversations.bare_wish_chars"):
        return None
    return next((kind for kind in answers.answer_words().kinds if bare(label("feedback.kind", kind)) in heard), None)
