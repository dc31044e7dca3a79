"""Flask with mongoengine: `$nearSphere` over a 2dsphere index, its own collection, nothing around it."""

from __future__ import annotations

import os
import time

import orjson
from flask import Flask, Response, request
from mongoengine import Document, PointField, StringField, connect

BATCH = 2000


class Place(Document):
    """A facility with its point."""

    id = StringField(primary_key=True)
    name = StringField()
    category = StringField()
    address = StringField()
    phone = StringField()
    point = PointField()
    meta = {"collection": "bench_places", "indexes": ["point"], "auto_create_index": False}  # noqa: RUF012


def _filled() -> Flask:
    connect(host=os.environ["MONGODB_URI"])
    raw = Place._get_collection()
    made = []
    for each in raw.database["facilities"].find({}, {"name": 1, "category": 1, "address": 1, "phone": 1,
                                                     "longitude": 1, "latitude": 1}):  # fmt: skip
        made.append({**each, "point": {"type": "Point", "coordinates": [each["longitude"], each["latitude"]]}})
    for start in range(0, len(made), BATCH):
        raw.insert_many(made[start : start + BATCH], ordered=False)
    raw.create_index([("point", "2dsphere")])
    time.sleep(1)
    return Flask("near_sphere")


app = _filled()


@app.get("/api/v1/facilities")
def nearest() -> Response:
    """The twenty nearest."""
    here = [float(request.args["lng"]), float(request.args["lat"])]
    found = Place.objects(point__near=here).limit(20).as_pymongo()
    return Response(orjson.dumps({"items": list(found)}), mimetype="application/json")
