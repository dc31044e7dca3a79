"""The mini-program's H5 build on the sandbox's phone, and the product's API below the same address.

The page and the API it calls are of one origin, in development as in production: no cross-origin call is allowed
anywhere, and the page's policy stays strict. In production the reverse proxy does what `forward` does here.
"""

from __future__ import annotations

from mimetypes import guess_type
from os.path import isfile
from pathlib import Path
from urllib.parse import quote

import requests
from flask import Blueprint, Response, jsonify, request, send_from_directory
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import safe_join

from config.loading import rule

ROOT = Path(__file__).resolve().parents[3]
BUILT = ROOT / "client" / "dist" / "h5"
API = "/api/v1"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SENT_ON = ("Accept", "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "On-Behalf-Of")
GIVEN_BACK = (
    "Cache-Control", "Content-Disposition", "Content-Type", "Date", "ETag", "Idempotency-Replayed", "Retry-After",
    "WWW-Authenticate", "X-Request-Id",
)  # fmt: skip
# Framed by the sandbox's own phone alone; photos that were just taken are shown from memory (blob:).
POLICY = (
    "default-src 'self'; img-src 'self' blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'"
)
HASHED = ("js", "css")
# Compressed copies that the build lays beside its files, the smaller first.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def is_built(folder: Path = BUILT) -> bool:
    """Whether `make client` has been run."""
    return (folder / "index.html").is_file()


def blueprint(product: str, folder: Path = BUILT) -> Blueprint:
    """The H5 build at /phone/app/, and /api/v1 forwarded to the product (an origin such as http://127.0.0.1:8000)."""
    routes = Blueprint("mini", __name__)

    @routes.get("/phone/app/")
    @routes.get("/phone/app/<path:name>")
    def app_file(name: str = "index.html") -> Response:
        response = _smallest(folder, name)
        response.headers["Content-Security-Policy"] = POLICY
        # Names of scripts and styles change with their content.
        keep = "public, max-age=31536000, immutable" if name.split("/")[0] in HASHED else "no-cache"
        response.headers["Cache-Control"] = keep
        return response

    @routes.route(f"{API}/<path:rest>", methods=METHODS)
    def forward(rest: str) -> Response | tuple[Response, int]:
        request.max_content_length = rule("sandbox.upload_bytes")
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        try:
            answer = requests.request(
                request.method, f"{product}{API}/{quote(rest)}{query}", data=request.get_data(),
                headers={name: request.headers[name] for name in SENT_ON if name in request.headers},
                timeout=rule("sandbox.forward_seconds"), allow_redirects=False,
            )  # fmt: skip
        except RequestEntityTooLarge:
            return jsonify({"errcode": -1, "errmsg": "too large"}), 413
        except requests.RequestException:
            return jsonify({"errcode": -1, "errmsg": "the product does not answer"}), 502
        response = Response(answer.content, answer.status_code)
        for name in GIVEN_BACK:
            if name in answer.headers:
                response.headers[name] = answer.headers[name]
        return response

    return routes


def _smallest(folder: Path, name: str) -> Response:
    """The file, as the compressed copy that the browser takes where there is one."""
    for encoding, ending in ENCODINGS:
        if request.accept_encodings[encoding] and (copy := safe_join(str(folder), name + ending)) and isfile(copy):
            response = send_from_directory(folder, name + ending, mimetype=guess_type(name)[0])
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_from_directory(folder, name)
    response.vary.add("Accept-Encoding")
    return response
