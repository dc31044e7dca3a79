"""The sources of rules that pages show read as Chinese; names of standards and of the plan's own words may stand."""

from __future__ import annotations

import re

from config.programmes import catalogue_programmes
from config.text import label
from models.housing.ordering import waiting_lists


def test_every_source_that_a_page_shows_reads_chinese() -> None:
    versions = [version for each in catalogue_programmes().values() for version in each.versions]
    shown = {version.source for version in versions}
    shown |= {rule.source for version in versions for rule in version._rules}
    shown |= {line.source for each in waiting_lists().lists.values() for line in each.order}
    assert len(shown) > 30
    english = [source for source in shown if re.search(r"[a-z]{2}", label("sources", source))]
    assert not english, "write a reading in config/text/zh_CN/sources.yaml:\n" + "\n".join(sorted(english))
