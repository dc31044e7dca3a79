"""kill -9 at every write of the webhook: on the disk that takes messages while the database stalls, and in the database.

What was told is kept, nothing happens twice, and a follower reads each answer once.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree

import pytest

from bot.dialogues import engine
from bot.wechat.messages import read
from bot.wechat.reception import Reception
from bot.wechat.spool import Spool, Spooled
from models.conversations.documents import Conversation
from models.conversations.inbound import InboundMessage, LateMessage
from models.kernel.database import collection
from models.kernel.database import database as connected
from models.kernel.outbox import OutboxMessage
from tests.conftest import MORNING
from tests.factories.killed_webhook import FOLDER, KEPT, PRESS, TOLD, WHICH, call, door
from tests.factories.wechat import Caller, wechat_settings
from tests.failpoints import AFTER, BEFORE, TORN, Killable
from tests.quick import empty_database

# WeChat's first retry; all leases of a message whose worker died have ended.
RETRY, LATER = timedelta(seconds=5), timedelta(seconds=130)
SAID = ["echo a"]


@pytest.fixture
def folder(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    return tmp_path


@dataclass
class Host:
    """A host whose process is killed at each of its writes in turn, every time with an empty disk and database."""

    folder: Path
    killable: Killable

    def deaths(self, which: str, ways: Sequence[str], before: Callable[[], None] = lambda: None) -> Iterator[str]:
        (self.folder / WHICH).write_text(which)
        self._begin(before)
        for point in self.killable.points(ways=ways):
            yield f"{which} killed {point}"
            self._begin(before)

    def _begin(self, before: Callable[[], None]) -> None:
        rmtree(self.folder / "spool", ignore_errors=True)
        (self.folder / TOLD).unlink(missing_ok=True)
        empty_database()
        before()


def pushed() -> list[str]:
    return [OutboxMessage.open_payload(each)["text"] for each in collection(OutboxMessage).find({})]


def settled(reception: Reception, at: datetime) -> None:
    """Twice: what the first look takes over the second must leave alone."""
    for later in (at, at + LATER):
        reception.recover(later)


@pytest.mark.slow
def test_kill_9_at_every_write_of_the_disk_and_of_the_database(folder: Path, database: str) -> None:
    with Killable("tests.factories.killed_webhook:die", database, MORNING, files=True) as killable:
        host = Host(folder, killable)
        _while_the_disk_takes_it(host)
        _while_it_is_worked_off(host)
        _while_a_press_is_answered(host)


def _while_the_disk_takes_it(host: Host) -> None:
    points = 0
    for point in host.deaths("take_in", (BEFORE, TORN, AFTER)):
        points += 1
        app, reception, settings = door(host.folder, MORNING + RETRY)
        heard: list[str] = []
        if (host.folder / TOLD).exists():
            assert (host.folder / TOLD).read_text() == "success", point
        else:  # WeChat has no answer: it calls again, with the same query string
            heard = [call(app, settings, KEPT, MORNING)]
        settled(reception, MORNING + RETRY)
        reception.close()
        assert [text for text in heard if text != "success"] + pushed() == SAID, f"read once: {point}"
        assert _effects() == 1 and Spool(host.folder / "spool").count() == 0, point
    assert points >= 4 * 3, "making the folder, writing, naming, noting the name"


def _while_it_is_worked_off(host: Host) -> None:
    message = read(KEPT, "xml", wechat_settings().wechat_official_appid)
    entry = Spooled(message.id, message.stored(), "n", False, MORNING)
    points = 0
    for point in host.deaths("work_off", (BEFORE, AFTER), lambda: Spool(host.folder / "spool").keep(entry)):
        points += 1
        _, reception, _ = door(host.folder, MORNING + LATER)
        settled(reception, MORNING + LATER)
        assert pushed() == SAID, point
        assert _effects() == 1 and Spool(host.folder / "spool").count() == 0, point
        assert collection(LateMessage).count_documents({}) == 0, point
    assert points >= 6 * 2, "claim, promise, file, effect, push"


def _while_a_press_is_answered(host: Host) -> None:
    points = 0
    for point in host.deaths("press", (BEFORE, AFTER)):
        points += 1
        app, reception, settings = door(host.folder, MORNING + RETRY, engine.answer)
        reply = call(app, settings, PRESS, MORNING)
        assert "1. " in reply and call(app, settings, PRESS, MORNING) == reply, point
        (chat,) = collection(Conversation).find({})
        assert (chat["version"], collection(InboundMessage).count_documents({})) == (1, 1), point
        reception.close()
    assert points == 2 * 2, "two writes a press: the chat, and the message with its answer"


def test_what_is_torn_is_recognised_and_what_was_never_whole_is_swept(folder: Path, caller: Caller) -> None:
    message = read(KEPT, "xml", caller.appid)
    spool = Spool(folder / "spool")
    spool.keep(Spooled(message.id, message.stored(), "n", False, MORNING))
    whole = (folder / "spool" / f"{message.id}.sealed").read_bytes()
    torn = [whole[:length] for length in (0, 1, 20, len(whole) // 2, len(whole) - 1)]
    for number, content in enumerate(torn):
        (folder / "spool" / f"TORN{number}.sealed").write_bytes(content)
    assert [entry.id for entry in spool.waiting()] == [message.id]
    assert len(list((folder / "spool").glob("*.unreadable"))) == len(torn), "put aside for a person"
    part = folder / "spool" / "DEAD.part"
    part.write_bytes(whole)
    assert spool.count() == 1, "a part is no message"
    spool.keep(Spooled("other", message.stored(), "n", False, MORNING))
    assert part.exists(), "its writer may be alive"
    long_ago = part.stat().st_mtime - 3600
    os.utime(part, (long_ago, long_ago))
    spool.keep(Spooled("third", message.stored(), "n", False, MORNING))
    assert not part.exists()


def _effects() -> int:
    return int(connected()["effects"].count_documents({}))
