"""Cleans one PDF: standard input → `pages N` and a newline, then the PDF, on standard output.

Run as a program of its own (`files.py` does), for a PDF is read by a large parser: it gets bounds on memory and time,
and whatever happens to it happens to nobody else. On a refusal the first line names the reason and the exit is 1.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

import pikepdf

# Keys that make a reader do something, hold other files, or tell about the author.
ACTING = frozenset({
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/AF", "/RF", "/RichMediaContent",
    "/RichMediaSettings", "/Metadata", "/PieceInfo", "/Launch", "/URI", "/Collection", "/Movie", "/Sound", "/3DD",
})  # fmt: skip
# Actions other than going to a place in the same file.
ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute", "/GoTo3DView", "/ResetForm", "/Hide", "/Named", "/SetOCGState", "/Trans", "/Thread",
})  # fmt: skip
ACTIVE_NOTES = frozenset({"/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D"})
DEEPEST = 100


class Refused(Exception):
    """The file cannot be kept; the message is the reason."""


def main() -> int:
    """Clean what comes in; the argument holds the limits as JSON."""
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    try:
        pages, cleaned = clean(sys.stdin.buffer.read(), limits)
    except Refused as fault:
        sys.stdout.write(f"{fault}\n")
        return 1
    except pikepdf.PasswordError:
        sys.stdout.write("file_locked\n")
        return 1
    except MemoryError:
        sys.stdout.write("file_too_complex\n")
        return 1
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError, RuntimeError):
        sys.stdout.write("file_unreadable\n")
        return 1
    sys.stdout.buffer.write(b"pages %d\n" % pages + cleaned)
    return 0


def clean(content: bytes, limits: dict[str, int]) -> tuple[int, bytes]:
    """The number of pages and the cleaned file."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = len(pdf.pages)
        if pages == 0:
            raise Refused("file_unreadable")
        if pages > limits["pages"] or len(pdf.objects) > limits["objects"]:
            raise Refused("file_too_complex")
        for each in pdf.objects:
            _disarm(each, 0)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        pdf.remove_unreferenced_resources()
        kept = io.BytesIO()
        pdf.save(kept, linearize=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return pages, kept.getvalue()


def _disarm(each: Any, depth: int) -> None:
    """Take acting keys out of an object and of what stands directly in it; what it points to has its own turn."""
    if depth > DEEPEST:
        raise Refused("file_too_complex")
    if isinstance(each, pikepdf.Array):
        for item in list(each):
            _inner(item, depth)
        return
    if not isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    for key in list(each.keys()):
        if key in ACTING or (key == "/A" and not _goes_to_a_place(each[key])):
            del each[key]
    if _text(each.get("/S")) in ACTIONS:
        for key in list(each.keys()):
            del each[key]
    elif _text(each.get("/Subtype")) in ACTIVE_NOTES:
        each["/Subtype"] = pikepdf.Name("/Text")
        each["/F"] = 2  # hidden
    for key in list(each.keys()):
        _inner(each.get(key), depth)


def _inner(each: Any, depth: int) -> None:
    if isinstance(each, pikepdf.Object) and not each.is_indirect:
        _disarm(each, depth + 1)


def _goes_to_a_place(action: Any) -> bool:
    return isinstance(action, pikepdf.Dictionary) and _text(action.get("/S")) == "/GoTo" and "/Next" not in action


def _text(each: Any) -> str:
    return str(each) if isinstance(each, pikepdf.Name) else ""


if __name__ == "__main__":
    sys.exit(main())
