"""Danger to life or limb: the numbers at once, whatever else was going on; the township told, where it is wished."""

from __future__ import annotations

from bot.dialogues.asides import ALERT, ASIDE
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from config.text import say
from models.casework.notices import township_name

EMERGENCY, TOWNSHIP = "emergency", "township"


def warn(state: State, turn: Turn, services: Services) -> Outcome:
    """120, 110, 119, 12345. Who is known is asked whether the township is to be told; an open question stays open."""
    if services.resident_id is None:
        return state, [say("bot.emergency")]
    township_id, elder = services.whom_to_tell()
    offered = {"kind": ALERT, "said": turn.text, "township_id": township_id, "elder_id": elder["id"] if elder else None}
    place = township_name(township_id)
    question = (
        say("bot.alert.offer_elder", township=place, name=elder["name"]) if elder
        else say("bot.alert.offer", township=place) if place else say("bot.alert.offer_anywhere")
    )  # fmt: skip
    return state.knowing(**{ASIDE: offered}), [say("bot.emergency"), question]


def alert(state: State, said: str, township_id: str | None, elder_id: str | None, services: Services) -> Outcome:
    """Tell the township on duty; ask which one where it is not known."""
    if township_id is None:
        return state.to(EMERGENCY, TOWNSHIP, said=said), [say("bot.alert.where")]
    told = services.raise_alarm(said, township_id, elder_id)
    return state, [say("bot.alert.told" if told else "bot.alert.nobody", township=township_name(township_id))]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The township where help is needed."""
    found = [each for each in services.places(turn.heard.slots.place or turn.text) if each.township_id]
    if not found:
        return None
    return alert(state.done(), state.frame.data["said"], found[0].township_id, None, services)
