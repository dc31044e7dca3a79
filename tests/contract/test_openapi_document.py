"""The description of the API can be read by others: every model that it names is in it."""

import json
import re

from flask.testing import FlaskClient


def test_every_model_that_is_named_is_described(client: FlaskClient) -> None:
    document = client.get("/api/v1/swagger.json").json
    named = set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(document)))
    assert named > {"FacilityCard", "ApplicationItem", "Problem"}
    assert named - document["definitions"].keys() == set()
