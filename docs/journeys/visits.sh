#!/usr/bin/env bash
# A township's list of old people becomes visits: a daughter books, nobody is at home, the chain reaches the county, the
# mother is seen, and the month closes at 100%. Against a running `make run`; README.md says what is made up.
#
#   bash docs/journeys/visits.sh             (DATA_DIR as given to `make run`; var/ by default)
set -euo pipefail
. "$(dirname "$0")/common.sh"
COUNTY=360902; VILLAGE="演示${RUN}村"; MONTH=$(TZ=Asia/Shanghai date +%Y-%m)
TOWNSHIP=$(place 天台山乡)
# The demo's one visitor of the county has no day left in most months: this township has a village cadre of its own.
printf '%s' "$DEMO_STAFF_PASSWORD" | flask --app wsgi staff create "cadre-$RUN" --role visitor --district $COUNTY \
  --township "$TOWNSHIP" --visitor-kind village_cadre --password-stdin --no-otp >/dev/null
INTAKE=$(staff intake-$COUNTY); VISITOR=$(staff "cadre-$RUN"); SUPERVISOR=$(staff supervisor)

say "1. The township's list: tried first, then read; what is wrong is named, what is doubtful waits for a person"
MOTHER=陈秋菊; NUMBER=$(number 1942 mother); BAD=$(number 1940 bad); BAD=${BAD:0:16}$(( (${BAD:16:1} + 1) % 10 ))${BAD:17}
printf '%s\n' '姓名,身份证号码,乡镇,村（社区）,家庭住址,人员类别,健康状况' \
  "$MOTHER,$NUMBER,天台山乡,$VILLAGE,演示路1号（虚构）,独居老人,高血压" \
  "李根生,$(number 1938 li),天台山乡,$VILLAGE,演示路2号（虚构）,空巢老人," \
  "周兰英,$(number 19360504 one),天台山乡,$VILLAGE,演示路3号（虚构）,高龄老人," \
  "周兰英,$(number 19360504 two),天台山乡,$VILLAGE,演示路9号（虚构）,高龄老人," \
  "吴有福,$BAD,天台山乡,$VILLAGE,演示路4号（虚构）,独居老人," \
  "郑水莲,$(number 1941 zheng),不存在乡,$VILLAGE,演示路5号（虚构）,独居老人," \
  "何春生,$(number 1939 he),天台山乡,$VILLAGE,,独居老人," >"$FILES/list.csv"
OUTCOME="'added', d['added'], '- unsure', d['unsure'], '- rejected', d['rejected']"
send POST /staff/elder-lists/trial "$INTAKE" -F "file=@$FILES/list.csv;type=text/csv" | pick "'a trial:', $OUTCOME"
LIST=$(send POST /staff/elder-lists "$INTAKE" -F "file=@$FILES/list.csv;type=text/csv")
echo "$LIST" | pick "'\n'.join([' '.join(map(str, ($OUTCOME))), *(f\"  line {f['line']}: {f['column_label']} - {f['detail']}\" for f in d['faults'])])"
LIST=$(echo "$LIST" | pick "d['id']")
CHOICE=$(call GET "/staff/elder-choices?township_id=$TOWNSHIP" "$INTAKE" | pick "next(c['id'] for c in d['items'] if c['list_id'] == '$LIST')")
CHOICE=$(call GET "/staff/elder-choices/$CHOICE" "$INTAKE")
echo "$CHOICE" | pick "'line', d['line'], d['name'], '-', d['reason_label']"
call POST "/staff/elder-choices/$(echo "$CHOICE" | pick "d['id']")/decide" "$INTAKE" \
  "{\"version\":$(echo "$CHOICE" | pick "d['version']"),\"decision\":\"other\"}" | pick "d['state_label']"

# pages PATH TOKEN: all entries of a list, page by page, as one JSON list.
pages() {
  local cursor='' page
  while :; do
    page=$(call GET "$1&limit=100${cursor:+&cursor=$cursor}" "$2"); echo "$page" >>"$FILES/pages"
    cursor=$(echo "$page" | pick "d['next'] or ''"); [ -n "$cursor" ] || break
  done
  python3 -c 'import json,sys; print(json.dumps([e for line in sys.stdin for e in json.loads(line)["items"]]))' <"$FILES/pages"
  rm "$FILES/pages"
}
PEOPLE=$(pages "/staff/elders?township_id=$TOWNSHIP" "$INTAKE" | pick "' '.join(e['id'] for e in d if e['community'] == '$VILLAGE')")

say "2. The month's plan takes them in (as every night does)"
flask --app wsgi elders plan
ROWS=$(pages "/staff/visit-plan?month=$MONTH&township_id=$TOWNSHIP" "$VISITOR" | pick "json.dumps([r for r in d if r['elder_id'] in '$PEOPLE'.split()])")
echo "$ROWS" | pick "'\n'.join(f\"{r['day'] or '-':<10}  {r['label']}  {r['name_masked']}  {r['reason_label'] or ''}\" for r in d)"

say "3. A daughter asks to be linked; the township confirms; she books an hour"
DAUGHTER=$(resident "daughter-$RUN")
LINK=$(call POST /elders "$DAUGHTER" "{\"name\":\"$MOTHER\",\"id_number\":\"$NUMBER\",\"relation\":\"child\"}" | pick "d['id']")
# Whom the request is about stands in its file, to be compared with papers.
call GET "/staff/elder-links/$LINK" "$INTAKE" | pick "d['name'], '- asked by a', d['relation_label']"
for each in $PEOPLE; do
  [ "$(call GET "/staff/elders/$each" "$INTAKE" | pick "d['full_name']")" = "$MOTHER" ] && ELDER=$each
done
call POST "/staff/elders/$ELDER/confirm-link" "$INTAKE" "{\"link_id\":\"$LINK\"}" | pick "d['state_label']"
DAY=$(TZ=Asia/Shanghai date -d '+1 day' +%F)
SLOT=$(call POST /staff/visit-slots "$VISITOR" "{\"township_id\":\"$TOWNSHIP\",\"starts_at\":\"${DAY}T09:00:00+08:00\",\"ends_at\":\"${DAY}T10:00:00+08:00\",\"capacity\":1}")
VISIT=$(call POST /visits "$DAUGHTER" "{\"elder_id\":\"$ELDER\",\"slot_id\":\"$(echo "$SLOT" | pick "d['id']")\",\"wish_list\":[\"bring_medicine\",\"check_stove\"]}")
echo "$VISIT" | pick "d['state_label'], d['starts_at'], '-', ', '.join(w['label'] for w in d['wish_list'])"

# found VISIT OUTCOME [NOTES]: the visitor's report of a visit that has begun.
found() {
  local version; version=$(call GET "/staff/visits/$1" "$VISITOR" | pick "d['version']")
  call POST "/staff/visits/$1/complete" "$VISITOR" "{\"version\":$version,\"outcome\":\"$2\"${3:+,\"notes\":\"$3\"}}" | pick "d['elder_name'], '-', d['outcome_label']"
}
say "4. The visitor finds no one at home, twice; attempted is not seen"
VISIT=$(echo "$VISIT" | pick "d['id']")
call POST "/staff/visits/$VISIT/start" "$VISITOR" '{}' >/dev/null; found "$VISIT" not_at_home
VISIT=$(call POST /staff/visits "$VISITOR" "{\"elder_id\":\"$ELDER\"}" | pick "d['id']"); found "$VISIT" not_at_home
open_ones() { pages "/staff/concerns?township_id=$TOWNSHIP" "$SUPERVISOR" | pick "sum(c['elder_id'] == '$ELDER' for c in d)"; }
until_is 1 open_ones >/dev/null
CONCERN=$(pages "/staff/concerns?township_id=$TOWNSHIP" "$SUPERVISOR" | pick "next(c['id'] for c in d if c['elder_id'] == '$ELDER')")
concern() { call GET "/staff/concerns/$CONCERN" "$SUPERVISOR" | pick "$1"; }
concern "'concern', d['number'], '-', d['cause_label'], '- asked:', d['step_label'], '- until', d['act_by']"

say "5. Nobody answers: the chain goes on, as if each time were over, up to the county"
# Outside office hours the clocks of this cause stand still: a chain that begins in the evening goes on in the morning.
for _ in township county; do
  THEN=$(date -d "$(concern "d['act_by']")" +%s)
  LOG_LEVEL=ERROR job advance_concerns "$(TZ=Asia/Shanghai date -d "@$((THEN + 60))" +%FT%T)" >/dev/null
  concern "'asked:', d['step_label'], '- until', d['act_by']"
done
concern "'\n'.join(f\"{s['at']}  {s['step_label']}  told: {len(s['told'])}\" for s in d['steps'])"
call POST "/staff/concerns/$CONCERN/acknowledge" "$SUPERVISOR" '{"note":"已联系邻居，老人在菜地，马上派人。"}' | pick "d['state_label']"

say "6. The mother is seen, and the concern is over; the others of the village are visited by plan"
VISIT=$(call POST /staff/visits "$VISITOR" "{\"elder_id\":\"$ELDER\"}" | pick "d['id']"); found "$VISIT" seen_well '人在家，药已带到'
until_is 0 open_ones >/dev/null
concern "d['state_label'], '-', d['resolution_label'], '- by visit', d['evidence_visit_id'] == '$VISIT'"
call GET /visits "$DAUGHTER" | pick "'the daughter reads:', ', '.join(v['outcome_label'] for v in d['items'])"
for each in $(echo "$ROWS" | pick "' '.join({r['elder_id']: r['id'] for r in d if r['elder_id'] != '$ELDER'}.values())"); do
  VISIT=$(call POST /staff/visits "$VISITOR" "{\"planned_id\":\"$each\"}" | pick "d['id']"); found "$VISIT" seen_well
done

say "7. The month closes (as if it were next month) at 100%, with the people behind it"
# A daily job counts each day once, so each journey takes the next day from the third of next month on.
CLOSINGS=$(( $(cat "$DATA_DIR/journey-closings-$MONTH" 2>/dev/null || echo 0) + 1 )); echo "$CLOSINGS" >"$DATA_DIR/journey-closings-$MONTH"
[ "$CLOSINGS" -le 25 ] || { echo "25 journeys have closed $MONTH: take a new DATA_DIR, or wait for the next month" >&2; exit 1; }
job close_visit_months "$(date -d "$MONTH-01 +1 month +$((CLOSINGS + 1)) days" +%FT03:00:00)" >/dev/null
AREA="month=$MONTH&township_id=$TOWNSHIP"; HERE=$(python3 -c 'import sys,urllib.parse; print(urllib.parse.quote(sys.argv[1]))' "$VILLAGE")
call GET "/staff/visit-rate?$AREA&community=$HERE" "$SUPERVISOR" | pick "d['month'], d['status_label'], 'revision', d['revision'], '-', d['numerator'], 'of', d['denominator'], '=', d['value'], '%'"
call GET "/staff/visit-rate/people?$AREA&community=$HERE" "$SUPERVISOR" | pick "'\n'.join(f\"{p['name']}  seen on {p['seen_on']} by visit {p['visit_id']}\" for p in d['items'])"
call GET "/staff/visit-rate/revisions?$AREA" "$SUPERVISOR" | pick "'evidence of the township', d['items'][-1]['evidence']"
say "Done: nobody of the village was forgotten."
