"""Open data: a catalogue that machines read (DCAT as JSON-LD), and the files it names. All public."""

from __future__ import annotations

from itertools import chain

import orjson
from flask import Response, request

from api.access import PUBLIC
from api.endpoint import Call, Endpoint, route
from models.indicators import open_data
from models.kernel.errors import NotFound

JSON_LD = "application/ld+json"


class OpenData(Endpoint):
    @route(access=PUBLIC, etag=True, media=(JSON_LD,))
    def get(self, call: Call) -> Response:
        """The data sets with their files, as DCAT in JSON-LD."""
        found = open_data.catalogue_of(request.base_url.rstrip("/"), call.at)
        return Response(orjson.dumps(found, option=orjson.OPT_INDENT_2), mimetype=JSON_LD)


class OpenTables(Endpoint):
    @route(access=PUBLIC, etag=True, rate="open_data")
    def get(self, call: Call) -> Response:
        """A file of observations, uses or definitions."""
        file = open_data.open_file(call.path["name"])
        return _download(Response(file.content, content_type=file.media_type), call.path["name"])


class OpenDirectory(Endpoint):
    @route(access=PUBLIC, rate="open_data")
    def get(self, call: Call) -> Response:
        """The directory of facilities: GeoJSON (WGS-84), HSDS 3 (`facilities.json`) or CSV."""
        name = f"facilities.{call.path['ending']}"
        pieces, media_type = open_data.directory_file(name)
        first = next(pieces, None)  # a fault is answered as one, not in the middle of a file
        if first is None:
            raise NotFound()
        return _download(Response(chain((first,), pieces), content_type=media_type), name)


def _download(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
