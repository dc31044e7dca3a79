"""The demo data: what stops them from being loaded is said, and nothing is loaded half."""

from flask import Flask

from deploy.demo.commands import demo
from models.facilities.documents import Facility
from models.kernel.database import collection
from models.people.documents import Caseworker


def test_without_a_password_for_the_staff_the_demo_says_what_to_set_and_loads_nothing(app: Flask) -> None:
    result = app.test_cli_runner().invoke(demo, ["load"])
    assert result.exit_code == 1
    assert "DEMO_STAFF_PASSWORD" in result.output and "make run" in result.output
    assert "Traceback" not in result.output and not isinstance(result.exception, LookupError)
    assert collection(Facility).count_documents({}) == collection(Caseworker).count_documents({"demo": True}) == 0
