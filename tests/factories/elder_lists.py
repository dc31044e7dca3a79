"""Lists of old people as townships send them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from models.kernel.sheets import write_sheet
from tests.factories.eldercare import id_number

HEADER = ("姓名", "身份证号码", "乡镇", "村（社区）", "家庭住址", "人员类别", "本人电话", "健康状况")
STREET = "幸福路一百零八号"
ILLNESS = "糖尿病，行走不便"
OWN_PHONE = "13907950000"
DEFAULTS = {
    "name": "赵明德", "township": "三阳镇", "community": "幸福村", "address": STREET, "categories": "独居老人、高龄",
    "phone": OWN_PHONE, "health": ILLNESS,
}  # fmt: skip
ORDER = ("name", "number", "township", "community", "address", "categories", "phone", "health")
CHARACTERS = "文明德芳秀英兰玉珍梅春华荣国建军志强永福"


def name_of(number: int) -> str:
    """A name of its own for each number below 8000."""
    return "李" + "".join(CHARACTERS[number // 20**place % 20] for place in range(3))


def row(index: int, /, **changes: str) -> list[str]:
    """The row of the `index`-th person; `changes` by ORDER."""
    born = f"19{30 + index // 1000:02d}0203"
    cells = {**DEFAULTS, "name": name_of(index % 1000), "number": id_number(index % 1000, born), **changes}
    return [cells[each] for each in ORDER]


def sheet(rows: Iterable[Sequence[str]], form: str = "csv", header: Sequence[str] = HEADER) -> bytes:
    """The file of these rows."""
    return write_sheet(form, [header, *rows])


def upload(content: bytes, name: str = "三留守.csv") -> dict[str, Any]:
    """What the test client sends of a file."""
    return {"data": {"file": (BytesIO(content), name)}, "content_type": "multipart/form-data"}
