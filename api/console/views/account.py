"""One's own account: where one is signed in, the password, the second factor and its recovery codes."""

from __future__ import annotations

from api.access import STAFF
from api.console.pages import Look, Shown, page, show


@page("/account", access=STAFF, section="account")
def account(look: Look) -> Shown:
    """The account and its sessions."""
    return show("account.html", me=look.ask("/staff/me"), sessions=look.ask("/staff/me/sessions")["items"])
