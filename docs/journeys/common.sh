# What the journeys share; read by them, not run. See README.md.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
DATA_DIR=${DATA_DIR:-var}
set -a; . "$DATA_DIR/development.env"; set +a
export PATH="$PWD/.venv/bin:$PATH"
WEB="http://127.0.0.1:$PORT/api/v1"
# One run's own name: its people, centres and flats are new ones, so that a journey can be made again.
RUN=$(date +%s%N)
FILES=$(mktemp -d); trap 'rm -rf "$FILES"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# pick EXPRESSION → that part of the JSON on standard input, `d` being the whole.
pick() { python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"; }
# send METHOD PATH TOKEN [curl options] → the answer; every write carries an Idempotency-Key of its own.
send() {
  local method=$1 path=$2 token=$3 answer; shift 3
  answer=$(curl -sS --fail-with-body -X "$method" "$WEB$path" ${token:+-H "Authorization: Bearer $token"} \
    -H "Idempotency-Key: journey-$RUN-$RANDOM$RANDOM" "$@") || { echo "$method $path: $answer" >&2; return 1; }
  printf '%s' "$answer"
}
# call METHOD PATH TOKEN [JSON] → the answer.
call() { if [ $# -ge 4 ]; then send "$1" "$2" "$3" -H 'Content-Type: application/json' -d "$4"; else send "$1" "$2" "$3"; fi; }
resident() { call POST /auth/wechat '' "{\"code\":\"sandbox-$1\"}" | pick "d['token']"; }
staff() { call POST /staff/auth/login '' "{\"username\":\"$1\",\"password\":\"$DEMO_STAFF_PASSWORD\"}" | pick "d['token']"; }
place() { curl -sS --get "$WEB/places" --data-urlencode "q=$1" | pick "d['items'][0]['id']"; }
# number BIRTH_YEAR WHO: an id number of right form that belongs to nobody we know.
number() {
  python3 - "$@" "$RUN" <<'PY'
import hashlib, sys
year, who, run = sys.argv[1:]
drawn = int(hashlib.sha256(f"{who} {run}".encode()).hexdigest(), 16)
# A year may stand with its month and day.
born = year if len(year) == 8 else f"{year}{drawn % 12 + 1:02d}{drawn // 12 % 28 + 1:02d}"
body = f"360982{born}{drawn // 999 % 1000:03d}"
print(body + "10X98765432"[sum(int(d) * w for d, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11])
PY
}
# identify TOKEN NAME ID_NUMBER: consent, and the real name.
identify() {
  call POST /me/consents "$1" '{"purpose":"identity","version":1}' >/dev/null
  call PUT /me/identity "$1" "{\"name\":\"$2\",\"id_number\":\"$3\"}" >/dev/null
}
# paper APPLICATION TOKEN PAPER: a small white picture stands for a photo of it.
paper() {
  [ -s "$FILES/paper.png" ] || python3 - "$FILES/paper.png" <<'PY'
import struct, sys, zlib
chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + b"\xff" * 600 for _ in range(200))
head = struct.pack(">IIBBBBB", 200, 200, 8, 2, 0, 0, 0)
open(sys.argv[1], "wb").write(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
)
PY
  send POST "/applications/$1/documents" "$2" -F "paper=$3" -F "file=@$FILES/paper.png;type=image/png" >/dev/null
}
# staff_step APPLICATION ACTION TOKEN [MORE JSON]: a caseworker's step with the version now read; shows the state.
staff_step() {
  local version; version=$(call GET "/staff/applications/$1" "$3" | pick "d['version']")
  call POST "/staff/applications/$1/$2" "$3" "{\"version\":$version${4:+,$4}}" | pick "'$2:', d['state']"
}
# job NAME [TIME]: run it now, or as if it were then.
job() { flask --app wsgi jobs run "$1" ${2:+--at "$2"}; }
# until_is WHAT COMMAND…: wait, for at most half a minute, until the command prints it.
until_is() {
  local wanted=$1 found; shift
  for _ in $(seq 60); do found=$("$@"); [ "$found" = "$wanted" ] && { echo "$found"; return; }; sleep 0.5; done
  echo "still $found instead of $wanted: $*" >&2; return 1
}
# A daily job counts each day once, so the days that journeys have skipped are kept.
later() {
  local days; days=$(( $(cat "$DATA_DIR/journey-days" 2>/dev/null || echo 0) + $1 ))
  echo "$days" >"$DATA_DIR/journey-days"
  TZ=Asia/Shanghai date -d "+$days days" +%Y-%m-%dT12:00:00
}
