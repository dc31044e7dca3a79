"""A caseworker's browser: signs in by the form, follows the pages, sends the forms as they stand on them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "a long password 1"


class Browser:
    """`get` a page, `send` a form of it with more fields; what a form carries is read from the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.page = client, ""

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        self.page, self.status = answer.get_data(as_text=True), answer.status_code
        self.policy = answer.headers.get("Content-Security-Policy", "")
        return self.page

    def fields(self, action: str) -> dict[str, str]:
        """The hidden fields of the page's form with this action."""
        form = next(each for each in re.findall(r"<form.*?</form>", self.page, re.S) if f'action="{action}"' in each)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
        return {name: unescape(value) for name, value in hidden}

    def send(self, action: str, **more: Any) -> TestResponse:
        """Send a form of the page that was read last; `send_again` the same once more."""
        return self.post(action, {**self.fields(action), **more})

    def post(self, action: str, fields: dict[str, Any]) -> TestResponse:
        answer = self.client.post(action, data=fields)
        self.page, self.status = answer.get_data(as_text=True), answer.status_code
        return answer
