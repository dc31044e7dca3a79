"""How the follower's applications stand: state, next step, by when."""

from __future__ import annotations

from bot.dialogues import linking, wording
from bot.dialogues.services import Raw, Services
from bot.dialogues.state import Outcome, State, Turn
from config.loading import rule
from config.programmes import programmes
from config.text import say


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """The newest applications of the resident who is this follower; asks for the code where that is not known."""
    resident_id = services.resident_by_unionid(state.facts.get("unionid_asked_at"))
    if services.weixin_answered:
        state = state.knowing(unionid_asked_at=turn.at.isoformat())
    if resident_id is None:
        return linking.ask_for_code(state, turn, services)
    cases = services.cases(resident_id)
    asked = programmes().get(turn.heard.slots.programme or "")
    wanted = [case for case in cases if asked and case["programme"] == asked.label] or cases
    if not wanted:
        return state.done(), [say("bot.progress.none")]
    shown = wanted[: rule("conversations.list_size")]
    lines = [_line(number, case, turn) for number, case in enumerate(shown, 1)]
    more = [say("bot.progress.more", count=len(wanted) - len(shown))] if len(wanted) > len(shown) else []
    text = "\n".join([say("bot.progress.heading", count=len(wanted)), *lines, *more, "", say("bot.progress.hint")])
    return state.done(), [text]


def _line(number: int, case: Raw, turn: Turn) -> str:
    """One application."""
    lines = [say("bot.numbered", number=number, label=case["programme"])]
    lines.append(say("bot.progress.state", state=case["state_label"], day=wording.date_of(case["since"])))
    lines.append(say("bot.progress.next", step=case["next_step"]))
    if case["due_assumed"]:
        lines.append(say("bot.progress.due_assumed"))
    return "\n".join(lines)
