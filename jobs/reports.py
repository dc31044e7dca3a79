"""Reports by schedule: what is no longer to be read leaves them, and of each period one revision is public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.platform import Platform
from models.reports import freezing


def keep_reports(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Take public words out of reports whose owner no longer agrees; finish publications that died midway."""
    return {**freezing.take_down_words(at), "replaced": freezing.settle(at)}
