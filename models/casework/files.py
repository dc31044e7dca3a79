"""Uploaded files made harmless: the real type is looked at, images are painted anew, PDFs lose whatever acts.

What is kept is never what was sent: no EXIF (a photo tells where it was taken), no scripts, no attached files.
"""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePath

import orjson
import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from config.loading import rule
from models.kernel.errors import FieldFault, InvalidInput

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
DECODERS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
# How each type is kept; WebP as JPEG, which every reader shows.
KEPT = {JPEG: (JPEG, "JPEG"), WEBP: (JPEG, "JPEG"), PNG: (PNG, "PNG")}
ENDINGS = {".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".webp": WEBP, ".pdf": PDF}
# What a sender says who does not know the type.
UNSAID = ("", "application/octet-stream", "binary/octet-stream")
SYNONYMS = {"image/jpg": JPEG, "image/pjpeg": JPEG, "image/x-png": PNG, "application/x-pdf": PDF}
NAME_CHARS = 120
CLEANER = Path(__file__).with_name("pdf_cleaner.py")


@dataclass(frozen=True)
class CleanFile:
    """A file as it is kept. `pages`: of a PDF; 1 for an image."""

    name: str
    media_type: str
    content: bytes
    pages: int


def clean_file(content: bytes, name: str, said_type: str) -> CleanFile:
    """Check and clean an upload.

    Raises InvalidInput with a fault of the field `file`: `file_empty`, `file_too_large`, `file_type_refused`,
    `file_type_differs` (from its name or declared type), `file_unreadable`, `file_too_complex`, `file_locked`.
    """
    if not content:
        raise _fault("file_empty")
    if len(content) > rule("casework.file_bytes_most"):
        raise _fault("file_too_large")
    real = _real_type(content)
    if real is None:
        raise _fault("file_type_refused")
    said = SYNONYMS.get(said_type.lower(), said_type.lower())
    ending = ENDINGS.get(PurePath(name).suffix.lower())
    if (said not in UNSAID and said != real) or (PurePath(name).suffix and ending != real):
        raise _fault("file_type_differs")
    kept = _clean_pdf(content) if real == PDF else _paint_anew(content, real)
    if len(kept[1]) > rule("casework.file_bytes_most"):
        raise _fault("file_too_large")
    return CleanFile(_shown_name(name, kept[0]), *kept)


def _real_type(content: bytes) -> str | None:
    try:
        found = {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return None
    # A file that begins like one type is that type; anything hidden behind it is lost when it is painted anew.
    starts = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"RIFF": WEBP, b"%PDF-": PDF}
    begins = next((kind for start, kind in starts.items() if content.startswith(start)), None)
    return begins if begins in found else None


def _paint_anew(content: bytes, real: str) -> tuple[str, bytes, int]:
    """Only the pixels are kept, upright and at most the longest side allowed."""
    most_pixels, most_side = rule("casework.file_pixels_most"), rule("casework.file_side_most")
    media_type, form = KEPT[real]
    try:
        with warnings.catch_warnings():
            # The size is checked below, before a pixel is read.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(content), formats=[DECODERS[real]])
        if image.width * image.height > most_pixels:
            raise _fault("file_too_complex")
        if form == "JPEG":
            image.draft("RGB", (most_side, most_side))
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((most_side, most_side))
        plain = _flat(upright) if form == "JPEG" else upright.convert("RGBA" if "A" in upright.getbands() else "RGB")
    except Image.DecompressionBombError:
        raise _fault("file_too_complex") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError):
        raise _fault("file_unreadable") from None
    return media_type, _encoded(plain, form), 1


def _flat(image: Image.Image) -> Image.Image:
    """On white where it was transparent: JPEG knows no transparency."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _encoded(image: Image.Image, form: str) -> bytes:
    image.info.clear()
    kept = io.BytesIO()
    if form == "JPEG":
        image.save(kept, form, quality=rule("casework.file_jpeg_quality"), exif=b"", icc_profile=None)
    else:
        image.save(kept, form, exif=b"", icc_profile=None)
    return kept.getvalue()


def _clean_pdf(content: bytes) -> tuple[str, bytes, int]:
    """In a process of its own, with bounds on time and memory: a PDF can make its reader do anything."""
    limits = {
        "memory": rule("casework.file_clean_memory"), "seconds": rule("casework.file_clean_seconds"),
        "pages": rule("casework.file_pages_most"), "objects": rule("casework.file_objects_most"),
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CLEANER), orjson.dumps(limits).decode()],
            input=content, capture_output=True, timeout=limits["seconds"] * 2, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _fault("file_too_complex") from None
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head.startswith(b"pages "):
        said = head.decode("ascii", "replace")
        raise _fault(said if said in ("file_locked", "file_unreadable") else "file_too_complex")
    return PDF, body, int(head.removeprefix(b"pages "))


def _shown_name(name: str, media_type: str) -> str:
    """The name without folders and control characters, with the ending of what is kept."""
    stem = PurePath(name.replace("\\", "/")).stem
    plain = "".join(c for c in stem if c.isprintable() and c not in '"<>|:*?/').strip(". ")[:NAME_CHARS]
    return (plain or "file") + next(end for end, kind in ENDINGS.items() if kind == media_type)


def _fault(code: str) -> InvalidInput:
    return InvalidInput("file_refused", faults=[FieldFault("file", code)])
