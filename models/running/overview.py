"""Jobs, stuck messages, keys, backups and health, as an administrator sees them; nothing of a person is in it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from pymongo.errors import NetworkTimeout

from config.loading import rule
from config.text import sentences
from models import migrations
from models.kernel import backup, job_runs, outbox
from models.kernel.clock import as_utc
from models.kernel.database import all_records, collection, database, ping
from models.kernel.document import EPOCH, Record
from models.kernel.encryption import EncryptedJsonField, EncryptedStringField, key_version, keyring
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.outbox import DEAD, FAILED, PENDING, SENDING, UNCERTAIN, OutboxMessage
from models.kernel.paging import Page, decode_cursor, encode_cursor

JOB_TEXTS = "jobs.job."
INTEGRITY = "integrity"
KEYS = "key_samples"
STUCK = (DEAD, UNCERTAIN, FAILED)
MESSAGE_FIELDS = {
    "channel": 1, "state": 1, "attempts": 1, "outcome": 1, "updated_at": 1, "next_attempt_at": 1, "created_at": 1,
    "fallbacks": 1,
}  # fmt: skip


def jobs(at: datetime) -> list[Raw]:
    """Every job with its latest run and its latest failure; None where no record is kept of it."""
    names = sorted(key.removeprefix(JOB_TEXTS) for key in sentences() if key.startswith(JOB_TEXTS))
    latest, failed = job_runs.latest_runs(names, at), job_runs.latest_failures()
    return [{"job": name, "latest": _run(latest.get(name)), "failed": _run(failed.get(name))} for name in names]


def runs(job: str, cursor: str | None, at: datetime) -> Page:
    """The runs of one job, the latest first."""
    page = job_runs.runs_of(job, cursor, rule("running.page_size"), at)
    return Page([_run(each) for each in page.items], page.next)


def messages(state: str, cursor: str | None) -> Page:
    """Messages in a state, the longest in it first; no contents. Raises InvalidInput (`bad_cursor`)."""
    wanted: dict[str, Any] = {"state": state}
    after = _place(cursor) if cursor is not None else None
    if after is not None:
        wanted["next_attempt_at"] = {"$gte": after[0]}
    order = [("next_attempt_at", 1), ("_id", 1)]
    size = rule("running.page_size")
    found = [each for each in collection(OutboxMessage).find(wanted, MESSAGE_FIELDS).sort(order)
             if after is None or (as_utc(each["next_attempt_at"]), each["_id"]) > after]  # fmt: skip
    more = None
    if len(found) > size:
        last = found[size - 1]
        more = encode_cursor({"outbox": last["_id"], "at": as_utc(last["next_attempt_at"]).isoformat()})
    return Page([_message(each) for each in found[:size]], more)


def message(key: str) -> Raw:
    """One message without its contents. Raises NotFound."""
    found = collection(OutboxMessage).find_one({"_id": key}, MESSAGE_FIELDS)
    if found is None:
        raise NotFound()
    return _message(found)


def message_counts(at: datetime) -> dict[str, int]:
    """How many messages are stuck, by state; and how many wait although they are due for long."""
    counts = {state: int(collection(OutboxMessage).count_documents({"state": state})) for state in STUCK}
    late = at - timedelta(minutes=rule("running.message_late_minutes"))
    # Each state by itself: an index serves several at once only on some servers.
    waiting = [{"state": state, "next_attempt_at": {"$gt": EPOCH, "$lt": late}} for state in (PENDING, SENDING)]
    return {**counts, "late": sum(int(collection(OutboxMessage).count_documents(each)) for each in waiting)}


def may_be_retried(message: Mapping[str, Any]) -> bool:
    """True where a person may have it sent again."""
    return message["state"] in (DEAD, UNCERTAIN) or (message["state"] == FAILED and not message.get("fallbacks"))


def keys(at: datetime) -> Raw:
    """The version of the key in use, and of a sample of values how many lie under which, as the last night found it
    (`as_of`); before the first night, now."""
    found = database()[KEYS].find_one({"_id": KEYS}) or _keys_now(at, {})
    return {"current": keyring().current, "as_of": as_utc(found["as_of"]), "collections": found["collections"]}


def note_keys(at: datetime) -> int:
    """Look at a sample of every collection's values, which by day would take too long; a job calls it by night.

    Returns how many collections hold encrypted values. One too large to look through is named without a sample, and
    is not counted again: counting reads all of it, too.
    """
    before = database()[KEYS].find_one({"_id": KEYS}) or {"collections": []}
    found = _keys_now(at, {each["collection"]: each["documents"] for each in before["collections"]})
    database()[KEYS].replace_one({"_id": KEYS}, found, upsert=True)
    return len(found["collections"])


def _keys_now(at: datetime, known: Mapping[str, int]) -> Raw:
    """`known`: how large each collection was."""
    found = [each for record in all_records() for each in _sampled(record, known)]
    return {"as_of": at, "collections": sorted(found, key=lambda each: each["collection"])}


def health(folder: Path, at: datetime) -> Raw:
    """Database, migrations, restores, jobs, messages, backups and the latest look for faults."""
    begun = time.perf_counter()
    ping()
    answered = (time.perf_counter() - begun) * 1000
    listed = jobs(at)
    failed = [each["job"] for each in listed if each["latest"] and each["latest"]["state"] == job_runs.FAILED]
    return {
        "database_ms": round(answered, 1), "migrations_pending": len(migrations.pending()),
        "restoring": backup.is_restoring(), "failed_jobs": failed, "messages": message_counts(at),
        "backups": _backups(folder, at), "integrity": _run(job_runs.latest_run(INTEGRITY, at)),
        "key_version": keyring().current,
    }  # fmt: skip


def _backups(folder: Path, at: datetime) -> Raw:
    """The latest whole backup: its folder, when it was made, and whether it is older than it should be."""
    made = []
    for manifest in folder.glob(f"*/{backup.MANIFEST}") if folder.is_dir() else ():
        try:
            moment = datetime.fromisoformat(orjson.loads(manifest.read_bytes())["made_at"])
        except (OSError, ValueError, KeyError):
            continue  # one that cannot be read is no backup
        made.append((moment, manifest.parent.name))
    if not made:
        return {"count": 0, "latest": None, "made_at": None, "late": True}
    moment, name = max(made)
    late = at - moment > timedelta(hours=rule("running.backup_late_hours"))
    return {"count": len(made), "latest": name, "made_at": as_utc(moment), "late": late}


def _sampled(record: type[Record], known: Mapping[str, int]) -> Iterator[Raw]:
    fields = [name for name, field in record._fields.items()
              if isinstance(field, EncryptedStringField | EncryptedJsonField)]  # fmt: skip
    if not fields:
        return
    name, most = record._get_collection_name(), rule("running.keys_collection_most")
    size = known.get(name, 0)
    if size <= most:
        size = _counted(record, most)
    if size > most:
        yield {"collection": name, "documents": size, "sampled": 0, "versions": {}}
        return
    versions: dict[str, int] = {}
    for each in collection(record).find({}, dict.fromkeys(fields, 1)).limit(rule("running.keys_sample")):
        for field in fields:
            if isinstance(each.get(field), bytes):
                version = str(key_version(each[field]))
                versions[version] = versions.get(version, 0) + 1
    yield {"collection": name, "documents": size, "sampled": sum(versions.values()), "versions": versions}


def _counted(record: type[Record], most: int) -> int:
    try:
        return int(collection(record).estimated_document_count())
    except NetworkTimeout:
        return most + 1  # whatever takes so long to be counted has more


def _run(found: Raw | None) -> Raw | None:
    if found is None:
        return None
    times = {name: as_utc(found[name]) if found.get(name) else None
             for name in ("due_at", "finished_at", "next_attempt_at", "updated_at")}  # fmt: skip
    same = ("job", "period", "state", "attempts", "holder")
    outcome = {str(name): str(value) for name, value in (found.get("outcome") or {}).items()}
    return {**{name: found[name] for name in same}, **times, "seconds": found.get("seconds"), "outcome": outcome}


def _message(found: Raw) -> Raw:
    times = {name: as_utc(found[name]) for name in ("created_at", "updated_at", "next_attempt_at")}
    return {
        "key": found["_id"], "channel": found["channel"], "state": found["state"], "attempts": found["attempts"],
        "outcome": found.get("outcome"), **times, "retry": may_be_retried(found),
    }  # fmt: skip


def _place(cursor: str) -> tuple[datetime, str]:
    position = decode_cursor(cursor)
    try:
        return datetime.fromisoformat(position["at"]), str(position["outbox"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("bad_cursor") from None


def retry(key: str, at: datetime) -> bool:
    """Have a stuck message sent again; False where there is none such."""
    return outbox.retry(key, at)
