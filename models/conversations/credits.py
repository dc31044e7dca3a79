"""The ledger of one-time subscriptions: one consent of a follower allows one message of one template, once.

Source: WeChat, subscription messages ("one-time subscription"): each accepted prompt is worth a single sending.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from mongoengine import IntField, ListField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.conversations.inbound import follower_index
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.ids import id_from_key


class SubscriptionCredit(Record):
    """How many messages of one template a follower still allows. Keys make grants and spendings happen once."""

    openid_index = StringField(required=True)
    template_id = StringField(required=True)
    left = IntField(required=True, default=0)
    granted = IntField(required=True, default=0)
    spent = IntField(required=True, default=0)
    grant_keys = ListField(StringField())
    spend_keys = ListField(StringField())

    meta: ClassVar[dict[str, Any]] = {"collection": "subscription_credits"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("openid_index", 1)], "name": "follower"}]


def grant(openid: str, template_id: str, key: str, at: datetime) -> bool:
    """Note one consent. `key` names it (the event, the prompt): a repeat changes nothing. True where it was new."""
    _ensure(openid, template_id, at)
    granted = collection(SubscriptionCredit).update_one(
        {"_id": _id(openid, template_id), "grant_keys": {"$ne": key}},
        {
            "$inc": {"left": 1, "granted": 1, "version": 1},
            "$set": {"updated_at": at},
            "$push": {"grant_keys": _kept(key)},
        },
    )
    return bool(granted.modified_count)


def spend(openid: str, template_id: str, key: str, at: datetime) -> bool:
    """Use one consent for the message `key`, in one write; again with the same key uses no further one.

    False where none is left.
    """
    here = collection(SubscriptionCredit)
    spent = here.update_one(
        {"_id": _id(openid, template_id), "left": {"$gt": 0}, "spend_keys": {"$ne": key}},
        {
            "$inc": {"left": -1, "spent": 1, "version": 1},
            "$set": {"updated_at": at},
            "$push": {"spend_keys": _kept(key)},
        },
    )
    if spent.modified_count:
        return True
    return here.find_one({"_id": _id(openid, template_id), "spend_keys": key}, {"_id": 1}) is not None


def give_back(openid: str, template_id: str, key: str, at: datetime) -> None:
    """Undo a spending whose message WeChat certainly did not send."""
    collection(SubscriptionCredit).update_one(
        {"_id": _id(openid, template_id), "spend_keys": key},
        {"$inc": {"left": 1, "spent": -1, "version": 1}, "$set": {"updated_at": at}, "$pull": {"spend_keys": key}},
    )


def revoke(openid: str, template_id: str, at: datetime) -> None:
    """The follower refuses this template, or WeChat says that no consent is left: forget what was left."""
    collection(SubscriptionCredit).update_one(
        {"_id": _id(openid, template_id)}, {"$set": {"left": 0, "updated_at": at}, "$inc": {"version": 1}}
    )


def counts(openid: str) -> dict[str, int]:
    """Consents left by template id."""
    found = collection(SubscriptionCredit).find({"openid_index": follower_index(openid)}, {"template_id": 1, "left": 1})
    return {each["template_id"]: each["left"] for each in found}


def erase(openid: str) -> int:
    """Forget a follower's ledger; returns how many documents."""
    return collection(SubscriptionCredit).delete_many({"openid_index": follower_index(openid)}).deleted_count


def _ensure(openid: str, template_id: str, at: datetime) -> None:
    fresh = {
        "_id": _id(openid, template_id), "version": 1, "created_at": at, "updated_at": at, "template_id": template_id,
        "openid_index": follower_index(openid), "left": 0, "granted": 0, "spent": 0, "grant_keys": [], "spend_keys": [],
    }  # fmt: skip
    if collection(SubscriptionCredit).find_one({"_id": fresh["_id"]}, {"_id": 1}) is None:
        try:
            collection(SubscriptionCredit).insert_one(fresh)
        except DuplicateKeyError:
            return  # another process was first


def _id(openid: str, template_id: str) -> str:
    return id_from_key(f"subscription credit {follower_index(openid)}", template_id)


def _kept(key: str) -> dict[str, Any]:
    return {"$each": [key], "$slice": -rule("wechat.credit_keys_kept")}
