"""What is uploaded is made harmless, and what lies about itself is refused."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import orjson
import pikepdf
import pytest
from PIL import Image

from config.loading import rules
from models.casework.files import CleanFile, clean_file
from models.kernel.errors import InvalidInput
from tests.factories.casework import jpeg, pdf, png
from tests.running import ROOT

SCRIPTS = (b"JavaScript", b"/JS", b"evil", b"Launch", b"cmd.exe", b"secret", b"EmbeddedFile", b"URI", b"/AA")


CLEANED_APART = """
import resource, sys, orjson
from models.casework.files import clean_file
from models.kernel.errors import InvalidInput
refused, kept = "", b""
try:
    kept = clean_file(sys.stdin.buffer.read(), "a.pdf", "application/pdf").content
except InvalidInput as fault:
    refused = fault.faults[0].code
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.stdout.buffer.write(orjson.dumps({"refused": refused, "kept": len(kept), "peak": peak}))
"""


def refusal(content: bytes, name: str = "", said: str = "") -> str:
    with pytest.raises(InvalidInput) as refused:
        clean_file(content, name, said)
    assert refused.value.code == "file_refused"
    return refused.value.faults[0].code


def armed_pdf() -> bytes:
    """A PDF with everything that acts, visible to a search in its bytes."""
    made, kept = pikepdf.new(), io.BytesIO()
    page = made.add_blank_page()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("evil()"))
    made.Root.OpenAction = script
    made.Root.AA = pikepdf.Dictionary(WC=script)
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), made.make_indirect(script)])
    )
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    chained = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[page.obj, pikepdf.Name.Fit], Next=launch)
    page.obj.Annots = pikepdf.Array([
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch),
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=chained),
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                           A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://evil"))),
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 9, 9],
                           AA=pikepdf.Dictionary(K=script)),
    ])  # fmt: skip
    made.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pikepdf.String("evil"))
    made.attachments["evil.exe"] = b"MZ evil"
    made.docinfo["/Author"] = "secret"
    made.save(kept, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return kept.getvalue()


def test_a_photo_loses_where_and_when_it_was_taken() -> None:
    sent = jpeg(note="secret place")
    kept = clean_file(sent, "../../照片\x00.JPG", "image/jpeg")
    assert b"secret place" in sent
    assert b"secret place" not in kept.content
    assert (kept.name, kept.media_type, kept.pages) == ("照片.jpg", "image/jpeg", 1)
    assert not Image.open(io.BytesIO(kept.content)).getexif()


def test_a_photo_is_turned_upright_before_it_forgets_how_it_was_held() -> None:
    image, exif, sent = Image.new("RGB", (40, 20)), Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    image.save(sent, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(clean_file(sent.getvalue(), "a.jpg", "").content)).size == (20, 40)


def test_a_large_photo_is_made_smaller() -> None:
    kept = clean_file(jpeg((4000, 100)), "a.jpg", "image/jpeg")
    assert max(Image.open(io.BytesIO(kept.content)).size) == 3200


def test_what_hides_behind_an_image_is_lost() -> None:
    kept = clean_file(png() + b"<script>evil()</script>PK\x03\x04evil", "a.png", "image/png")
    assert b"evil" not in kept.content


def test_a_pdf_loses_whatever_acts() -> None:
    sent = armed_pdf()
    for each in SCRIPTS:
        assert each in sent
    kept = clean_file(sent, "a.pdf", "application/pdf")
    assert (kept.media_type, kept.pages) == ("application/pdf", 1)
    for each in SCRIPTS:
        assert each not in kept.content
    assert len(pikepdf.open(io.BytesIO(kept.content)).pages) == 1


def test_a_pdf_keeps_its_pages() -> None:
    assert clean_file(pdf(7), "a.pdf", "application/pdf").pages == 7


def test_a_pdf_only_its_owner_may_change_is_taken() -> None:
    sent = pdf(encryption=pikepdf.Encryption(owner="x", user=""))
    assert isinstance(clean_file(sent, "a.pdf", ""), CleanFile)


@pytest.mark.parametrize(
    ("content", "name", "said", "code"),
    [
        (b"", "a.jpg", "image/jpeg", "file_empty"),
        (b"<html><script>evil()</script>", "a.jpg", "image/jpeg", "file_type_refused"),
        (b"MZ\x90\x00" * 50, "a.pdf", "application/pdf", "file_type_refused"),
        (b"GIF89a" + b"\x00" * 50, "a.gif", "image/gif", "file_type_refused"),
        (b"plain words", "a.txt", "text/plain", "file_type_refused"),
        (b"\x00\xff" * 50, "", "", "file_type_refused"),
    ],
)
def test_other_types_are_refused(content: bytes, name: str, said: str, code: str) -> None:
    assert refusal(content, name, said) == code


def test_a_type_that_is_not_what_is_said_is_refused() -> None:
    assert refusal(png(), "a.png", "image/jpeg") == "file_type_differs"
    assert refusal(png(), "a.jpg", "") == "file_type_differs"
    assert refusal(jpeg(), "a.pdf", "application/octet-stream") == "file_type_differs"
    assert refusal(pdf(), "a.jpg", "application/pdf") == "file_type_differs"
    assert refusal(jpeg(), "a.exe", "") == "file_type_differs"


def test_a_broken_file_is_refused() -> None:
    assert refusal(jpeg((400, 400))[:-200]) == "file_unreadable"
    assert refusal(png()[:60]) == "file_unreadable"
    assert refusal(b"%PDF-1.7\n" + b"nothing of a pdf " * 50) == "file_unreadable"


def test_a_locked_pdf_is_refused() -> None:
    assert refusal(pdf(encryption=pikepdf.Encryption(owner="x", user="y"))) == "file_locked"


def test_a_file_over_the_limit_is_refused() -> None:
    assert refusal(jpeg() + b"\x00" * 10 * 1024 * 1024) == "file_too_large"


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    assert refusal(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")) == "file_too_complex"


def test_a_pdf_with_too_many_pages_is_refused() -> None:
    assert refusal(pdf(201)) == "file_too_complex"


@pytest.mark.slow
def test_a_pdf_that_unpacks_to_a_gigabyte_harms_nobody() -> None:
    # An object stream whose few bytes stand for a gigabyte of blanks.
    packer = zlib.compressobj(9)
    packed = packer.compress(b"10 0 << /A 1 >>" + b" " * 1000)
    packed += b"".join(packer.compress(b" " * 1024 * 1024) for _ in range(1024)) + packer.flush()
    body = b"%PDF-1.5\n"
    places = {}
    packed_stream = b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>" % len(packed)
    for number, content in (
        (1, b"<< /Type /Catalog /Pages 2 0 R /X 10 0 R >>"),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"),
        (4, packed_stream + b"\nstream\n" + packed + b"\nendstream"),
    ):
        places[number] = len(body)
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    rows = [(0, 0, 65535)] + [(1, places[n], 0) for n in (1, 2, 3, 4)]
    places[5] = len(body)
    rows += [(1, places[5], 0)] + [(0, 0, 0)] * 4 + [(2, 4, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = b"<< /Type /XRef /Size 11 /W [1 4 2] /Root 1 0 R /Length %d >>" % len(table)
    body += b"5 0 obj\n" + head + b"\nstream\n" + table + b"\nendstream\nendobj\n"
    body += b"startxref\n%d\n%%%%EOF\n" % places[5]
    assert len(body) < 3 * 1024 * 1024
    # Asked in a small process: a child of this one would begin with the peak of whatever tests ran here before.
    asked = subprocess.run([sys.executable, "-c", CLEANED_APART], input=body, capture_output=True, check=True, cwd=ROOT)
    said = orjson.loads(asked.stdout)
    assert said["refused"] in ("", "file_too_complex", "file_unreadable")
    assert said["kept"] < 10_000
    # Kilobytes; the reader alone would take more than two gigabytes.
    assert said["peak"] <= rules()["casework.file_clean_memory"].value // 1024
