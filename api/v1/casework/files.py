"""Files in and out of a request."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Response, request

from models.casework.files import CleanFile, clean_file
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.sheets import MEDIA_TYPES, write_sheet

MULTIPART = "multipart/form-data"
PAPER, FILE = "paper", "file"
TOKEN_CHARS = 60
# What an answer of `sheet` may be.
SHEETS = tuple(MEDIA_TYPES.values())


def uploaded() -> tuple[str, CleanFile]:
    """The paper's token and the cleaned file of a multipart request with exactly these two parts."""
    faults = _part_faults((PAPER,))
    papers, files = request.form.getlist(PAPER), request.files.getlist(FILE)
    if not faults and not (papers[0].isascii() and papers[0].isprintable() and len(papers[0]) <= TOKEN_CHARS):
        faults.append(FieldFault(PAPER, "string_pattern_mismatch"))
    if faults:
        raise InvalidInput(faults=faults)
    return papers[0], clean_file(files[0].read(), files[0].filename or "", files[0].mimetype or "")


def uploaded_alone() -> CleanFile:
    """The cleaned file of a multipart request that holds nothing else."""
    if request.mimetype != MULTIPART:
        raise InvalidInput("unsupported_media_type")
    names = (*request.form, *request.files)
    faults = [FieldFault("?", "extra_forbidden") for name in names if name != FILE or name in request.form]
    files = request.files.getlist(FILE)
    if len(files) != 1:
        faults.append(FieldFault(FILE, "repeated" if files else "missing"))
    if faults:
        raise InvalidInput(faults=faults)
    return clean_file(files[0].read(), files[0].filename or "", files[0].mimetype or "")


def uploaded_file() -> CleanFile:
    """The cleaned file of a multipart request with this one part."""
    content, name, media_type = uploaded_bytes()
    return clean_file(content, name, media_type)


def uploaded_bytes() -> tuple[bytes, str, str]:
    """Content, name and declared type of the one file of a multipart request; not looked at yet."""
    faults = _part_faults(())
    if faults:
        raise InvalidInput(faults=faults)
    file = request.files[FILE]
    return file.read(), file.filename or "", file.mimetype or ""


def _part_faults(texts: tuple[str, ...]) -> list[FieldFault]:
    """What is wrong with the parts: exactly these texts and a file are wanted, each once."""
    if request.mimetype != MULTIPART:
        raise InvalidInput("unsupported_media_type")
    wanted = (*texts, FILE)
    faults = [FieldFault("?", "extra_forbidden") for name in (*request.form, *request.files) if name not in wanted]
    given = {name: request.form.getlist(name) for name in texts} | {FILE: request.files.getlist(FILE)}
    return faults + [
        FieldFault(name, "missing" if not parts else "repeated") for name, parts in given.items() if len(parts) != 1
    ]


def sheet(form: str, name: str, rows: Sequence[Sequence[str]]) -> Response:
    """A table as an attachment, its header first; no cell runs as a formula."""
    response = Response(write_sheet(form, rows), mimetype=MEDIA_TYPES[form])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.{form}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def download(file: CleanFile) -> Response:
    """The file as an attachment: a browser saves it and runs nothing of it."""
    response = Response(file.content, mimetype=file.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
