"""Tables that offices exchange survive the round trip, and hostile files are refused as a whole."""

from __future__ import annotations

import io
import zipfile

import pytest

from models.kernel.errors import InvalidInput
from models.kernel.sheets import read_sheet, write_sheet

COLUMNS = {"reference": ("编号",), "result": ("核查结果",), "note": ("备注",)}
HEADER = ["编号", "核查结果", "备注"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_is_read_again(form: str) -> None:
    rows = [["0012", "是", "=1+1"], ["0013", "", ""], ["360902199001011234", "否", "多\n行 “引号”"]]
    found = read_sheet(write_sheet(form, [HEADER, *rows]), f"x.{form}", COLUMNS, ("reference", "result"))
    assert [dict(each.cells) for each in found] == [
        {"reference": "0012", "result": "是", "note": "=1+1"},
        {"reference": "0013"},
        {"reference": "360902199001011234", "result": "否", "note": "多 行 “引号”"},
    ]
    assert [each.line for each in found][:2] == [2, 3]


def test_no_cell_can_be_a_formula() -> None:
    written = write_sheet("csv", [HEADER, ["@SUM(A1)", "+1", "-2"]]).decode("utf-8-sig")
    assert written.splitlines()[1] == "'@SUM(A1),'+1,'-2"


def test_a_file_from_a_chinese_spreadsheet_is_read() -> None:
    content = "编号,核查结果\r\n1,是\r\n".encode("gb18030")
    assert read_sheet(content, "结果.csv", COLUMNS, ("reference",))[0].cells == {"reference": "1", "result": "是"}


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"\0" * 90_000_000)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b" \n", "a.csv", "file_empty"),
        (b"x" * 5_242_881, "a.csv", "file_too_large"),
        (b"a,b\n", "a.xlsx", "file_type_differs"),
        (b"a,b\n", "a.exe", "file_type_refused"),
        (b"PK\x03\x04 no zip", "a.xlsx", "file_unreadable"),
        (b"\xff\xfe\x81\x00", "a.csv", "file_unreadable"),
        (b'\xe7\xbc\x96\xe5\x8f\xb7\n"never closed\n', "a.csv", "file_unreadable"),
        ("备注\n1\n".encode(), "a.csv", "columns_missing"),
        (bomb(), "a.xlsx", "file_too_complex"),
        (b"reference\n" + b"1\n" * 10_001, "a.csv", "file_too_complex"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_file_is_refused(content: bytes, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_sheet(content, name, COLUMNS, ("reference",))
    assert refused.value.code == "file_refused"
    assert [fault.code for fault in refused.value.faults] == [code]
