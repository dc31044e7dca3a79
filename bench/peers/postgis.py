"""Flask with PostGIS: the KNN operator over a spatial index, a connection a thread, orjson, nothing around it."""

from __future__ import annotations

import os
import threading

import orjson
import psycopg
from flask import Flask, Response, request

QUERY = """
    select id, name, category, district_code, address, phone, st_x(point::geometry), st_y(point::geometry),
           st_distance(point, here) from facility, (select st_point(%s, %s, 4326)::geography as here) as asked
    order by point <-> here limit 20
"""
NAMES = ("id", "name", "category", "district_code", "address", "phone", "longitude", "latitude", "distance_m")
app = Flask("postgis")
local = threading.local()


@app.get("/api/v1/facilities")
def nearest() -> Response:
    """The twenty nearest."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(os.environ["POSTGIS_DSN"], autocommit=True, prepare_threshold=0)
    found = local.connection.execute(QUERY, (float(request.args["lng"]), float(request.args["lat"]))).fetchall()
    items = [dict(zip(NAMES, row, strict=True)) for row in found]
    return Response(orjson.dumps({"items": items}), mimetype="application/json")
