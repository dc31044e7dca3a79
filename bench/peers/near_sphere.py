"""Flask with mongoengine: `$nearSphere` over a 2dsphere index; the benchmark fills its collection."""

from __future__ import annotations

import os

import orjson
from flask import Flask, Response, request
from mongoengine import Document, PointField, StringField, connect


class Place(Document):
    """A facility with its point."""

    id = StringField(primary_key=True)
    name = StringField()
    category = StringField()
    address = StringField()
    phone = StringField()
    point = PointField()
    meta = {"collection": "bench_places", "auto_create_index": False}  # noqa: RUF012


connect(host=os.environ["MONGODB_URI"])
app = Flask("near_sphere")


@app.get("/api/v1/facilities")
def nearest() -> Response:
    """The twenty nearest."""
    here = [float(request.args["lng"]), float(request.args["lat"])]
    found = Place.objects(point__near=here).limit(20).as_pymongo()
    return Response(orjson.dumps({"items": list(found)}), mimetype="application/json")
