"""Applying: how it goes and where; and for the programmes whose form allows it a short application in the chat.

The draft lies on the server from the first answer on, the same that the mini-program shows; papers are added there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialogues import answers, linking, questions, visits, wording
from bot.dialogues.cases import Cases
from bot.dialogues.choose import VISIT, chat_forms, may_ask, meant, name_of, numbered, programme_for, programme_meant
from bot.dialogues.control import off_the_list
from bot.dialogues.programme_facts import how_it_goes, in_force
from bot.dialogues.services import Services, township_point
from bot.dialogues.state import Outcome, Point, State, Turn
from bot.understanding import meaning as wish
from config.loading import catalogue
from config.programmes import Programme, Version, programmes
from config.text import say
from models.casework.eligibility import assess
from models.casework.notices import township_name
from models.kernel.clock import day_of
from models.kernel.errors import DomainError, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.masking import mask_name, mask_phone

APPLYING = "applying"
WHERE, ASK, CHECK, WHICH, PAPERS = "where", "ask", "check", "which", "papers"
Json = Mapping[str, Any]


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """How to apply for the programme that is named, else which one is meant."""
    token = programme_meant(state, turn)
    if token is None:
        return programme_for(state, wish.APPLY, turn)
    if token == VISIT:
        return visits.start(state, turn, services)
    programme, version = in_force(token, day_of(turn.at))
    if programme is None or version is None:
        return state.done(), [say("bot.apply.not_open", programme=name_of(token))]
    lines = [say("bot.apply.about", programme=programme.label, summary=programme.summary)]
    lines.append(say("bot.apply.steps", steps=how_it_goes(programme, version)))
    here = token in chat_forms() and may_ask(version)
    page = services.page("programme", say("bot.page.programme"), token)
    lines.append(say("bot.apply.where_both" if here else "bot.apply.where", page=page))
    if not here:
        return state.done(), ["\n\n".join(lines)]
    return state.to(APPLYING, WHERE, programme=token), ["\n\n".join(lines)]


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """The answer to what was asked."""
    if state.frame.step == WHERE:
        return _where(state, turn, services)
    resident_id = services.resident_id
    if resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.APPLY, programme=state.frame.data["programme"]))
    cases = services.cases(resident_id)
    try:
        raw = cases.read(state.frame.data["id"])
    except NotFound:
        return state.cleared(), [say("bot.apply.gone")]
    if not cases.editable(raw):
        return state.cleared(), [say("bot.apply.handed_in_already", programme=name_of(raw["programme"]))]
    steps = {ASK: _answered, CHECK: _checked, WHICH: _which, PAPERS: _papers}
    try:
        return steps[state.frame.step](state, raw, cases, turn, services)
    except DomainError as fault:
        return state, [wording.refusal(fault)]


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely answers the open question."""
    step, data = state.frame.step, state.frame.data
    if step == WHERE:
        return answers.said_yes(turn.text) or answers.said_no(turn.text)
    if step == ASK:
        version = programmes()[data["programme"]].in_force(day_of(turn.at))
        return version is not None and questions.fits(version, data["name"], data["asked"], turn)
    if step == WHICH:
        return answers.choice_in(turn.text, [each[1] for each in data["answered"]]) is not None
    return any(answers.says(name, turn.text) for name in ("submit", "change")) or answers.said_yes(turn.text)


def free(state: State) -> bool:
    """True where any words are an answer."""
    return state.frame.step == ASK and state.frame.data["asked"]["options"] is None


def begin(state: State, token: str, turn: Turn, services: Services) -> Outcome:
    """Fill the form here: with the draft that is there, or a new one."""
    state, resident_id = linking.who(state, turn, services)
    if resident_id is None:
        return linking.ask_for_code(state, turn, services, meant(wish.APPLY, programme=token), begun=True)
    programme, version = in_force(token, day_of(turn.at))
    assert programme is not None and version is not None  # noqa: S101  it was in force when it was offered
    cases = services.cases(resident_id)
    obstacle = cases.obstacle(programme, version)
    if obstacle is not None:
        page = services.page(say(f"bot.apply.obstacle_page.{obstacle}"), say("bot.page.there"))
        return state, [say(f"bot.apply.obstacle.{obstacle}", page=page)]
    there = cases.draft_of(token)
    try:
        raw = there or cases.begin(programme)
    except DomainError as fault:
        return state.done(), [wording.refusal(fault)]
    return _next(state, raw, cases, [say("bot.apply.resumed" if there else "bot.apply.begun")], turn, services)


def _where(state: State, turn: Turn, services: Services) -> Outcome | None:
    token = state.frame.data["programme"]
    if answers.said_yes(turn.text):
        return begin(state, token, turn, services)
    if answers.said_no(turn.text):
        return state.done(), [
            say("bot.apply.in_mini", page=services.page("programme", say("bot.page.programme"), token))
        ]
    return None


def _answered(state: State, raw: Raw, cases: Cases, turn: Turn, services: Services) -> Outcome | None:
    data, version = state.frame.data, cases.rules(raw)
    name = data["name"]
    optional = name not in version.form.required
    if optional and answers.said("skip", turn.text):
        return _next(state, raw, cases, [], turn, services, left_out=[*data["left_out"], name])
    found = questions.read(version, name, data["asked"], turn, services)
    if found.again is not None:
        return state.to(APPLYING, ASK, **{**data, "asked": found.again.stored()}), [found.again.text]
    if found.value is None:
        return (state, [found.fault]) if found.fault else None
    written = cases.write(raw["_id"], {name: found.value})
    return _next(state, written, cases, [], turn, services, left_out=data["left_out"])


def _next(
    state: State, raw: Raw, cases: Cases, before: list[str], turn: Turn, services: Services,
    left_out: list[str] | None = None,
) -> Outcome:  # fmt: skip
    """The next question, or what was answered to be checked."""
    version, left = cases.rules(raw), list(left_out or ())
    name = _missing(version, raw, cases, turn, left)
    if name is None:
        return _summary(state, raw, cases, before, left)
    near = _near(programmes()[raw["programme"]], cases.answers(raw))
    asked = questions.question(version, name, services, children=cases.children(), near=near)
    if asked is None:
        page = services.page("application", say("bot.page.application"), raw["_id"])
        return state.done(), [*before, say("bot.apply.only_there", page=page)]
    data = {"id": raw["_id"], "programme": raw["programme"], "name": name, "asked": asked.stored(), "left_out": left}
    return state.to(APPLYING, ASK, **data), [*before, asked.text]


def _missing(version: Version, raw: Raw, cases: Cases, turn: Turn, left_out: list[str]) -> str | None:
    """What the form requires, and what a rule needs that concerns this applicant."""
    given = cases.answers(raw)
    required = next((name for name in version.form.properties if name in version.form.required
                     and given.get(name) in (None, "", [])), None)  # fmt: skip
    if required is not None:
        return required
    for each in assess(version, given, day_of(turn.at), cases.household_facts()).findings:
        open_fields = [name for name in each.rule.fields if given.get(name) is None and name not in left_out]
        if each.outcome == "unknown" and open_fields:
            return open_fields[0]
    return None


def _near(programme: Programme, given: Json) -> Point | None:
    """The township of the answers: centres near it are offered."""
    place = catalogue().place(str(given.get(programme.people.township) or ""))
    return township_point(place) if place else None


def _summary(state: State, raw: Raw, cases: Cases, before: list[str], left_out: list[str]) -> Outcome:
    answered = _lines(raw, cases)
    text = say(
        "bot.apply.check", programme=name_of(raw["programme"]),
        answers="\n".join(say("bot.apply.answer", title=title, value=value) for _, title, value in answered),
    )  # fmt: skip
    data = {"id": raw["_id"], "programme": raw["programme"], "left_out": left_out}
    return state.to(APPLYING, CHECK, **data), [*before, text]


def _lines(raw: Raw, cases: Cases) -> list[tuple[str, str, str]]:
    """Field, title and answer as they are read back: names and phones masked."""
    version, given, people = cases.rules(raw), cases.answers(raw), programmes()[raw["programme"]].people
    names = dict(cases.children())
    found = []
    for name, field in version.form.properties.items():
        value = given.get(name)
        if value in (None, "") or field.format == "household" or (people.child and name == people.child.id):
            continue
        if field.format == "township":
            value = township_name(value)
        elif field.format == "person-name":
            value = mask_name(value)
        elif field.format == "mobile-phone":
            value = mask_phone(value)
        elif field.items is not None and field.items.format == "facility":
            value = [cases.facility_name(each) for each in value]
        found.append((name, field.title, questions.shown(field, value, names)))
    return found


def _checked(state: State, raw: Raw, cases: Cases, turn: Turn, services: Services) -> Outcome | None:
    if answers.said_yes(turn.text) or answers.says("submit", turn.text):
        return _hand_in(state, raw, cases, turn, services)
    if answers.says("change", turn.text) or answers.said_no(turn.text):
        answered = [[name, title] for name, title, _ in _lines(raw, cases) if not _fixed(name, raw)]
        data = {**state.frame.data, "answered": answered}
        return state.to(APPLYING, WHICH, **data), [
            say("bot.apply.which", choices=numbered([title for _, title in answered]))
        ]
    return None


def _fixed(name: str, raw: Raw) -> bool:
    """What follows from the registered person or child is not changed here."""
    people = programmes()[raw["programme"]].people
    return name == people.applicant or (
        people.child is not None and name in (people.child.name, people.child.birth_date)
    )


def _which(state: State, raw: Raw, cases: Cases, turn: Turn, services: Services) -> Outcome | None:
    answered = state.frame.data["answered"]
    number = answers.choice_in(turn.text, [each[1] for each in answered])
    if number is None:
        texts = off_the_list(turn.text, len(answered))
        return (state, texts) if texts else None
    name = answered[number][0]
    near = _near(programmes()[raw["programme"]], cases.answers(raw))
    asked = questions.question(cases.rules(raw), name, services, children=cases.children(), near=near)
    if asked is None:
        return state, [
            say("bot.apply.only_there", page=services.page("application", say("bot.page.application"), raw["_id"]))
        ]
    data = {"id": raw["_id"], "programme": raw["programme"], "name": name, "asked": asked.stored(),
            "left_out": state.frame.data["left_out"]}  # fmt: skip
    return state.to(APPLYING, ASK, **data), [asked.text]


def _hand_in(state: State, raw: Raw, cases: Cases, turn: Turn, services: Services) -> Outcome:
    missing = cases.missing_papers(raw)
    page = services.page("application", say("bot.page.papers"), raw["_id"])
    if missing:
        data = {"id": raw["_id"], "programme": raw["programme"], "left_out": state.frame.data["left_out"]}
        return state.to(APPLYING, PAPERS, **data), [say("bot.apply.papers", papers=numbered(missing), page=page)]
    done = cases.submit(raw["_id"])
    services.note("application_submitted", done["_id"], done["district_code"], done["township_id"])
    due = wording.date_of(done["due_at"])
    return state.cleared(), [
        say("bot.apply.done", programme=name_of(raw["programme"]), township=township_name(done["township_id"]), due=due)
    ]


def _papers(state: State, raw: Raw, cases: Cases, turn: Turn, services: Services) -> Outcome | None:
    if answers.says("submit", turn.text) or answers.said_yes(turn.text):
        return _hand_in(state, raw, cases, turn, services)
    if answers.says("change", turn.text):
        return _checked(state, raw, cases, turn, services)
    return None
