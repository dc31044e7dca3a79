"""`flask --app wsgi bot understand | talk`: the understanding and the dialogues without WeChat."""

from __future__ import annotations

import re
import sys
from datetime import datetime

import click
import orjson
from flask import current_app
from flask.cli import AppGroup
from rich.progress import track

from bot.account_commands import menu, poster
from bot.dialogues import taught
from bot.dialogues.engine import answerer
from bot.dialogues.pages import in_terminal
from bot.understanding import understand
from bot.understanding.embedding import passages
from bot.understanding.indicators import indicator_search
from bot.understanding.plan import plan_search
from bot.understanding.readiness import be_ready
from bot.understanding.trained import SHIPPED, save
from bot.understanding.training import train
from bot.understanding.vectors import FOLDER, write
from bot.wechat.messages import DATUM, SUBSCRIBE, Inbound
from bot.wechat.replies import TextReply, pushable
from config.text import say
from models.kernel.ids import new_id
from models.platform import Platform

bot = AppGroup("bot", help="The chat of the official account.")
bot.add_command(menu)
bot.add_command(poster)
# A location in the terminal: "@27.80,114.38", degrees of GCJ-02 as WeChat sends them.
LOCATION = re.compile(r"@\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)", re.ASCII)
ACCOUNT = "terminal"


@bot.command("understand")
def understand_lines() -> None:
    """Read one utterance a line, write one JSON object a line; what caseworkers taught counts, where it can be read."""
    platform: Platform = current_app.extensions["yixiang"]
    be_ready(platform.settings.data_dir)
    taught.BOOK.refresh(platform.clock.now())
    for line in sys.stdin:
        click.echo(orjson.dumps(understand(line.rstrip("\r\n")).as_json()).decode())


@bot.command("train")
def train_understanding() -> None:
    """Learn anew from the catalogue's examples, and keep it with the product. Takes about a minute."""
    learned = train(lambda texts: track(texts, description=say("bot.terminal.training")))
    save(learned, SHIPPED)
    for search in (plan_search(), indicator_search()):
        write(FOLDER / f"{search.name}.npz", search.fingerprint(), passages(search.texts))
    click.echo(say("bot.terminal.trained", path=str(SHIPPED)))


@bot.command("talk")
@click.option("--as", "name", default=None, help="Who talks; the same name goes on with the same chat.")
def talk(name: str | None) -> None:
    """Chat in the terminal, through the real dialogues; @LATITUDE,LONGITUDE sends a location."""
    platform: Platform = current_app.extensions["yixiang"]
    answer = answerer(platform)
    openid = f"{ACCOUNT}-{name or new_id()}"
    click.echo(say("bot.terminal.how"))
    message: Inbound | None = _message(openid, platform.clock.now(), event=SUBSCRIBE) if name is None else None
    while True:
        if message is not None:
            for reply in pushable(answer(message, platform.clock.now())):
                click.echo(in_terminal(reply.text) if isinstance(reply, TextReply) else f"{reply.title} {reply.url}")
            click.echo()
        click.echo("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            click.echo()
            return
        message = _read(openid, line.strip(), platform.clock.now()) if line.strip() else None


def _read(openid: str, line: str, at: datetime) -> Inbound:
    located = LOCATION.fullmatch(line)
    if located and abs(float(located[1])) <= 90 and abs(float(located[2])) <= 180:
        return _message(openid, at, latitude=float(located[1]), longitude=float(located[2]))
    return _message(openid, at, content=line)


def _message(
    openid: str, at: datetime, *, content: str = "", event: str = "", latitude: float | None = None,
    longitude: float | None = None,
) -> Inbound:  # fmt: skip
    kind = "event" if event else "text" if latitude is None else "location"
    return Inbound(
        key=new_id(), kind=kind, openid=openid, account=ACCOUNT, created_at=at, content=content, event=event,  # type: ignore[arg-type]
        latitude=latitude, longitude=longitude, datum=DATUM,
    )  # fmt: skip
