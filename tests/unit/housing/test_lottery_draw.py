"""A draw is fixed by its commitment and its seed, says nothing of a person, and each way of bending it is named."""

from __future__ import annotations

import hashlib
import json
import re
import string
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.text import sentences
from models.housing.draw import canonical, drawn, fingerprint, number, rank_key, salt_of, seal_of, sealed
from models.housing.draw_record import commitment_of, rest_hashes
from models.housing.draw_verification import verify
from models.housing.seeds import Balls, is_written_well, named_seed, seed_sources
from models.kernel.errors import InvalidInput
from tests.unit.housing.lottery_sample import EVENTS, SECRET, SEED, application, published

ROOT = Path(__file__).resolve().parents[3]
Record = dict[str, Any]
KNOWN_COMMITMENT = "ce7de3ea531fd744169f4fc15345626c163a53d2dde71a18d05dc73768a8f80d"
KNOWN_RESULT = ["000007", "000006", "000002", "000005", "000003", "000001", "000008", "000004"]


def codes(record: Any, commitment: str | None = None) -> list[str]:
    return [fault.code for fault in verify(canonical(record), commitment).faults]


def reseal(record: Record) -> Record:
    """What somebody would do who bends a record and makes every hash fit again."""
    record["commitment"] = commitment_of(record["committed"])
    if record["result"] is not None:
        record["hashes"]["result"] = fingerprint(canonical(record["result"]))
    record["hashes"]["record"] = rest_hashes(record)
    return record


def test_a_published_record_verifies() -> None:
    assert verify(canonical(published())).same
    assert verify(json.dumps(published(), indent=2, ensure_ascii=False).encode()).same


def test_the_order_is_that_of_the_published_formula() -> None:
    record = published()
    told = record["committed"]["entries"]
    text = json.dumps(record["committed"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    commitment = hashlib.sha256(text.encode()).hexdigest()
    assert commitment == record["commitment"]["sha256"]
    by_hand = sorted(told, key=lambda e: hashlib.sha256(f"{commitment}|{SEED}|{e['seal']}".encode()).hexdigest())
    assert record["result"] == [entry["number"] for entry in by_hand]
    assert rank_key(commitment, SEED, "ab") == hashlib.sha256(f"{commitment}|{SEED}|ab".encode()).hexdigest()


def test_the_same_draw_always_comes_out_so() -> None:
    """Fixed for ever: a change of the algorithm needs a new version, or old records would stop verifying."""
    record = published(8)
    assert record["commitment"]["sha256"] == KNOWN_COMMITMENT
    assert record["result"] == KNOWN_RESULT


def test_sm3_is_the_national_hash() -> None:
    # The example of GB/T 32905-2016, appendix A.1.
    assert fingerprint(b"abc")["sm3"] == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.lists(st.integers(0, 10**6), unique=True, min_size=1, max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_how_the_list_was_given_changes_nothing(numbers: list[int], chance: Any) -> None:
    ids = [application(n) for n in numbers]
    mixed = list(ids)
    chance.shuffle(mixed)
    assert sealed(ids, SECRET) == sealed(mixed, SECRET)
    seals = [seal for seal, _ in sealed(ids, SECRET)]
    assert sorted(drawn("c", SEED, seals)) == list(range(len(ids)))


def test_each_entry_has_the_same_chance() -> None:
    seals = [seal for seal, _ in sealed([application(n) for n in range(5)], SECRET)]
    firsts = Counter(drawn("commitment", str(turn), seals)[0] for turn in range(5000))
    # 1,000 expected each; five standard deviations are 141.
    assert all(abs(firsts[index] - 1000) < 141 for index in range(5))


def test_an_application_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        sealed([application(1), application(1)], SECRET)


def test_the_record_tells_nothing_of_an_application_but_its_holder_finds_it() -> None:
    record = published(30)
    text = canonical(record).decode()
    assert not any(application(n) in text for n in range(30))
    salt = salt_of(SECRET, application(7))
    assert salt not in text
    seal = hashlib.sha256(f"{application(7)}|{salt}".encode()).hexdigest()
    assert seal == seal_of(application(7), salt)
    assert [entry["seal"] for entry in record["committed"]["entries"]].count(seal) == 1


def _swap(record: Record) -> None:
    record["result"][2], record["result"][9] = record["result"][9], record["result"][2]


def _leave_out(record: Record) -> None:
    record["result"].pop()


def _repeat(record: Record) -> None:
    record["result"][3] = record["result"][4]


def _stranger(record: Record) -> None:
    record["result"][0] = number(98)


def _other_seed(record: Record) -> None:
    record["seed"] = "01-02-03-04-05-06-07"


def _loose_seed(record: Record) -> None:
    record["seed"] = "07-03-12-19-25-31-08"
    record["events"] = [{**event, "seed": record["seed"] if event["seed"] else None} for event in EVENTS]


def _early_seed(record: Record) -> None:
    record["events"] = [EVENTS[0], {**EVENTS[1], "at": "2026-11-29T21:59:59+08:00"}, *EVENTS[2:]]


def _late_list(record: Record) -> None:
    record["events"] = [{**EVENTS[0], "at": "2026-11-29T22:00:00+08:00"}, *EVENTS[1:]]


def _no_event(record: Record) -> None:
    record["events"] = EVENTS[1:]


def _more_places(record: Record) -> None:
    record["committed"]["places"] = 6


def _out_of_order(record: Record) -> None:
    entries = record["committed"]["entries"]
    entries[0]["seal"], entries[1]["seal"] = entries[1]["seal"], entries[0]["seal"]


def _same_twice(record: Record) -> None:
    record["committed"]["entries"][1]["seal"] = record["committed"]["entries"][0]["seal"]


def _misnumbered(record: Record) -> None:
    record["committed"]["entries"][4]["number"] = "000007"


def _other_algorithm(record: Record) -> None:
    record["committed"]["algorithm"]["version"] = 2


def _void(record: Record) -> None:
    record["state"] = "void"
    record["void"] = {"at": "2026-11-30T09:00:00+08:00", "state": "drawn", "reason": "名单漏了三户"}


def _not_yet(record: Record) -> None:
    record["result"] = None
    record["state"] = "drawn"
    record["hashes"]["result"] = None


@pytest.mark.parametrize(
    ("bend", "told"),
    [
        (_swap, {"result_order"}),
        (_leave_out, {"result_missing"}),
        (_repeat, {"result_missing", "result_twice", "result_order"}),
        (_stranger, {"result_foreign", "result_missing", "result_order"}),
        (_other_seed, {"seed_event", "result_order"}),
        (_loose_seed, {"seed_form", "result_order"}),
        (_early_seed, {"seed_early"}),
        (_late_list, {"committed_late"}),
        (_no_event, {"event_missing"}),
        (_more_places, {"result_order"}),
        (_out_of_order, {"entry_order", "result_order"}),
        (_same_twice, {"entry_twice", "result_order"}),
        (_misnumbered, {"entry_number", "result_foreign", "result_order"}),
        (_other_algorithm, {"unknown_algorithm", "result_order"}),
        (_void, {"void"}),
        (_not_yet, {"not_published"}),
    ],
)
def test_each_way_of_bending_a_record_is_named_even_with_every_hash_made_to_fit(
    bend: Callable[[Record], None], told: set[str]
) -> None:
    record = published()
    bend(record)
    assert set(codes(reseal(record))) == told


def test_a_changed_list_breaks_the_commitment() -> None:
    record = published()
    record["committed"]["places"] = 6
    assert codes(record) == ["commitment_hash", "commitment_hash"]


def test_a_damaged_hash_is_named() -> None:
    record = published()
    record["hashes"]["result"]["sha256"] = "0" * 64
    record["hashes"]["record"]["sm3"] = "0" * 64
    assert codes(record) == ["result_hash", "record_hash"]


def test_a_wholly_remade_record_differs_from_the_commitment_noted_before() -> None:
    noted = published(30)["commitment"]["sha256"]
    remade = published(31)
    assert codes(remade) == []
    assert codes(remade, noted) == ["commitment_noted"]
    assert codes(published(30), noted.upper()) == []


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_single_change_goes_unnoticed(data: st.DataObject) -> None:
    record = published(6)
    paths = list(_leaves(record))
    path = data.draw(st.sampled_from(paths))
    holder: Any = record
    for step in path[:-1]:
        holder = holder[step]
    before = holder[path[-1]]
    holder[path[-1]] = data.draw(
        st.sampled_from(["x", "0" * 64, "000003", 3, None, [], True]).filter(lambda v: v != before)
    )
    assert not verify(canonical(record)).same


def _leaves(value: Any, above: tuple[Any, ...] = ()) -> Any:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict | list) and value:
        for key, child in children:
            yield from _leaves(child, (*above, key))
    else:
        yield above


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 1}', b'{"format": "yixiang.lottery-draw/2"}', b"[" * 5000,
     b'{"format": "yixiang.lottery-draw/1"}', b'{"format": "\\ud800"}', b'"\x00"'],
)  # fmt: skip
def test_what_is_no_record_is_refused_with_a_reason(text: bytes) -> None:
    found = verify(text)
    assert not found.same
    assert found.record is None


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode())
)
@settings(max_examples=200, deadline=None)
def test_no_file_makes_the_check_fail_in_another_way(text: bytes) -> None:
    assert not verify(text).same


def test_every_fault_has_its_sentence_and_fills_it() -> None:
    source = (ROOT / "models/housing/draw_verification.py").read_text()
    named = set(re.findall(r'Fault\("([a-z_0-9]+)"', source))
    named |= {f"{what}_hash" for what in re.findall(r'_differences\("([a-z]+)"', source)}
    written = {key.removeprefix("housing.faults.") for key in sentences() if key.startswith("housing.faults.")}
    assert named == written
    for match in re.finditer(r'Fault\("([a-z_0-9]+)"(?:, \{([^\n]*)\})?\)', source):
        fields = {name for _, name, _, _ in string.Formatter().parse(sentences()[f"housing.faults.{match[1]}"]) if name}
        assert fields <= set(re.findall(r'"(\w+)":', match[2] or "")), match[1]


@pytest.mark.parametrize(
    ("seed", "right"),
    [
        (SEED, True), ("01-02-03-04-05-06-16", True), ("3-07-12-19-25-31-08", False), ("03 07 12 19 25 31 08", False),
        ("07-03-12-19-25-31-08", False), ("03-03-12-19-25-31-08", False), ("03-07-12-19-25-34-08", False),
        ("03-07-12-19-25-31-17", False), ("03-07-12-19-25-31", False), ("03-07-12-19-25-31-08-09", False),
        ("0３-07-12-19-25-31-08", False), ("", False), (SEED + "\n", False),
    ],
)  # fmt: skip
def test_a_result_has_one_way_of_being_written(seed: str, right: bool) -> None:
    assert is_written_well(seed, [Balls(count=6, lowest=1, highest=33), Balls(count=1, lowest=1, highest=16)]) is right


@pytest.mark.parametrize(
    ("token", "issue", "day"),
    [
        ("coin", "2026137", date(2026, 11, 29)),
        ("demonstration", "2026137", date(2026, 11, 29)),
        ("welfare_double_ball", "137", date(2026, 11, 29)),
        ("welfare_double_ball", "２０２６１３７", date(2026, 11, 29)),
        ("welfare_double_ball", "2026137", date(2026, 11, 30)),
    ],
)
def test_a_seed_must_be_named_exactly(token: str, issue: str, day: date) -> None:
    with pytest.raises(InvalidInput):
        named_seed(token, issue, day)


def test_every_seed_source_gives_an_example_that_it_accepts() -> None:
    for source in seed_sources().values():
        example = re.search(r"(\d\d(?:-\d\d)+)", source.written)
        assert example is not None
        assert is_written_well(example[1], source.balls)
