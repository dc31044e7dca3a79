"""`flask --app wsgi bot menu push | menu show | poster`: what the official account shows, set through WeChat's API."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from bot.dialogues.menu import menu_file
from bot.wechat.menu import MenuLine, faults, payload, read
from bot.wechat.outcomes import WechatRefused, WechatUnavailable
from config.text import say
from models.conversations.posters import facility_poster
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
def poster(facility_id: str) -> None:
    """The QR code for a facility's poster: whoever scans it is shown that facility."""
    platform = _platform()
    try:
        made = facility_poster(facility_id, platform.wechat.qr_ticket, SYSTEM, platform.clock.now())
    except NotFound:
        _fail(say("wechat.poster.no_facility"))
    except WechatRefused as fault:
        _fail(say("wechat.poster.refused", code=fault.errcode))
    except WechatUnavailable:
        _fail(say("wechat.poster.unavailable"))
    click.echo(say("wechat.poster.made", name=made.name, scene=made.scene, url=made.url, picture=made.picture_url))


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
