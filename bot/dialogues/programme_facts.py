"""What can be said of any programme from its catalogue data: how it goes, which papers, and where to open it."""

from __future__ import annotations

from datetime import date

from bot.dialogues.choose import Option, meant, name_of, offer, programme_for, programme_meant
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import meaning as wish
from config.programmes import Programme, Version, programmes
from config.text import say
from models.kernel.clock import day_of


def documents(state: State, turn: Turn, services: Services) -> Outcome:
    """Which papers a programme asks for."""
    token = programme_meant(state, turn)
    if token is None:
        return programme_for(state, wish.DOCUMENTS, turn)
    programme, version = in_force(token, day_of(turn.at))
    if programme is None or version is None:
        return state.done(), [say("bot.papers.none", programme=name_of(token))]
    version = version.of_county(version.override_key(services.home_district(), day_of(turn.at)))
    lines = [say("bot.papers.heading", programme=name_of(token))]
    lines += [
        say("bot.papers.line", number=number, paper=each.label, help=each.help)
        for number, each in enumerate((each for each in version.papers if each.required), 1)
    ]
    extra = [each.label for each in version.papers if not each.required]
    if extra:
        lines.append(say("bot.papers.optional", papers=say("casework.change.or").join(extra)))
    lines.append(say("bot.papers.how", page=services.page("programme", say("bot.page.programme"), token)))
    options: list[Option] = [
        (say("bot.screening.apply"), meant(wish.APPLY, programme=token)),
        (say("bot.papers.eligible"), meant(wish.ELIGIBILITY, programme=token)),
    ]
    after, choices = offer(state, options)
    return after, ["\n".join(lines), say("bot.screening.next", choices=choices)]


def in_force(token: str, day: date) -> tuple[Programme | None, Version | None]:
    """A programme with its version of the day; None for what is none, such as visits."""
    programme = programmes().get(token)
    return programme, programme.in_force(day) if programme is not None else None


def how_it_goes(programme: Programme, version: Version) -> str:
    """The way of an application in a few steps, with the days that each may take."""
    days = {stage: each.working_days for stage, each in version.deadlines.items()}
    steps = [say("bot.apply.step_form"), say("bot.apply.step_accept", days=days["submitted"])]
    if "reviewed" in days:
        steps.append(say("bot.apply.step_two_reviews", first=days["accepted"], second=days["reviewed"]))
    else:
        steps.append(say("bot.apply.step_review", days=days["accepted"]))
    if version.public_notice is not None:
        kind = "days" if version.public_notice.days else "working_days"
        count = version.public_notice.days or version.public_notice.working_days
        steps.append(say(f"bot.apply.step_notice_{kind}", days=count))
    if programme.particulars is not None:
        steps.append(say(f"bot.apply.step_{programme.particulars}"))
    return "\n".join(say("bot.numbered", number=number, label=each) for number, each in enumerate(steps, 1))
