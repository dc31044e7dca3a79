"""Booking a visit to an old person, moving it, calling it off: who, which hour, what to mind, and a confirmation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.dialogues import answers, linking, pages, visit_waits, wording
from bot.dialogues.choose import VISIT, meant, numbered, offer
from bot.dialogues.control import CANCEL, MORE, command_in, off_the_list
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from config.loading import rule
from config.text import say
from models.kernel.clock import as_utc, local
from models.kernel.errors import DomainError

VISITS = "visits"
WHOM, HOUR, WISHES, CONFIRM = "whom", "hour", "wishes", "confirm"
WHICH, WHAT, CALL_OFF = "which", "what", "call_off"
Json = Mapping[str, Any]
Visit = Mapping[str, Any]


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """Book: whom to visit, where there are several; else which hour."""
    state, resident_id = linking.who(state, turn, services)
    if resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.BOOK_VISIT, programme=VISIT))
    elders = services.elders(resident_id)
    held = elders.kept_hours()
    if held:
        return visit_waits.kept(state, held[0])
    linked = elders.linked()
    if not linked:
        return _nobody_linked(state, elders.asked_for(), services)
    if len(linked) == 1:
        return _hours(state, {"elder": linked[0]}, [], services)
    text = say("bot.visits.whom", choices=numbered([each["name"] for each in linked]))
    return state.to(VISITS, WHOM, elders=linked), [text]


def change(state: State, turn: Turn, services: Services) -> Outcome:
    """Which of the booked visits is to be moved or called off."""
    state, resident_id = linking.who(state, turn, services)
    if resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.CHANGE_VISIT))
    coming = services.elders(resident_id).coming()
    if not coming:
        after, choices = offer(state, [(say("bot.visits.book"), meant(wish.BOOK_VISIT, programme=VISIT))])
        return after, [say("bot.visits.none_booked", choices=choices)]
    if len(coming) == 1:
        return _what(state, coming[0])
    shown = coming[: rule("conversations.list_size")]
    text = say("bot.visits.which", choices=numbered([_in_words(each) for each in shown]))
    return state.to(VISITS, WHICH, visits=[_stored(each) for each in shown]), [text]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The answer to what was asked."""
    if services.resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.BOOK_VISIT, programme=VISIT))
    steps: dict[str, Callable[[State, Turn, Services], Outcome | None]] = {
        WHOM: _whom, HOUR: _hour, WISHES: _wishes, CONFIRM: _confirmed, WHICH: _which, WHAT: _chosen,
        CALL_OFF: _called_off,
    }  # fmt: skip
    return steps[state.frame.step](state, turn, services)


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely answers the open question."""
    step, data = state.frame.step, state.frame.data
    if step == WISHES:
        return True
    if step in (CONFIRM, CALL_OFF):
        return answers.said_yes(turn.text) or answers.said_no(turn.text)
    if step == WHOM:
        return answers.choice_in(turn.text, [each["name"] for each in data["elders"]]) is not None
    if step == WHAT:
        return _wanted(turn) is not None
    if step == HOUR:
        return command_in(turn.text) == MORE or _hour_in(data, turn) is not None or _time_in(turn) is not None
    return answers.choice_in(turn.text, [each["label"] for each in data["visits"]]) is not None


def free(state: State) -> bool:
    """True where any words are an answer."""
    return state.frame.step == WISHES


def means_the_visit(state: State) -> bool:
    """True where "cancel" is an answer about a visit, and must not end the talk as if the visit were cancelled."""
    return state.frame.dialogue == VISITS and state.frame.step in (WHAT, CALL_OFF)


def _nobody_linked(state: State, asked_for: int, services: Services) -> Outcome:
    key = "bot.visits.link_waits" if asked_for else "bot.visits.link_first"
    after, choices = offer(state, [(say("bot.visits.person"), meant(wish.HUMAN))])
    return after, [say(key, page=services.page("elders", say("bot.page.elders")), choices=choices)]


def _whom(state: State, turn: Turn, services: Services) -> Outcome | None:
    linked = state.frame.data["elders"]
    number = answers.choice_in(turn.text, [each["name"] for each in linked])
    if number is None:
        return _off(state, turn, len(linked))
    return _hours(state, {"elder": linked[number]}, [], services)


def _hours(state: State, data: Json, before: list[str], services: Services, first: int = 0) -> Outcome:
    """The free hours of the township, some at a time. `data`: whose visit, and which visit is moved."""
    elder = data["elder"]
    assert services.resident_id is not None  # noqa: S101  the callers have seen to it
    free = services.elders(services.resident_id).free_hours(elder["id"], elder["township_id"])
    size = rule("conversations.list_size")
    page = free[first : first + size]
    if not page and first:
        return state, [say("bot.visits.no_more_hours")]
    if not page and data.get("visit"):
        return state.cleared(), [*before, say("bot.visits.nothing_to_move", name=elder["name"])]
    if not page:
        return visit_waits.offer(state, elder, before)
    known = [
        *data.get("hours", ())[:first],
        *({"id": each["id"], "at": each["starts_at"].isoformat()} for each in page),
    ]
    lines = [
        say("bot.numbered", number=number, label=wording.moment_of(each["starts_at"]))
        for number, each in enumerate(page, first + 1)
    ]
    if len(free) > first + size:
        lines.append(say("bot.visits.more_hours"))
    key = "bot.visits.hours_to_move" if data.get("visit") else "bot.visits.hours"
    return state.to(VISITS, HOUR, **{**data, "hours": known}), [
        *before, say(key, name=elder["name"], choices="\n".join(lines)),
    ]  # fmt: skip


def _hour(state: State, turn: Turn, services: Services) -> Outcome | None:
    data = state.frame.data
    if command_in(turn.text) == MORE:
        return _hours(state, data, [], services, first=len(data["hours"]))
    number = _hour_in(data, turn)
    if number is None:
        return _off(state, turn, len(data["hours"])) or _at_other_times(state, data, turn, services)
    chosen = {**data, "hour": data["hours"][number]}
    if data.get("visit"):
        return _confirm(state, {**chosen, "wishes": None})
    return state.to(VISITS, WISHES, **chosen), [say("bot.visits.wishes")]


def _at_other_times(state: State, data: Json, turn: Turn, services: Services) -> Outcome | None:
    """Hours that were not shown, at the time that was said."""
    wanted = _time_in(turn)
    if wanted is None:
        return None
    assert services.resident_id is not None  # noqa: S101  `answer` has seen to it
    elder = data["elder"]
    free = services.elders(services.resident_id).free_hours(elder["id"], elder["township_id"])
    fits = [each for each in free if wanted(each["starts_at"])][: rule("conversations.list_size")]
    if not fits:
        return _hours(state, data, [say("bot.visits.none_then")], services)
    known = [{"id": each["id"], "at": each["starts_at"].isoformat()} for each in fits]
    lines = numbered([wording.moment_of(each["starts_at"]) for each in fits])
    text = say("bot.visits.on_that_day", name=data["elder"]["name"], choices=lines)
    return state.to(VISITS, HOUR, **{**data, "hours": known}), [text]


def _hour_in(data: Json, turn: Turn) -> int | None:
    """An hour by its number in the list, or by day, weekday and time as far as they fit one only."""
    hours = [datetime.fromisoformat(each["at"]) for each in data["hours"]]
    number = answers.choice_in(answers.by_week(turn.text), [wording.moment_of(each) for each in hours])
    if number is not None:
        return number
    wanted = _time_in(turn)
    fits = [n for n, each in enumerate(hours) if wanted is not None and wanted(each)]
    return fits[0] if len(fits) == 1 else None


def _time_in(turn: Turn) -> Callable[[datetime], bool] | None:
    """What a moment must be to fit the day, weekday, half of the day and hour that were said; None for none."""
    day, time = answers.coming_day_in(turn.text, local(turn.at).date()), answers.hour_in(turn.text)
    spoken = answers.by_week(turn.text)
    weekday = next((name for name in say("bot.weekdays").split() if name in spoken), None)
    half = answers.half_day_in(turn.text)
    if day is None and time is None and weekday is None and half is None:
        return None

    def fits(moment: datetime) -> bool:
        at = local(moment)
        return (
            (day is None or at.date() == day)
            and (time is None or _at_time(moment, time))
            and (weekday is None or weekday in wording.moment_of(moment))
            and (half is None or (at.hour >= answers.NOON) == half)
        )

    return fits


def _at_time(moment: datetime, time: tuple[int, int]) -> bool:
    """Afternoon hours are mostly said without "afternoon"."""
    at = local(moment)
    return at.minute == time[1] and at.hour in (time[0], time[0] + answers.NOON)


def _wishes(state: State, turn: Turn, services: Services) -> Outcome:
    nothing = answers.said("nothing", turn.text) or answers.said_no(turn.text)
    wishes = None if nothing else turn.text.strip()[: rule("conversations.wishes_chars_most")]
    return _confirm(state, {**state.frame.data, "wishes": wishes})


def _confirm(state: State, data: Json) -> Outcome:
    at = wording.moment_of(datetime.fromisoformat(data["hour"]["at"]))
    key = "bot.visits.confirm_move" if data.get("visit") else "bot.visits.confirm"
    wishes = say("bot.visits.with_wishes", wishes=pages.harmless(data["wishes"])) if data["wishes"] else ""
    return state.to(VISITS, CONFIRM, **data), [say(key, name=data["elder"]["name"], at=at, wishes=wishes)]


def _confirmed(state: State, turn: Turn, services: Services) -> Outcome | None:
    data = state.frame.data
    if answers.said_no(turn.text):
        return _hours(state, {name: data[name] for name in ("elder", "visit") if data.get(name)}, [], services)
    if not answers.said_yes(turn.text):
        return None
    assert services.resident_id is not None  # noqa: S101  `answer` has seen to it
    elders = services.elders(services.resident_id)
    try:
        if data.get("visit"):
            done = elders.move(data["visit"]["id"], data["hour"]["id"])
        else:
            done = elders.book(data["elder"]["id"], data["hour"]["id"], data["wishes"])
    except DomainError as fault:
        return _hours(
            state,
            {name: data[name] for name in ("elder", "visit") if data.get(name)},
            [wording.refusal(fault)],
            services,
        )
    key = "bot.visits.moved" if data.get("visit") else "bot.visits.booked"
    return state.cleared(), [
        say(key, name=done["name"], at=wording.moment_of(done["starts_at"]), township=done["township"],
            hours=rule("eldercare.cancel_hours_before"), page=services.page("visit", say("bot.page.visit"), done["id"]))
    ]  # fmt: skip


def _which(state: State, turn: Turn, services: Services) -> Outcome | None:
    visits = state.frame.data["visits"]
    number = answers.choice_in(turn.text, [each["label"] for each in visits])
    if number is None:
        return _off(state, turn, len(visits))
    return _what(state, visits[number])


def _what(state: State, visit: Visit) -> Outcome:
    text = say("bot.visits.what", visit=visit.get("label") or _in_words(visit))
    return state.to(VISITS, WHAT, visit=_stored(visit)), [text]


def _wanted(turn: Turn) -> int | None:
    if answers.said("move", turn.text):
        return 0
    if answers.said("call_off", turn.text) or command_in(turn.text) == CANCEL:
        return 1
    return answers.choice_in(turn.text, say("bot.visits.ways").split())


def _chosen(state: State, turn: Turn, services: Services) -> Outcome | None:
    visit, wanted = state.frame.data["visit"], _wanted(turn)
    if wanted is None:
        return _off(state, turn, len(say("bot.visits.ways").split()))
    if wanted == 1:
        return state.to(VISITS, CALL_OFF, visit=visit), [say("bot.visits.confirm_call_off", visit=visit["label"])]
    elder = {"id": visit["elder_id"], "name": visit["name"], "township_id": visit["township_id"]}
    return _hours(state, {"elder": elder, "visit": visit}, [], services)


def _called_off(state: State, turn: Turn, services: Services) -> Outcome | None:
    visit = state.frame.data["visit"]
    if answers.said_no(turn.text):
        return state.cleared(), [say("bot.visits.kept", visit=visit["label"])]
    if command_in(turn.text) == CANCEL:  # the visit, or the talk about it?
        return state, [say("bot.visits.confirm_call_off", visit=visit["label"])]
    if not answers.said_yes(turn.text):
        return None
    assert services.resident_id is not None  # noqa: S101  `answer` has seen to it
    try:
        services.elders(services.resident_id).call_off(visit["id"])
    except DomainError as fault:
        return state.cleared(), [wording.refusal(fault)]
    return state.cleared(), [say("bot.visits.called_off", visit=visit["label"])]


def _off(state: State, turn: Turn, count: int) -> Outcome | None:
    texts = off_the_list(turn.text, count)
    return (state, texts) if texts else None


def _in_words(visit: Visit) -> str:
    return say("bot.visits.one", name=visit["name"], at=wording.moment_of(as_utc(visit["starts_at"])))


def _stored(visit: Visit) -> dict[str, Any]:
    """A visit as the chat remembers it."""
    named = {name: visit[name] for name in ("id", "elder_id", "name", "township_id")}
    return {**named, "label": visit.get("label") or _in_words(visit)}
