"""`flask --app wsgi bot menu push | menu show | poster`: what the official account shows, set through WeChat's API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from bot.dialogues.menu import menu_file
from bot.wechat.menu import MenuLine, faults, payload, read
from bot.wechat.outcomes import CodesUsedUp, PageUnpublished, WechatRefused, WechatUnavailable
from config.text import say
from models.conversations import posters
from models.conversations.scenes import scenes_file
from models.kernel.actors import SYSTEM
from models.kernel.errors import NotFound
from models.platform import Platform

menu = AppGroup("menu", help="The account's custom menu: the catalogue's, pushed to WeChat.")


@menu.command("push")
def push_menu() -> None:
    """Check the catalogue's menu and make it the account's."""
    lines = catalogue_menu()
    found = faults(lines)
    if found:
        _fail("\n".join(found))
    try:
        _platform().wechat.push_menu(payload(lines))
    except WechatRefused as fault:
        _fail(say("wechat.menu.refused", code=fault.errcode))
    except WechatUnavailable:
        _fail(say("wechat.menu.unavailable"))
    click.echo(say("wechat.menu.pushed", count=sum(len(line.below) or 1 for line in lines)))


@menu.command("show")
def show_menu() -> None:
    """The account's menu as WeChat has it, and whether it is the catalogue's."""
    try:
        answer = _platform().wechat.menu()
    except (WechatRefused, WechatUnavailable):
        _fail(say("wechat.menu.unavailable"))
    if answer is None:
        click.echo(say("wechat.menu.none"))
        return
    stands = read(answer)
    for line in stands:
        click.echo(f"{line.label}  {line.key}".rstrip())
        for each in line.below:
            click.echo(f"  {each.label}  {each.key}")
    same = payload(stands) == payload(catalogue_menu())
    click.echo(say("wechat.menu.same" if same else "wechat.menu.differs"))


@click.command("poster")
@with_appcontext
@click.argument("facility_id")
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="A folder for the pictures of both codes."
)
def poster(facility_id: str, save: Path | None) -> None:
    """Both codes of a facility's poster: one opens the chat at that facility, the other the mini-program."""
    platform = _platform()
    at = platform.clock.now()
    try:
        of = posters.subject(posters.FACILITY, facility_id, at)
    except NotFound:
        _fail(say("wechat.poster.no_facility"))
    with _told():
        chat = posters.chat_code(of, platform.wechat.qr_ticket, SYSTEM, at)
    click.echo(
        say("wechat.poster.chat", name=of.name, scene=chat["scene"], url=chat["url"], picture=chat["picture_url"])
    )
    _save(of, posters.CHAT, save)
    with _told():
        mini = posters.mini_code(of, platform.wechat.mini_code, SYSTEM, at)
    click.echo(say("wechat.poster.mini", scene=mini["_id"], page=scenes_file().landing))
    _save(of, posters.MINI, save)


@contextmanager
def _told() -> Iterator[None]:
    """What WeChat refuses, said in words; the command ends."""
    try:
        yield
    except (CodesUsedUp, PageUnpublished) as fault:
        _fail(say(f"errors.{fault.code}"))
    except WechatRefused as fault:
        _fail(say("wechat.poster.refused", code=fault.errcode))
    except WechatUnavailable:
        _fail(say("wechat.poster.unavailable"))


def _save(of: posters.Subject, code: str, folder: Path | None) -> None:
    if folder is None:
        return
    found = posters.picture(of, code)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / found.name
    path.write_bytes(found.content)
    click.echo(say("wechat.poster.saved", path=path))


def catalogue_menu() -> list[MenuLine]:
    """The menu of the catalogue."""
    return [
        MenuLine(button.label, "", tuple(MenuLine(item.label, item.key) for item in button.below))
        for button in menu_file().menu
    ]


def _platform() -> Platform:
    platform: Platform = current_app.extensions["yixiang"]
    return platform


def _fail(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(1)
