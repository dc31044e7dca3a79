"""What the sandbox remembers: a journal of facts, one JSON object a line, applied in order at the start."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.wechat.sandbox.people import Person
from config.loading import rule
from models.kernel.ids import new_id

JOURNAL = "journal.jsonl"
Fact = dict[str, Any]


@dataclass
class Chat:
    """One resident's chat with the account. Each entry has a `rev` that grows when it changes."""

    entries: dict[str, Fact] = field(default_factory=dict)
    following: bool = True
    # Customer-service messages still allowed, by what allowed them: [until (seconds), left].
    allowances: dict[str, list[float]] = field(default_factory=dict)
    credits: dict[str, int] = field(default_factory=dict)


class State:
    """Everything, behind one lock. `record` writes a fact down and applies it."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / JOURNAL
        self.lock = threading.RLock()
        self.now = now
        self.chats: dict[str, Chat] = {}
        self.names: dict[str, str] = {}
        self.tokens: dict[str, dict[str, float]] = {}
        self.observations: dict[str, Fact] = {}
        self.menu: Fact = {}
        self.qrcodes: dict[str, str] = {}
        self.revision = 0
        self._replay()

    def record(self, kind: str, **data: Any) -> Fact:
        """Write a fact down and apply it; returns it with its time."""
        with self.lock:
            fact = {"kind": kind, "at": self.now().timestamp(), **data}
            with self._path.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(fact, ensure_ascii=False) + "\n")
            self._apply(fact)
            return fact

    def chat(self, name: str) -> Chat:
        """The chat of a resident, made known where it is new."""
        with self.lock:
            if name not in self.chats:
                self.record("known", name=name)
            return self.chats[name]

    def name_of(self, openid: str) -> str | None:
        """Whose openid it is, in either account; None for somebody never seen."""
        return self.names.get(openid)

    def say(self, name: str, **entry: Any) -> str:
        """Add an entry to a chat; returns its id."""
        self.chat(name)
        entry_id = new_id()
        self.record("entry", name=name, id=entry_id, entry=entry)
        return entry_id

    def amend(self, name: str, entry_id: str, **changes: Any) -> None:
        """Change an entry of a chat."""
        self.record("amended", name=name, id=entry_id, changes=changes)

    def allow(self, name: str, window: str) -> None:
        """The resident did something that allows customer-service messages (window: message or event)."""
        until = self.now().timestamp() + rule(f"wechat.{window}_window_seconds")
        self.record("allowed", name=name, window=window, until=until, left=rule(f"wechat.{window}_quota"))

    def use_allowance(self, name: str) -> str:
        """Take one customer-service message: "ok", "used" (45047) or "closed" (45015)."""
        with self.lock:
            open_windows = {
                window: left
                for window, (until, left) in self.chat(name).allowances.items()
                if until > self.now().timestamp()
            }
            usable = next((w for w in ("event", "message") if open_windows.get(w, 0) > 0), None)
            if usable is None:
                return "used" if open_windows else "closed"
            self.record("used_allowance", name=name, window=usable)
            return "ok"

    def use_credit(self, name: str, template_id: str) -> bool:
        """Take one consent; False where the resident gave none (43101)."""
        with self.lock:
            if self.chat(name).credits.get(template_id, 0) < 1:
                return False
            self.record("credit", name=name, template_id=template_id, change=-1)
            return True

    def _replay(self) -> None:
        if not self._path.exists():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                fact = json.loads(line)
            except ValueError:  # the last line of a process that was killed while writing
                continue
            self._apply(fact)

    def _apply(self, fact: Fact) -> None:
        getattr(self, f"_apply_{fact['kind']}")(fact)

    def _apply_known(self, fact: Fact) -> None:
        person = Person(fact["name"])
        self.chats.setdefault(fact["name"], Chat())
        self.names[person.mini_openid] = self.names[person.official_openid] = fact["name"]

    def _apply_entry(self, fact: Fact) -> None:
        self.revision += 1
        entry = {**fact["entry"], "id": fact["id"], "at": fact["at"], "rev": self.revision}
        self.chats[fact["name"]].entries[fact["id"]] = entry

    def _apply_amended(self, fact: Fact) -> None:
        self.revision += 1
        self.chats[fact["name"]].entries[fact["id"]].update({**fact["changes"], "rev": self.revision})

    def _apply_following(self, fact: Fact) -> None:
        self.revision += 1
        self.chats[fact["name"]].following = fact["following"]

    def _apply_allowed(self, fact: Fact) -> None:
        self.chats[fact["name"]].allowances[fact["window"]] = [fact["until"], fact["left"]]

    def _apply_used_allowance(self, fact: Fact) -> None:
        self.chats[fact["name"]].allowances[fact["window"]][1] -= 1

    def _apply_credit(self, fact: Fact) -> None:
        credits = self.chats[fact["name"]].credits
        credits[fact["template_id"]] = credits.get(fact["template_id"], 0) + fact["change"]

    def _apply_token(self, fact: Fact) -> None:
        tokens = self.tokens.setdefault(fact["appid"], {})
        for old, until in tokens.items():
            tokens[old] = min(until, fact["at"] + rule("sandbox.old_token_seconds"))
        tokens[fact["token"]] = fact["until"]

    def _apply_menu(self, fact: Fact) -> None:
        self.menu = fact["menu"]

    def _apply_qrcode(self, fact: Fact) -> None:
        self.qrcodes[fact["ticket"]] = fact["scene"]

    def _apply_observation(self, fact: Fact) -> None:
        self.observations[fact["key"]] = fact
