#!/usr/bin/env bash
# The main job by curl, against a running `make run`: find a place, apply for a childcare place and have it decided,
# book a visit and see it done, and see the month's indicators arrive at the planning office. Read it beside docs/tour.md.
#
#   bash docs/tour.sh            (DATA_DIR as given to `make run`; var/ by default)
set -euo pipefail
cd "$(dirname "$0")/.."
set -a; . "${DATA_DIR:-var}/development.env"; set +a
WEB="http://127.0.0.1:$PORT/api/v1"
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# call METHOD PATH TOKEN [JSON] → the answer; every write carries an Idempotency-Key of its own.
call() {
  local body=()
  [ $# -ge 4 ] && body=(-H 'Content-Type: application/json' -d "$4")
  local answer
  answer=$(curl -sS --fail-with-body -X "$1" "$WEB$2" ${3:+-H "Authorization: Bearer $3"} \
    -H "Idempotency-Key: tour-$RANDOM$RANDOM$RANDOM" "${body[@]}") || { echo "$1 $2: $answer" >&2; return 1; }
  printf '%s' "$answer"
}
# pick EXPRESSION → that part of the JSON on standard input, `d` being the whole.
pick() { python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"; }
resident() { call POST /auth/wechat '' "{\"code\":\"sandbox-$1\"}" | pick "d['token']"; }
staff() { call POST /staff/auth/login '' "{\"username\":\"$1\",\"password\":\"$DEMO_STAFF_PASSWORD\"}" | pick "d['token']"; }

say "1. The nearest childcare centres with a free place (Fengcheng)"
CENTRES=$(curl -sS "$WEB/facilities?lat=28.19&lng=115.78&datum=wgs84&category=childcare_centre&with_places=any&limit=3")
echo "$CENTRES" | pick "'\n'.join(f\"{c['distance_m']:>7} m  {c['name']}  {c['phone']}\" for c in d['items'])"
CHOICES=$(echo "$CENTRES" | pick "json.dumps([c['id'] for c in d['items']])")

say "2. A father applies for a childcare place"
FATHER=$(resident liudapeng)
CHILD=$(call GET /me/children "$FATHER" | pick "d['items'][0]['id']")
# What an earlier tour left is taken back first: a child has one application, and its place is free again.
OVER="('draft','withdrawn','refused','lapsed','ended')"
for EARLIER in $(call GET /applications "$FATHER" | pick "' '.join(a['id'] for a in d['items'] if a['programme'] == 'childcare_place' and a['state'] not in $OVER)"); do
  call POST "/applications/$EARLIER/withdraw" "$FATHER" '{}' | pick "'an earlier application:', d['state']"
done
APPLICATION=$(call POST /applications "$FATHER" '{"programme":"childcare_place"}')
ID=$(echo "$APPLICATION" | pick "d['id']")
FORM=$(START=$(date -d '+20 days' +%Y-%m) CHILD=$CHILD CHOICES=$CHOICES python3 - <<'PY'
import json, os
print(json.dumps({
    "applicant_name": "刘大鹏", "applicant_phone": "19000000002", "relation": "father", "child_id": os.environ["CHILD"],
    "child_name": "刘小满", "child_birth_date": "2024-05-21", "residence": "household_registration",
    "township_id": "TOWNSHIP", "start_month": os.environ["START"], "choices": json.loads(os.environ["CHOICES"]),
}, ensure_ascii=False))
PY
)
TOWNSHIP=$(curl -sS --get "$WEB/places" --data-urlencode 'q=拖船镇' | pick "d['items'][0]['id']")
VERSION=$(echo "$APPLICATION" | pick "d['version']")
call PATCH "/applications/$ID" "$FATHER" "{\"version\":$VERSION,\"form\":${FORM/TOWNSHIP/$TOWNSHIP}}" | pick "'draft kept, version', d['version']"
PICTURE=$(mktemp --suffix .png); trap 'rm -f "$PICTURE"' EXIT
# A small white picture stands for a photo of the paper.
python3 - "$PICTURE" <<'PY'
import struct, sys, zlib
chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + b"\xff" * 600 for _ in range(200))
head = struct.pack(">IIBBBBB", 200, 200, 8, 2, 0, 0, 0)
open(sys.argv[1], "wb").write(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
)
PY
for paper in residence_proof birth_certificate; do
  curl -sS --fail-with-body "$WEB/applications/$ID/documents" -H "Authorization: Bearer $FATHER" \
    -H "Idempotency-Key: tour-$RANDOM$RANDOM$RANDOM" -F "paper=$paper" -F "file=@$PICTURE;type=image/png" | pick "'paper kept:', '$paper', d['version']"
done
call POST "/applications/$ID/submit" "$FATHER" '{}' | pick "d['state']"

say "3. The township accepts, the county approves (another person); the father takes the place he is offered"
INTAKE=$(staff intake-360981); REVIEWER=$(staff reviewer-360981)
VERSION=$(call GET "/staff/applications/$ID" "$INTAKE" | pick "d['version']")
VERSION=$(call POST "/staff/applications/$ID/accept" "$INTAKE" "{\"version\":$VERSION}" | pick "d['version']")
call POST "/staff/applications/$ID/approve" "$REVIEWER" "{\"version\":$VERSION}" | pick "d['state']"
OFFER=$(call GET /offers "$FATHER" | pick "d['items'][0]['id']")
call POST "/offers/$OFFER/accept" "$FATHER" '{}' | pick "d['state'], d['subject']['centre']"
call GET "/childcare/placements/$ID" "$FATHER" | pick "d['state'], d['place']['age_group_label'], d['place']['begins']"
call POST "/childcare/placements/$ID/messages" "$FATHER" '{"text":"孩子对牛奶过敏，请留意。"}' | pick "'said by the', d['from']"
call POST "/staff/childcare/placements/$ID/messages" "$INTAKE" '{"text":"收到，入托时请带上体检表。"}' | pick "'answered by the', d['from']"
call GET "/applications/$ID" "$FATHER" | pick "'\n'.join(f\"{e['at']}  {e['label']}\" for e in d['timeline'])"

say "4. A daughter books a visit to her mother"
DAUGHTER=$(resident chenguilan)
ELDER=$(call GET /elders "$DAUGHTER" | pick "next(e['elder_id'] for e in d['items'] if e['state'] == 'confirmed')")
# The first free hour of her township in which nobody has booked a visit to her yet.
for SLOT in $(call GET "/visit-slots?district_code=360902" "$DAUGHTER" | pick "' '.join(s['id'] for s in d['items'])"); do
  ASKED="{\"elder_id\":\"$ELDER\",\"slot_id\":\"$SLOT\",\"wishes\":\"请看看炉子\"}"
  VISIT=$(call POST /visits "$DAUGHTER" "$ASKED" 2>/dev/null | pick "d['id']" 2>/dev/null) && break
done
call GET "/visits/$VISIT" "$DAUGHTER" | pick "d['starts_at'], d['state']"

say "5. The visitor goes, and finds her well"
VISITOR=$(staff visitor-360902); SUPERVISOR=$(staff supervisor)
VERSION=$(call POST "/staff/visits/$VISIT/start" "$VISITOR" '{}' | pick "d['version']")
call POST "/staff/visits/$VISIT/complete" "$VISITOR" "{\"version\":$VERSION,\"outcome\":\"seen_well\",\"notes\":\"炉子正常\"}" | pick "d['state'], d['outcome']"
call GET "/staff/visit-rate?month=$(TZ=Asia/Shanghai date +%Y-%m)&district_code=360902" "$SUPERVISOR" | pick "'seen', d['numerator'], 'of', d['denominator']"

say "6. Last month's indicators, observed and pushed to the planning office"
PATH="$PWD/.venv/bin:$PATH" flask --app wsgi jobs run close_visit_months
PATH="$PWD/.venv/bin:$PATH" flask --app wsgi jobs run observe_indicators
LAST=$(TZ=Asia/Shanghai date -d "$(TZ=Asia/Shanghai date +%Y-%m-01) -1 day" +%Y-%m)
for _ in $(seq 60); do
  RECEIVED=$(curl -sS "$WECHAT_API_BASE/planning-office/observations")
  [ "$(echo "$RECEIVED" | pick "len({o['indicator'] for o in d['items'] if o['period'] == '$LAST'})")" -ge 4 ] && break
  sleep 1
done
# What departments reported of earlier months (invented) has arrived as well.
echo "$RECEIVED" | pick "'\n'.join(f\"{o['period']}  {o['indicator']:<36} {o['value']}\" for o in d['items'] if o['period'] == '$LAST')"
say "Done. What the residents were told is on their phones: $WECHAT_API_BASE/phone"
