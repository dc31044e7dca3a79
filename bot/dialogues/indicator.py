"""One of the plan's 25 indicators: its value in 2020, its target for 2025, what was last observed, and the sources."""

from __future__ import annotations

from bot.dialogues.answers import choice_in
from bot.dialogues.control import MORE, command_in, number_in, off_the_list
from bot.dialogues.services import Raw, Services
from bot.dialogues.state import Outcome, State, Turn
from config.indicators import Indicator, indicators
from config.loading import rule
from config.text import label, say
from models.kernel.clock import local

INDICATOR, WHICH = "indicator", "which"
FULL, PARTIAL = "complete", "partial"
NOTHING = "\u2014"


def start(state: State, turn: Turn, services: Services) -> Outcome:
    """The indicator that is meant; which one, where several could be or none was named."""
    found = services.indicators_named(turn.text)
    near = [token for token, score in found if score >= found[0][1] - rule("conversations.indicator_margin")]
    if len(near) == 1:
        return _told(state, near[0], services)
    return _ask(state, near or list(indicators()), 0)


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """Which of those listed; or more of the list."""
    tokens, shown = state.frame.data["tokens"], state.frame.data["shown"]
    if command_in(turn.text) == MORE:
        if shown >= len(tokens):
            return state, [say("bot.indicator.no_more")]
        return _ask(state, tokens, shown)
    token = _chosen(tokens, shown, turn)
    if token is not None:
        return _told(state, token, services)
    found = services.indicators_named(turn.text)
    if found:
        return _told(state, found[0][0], services)
    texts = off_the_list(turn.text, shown)
    return (state, texts) if texts else None


def takes(state: State, turn: Turn) -> bool:
    """True where the message surely chooses from the list."""
    tokens, shown = state.frame.data["tokens"], state.frame.data["shown"]
    return command_in(turn.text) == MORE or _chosen(tokens, shown, turn) is not None


def _chosen(tokens: list[str], shown: int, turn: Turn) -> str | None:
    """By a number that was shown, or by the name of any."""
    listed = tokens[:shown] if number_in(turn.text) is not None else tokens
    number = choice_in(turn.text, [indicators()[token].name_zh for token in listed])
    return None if number is None else listed[number]


def _ask(state: State, tokens: list[str], first: int) -> Outcome:
    shown = tokens[: first + rule("conversations.list_size")]
    lines = [
        say("bot.numbered", number=number, label=indicators()[token].name_zh)
        for number, token in enumerate(shown, 1)
        if number > first
    ]
    if len(tokens) > len(shown):
        lines.append(say("bot.indicator.more"))
    text = say("bot.indicator.which", choices="\n".join(lines))
    return state.to(INDICATOR, WHICH, tokens=tokens, shown=len(shown)), [text]


def _told(state: State, token: str, services: Services) -> Outcome:
    indicator = indicators()[token]
    lines = [say("bot.indicator.name", name=indicator.name_zh)]
    lines.append(_baseline(indicator))
    kind = say("bot.indicator.binding" if indicator.binding else "bot.indicator.anticipated")
    target = _amount(indicator, indicator.plan_target)
    lines.append(say("bot.indicator.target", target=target, kind=kind))
    if indicator.cumulative_five_years:
        lines.append(say("bot.indicator.cumulative"))
    lines.append(_latest(indicator, services.observed(token)))
    lines.append(say("bot.indicator.source", source=indicator.source))
    return state.done(), ["\n".join(lines)]


def _baseline(indicator: Indicator) -> str:
    if indicator.plan_baseline.strip() == NOTHING:
        return say("bot.indicator.no_baseline")
    return say("bot.indicator.baseline", value=_amount(indicator, indicator.plan_baseline))


def _amount(indicator: Indicator, words: str) -> str:
    """The plan's own words with the unit; "all who qualify" has none."""
    words = words.strip("{} ")
    if indicator.target is None and words == indicator.plan_target:
        return words
    number, _, rest = words.partition(" ")
    return f"{number}{indicator.unit_zh}{rest}"


def _latest(indicator: Indicator, observed: Raw | None) -> str:
    if observed is None or observed["status"] not in (FULL, PARTIAL):
        return say("bot.indicator.not_observed")
    full = observed["status"] == FULL
    year, month = observed["period"].split("-")
    day = local(observed["as_of"])
    finality = label("indicators.finality", observed["finality"])
    return say(
        "bot.indicator.latest" if full else "bot.indicator.latest_partial",
        value=f"{observed['value'] if full else observed['partial_value']:g}{indicator.unit_zh}", year=year,
        month=int(month), as_of=say("bot.full_date", year=day.year, month=day.month, day=day.day),
        source=observed["source"], finality=finality,
    )  # fmt: skip
