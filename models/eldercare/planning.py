"""Who visits whom on which day of a month. Pure: the same register, visitors and days give the same plan.

A person needs so many visits a month, numbered from one; each number is met by a visit (done or booked), planned for
a visitor and a day, or uncovered with its reason. The n-th visits of all come before anybody's n+1-st: where visitors
are short, everybody's first visit is what is kept.

`build` makes a month's plan at once: homes in the order of a curve that keeps neighbours together are cut into days.
`repair` keeps what still holds, and puts each other number, one by one in a fixed order, on the day with the nearest
stop. A number's place depends only on what is kept and on the numbers before it, so a repair that was broken off and
is begun again, its first places kept, ends with the same plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from models.eldercare.plan_routes import Spot, along_curve, apart, route_order

State = Literal["met", "planned", "uncovered"]
MET: Final = "met"
PLANNED: Final = "planned"
UNCOVERED: Final = "uncovered"
NO_VISITOR, NO_DAYS_LEFT, VISITORS_ABSENT, NO_CAPACITY = "no_visitor", "no_days_left", "visitors_absent", "no_capacity"

Number = tuple[str, int]  # a person's id, and which of their visits
Slot = tuple[str, str]  # a visitor's id, and a day


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be visited. `household`: equal for those under one roof. `visits`: day and id of those done or
    booked in the month, in order. `gone`: why they cannot be visited any more, None while they can."""

    id: str
    township_id: str
    household: str
    spot: Spot
    required: int
    visits: tuple[tuple[str, str], ...] = ()
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who visits. `capacity`: visits a working day; `taken`: of them, by day, what bookings use."""

    id: str
    townships: frozenset[str]
    capacity: int
    home: Spot
    absent: frozenset[str] = frozenset()
    taken: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one number. `place`: which stop of the visitor's day, from one; only where planned."""

    person_id: str
    number: int
    township_id: str
    state: State
    visitor_id: str | None = None
    day: str | None = None
    place: int | None = None
    visit_id: str | None = None
    reason: str | None = None


def required_visits(by_risk: int, since: str, month_days: Sequence[str]) -> int:
    """Visits needed in the month by one on the register since a day: of `by_risk` equal parts of the month those that
    end on that day or later, at least one."""
    return max(1, sum(window(number, by_risk, month_days)[1] >= since for number in range(1, by_risk + 1)))


def window(number: int, required: int, month_days: Sequence[str]) -> tuple[str, str]:
    """First and last day of the part of the month that the number belongs to."""
    count = len(month_days)
    first, last = (number - 1) * count // required, number * count // required - 1
    return month_days[min(first, count - 1)], month_days[min(max(first, last), count - 1)]


def build(
    people: Collection[Person], visitors: Collection[Visitor], days: Sequence[str], month_days: Sequence[str],
    wished: Mapping[Number, Slot] | None = None,
) -> list[Row]:  # fmt: skip
    """The plan from nothing. `days`: the working days that are left, in order. `wished`: where a number is best put, if
    there is room for it."""
    board = _Board(people, visitors, days, month_days)
    wished, left = wished or {}, []
    open_numbers = sorted(board.open_numbers(), key=_turn)
    unmet = [each for each in open_numbers if each not in wished or not board.put(each, wished[each])]
    for number, wanted in sorted(_by_number(unmet).items()):
        left += _fill(board, number, wanted)
    board.place_one_by_one(sorted(left, key=_turn))
    return board.rows()


def repair(
    people: Collection[Person], visitors: Collection[Visitor], days: Sequence[str], month_days: Sequence[str],
    kept: Mapping[Number, Slot],
) -> list[Row]:  # fmt: skip
    """The plan with all that still holds of `kept`; only what does not is planned anew."""
    board = _Board(people, visitors, days, month_days)
    open_numbers = sorted(board.open_numbers(), key=_turn)
    left = [each for each in open_numbers if each not in kept or not board.put(each, kept[each])]
    board.place_one_by_one(left)
    return board.rows()


def _turn(number: Number) -> tuple[int, str]:
    return number[1], number[0]


def _by_number(numbers: Iterable[Number]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, number in numbers:
        found[number].append(person_id)
    return found


class _Board:
    """Free capacity, and what was put where."""

    def __init__(
        self, people: Collection[Person], visitors: Collection[Visitor], days: Sequence[str], month_days: Sequence[str]
    ) -> None:
        self.people = {each.id: each for each in sorted(people, key=lambda each: each.id)}
        self.visitors = {each.id: each for each in sorted(visitors, key=lambda each: each.id)}
        self.days, self.month_days = days, month_days
        self.free: dict[Slot, int] = {}
        self.slots: dict[str, list[Slot]] = defaultdict(list)  # by township, by day
        self.stops: dict[Slot, set[Spot]] = defaultdict(set)
        self.put_there: dict[Number, Slot] = {}
        self.busy = {each.id: {day for day, _ in each.visits} for each in self.people.values()}
        for day in days:
            for visitor in self.visitors.values():
                if day not in visitor.absent:
                    self.free[(visitor.id, day)] = visitor.capacity - visitor.taken.get(day, 0)
                    for township in visitor.townships:
                        self.slots[township].append((visitor.id, day))

    def open_numbers(self) -> list[Number]:
        """What no visit meets yet, of people who can be visited."""
        return [
            (person.id, number)
            for person in self.people.values()
            if person.gone is None
            for number in range(len(person.visits) + 1, person.required + 1)
        ]

    def window(self, number: Number) -> tuple[str, str]:
        return window(number[1], self.people[number[0]].required, self.month_days)

    def put(self, number: Number, slot: Slot) -> bool:
        """Put a number on a visitor's day; False where the visitor or the person cannot, or the day is full."""
        person, visitor = self.people[number[0]], self.visitors.get(slot[0])
        if visitor is None or person.township_id not in visitor.townships:
            return False
        if self.free.get(slot, 0) <= 0 or slot[1] in self.busy[person.id]:
            return False
        self.free[slot] -= 1
        self.stops[slot].add(person.spot)
        self.busy[person.id].add(slot[1])
        self.put_there[number] = slot
        return True

    def place_one_by_one(self, numbers: Iterable[Number]) -> None:
        """Each on the day within its part of the month whose stops are nearest; on any other where that is full."""
        for number in numbers:
            person = self.people[number[0]]
            first, last = self.window(number)
            busy = self.busy[person.id]
            open_slots = [
                slot for slot in self.slots[person.township_id] if self.free[slot] > 0 and slot[1] not in busy
            ]
            if open_slots:
                slot = min(open_slots, key=lambda each: (not first <= each[1] <= last, self._way_to(person, each)))
                self.put(number, slot)

    def _way_to(self, person: Person, slot: Slot) -> tuple[float, str, str]:
        stops = self.stops.get(slot)
        from_home = 2 * apart(person.spot, self.visitors[slot[0]].home)
        way = min((apart(person.spot, stop) for stop in stops), default=from_home) if stops else from_home
        return way, slot[1], slot[0]

    def reason(self, person: Person) -> str:
        """Why a number of this person is on no day; what holds whatever else was planned comes first."""
        theirs = [each for each in self.visitors.values() if person.township_id in each.townships]
        held = {day for day, _ in person.visits}
        days = [day for day in self.days if day not in held]
        if not theirs:
            return NO_VISITOR
        if not days:
            return NO_DAYS_LEFT
        return NO_CAPACITY if any(day not in each.absent for each in theirs for day in days) else VISITORS_ABSENT

    def rows(self) -> list[Row]:
        """One row for each number: those met, those in the order in which they were put, those uncovered."""
        places = self._places()
        rows = [row for person in self.people.values() for row in _met(person)]
        for number, (visitor_id, day) in self.put_there.items():
            person = self.people[number[0]]
            rows.append(Row(*number, person.township_id, PLANNED, visitor_id, day, places[number]))
        for number in sorted(self.open_numbers(), key=_turn):
            if number not in self.put_there:
                person = self.people[number[0]]
                rows.append(Row(*number, person.township_id, UNCOVERED, reason=self.reason(person)))
        return rows

    def _places(self) -> dict[Number, int]:
        """Which stop of its day each number is."""
        by_slot: dict[Slot, dict[Number, Spot]] = defaultdict(dict)
        for number in sorted(self.put_there):
            by_slot[self.put_there[number]][number] = self.people[number[0]].spot
        found = {}
        for (visitor_id, _), stops in by_slot.items():
            order = route_order(self.visitors[visitor_id].home, stops)
            found.update({number: place for place, number in enumerate(order, 1)})
        return found


def _met(person: Person) -> list[Row]:
    met = [
        Row(person.id, number, person.township_id, MET, day=day, visit_id=visit_id)
        for number, (day, visit_id) in enumerate(person.visits[: person.required], 1)
    ]
    if person.gone is None or met:
        return met
    return [Row(person.id, 1, person.township_id, UNCOVERED, reason=person.gone)]


def _fill(board: _Board, number: int, wanted: list[str]) -> list[Number]:
    """Put everybody's n-th visit on days, whole households and neighbours together; returns what found no day.

    Those whose part of the month is the shortest come first: they have the least choice.
    """
    households: dict[tuple[str, str], list[str]] = defaultdict(list)
    for person_id in wanted:
        person = board.people[person_id]
        households[(person.township_id, person.household)].append(person_id)
    groups: dict[tuple[int, str], list[list[str]]] = defaultdict(list)
    for (township, _), members in households.items():
        groups[(-max(board.people[each].required for each in members), township)].append(members)
    corners = _corners(board.people.values())
    left: list[Number] = []
    for (most, township), homes in sorted(groups.items()):
        homes.sort(key=lambda home: (along_curve(board.people[home[0]].spot, corners[township]), home[0]))
        left += _cut_into_days(board, number, township, window(number, -most, board.month_days), homes)
    return left


def _corners(people: Iterable[Person]) -> dict[str, Spot]:
    """The south-west corner of each township's homes."""
    found: dict[str, Spot] = {}
    for each in people:
        known = found.get(each.township_id, each.spot)
        found[each.township_id] = (min(known[0], each.spot[0]), min(known[1], each.spot[1]))
    return found


def _cut_into_days(
    board: _Board, number: int, township: str, part: tuple[str, str], homes: list[list[str]]
) -> list[Number]:
    """Homes in the order of the curve, as many a day as it holds; a household that does not fit opens the next day."""
    slots = [slot for slot in board.slots[township] if part[0] <= slot[1] <= part[1]]
    here: Slot | None = None
    left: list[Number] = []
    for home in homes:
        if here is None or board.free[here] < len(home):
            here = min((each for each in slots if board.free[each] > 0), default=None,
                       key=lambda each: (-board.free[each], each[1], each[0]))  # fmt: skip
        numbers = [(person_id, number) for person_id in home]
        left += numbers if here is None else [each for each in numbers if not board.put(each, here)]
    return left
