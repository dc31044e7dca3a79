"""A list of the console as a file: the tables of its page, read page after page, as they are shown to whoever asks.

What a page hides, masks or refuses, its file does too, for both are the same page. Nothing is declared a second time:
a page says `sheet=True`, and its tables' headings are the file's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urlsplit

from config.text import say
from models.kernel.clock import local

Table = list[list[str]]
# Where in a list one is; a file begins at its beginning.
PLACES = ("cursor", "after", "from")
# What stands in a cell to be pressed or looked at, not to be read.
UNREAD = ("form", "svg", "select")
VOID = ("br", "img", "input", "hr")


@dataclass
class Listed:
    """What was read: the rows of all tables, each with its heading, and whether that is all of the list."""

    tables: list[Table] = field(default_factory=list)
    whole: bool = True

    @property
    def count(self) -> int:
        return sum(len(each) - 1 for each in self.tables)

    def rows(self) -> Table:
        """All of it as one sheet, an empty row between two tables."""
        found: Table = []
        for each in self.tables:
            found += [*([[]] if found else []), *each]
        return found if self.whole else [*found, [say("console.sheet_goes_on", count=self.count)]]


def beginning(path: str, query: str) -> str:
    """The list's first page, with the filters of the query."""
    kept = [(name, text) for name, text in parse_qsl(query) if name not in PLACES]
    return f"{path}?{urlencode(kept)}" if kept else path


def collect(first: str, read: Callable[[str], str], most: int) -> Listed:
    """The tables of a list from its first page on; `read` gives a page's HTML, `most` bounds the rows."""
    found, following, seen = Listed(), first, set[str]()
    while following and following not in seen:
        if found.count >= most:
            found.whole = False
            break
        seen.add(following)
        page = _Tables()
        page.feed(read(following))
        for number, table in enumerate(page.tables):
            if number >= len(found.tables):
                found.tables.append(table)
            elif found.tables[number][: len(table)] != table:  # a table beside the list stands on each of its pages
                found.tables[number] += table[1:]
        following = page.following
    return found


class _Tables(HTMLParser):
    """The page's tables as text, a time as the moment that it means, and the address of the list's next page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.following = ""
        self._inside: list[tuple[str, bool]] = []
        self._unread = self._in_table = False
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("rel") == "next" and "data-page" in given:
            path = urlsplit(given["href"])
            self.following = f"{path.path}?{path.query}" if path.query else path.path
        if tag in VOID:
            self.handle_data(" ")
            return
        self._inside.append((tag, self._unread))
        if tag == "table" and "stack" in given.get("class", "").split():
            self._in_table = True
            self.tables.append([])
        elif tag == "tr" and self._in_table:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self._in_table:
            self._cell = []
        elif self._cell is not None:
            if tag == "time" and given.get("datetime"):
                self.handle_data(f" {local(datetime.fromisoformat(given['datetime'])):%Y-%m-%d %H:%M} ")
                self._unread = True
            elif tag in UNREAD or "hidden" in given.get("class", "").split():
                self._unread = True
            else:
                self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        while self._inside:
            opened, self._unread = self._inside.pop()
            if opened == tag:
                break
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "table":
            self._in_table = False

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._unread:
            self._cell.append(data)
