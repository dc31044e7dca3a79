"""Messages without words."""

from __future__ import annotations

from bot.dialogues.services import Services
from bot.dialogues.state import Outcome, State
from bot.wechat.messages import Inbound
from config.text import say

WORDLESS = ("image", "video", "shortvideo", "link", "miniprogrampage", "other")
STICKER, VOICE_EMPTY = "sticker", "voice_empty"


def answer_media(kind: str, state: State, services: Services) -> Outcome:
    """A kind word about what cannot be read. A caseworker who is there is told what came."""
    if services.speaks_with_person and services.tell_person(say(f"bot.media_note.{kind}")):
        return state, []
    if state.frame.dialogue == "applying" and kind == "image":
        about = state.frame.data.get("id")
        where = services.page("application" if about else "applications", say("bot.page.papers"), about or "")
        return state, [say("bot.media.paper", page=where)]
    return state, [say(f"bot.media.{kind}")]


def kind_without_words(message: Inbound) -> str | None:
    """Which kind of wordless message this is, None where it has words."""
    if message.kind == "voice" and not message.recognition.strip():
        return VOICE_EMPTY
    return message.kind if message.kind in WORDLESS else None
