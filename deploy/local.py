"""`make run`: everything on one machine from the Procfile. Ctrl-C ends all of it.

Ports: PORT (8000) is the web's; the sandbox takes PORT + 100 or a free one, the database a free one. Secrets for
development are made once and kept in DATA_DIR, readable by their owner only.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

from config.settings import Settings, embedded_uri

ROOT = Path(__file__).resolve().parent.parent
SANDBOX_OFFSET = 100
READY_SECONDS = 180
HIGHEST_PORT = 65535
DATABASE_PROCESS = "db"


def main() -> int:
    """Start the processes of the Procfile and stay until they end; returns the exit code."""
    environment = development_environment(dict(os.environ))
    _write_environment(environment)
    manager = Manager()
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        if name != DATABASE_PROCESS or "DATABASE_PORT" in environment:
            manager.add_process(name, command, env=environment, cwd=str(ROOT))
    threading.Thread(target=_announce, args=(environment,), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


def development_environment(given: dict[str, str]) -> dict[str, str]:
    """The environment of the processes: what was given, completed for one machine."""
    port = int(given.get("PORT", "8000"))
    if not _is_free(port):
        sys.exit(f"port {port} is in use; choose another: PORT=8010 make run")
    data = Path(given.get("DATA_DIR", "var")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    sandbox = int(given.get("SANDBOX_PORT", 0)) or _free_port(prefer=port + SANDBOX_OFFSET)
    secrets_made = _development_secrets(data / "development-secrets.json")
    metrics = data / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    made = {
        "PORT": str(port),
        "DATA_DIR": str(data),
        "SANDBOX_PORT": str(sandbox),
        "WEB_WORKERS": "2",
        "WEB_THREADS": "48",
        "WECHAT_API_BASE": f"http://127.0.0.1:{sandbox}",
        "INDICATOR_ENDPOINT": f"http://127.0.0.1:{sandbox}/planning-office/observations",
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/wechat",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "PYTHONUNBUFFERED": "1",
        # One thread a process in numeric libraries: several processes share the cores.
        "OMP_NUM_THREADS": "1",
        "LOG_LEVEL": "WARNING",
        **secrets_made,
    }
    if "MONGODB_URI" not in given:
        database = _free_port()
        made["DATABASE_PORT"] = str(database)
        made["MONGODB_URI"] = embedded_uri(database)
    path = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", "")])
    return {**made, **given, "PATH": path, "DATA_DIR": str(data)}


def _write_environment(environment: dict[str, str]) -> None:
    """Keep the settings in DATA_DIR/development.env, so that a second shell can run commands on the same product."""
    path = Path(environment["DATA_DIR"]) / "development.env"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    names = (*Settings.model_fields, "sandbox_port", "webhook_url")
    kept = {name.upper(): environment[name.upper()] for name in names if name.upper() in environment}
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(kept.items())))


def _development_secrets(path: Path) -> dict[str, str]:
    """Keys and the demo staff's password, made at the first start."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    keys = {name: b64encode(secrets.token_bytes(32)).decode() for name in ("index", "1")}
    made = {
        "SECRET_KEYS": ",".join(f"{name}:{key}" for name, key in keys.items()),
        "DEMO_STAFF_PASSWORD": secrets.token_urlsafe(9),
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(made))
    return made


def _announce(environment: dict[str, str]) -> None:
    web, sandbox = f"http://127.0.0.1:{environment['PORT']}", f"http://127.0.0.1:{environment['SANDBOX_PORT']}"
    end = time.monotonic() + READY_SECONDS
    # The demo data are there when a resident in the middle of the city finds something nearby.
    nearby = f"{web}/api/v1/facilities?lat=27.8&lng=114.4&datum=wgs84&limit=1"
    while not (_answers(f"{web}/health/ready") and _answers(f"{sandbox}/phone") and _answers(nearby, b'"name"')):
        if time.monotonic() > end:
            print("Yixiang is not ready after three minutes; the messages above say why.", flush=True)
            return
        time.sleep(0.2)
    print(
        f"""
  Yixiang is ready. Ctrl-C ends it.

    Public pages                {web}/
    Caseworkers' console        {web}/console/
    Phone (WeChat sandbox)      {sandbox}/phone
    Planning office (sandbox)   {sandbox}/planning-office
    API, with a page to try it  {web}/api/v1/
    Health and metrics          {web}/health/ready   {web}/metrics
    Demo staff                  intake-360902, reviewer-360902, visitor-360902, planner, supervisor, admin
    Their password              {environment["DEMO_STAFF_PASSWORD"]}
""",
        flush=True,
    )


def _answers(url: str, holding: bytes = b"") -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  a loopback address made above
            return answer.status == 200 and holding in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def _free_port(prefer: int = 0) -> int:
    if 0 < prefer <= HIGHEST_PORT and _is_free(prefer):
        return prefer
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
