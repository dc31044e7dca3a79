"""Checks a draw's published record by computing all of it again. Needs the record only.

Each fault has a code; its sentence is `housing.faults.<code>` in the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import ValidationError

from models.housing.draw import ALGORITHM, canonical, drawn, fingerprint, number
from models.housing.draw_record import FORMAT, CommittedPart, Hashes, LotteryDrawRecord, rest_hashes
from models.housing.seeds import is_written_well

SHAPE_FAULTS_SHOWN = 10
SHOWN_CHARS = 80


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it must be; `params` fill its sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What the check found. `record` is None where the file could not be read as a record."""

    faults: tuple[Fault, ...]
    record: LotteryDrawRecord | None = None

    @property
    def same(self) -> bool:
        """True only where the whole record was computed again and is the same."""
        return not self.faults


def verify(text: bytes, commitment: str | None = None, *, demonstration: bool = False) -> Verdict:
    """Check a record as published. `commitment`: the SHA-256 that was noted before the draw, to be compared too.

    `demonstration`: whether the reader knows the seed to be made up; without it such a record is a fault.
    """
    try:
        tree = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        return Verdict((Fault("not_json", {"line": fault.lineno}),))
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        return Verdict((Fault("unknown_format", {"expected": FORMAT}),))
    try:
        record = LotteryDrawRecord.model_validate_json(text)
    except ValidationError as fault:
        return Verdict(tuple(_shape_faults(fault)))
    found = [
        *_state_faults(record),
        *_commitment_faults(record, tree["committed"], commitment),
        *_entry_faults(record.committed),
        *_seed_faults(record, demonstration),
        *_result_faults(record),
        *_hash_faults(tree, record),
    ]
    return Verdict(tuple(found), record)


def _shape_faults(error: ValidationError) -> Iterator[Fault]:
    for each in error.errors(include_input=False, include_url=False, include_context=False)[:SHAPE_FAULTS_SHOWN]:
        yield Fault("shape", {"field": _shown(".".join(str(part) for part in each["loc"]))})


def _shown(text: str) -> str:
    """Part of a stranger's file, made harmless for a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)[:SHOWN_CHARS]


def _state_faults(record: LotteryDrawRecord) -> Iterator[Fault]:
    if record.void is not None or record.state == "void":
        yield Fault("void", {"reason": _shown(record.void.reason) if record.void else "-"})
    elif record.state != "published" or record.seed is None or record.result is None:
        yield Fault("not_published", {"state": record.state})
    made = record.committed.algorithm
    if {"name": made.name, "version": made.version} != ALGORITHM:
        yield Fault("unknown_algorithm", {"name": _shown(made.name), "version": made.version})


def _commitment_faults(record: LotteryDrawRecord, committed: Any, noted: str | None) -> Iterator[Fault]:
    found = fingerprint(canonical(committed))
    yield from _differences("commitment", record.commitment, found)
    if noted is not None and noted.lower() != found["sha256"]:
        yield Fault("commitment_noted", {"noted": _shown(noted.lower()), "found": found["sha256"]})


def _differences(what: str, published: Hashes, found: Mapping[str, str]) -> Iterator[Fault]:
    for kind, value in published.model_dump().items():
        if value != found[kind]:
            yield Fault(f"{what}_hash", {"kind": kind, "published": value, "found": found[kind]})


def _entry_faults(committed: CommittedPart) -> Iterator[Fault]:
    seals = [entry["seal"] for entry in committed.entries]
    for index, (entry, earlier) in enumerate(zip(committed.entries, [None, *seals], strict=False)):
        if entry["number"] != number(index):
            yield Fault("entry_number", {"line": index + 1, "number": entry["number"], "expected": number(index)})
            return
        if earlier is not None and entry["seal"] == earlier:
            yield Fault("entry_twice", {"number": entry["number"]})
            return
        if earlier is not None and entry["seal"] < earlier:
            yield Fault("entry_order", {"number": entry["number"]})
            return


def _seed_faults(record: LotteryDrawRecord, demonstration: bool) -> Iterator[Fault]:
    source = record.committed.seed_source
    at = {event.action: event.at for event in record.events}
    if source.demonstration and not demonstration:
        yield Fault("demonstration")
    if "commit" not in at:
        yield Fault("event_missing", {"action": "commit"})
    elif not source.demonstration and at["commit"] >= source.announced_at:
        yield Fault("committed_late", {"announced": source.announced_at.isoformat()})
    if record.seed is None:
        return
    entered = [event.seed for event in record.events if event.seed is not None]
    if entered[-1:] != [record.seed]:
        yield Fault("seed_event", {"seed": _shown(record.seed)})
    if "enter_seed" not in at:
        yield Fault("event_missing", {"action": "enter_seed"})
    elif not source.demonstration and at["enter_seed"] < source.announced_at:
        yield Fault("seed_early", {"announced": source.announced_at.isoformat()})
    if not is_written_well(record.seed, source.balls):
        yield Fault("seed_form", {"seed": _shown(record.seed), "written": _shown(source.written)})


def _result_faults(record: LotteryDrawRecord) -> Iterator[Fault]:
    if record.result is None or record.seed is None:
        return
    entries = record.committed.entries
    expected = [
        entries[index]["number"]
        for index in drawn(record.commitment.sha256, record.seed, [entry["seal"] for entry in entries])
    ]
    if record.result == expected:
        return
    known = {entry["number"] for entry in entries}
    foreign = [each for each in record.result if each not in known]
    missing = sorted(known.difference(record.result))
    twice = len(record.result) - len(set(record.result))
    if foreign:
        yield Fault("result_foreign", {"count": len(foreign), "number": _shown(foreign[0])})
    if missing:
        yield Fault("result_missing", {"count": len(missing), "number": missing[0]})
    if twice:
        yield Fault("result_twice", {"count": twice})
    places = [place for place, (a, b) in enumerate(zip(record.result, expected, strict=False)) if a != b]
    if places:
        first = places[0]
        facts = {
            "count": len(places),
            "place": first + 1,
            "found": _shown(record.result[first]),
            "expected": expected[first],
        }
        yield Fault("result_order", facts)


def _hash_faults(tree: dict[str, Any], record: LotteryDrawRecord) -> Iterator[Fault]:
    if (record.hashes.result is None) != (record.result is None):
        yield Fault("result_hash_absent")
    elif record.hashes.result is not None:
        yield from _differences("result", record.hashes.result, fingerprint(canonical(tree["result"])))
    yield from _differences("record", record.hashes.record, rest_hashes(tree))
