"""Each alert rule asks for a metric that the product has, and the handbook says what it means."""

from __future__ import annotations

import re

import yaml
from prometheus_client import REGISTRY

import wsgi  # noqa: F401  every metric is declared when the product is loaded
from tests.running import ROOT

RULES = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text())["groups"][0]["rules"]


def test_every_metric_of_an_alert_exists() -> None:
    known = {family.name for family in REGISTRY.collect()}
    for each in RULES:
        for name in re.findall(r"yixiang_\w+", each["expr"]):
            assert name.removesuffix("_total") in known, f"{each['alert']}: {name}"


def test_every_alert_is_explained() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text()
    assert [each["alert"] for each in RULES if f"**{each['alert']}**" not in handbook] == []
