"""The rent ledger: every month once, every reference once, whole fen, and the word to who is behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.casework import offers
from models.housing import rechecks, rents, tenancies
from models.housing.flat_documents import RentEntry
from models.housing.rents import arrears, month_charge
from models.kernel.actors import Actor
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.errors import IllegalTransition
from models.kernel.ids import new_id
from tests.factories.housing import AT, INTAKE, REVIEWER, case_of, make_flats, make_household, open_batch, tenancy

LEASE = {"starts_on": "2026-12-16", "rent_fen": 31001}


@pytest.mark.parametrize(
    ("month", "out", "amount", "due"),
    [
        ("2026-11", None, 0, "2026-12-16"),
        ("2026-12", None, 31001 * 16 // 31, "2026-12-16"),
        ("2027-01", None, 31001, "2027-01-10"),
        ("2027-02", "2027-02-14", 31001 * 14 // 28, "2027-02-10"),
        ("2027-03", "2027-02-14", 0, "2027-03-01"),
    ],
)
def test_a_month_is_charged_by_the_days_lived_there(month: str, out: str | None, amount: int, due: str) -> None:
    assert month_charge(LEASE, month, out) == (amount, due)


def test_payments_settle_the_oldest_month_first() -> None:
    def line(on: str, amount: int) -> dict[str, object]:
        return {"on": on, "amount_fen": amount, "kind": "charge" if amount > 0 else "payment"}

    lines = [line("2026-10-10", 100), line("2026-11-10", 100), line("2026-12-10", 100), line("2026-12-11", -150)]
    assert arrears(lines) == (150, "2026-11-10", 2)
    assert arrears([*lines, line("2026-12-12", -200)]) == (-50, None, 0)


def moved_in(who: Actor) -> str:
    open_batch(make_flats(1))
    case, version = case_of(who), tenancy(who)
    offers.accept(version["offer"]["id"], by=who, at=AT, key=new_id())
    tenancies.confirm_choice(case, by=who, at=AT, key=new_id())
    tenancies.sign(case, by=who, at=AT, key=new_id())
    tenancies.hand_over(
        case, date(2026, 12, 1), version=tenancy(who)["version"], by=INTAKE, at=AT, key=new_id()
    )  # fmt: skip
    return str(tenancy(who)["lease"]["number"])


def pay(*rows: str) -> rents.PaymentsImported:
    content = "\n".join(["reference,lease_number,paid_on,amount_yuan", *rows]).encode()
    return rents.import_payments(content, "bank.csv", by=REVIEWER, at=at_local(date(2027, 2, 20)))


@pytest.mark.usefixtures("database")
def test_charges_payments_arrears_the_yearly_check_and_the_exit() -> None:
    who = make_household(1)
    lease, case = moved_in(who), case_of(who)
    february = at_local(date(2027, 2, 20), 9)
    assert rents.charge_months(february) == {"charged": 3}
    assert rents.charge_months(february) == {"charged": 0}
    assert rents.balance(case) == 90000
    done = pay(f"BANK0001,{lease},2027-01-05,300", f"BANK0002,{lease},2027-02-05,12.345", "BANK0003,X,2027-02-05,1")
    assert (done.added, [(each["line"], each["column"]) for each in done.faults]) == (
        1, [(3, "amount_yuan"), (4, "lease_number")],
    )  # fmt: skip
    again = pay(f"BANK0001,{lease},2027-01-05,300", f"BANK0001,{lease},2027-01-05,301")
    assert (again.added, again.unchanged, [each["code"] for each in again.faults]) == (0, 1, ["payment_reference_used"])
    assert rents.notify_arrears(february) == {"told": 1}
    assert rents.notify_arrears(february + timedelta(days=1)) == {"told": 0}
    soon = at_local(date(2027, 11, 10))
    assert (rechecks.recheck_tenancies(soon), rechecks.recheck_tenancies(soon)) == ({"asked": 1}, {"asked": 0})
    tenancies.pass_recheck(case, version=tenancy(who)["version"], by=INTAKE, at=soon, key=new_id())
    assert tenancy(who)["recheck_due_at"].year == 2028
    tenancies.leave(case, "give_notice", "moved_away", by=who, at=february, key=new_id())
    with pytest.raises(IllegalTransition):
        tenancies.renew(case, version=tenancy(who)["version"], by=REVIEWER, at=february, key=new_id())
    tenancies.hand_back(
        case, date(2027, 2, 14), version=tenancy(who)["version"], by=INTAKE, at=february, key=new_id()
    )  # fmt: skip
    rents.charge_months(february)
    rents.charge_months(february)
    assert rents.balance(case) == 60000 - 15000, "half of February is given back"
    assert collection(RentEntry).count_documents({}) == 5
