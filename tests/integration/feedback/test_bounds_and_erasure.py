"""Limits that hold against many at once, the same request again, ratings, counts, and what is left of a person."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from config.loading import rules
from models.feedback import erasing, handling, operations, queries, ratings, theme_counts, theme_standing
from models.feedback.documents import Feedback
from models.kernel.actors import Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.errors import Conflict, DomainError, IllegalTransition, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from tests.factories.casework import intake, make_centre
from tests.integration.feedback.conftest import TEXT, Lasting, Submit


def at_once(count: int, work: Callable[[int], Raw]) -> tuple[list[Raw], list[DomainError]]:
    done: list[Raw] = []
    refused: list[DomainError] = []

    def one(number: int) -> None:
        try:
            done.append(work(number))
        except DomainError as fault:
            refused.append(fault)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused


def test_ten_a_day_also_for_who_sends_many_at_once(submit: Submit, clock: FixedClock) -> None:
    me = Resident.actor(new_id())
    done, refused = at_once(14, lambda number: submit("need", f"希望有图书馆 {number}", by=me))
    assert (len(done), {fault.code for fault in refused}) == (10, {"feedback_too_many"})
    assert len({raw["number"] for raw in done}) == 10
    clock.advance(days=1)
    submit("need", by=me)


def test_the_same_submission_many_times_is_one(submit: Submit) -> None:
    me, piece = Resident.actor(new_id()), new_id()
    done, refused = at_once(6, lambda number: submit(by=me, feedback_id=piece))
    assert not refused and {raw["_id"] for raw in done} == {piece}
    assert len({raw["number"] for raw in done}) == 1
    with pytest.raises(NotFound):
        submit(by=Resident.actor(new_id()), feedback_id=piece)


def test_of_two_replies_at_once_one_stands(submit: Submit, clock: FixedClock) -> None:
    raw = submit()
    done, refused = at_once(
        4, lambda n: handling.reply(raw["_id"], f"答复 {n}", by=intake(), at=clock.now(), key=new_id())
    )
    assert len(done) == 1 and all(isinstance(fault, IllegalTransition) for fault in refused)


def test_ratings_are_one_a_person_and_told_only_together(submit: Submit, clock: FixedClock, me: Lasting) -> None:
    library = make_centre(category="library")
    people = [Resident.actor(new_id()) for _ in range(10)]
    for number, who in enumerate(people):
        assert ratings.public_average(library) is None
        submit("rating", "", by=who, facility_id=library, stars=1 + number % 5)
    assert ratings.public_average(library) == {"average": 3.0, "count": 10}
    with pytest.raises(Conflict, match="feedback_rated_already"):
        submit("rating", "很好", by=people[0], facility_id=library, stars=5)
    mine = queries.own_pieces(people[0], 5, None, clock.now()).items[0]
    assert (mine["state"], mine["actions"]) == ("closed", ["withdraw", "allow"])
    operations.withdraw(mine["id"], by=people[0], at=clock.now(), key=new_id())
    submit("rating", "很好", by=people[0], facility_id=library, stars=5)
    shown = me("GET", f"/facilities/{library}/rating").json
    assert (shown["count"], shown["average"]) == (10, 3.4)
    with pytest.raises(Conflict, match="childcare_rated_by_families"):
        submit("rating", "", facility_id=make_centre(), stars=5)


def test_themes_are_counted_without_telling_of_few(submit: Submit, clock: FixedClock, me: Lasting) -> None:
    for _ in range(12):
        submit("need", "希望有图书馆")
    for _ in range(3):
        submit("need", "希望有图书馆", district_code="360922")
    submit("need", "老人需要助餐")
    shown, sums = theme_counts.public_theme_counts(["2026-11"])
    assert (sums["culture_sport"], sums["elder_care"], sums["housing"]) == (20, None, None)
    # The three are few, and with the twelve told the sum would tell them: both are hidden. Sums are rounded.
    assert (shown["culture_sport"]["360902"], shown["culture_sport"]["360922"]) == (None, None)
    answer = me("GET", "/feedback-themes?month=2026-11").json
    assert next(each for each in answer["items"] if each["theme"] == "culture_sport")["total"] == 20
    for none in ("2026-13", "0000-01", "9999-12"):
        assert me("GET", f"/feedback-themes?month={none}").status_code == 422
    assert me("GET", "/feedback-themes?month=2026-11&since=2024-01").status_code == 422


def test_large_months_are_counted_by_the_hour_and_say_as_of_when(
    submit: Submit, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    least = rules()["feedback.standing_pieces_least"]
    monkeypatch.setitem(rules(), "feedback.standing_pieces_least", least.model_copy(update={"value": 2}))
    submit("need", "希望有图书馆")
    submit("need", "希望有图书馆", district_code="360922")
    assert theme_standing.note_themes(clock.now()) == {"months": 12}
    noted = clock.now()
    submit("need", "希望有图书馆")
    table, as_of = theme_standing.themes_for_staff(["2026-10", "2026-11"], noted)
    assert (table["culture_sport"]["360902"], table["culture_sport"]["360922"], as_of) == (1, 1, noted)
    clock.advance(hours=3)
    table, as_of = theme_standing.themes_for_staff(["2026-11"], clock.now())
    assert (table["culture_sport"]["360902"], as_of) == (2, None), "nobody has counted for long"
    assert theme_standing.note_themes(clock.now())
    monkeypatch.setitem(rules(), "feedback.standing_pieces_least", least)
    assert theme_standing.themes_for_staff(["2026-11"], clock.now())[1] is None, "few are counted now"


def test_erasure_takes_the_person_out_and_leaves_the_count(submit: Submit, clock: FixedClock) -> None:
    me = Resident.actor(new_id())
    opened, answered = submit(by=me), submit(by=me)
    handling.reply(answered["_id"], "已处理。", by=intake(), at=clock.now(), key=new_id())
    copy = erasing.export_feedback(me.id)
    assert [piece["said"][0]["text"] for piece in copy] == [TEXT, TEXT] and len(copy[1]["said"]) == 2
    assert erasing.erase_feedback(me.id, clock.now()) == 2
    assert erasing.erase_feedback(me.id, clock.now()) == 0
    left = {raw["_id"]: raw for raw in collection(Feedback).find()}
    assert (left[opened["_id"]]["state"], left[answered["_id"]]["state"]) == ("withdrawn", "closed")
    assert me.id not in str(left) and all(not raw["said"] and not raw["history"] for raw in left.values())
    assert erasing.export_feedback(me.id) == []
    with pytest.raises(NotFound):
        operations.own_feedback(opened["_id"], me)


def test_a_follower_who_leaves_is_forgotten_once_it_is_over(submit: Submit, clock: FixedClock) -> None:
    raw = submit(openid="oA")
    assert erasing.forget_follower("oA", clock.now()) == 1
    found = database()["feedback"].find_one({"_id": raw["_id"]})
    assert found is not None and found["openid"] is None and found["said"], "the office still works on it"
    handling.reply(raw["_id"], "已处理。", by=intake(), at=clock.now(), key=new_id())
    erasing.apply_retention(clock.advance(days=1))
    found = database()["feedback"].find_one({"_id": raw["_id"]})
    assert found is not None and (found["owner_id"], found["said"], found["state"]) == ("erased", [], "closed")


def test_what_ended_long_ago_is_forgotten(submit: Submit, clock: FixedClock) -> None:
    me: Actor = Resident.actor(new_id())
    raw = submit(by=me)
    operations.withdraw(raw["_id"], by=me, at=clock.now(), key=new_id())
    later = clock.now() + timedelta(days=729)
    assert erasing.apply_retention(later) == {"feedback_forgotten": 0}
    assert erasing.apply_retention(later + timedelta(days=2)) == {"feedback_forgotten": 1}
    with pytest.raises(NotFound):
        operations.by_number(raw["number"], me)
