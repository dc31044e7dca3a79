"""How a page is declared, and what each of them gets: who is looking, the API's answers, what went wrong just now.

    @page("/applications/<application_id>", access=staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER))
    def application(look: Look, application_id: str) -> Shown:
        return show("application.html", case=look.ask(f"/staff/applications/{application_id}"))

A form posts to `/console/do/…`, the path of an API route, with the page it stands on in `_page`: done, the browser is
sent there again; refused, that page is shown with what was typed and what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from api.access import Access
from api.console import calls
from models.kernel.errors import Forbidden
from models.people.staff_sessions import Session


@dataclass(frozen=True)
class Trouble:
    """Why the form that was sent did nothing. `faults`: field → sentence; `values`: what was typed; `seen`: as of
    when its page was, so that what changed since can be shown."""

    action: str
    status: int
    code: str
    detail: str
    faults: Mapping[str, str] = field(default_factory=dict)
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    seen: str = ""


@dataclass(frozen=True)
class Look:
    """Somebody of the staff looks at a page. `path`: its own, with its query, as forms on it send it back."""

    session: Session
    at: datetime
    path: str
    query: Mapping[str, str]
    trouble: Trouble | None = None

    def ask(self, path: str, **query: Any) -> Any:
        """What the API answers to `GET path` with this query; raises what it raises."""
        return calls.ask(self.session, path, self.at, **query)

    def may(self, method: str, path: str) -> bool:
        """True where the role may call that route."""
        return calls.may(self.session, method, path)

    def unread(self) -> int:
        """How many notices wait for the one who looks."""
        count: int = self.ask("/staff/notices/unread")["unread"]
        return count

    def has_role(self, *roles: str) -> bool:
        return self.session.actor.has_role(*roles)


@dataclass(frozen=True)
class Shown:
    """A template and what it needs."""

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """A declared page: its path below /console, who may look, and the function that makes it."""

    path: str
    access: Access
    make: Callable[..., Shown]
    # The entry of the menu under which it stands.
    section: str
    # Only for who answers for the whole city.
    city: bool = False
    # A list: its tables can be taken along as a file.
    sheet: bool = False

    def show(self, look: Look, named: Mapping[str, Any]) -> Shown:
        """Make it. Raises Forbidden where the role may not look."""
        if not self.is_for(look):
            raise Forbidden()
        return self.make(look, **named)

    def is_for(self, look: Look) -> bool:
        """True where the one who looks may."""
        if self.city and look.session.actor.district_code is not None:
            return False
        return not self.access.roles or look.has_role(*self.access.roles)


PAGES: list[Page] = []


def page(
    path: str, *, access: Access, section: str, city: bool = False, sheet: bool = False
) -> Callable[[Callable[..., Shown]], Callable[..., Shown]]:
    """Declare a page."""
    if access.kind != "staff":
        raise ValueError(f"{path}: a page of the console is for staff")

    def declare(make: Callable[..., Shown]) -> Callable[..., Shown]:
        PAGES.append(Page(path, access, make, section, city, sheet))
        return make

    return declare


def show(template: str, **values: Any) -> Shown:
    """A template of `templates/` with its values."""
    return Shown(template, values)
