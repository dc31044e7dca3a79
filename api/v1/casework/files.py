"""Files in and out of a request."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request

from models.casework.files import CleanFile, clean_file
from models.kernel.errors import FieldFault, InvalidInput

MULTIPART = "multipart/form-data"
PAPER, FILE = "paper", "file"
TOKEN_CHARS = 60


def uploaded() -> tuple[str, CleanFile]:
    """The paper's token and the cleaned file of a multipart request with exactly these two parts."""
    if request.mimetype != MULTIPART:
        raise InvalidInput("unsupported_media_type")
    faults = [
        FieldFault("?", "extra_forbidden") for name in (*request.form, *request.files) if name not in (PAPER, FILE)
    ]
    papers, files = request.form.getlist(PAPER), request.files.getlist(FILE)
    faults += [
        FieldFault(name, "missing" if not given else "repeated")
        for name, given in ((PAPER, papers), (FILE, files))
        if len(given) != 1
    ]
    if not faults and not (papers[0].isascii() and papers[0].isprintable() and len(papers[0]) <= TOKEN_CHARS):
        faults.append(FieldFault(PAPER, "string_pattern_mismatch"))
    if faults:
        raise InvalidInput(faults=faults)
    return papers[0], clean_file(files[0].read(), files[0].filename or "", files[0].mimetype or "")


def download(file: CleanFile) -> Response:
    """The file as an attachment: a browser saves it and runs nothing of it."""
    response = Response(file.content, mimetype=file.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
