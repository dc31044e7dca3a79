"""A list's file is what its page shows: all of its pages, masked as there, no formula in it, recorded each time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from config.loading import Rule, rules
from models.kernel import audit, outbox
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.outbox import OutboxEntry, OutboxMessage
from models.people import staff
from tests.factories.console import PASSWORD, Browser

Open = Callable[..., Browser]
HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>\u202eאב" + "长" * 80
LISTS = "/console/running"


def as_csv(who: Browser, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(who.get(path).removeprefix("\ufeff"))))


def as_xlsx(who: Browser, path: str) -> list[list[str]]:
    content = who.client.get(path).get_data()
    return [[str(cell or "") for cell in row] for row in load_workbook(io.BytesIO(content)).active.values]  # type: ignore[union-attr]


def test_a_hostile_name_is_text_on_its_page_and_in_both_kinds_of_file(browser: Open, clock: FixedClock) -> None:
    staff.create_caseworker("hostile", HOSTILE, ["planner"], PASSWORD, at=clock.now(), with_otp=False)
    me = browser("administrator", district_code=None)
    page = me.get(f"{LISTS}/accounts?role=planner")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "/console/sheets/xlsx/running/accounts?role=planner" in page
    for read, form in ((as_csv, "csv"), (as_xlsx, "xlsx")):
        rows = read(me, f"/console/sheets/{form}/running/accounts?role=planner")
        assert rows[0][:2] == ["用户名", "姓名"] and [row[0] for row in rows[1:]] == ["hostile"]
        assert rows[1][1] == f"'{HOSTILE}", "a spreadsheet would run it"
    assert database()[audit.ENTRIES].count_documents({"action": "list.exported"}) == 2


def stuck(count: int, clock: FixedClock) -> None:
    for number in range(count):
        outbox.enqueue(OutboxEntry(f"case:{number:03d}/told", "inbox", {"text": "x"}), clock.now())
    collection(OutboxMessage).update_many({}, {"$set": {"state": "dead"}})


def test_all_pages_of_a_list_are_in_its_file_from_wherever_it_is_asked_for(browser: Open, clock: FixedClock) -> None:
    stuck(65, clock)
    me = browser("administrator", district_code=None)
    first = me.get(f"{LISTS}/outbox?state=dead")
    second = me.get(first.partition('rel="next" data-page href="')[2].partition('"')[0].replace("&amp;", "&"))
    link = second.partition('href="/console/sheets/csv')[2].partition('"')[0].replace("&amp;", "&")
    rows = as_csv(me, f"/console/sheets/csv{link}")
    assert len(rows) == 66 and len({row[0] for row in rows[1:]}) == 65
    assert any("2026-11-23 09:30" in cell for cell in rows[1]), "a time is a moment, whatever the page says of it"
    assert all("重" not in cell for cell in rows[1]), "buttons are no data"


def test_a_file_that_ends_before_its_list_says_so(
    browser: Open, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck(35, clock)
    monkeypatch.setitem(rules(), "api.console_sheet_rows_most", Rule(value=30, unit="rows", source="a test"))
    me = browser("administrator", district_code=None)
    rows = as_csv(me, "/console/sheets/csv/running/outbox?state=dead")
    assert len(rows) == 32 and "只导出了前30行" in rows[-1][0]


@pytest.mark.parametrize(
    "path", ["csv/account", "exe/running/jobs", "csv/running/no-such-page", "csv/running/accounts"]
)
def test_what_is_no_list_or_not_theirs_gives_no_file(browser: Open, path: str) -> None:
    who = browser("supervisor", district_code=None)
    who.get(f"/console/sheets/{path}")
    assert who.status == (403 if path == "csv/running/accounts" else 404)
    assert database()[audit.ENTRIES].count_documents({"action": "list.exported"}) == 0
