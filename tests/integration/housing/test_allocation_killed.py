"""kill -9 at every write of an offer's expiry: afterwards the jobs complete it, and no flat is lost or given twice."""

from __future__ import annotations

from datetime import timedelta

from models.casework import offers
from models.casework.offer_documents import Offer
from models.housing import allocation, waiting_list
from models.housing.documents import WaitingEntry, WaitingLeaf
from models.housing.flat_documents import Flat, FlatBatch, Tenancy
from models.kernel import outbox
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage
from tests.factories.housing import AT, assert_flats_agree, make_flats, make_household, open_batch, tenancy
from tests.failpoints import Killable

LATE = AT + timedelta(days=9)
KEPT = (Offer, Tenancy, Flat, FlatBatch, WaitingEntry, WaitingLeaf, OutboxMessage)


def complete() -> None:
    """What the jobs do after the crash, some minutes later."""
    at = LATE + timedelta(minutes=5)
    handlers = {
        offers.CHANNEL: offers.follow_up_handler(lambda: at),
        allocation.CHANNEL: allocation.follow_up_handler(lambda: at),
    }  # fmt: skip
    offers.expire_due(LATE)
    outbox.relay(at)
    outbox.deliver(at, handlers)
    allocation.reconcile_flats(at)
    waiting_list.reconcile(at)
    outbox.relay(at)


def test_an_expiry_killed_at_any_write_is_completed(database: str) -> None:
    first, second = make_household(1), make_household(2)
    open_batch(make_flats(1))
    before = {kind: list(collection(kind).find()) for kind in KEPT}
    with Killable("tests.integration.housing.offer_steps:expire", database, LATE) as target:
        for point in target.points(every=4):
            complete()
            assert_flats_agree()
            assert (tenancy(first)["state"], tenancy(first)["declines"]) == ("waiting", 1), point
            assert tenancy(second)["state"] == "offered", point
            states = sorted(each["state"] for each in collection(Offer).find())
            assert states == ["expired", "offered"], point
            told = [each["_id"] for each in collection(OutboxMessage).find({"channel": "notice"})]
            assert len([key for key in told if "told" in key]) == len(set(told)), point
            for kind, documents in before.items():
                collection(kind).delete_many({})
                if documents:
                    collection(kind).insert_many(documents)
