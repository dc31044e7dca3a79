"""How the follower's applications stand: state, place in the queue, next step, by when; what waits for an answer."""

from __future__ import annotations

from bot.dialogues import linking, offers, wording
from bot.dialogues.choose import meant, programme_of
from bot.dialogues.services import Raw, Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from config.loading import rule
from config.text import say


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """The newest applications of the resident who is this follower; asks for the code where that is not known."""
    state, resident_id = linking.who(state, turn, services)
    asked = programme_of(turn)
    if resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.PROGRESS, programme=asked))
    cases = services.cases(resident_id)
    standing, waiting = cases.standing(), cases.open_offers()
    wanted = [case for case in standing if case["programme"] in _family(asked)] or standing
    visits = services.elders(resident_id).coming() if asked in (None, "welfare_visit") else []
    if not wanted and not waiting and not visits:
        return state.done(), [say("bot.progress.none")]
    shown = wanted[: rule("conversations.list_size")]
    parts = []
    if wanted:
        lines = [_case(number, case, services) for number, case in enumerate(shown, 1)]
        more = [say("bot.progress.more", count=len(wanted) - len(shown))] if len(wanted) > len(shown) else []
        parts.append("\n".join([say("bot.progress.heading", count=len(wanted)), *lines, *more]))
    if visits:
        booked = [
            say("bot.progress.visit", name=each["name"], at=wording.moment_of(each["starts_at"])) for each in visits
        ]
        parts.append("\n".join([say("bot.progress.visits"), *booked[: rule("conversations.list_size")]]))
    if waiting:
        parts.append(offers.remark(len(waiting)))
    parts.append(say("bot.progress.hint"))
    return state.done(), ["\n\n".join(parts)]


def _case(number: int, case: Raw, services: Services) -> str:
    """One application."""
    lines = [say("bot.numbered", number=number, label=case["label"])]
    lines.append(say("bot.progress.state", state=case["state_label"], day=wording.date_of(case["since"])))
    place = case["waiting"]
    if place is not None:
        lines.append(say("bot.progress.waiting", **{name: place[name] for name in ("position", "ahead", "total")}))
    lines += [say("bot.progress.childcare", centre=each["centre"], ahead=each["ahead"]) for each in case["childcare"]]
    if case["notice"]:
        lines.append(say("bot.progress.next", step=case["notice"]))
    lines.append(say("bot.progress.next", step=case["next_step"]))
    if case["due_assumed"]:
        lines.append(say("bot.progress.due_assumed"))
    if case["state"] in ("draft", "correction"):
        lines.append(
            say("bot.progress.page", page=services.page("application", say("bot.page.application"), case["id"]))
        )
    return "\n".join(lines)


def _family(programme: str | None) -> tuple[str | None, ...]:
    """Who asks for public rental housing may have applied for its subsidy."""
    return (programme, "rental_subsidy") if programme == "public_rental_housing" else (programme,)
