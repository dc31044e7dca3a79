"""Joining the follower to their account in the mini-program, by the code that it shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogues.choose import described, restored_wish, stored_wish
from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State, Turn
from bot.understanding import Understanding
from config.loading import rule
from config.text import say

LINKING, CODE = "linking", "code"
HOUR = timedelta(hours=1)


def who(state: State, turn: Turn, services: Services) -> tuple[State, str | None]:
    """The resident who is this follower, asked of WeChat where that is not known; None for somebody unknown."""
    resident_id = services.resident_by_unionid(state.facts.get("unionid_asked_at"))
    if services.weixin_answered:
        state = state.knowing(unionid_asked_at=turn.at.isoformat())
    return state, resident_id


def ask_for_code(
    state: State, turn: Turn, services: Services, wanted: Understanding, *, begun: bool = False
) -> Outcome:  # fmt: skip
    """How to get the code and what to do with it; `wanted` goes on once the follower is known.

    `begun`: it was explained and agreed to already.
    """
    minutes = rule("conversations.chat_code_minutes")
    text = say("bot.linking.how", wish=described(wanted), minutes=minutes, page=services.page("me", say("bot.page.me")))
    return state.to(LINKING, CODE, wanted=stored_wish(wanted), begun=begun), [text]


def wanted(state: State) -> Understanding | None:
    """What was wished for before the code was asked for; None where nothing was."""
    stored = state.frame.data.get("wanted") if state.frame.dialogue == LINKING else None
    return restored_wish(stored) if stored else None


def begun(state: State) -> bool:
    """True where what was wished for had been agreed to."""
    return state.frame.dialogue == LINKING and bool(state.frame.data.get("begun"))


def try_code(state: State, code: str, turn: Turn, services: Services) -> tuple[State, list[str], bool]:
    """Redeem a code; the last part is True where the follower is known from now on."""
    tried, since = _tries(state, turn.at)
    if tried >= rule("conversations.chat_code_tries"):
        return state, [say("bot.linking.too_many")], False
    if services.redeem(code) is None:
        failed = state.knowing(tries=tried + 1, tries_since=since.isoformat())
        return failed, [say("bot.linking.wrong")], False
    return state.done().knowing(tries=0), [say("bot.linking.done")], True


def answer(state: State, turn: Turn, services: Services) -> Outcome | None:
    """Digits that are no code of six: a slip."""
    digits = "".join(c for c in turn.text if c.isdigit())
    return (state, [say("bot.linking.six_digits")]) if digits else None


def _tries(state: State, at: datetime) -> tuple[int, datetime]:
    given = state.facts.get("tries_since")
    since = datetime.fromisoformat(given) if given else at
    if at - since >= HOUR:
        return 0, at
    return int(state.facts.get("tries", 0)), since
