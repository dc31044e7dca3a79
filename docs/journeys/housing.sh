#!/usr/bin/env bash
# Two families of low income apply for public rental housing in Zhangshu; one gets a flat, one takes the money.
# Against a running `make run`; README.md says what happens and what is made up.
#
#   bash docs/journeys/housing.sh            (DATA_DIR as given to `make run`; var/ by default)
set -euo pipefail
. "$(dirname "$0")/common.sh"
COUNTY=360982
TOWNSHIP=$(place 刘公庙镇)
INTAKE=$(staff intake-$COUNTY); REVIEWER=$(staff reviewer-$COUNTY); SUPERVISOR=$(staff supervisor)

say "1. Before anything is known of the family: may they qualify, and what would change the answer?"
ANSWERS='"applicant_kind":"urban_hardship","residence":"household_registration","owns_home":false'
WU=$(resident "wu-$RUN"); XU=$(resident "xu-$RUN")
# prescreen TOKEN MORE_ANSWERS [HOUSEHOLD]: a first answer, rule by rule.
prescreen() {
  call POST /programmes/public_rental_housing/prescreen "$1" "{\"form\":{$ANSWERS,$2}${3:+,\"household\":$3}}" \
    | pick "'\n'.join([d['answer'] + ': ' + d['text'], *('  ' + r['label'] + ' - ' + r['outcome_label'] + ' ' + ''.join(r['changes']) for r in d['rules'] if r['outcome'] != 'not_applicable')])"
}
prescreen "$WU" '"hardship":"none"' '{"per_capita_income":1333,"per_capita_floor_area":9.5}'
prescreen "$WU" '"hardship":"low_income"' '{"per_capita_income":1333,"per_capita_floor_area":9.5}' | sed -n 1p

# A family's part: real name, household with spouse and child, draft, papers, submission. Sets APPLICATION.
apply() {
  local token=$1 name=$2 spouse=$3 child=$4 household draft form
  identify "$token" "$name" "$(number 1988 "$name")"
  call POST /me/consents "$token" '{"purpose":"verification","version":1}' >/dev/null
  household=$(call POST /me/household "$token" '{"yearly_income":48000,"floor_area":28.5,"support":"low_income"}' | pick "d['id']")
  call POST /me/household/members "$token" "{\"relation\":\"spouse\",\"name\":\"$spouse\",\"id_number\":\"$(number 1986 "$spouse")\",\"agreed\":true}" >/dev/null
  call POST /me/household/members "$token" "{\"relation\":\"child\",\"name\":\"$child\",\"id_number\":\"$(number 2015 "$child")\",\"agreed\":true}" \
    | pick "'household of', int(d['facts']['size']), '- per head and month:', int(d['facts']['per_capita_income']), 'yuan,', d['facts']['per_capita_floor_area'], 'sqm'"
    draft=$(call POST /applications "$token" '{"programme":"public_rental_housing"}')
  APPLICATION=$(echo "$draft" | pick "d['id']")
  form="{\"applicant_name\":\"$name\",\"applicant_phone\":\"19000000003\",\"household\":\"$household\",$ANSWERS,\"hardship\":\"low_income\",\"township_id\":\"$TOWNSHIP\",\"wants\":\"either\"}"
  call PATCH "/applications/$APPLICATION" "$token" "{\"version\":$(echo "$draft" | pick "d['version']"),\"form\":$form}" >/dev/null
  for each in id_card household_register income_proof housing_proof; do paper "$APPLICATION" "$token" "$each"; done
  call POST "/applications/$APPLICATION/submit" "$token" '{}' | pick "d['state'], '- until', d['next_step']['due_at']"
}
say "2. Household, draft, papers, submission; the same for a second family"
apply "$WU" 吴秀梅 黄国强 黄小雨; FIRST=$APPLICATION
apply "$XU" 徐春莲 袁水生 袁小禾; SECOND=$APPLICATION

say "3. The township accepts and gives its opinion; the county decides (another person)"
for each in $FIRST $SECOND; do
  staff_step "$each" accept "$INTAKE"
  staff_step "$each" first-review "$INTAKE" '"opinion":"favourable"'
  staff_step "$each" second-review "$REVIEWER"
done

say "4. Public notice; a neighbour objects, the county looks into it (whoever decided does not) and dismisses it"
notice() { call GET "/applications/$FIRST" "$WU" | pick "'on notice' if d['public_notice'] else 'not yet'"; }
until_is 'on notice' notice
NOTICE=$(call GET "/applications/$FIRST" "$WU" | pick "d['public_notice']['id']")
curl -sS "$WEB/public-notices/$NOTICE" | pick "d['applicant'], d['township'], 'until', d['ends_at']"
NEIGHBOUR=$(resident "neighbour-$RUN"); identify "$NEIGHBOUR" 周德旺 "$(number 1961 neighbour)"
OBJECTION=$(call POST "/public-notices/$NOTICE/objections" "$NEIGHBOUR" '{"statement":"听说这家人在城里还有一套房子，请核实。"}' | pick "d['id']")
call GET "/applications/$FIRST" "$WU" | pick "'the application is', d['state']"
VERSION=$(call GET "/staff/objections/$OBJECTION" "$SUPERVISOR" | pick "d['version']")
call POST "/staff/objections/$OBJECTION/ruling" "$SUPERVISOR" "{\"version\":$VERSION,\"decision\":\"dismissed\",\"reason\":\"经不动产登记核查，名下无房。\"}" | pick "'the objection is', d['state']"

say "5. The days are over (as if it were three weeks later): on the waiting list"
# What the end of a notice causes would be sent on that day; `settle_notices` does it at once.
THEN=$(later 20); job public_notices "$THEN"; job settle_notices "$THEN"
state_of() { call GET "/applications/$1" "$2" | pick "d['state']"; }
until_is approved state_of "$FIRST" "$WU"; until_is approved state_of "$SECOND" "$XU"
position() { call GET "/applications/$1/waiting-place" "$2" | pick "'place', d['position'], '-', d['ahead'], 'ahead, of', d['total']"; }
position "$FIRST" "$WU"; position "$SECOND" "$XU"

say "6. The public draw: the list is sealed, then the seed, read by two people (a demonstration's seed, made up)"
TODAY=$(TZ=Asia/Shanghai date +%F); SEED=03-07-12-19-25-31-08
DRAW=$(call POST /staff/lottery-draws "$REVIEWER" "{\"programme\":\"public_rental_housing\",\"round\":\"journey-$RUN\",\"district_code\":\"$COUNTY\",\"places\":1,\"seed_source\":\"demonstration\",\"issue\":\"0000001\",\"announced_on\":\"$TODAY\"}")
COMMITMENT=$(echo "$DRAW" | pick "d['commitment']['sha256']"); DRAW=$(echo "$DRAW" | pick "d['id']")
echo "commitment $COMMITMENT"
call POST "/staff/lottery-draws/$DRAW/seed" "$SUPERVISOR" "{\"seed\":\"$SEED\"}" | pick "d['state']"
call POST "/staff/lottery-draws/$DRAW/run" "$REVIEWER" "{\"seed\":\"$SEED\"}" | pick "d['state']"
call POST "/staff/lottery-draws/$DRAW/publish" "$REVIEWER" '{}' | pick "d['state']"
curl -sS "$WEB/lottery-draws/$DRAW" >"$FILES/draw.json"
# Anyone can compute it again: no database, no settings of ours.
env -i PATH="$PATH" LANG=C.UTF-8 MONGODB_URI=mongodb://127.0.0.1:1/none \
  flask --app wsgi lottery verify --demonstration --commitment "$COMMITMENT" "$FILES/draw.json"
job follow_draws
position "$FIRST" "$WU"; position "$SECOND" "$XU"

say "7. Two flats (invented) are given out to the first of the list"
printf '%s\n' 'estate_id,estate,address,programme,township_id,number,layout,floor,area_sqm,rent_yuan' \
  "journey-$RUN,演示家园（虚构）,樟树市演示路1号（虚构）,public_rental_housing,$TOWNSHIP,1-101,two_rooms,1,52.00,360.00" \
  "journey-$RUN,演示家园（虚构）,樟树市演示路1号（虚构）,public_rental_housing,$TOWNSHIP,1-602,two_rooms,6,52.00,312.00" >"$FILES/flats.csv"
send POST /staff/estates/import "$REVIEWER" -F "file=@$FILES/flats.csv;type=text/csv" | pick "'flats added:', d['added'], '- at fault:', d['faults']"
ESTATE=$(call GET /staff/estates "$REVIEWER" | pick "next(e['id'] for e in d['items'] if e['external_id'] == 'journey-$RUN')")
FLATS=$(call GET "/staff/estates/$ESTATE/flats" "$REVIEWER" | pick "json.dumps([f['flat_id'] for f in d['items']])")
call POST /staff/flat-batches "$REVIEWER" "{\"programme\":\"public_rental_housing\",\"district_code\":\"$COUNTY\",\"name\":\"journey-$RUN\",\"flat_ids\":$FLATS,\"offers_at_once\":1}" >/dev/null
# The draw has decided whose turn it is.
offered() { call GET /offers "$1" | pick "len(d['items'])"; }
if [ "$(offered "$WU")" = 1 ]; then TENANT=$WU; CASE=$FIRST; OTHER=$XU; OTHER_CASE=$SECOND
elif [ "$(offered "$XU")" = 1 ]; then TENANT=$XU; CASE=$SECOND; OTHER=$WU; OTHER_CASE=$FIRST
else echo "somebody else was drawn first, perhaps a family of a journey that was broken off: take a new DATA_DIR" >&2; exit 1; fi
OFFER=$(call GET /offers "$TENANT" | pick "d['items'][0]['id']")
call GET "/offers/$OFFER" "$TENANT" | pick "d['subject']['estate'], d['subject']['number'], '- answer until', d['expires_at']"
call POST "/offers/$OFFER/accept" "$TENANT" '{}' | pick "'the offer is', d['state']"

say "8. The family chooses the other flat, signs, gets the key"
CHOICE=$(call GET "/tenancies/$CASE/flats" "$TENANT" | pick "d['items'][0]['flat_id']")
call POST "/tenancies/$CASE/choose" "$TENANT" "{\"flat_id\":\"$CHOICE\"}" | pick "d['state_label']"
call POST "/tenancies/$CASE/confirm-choice" "$TENANT" '{}' | pick "'lease', d['lease']['number'], '- flat', d['lease']['flat']['number'], '- rent', d['lease']['rent_fen'] / 100, 'yuan'"
VERSION=$(call POST "/tenancies/$CASE/sign" "$TENANT" '{}' | pick "d['version']")
call POST "/staff/tenancies/$CASE/hand-over" "$INTAKE" "{\"version\":$VERSION,\"starts_on\":\"$TODAY\"}" | pick "d['state_label'], d['lease']['starts_on'], 'to', d['lease']['ends_on']"

say "9. The other family was offered the next flat at once, and takes money instead"
call GET /offers "$OTHER" | pick "d['items'][0]['subject']['number'], d['items'][0]['state']"
call POST "/tenancies/$OTHER_CASE/choose-subsidy" "$OTHER" '{}' | pick "d['state_label'], d['subsidy_fen'] / 100, 'yuan a month'"

say "10. The first month's rent"
job rent_ledger "$(later 1)"
call GET "/tenancies/$CASE/rent" "$TENANT" | pick "'\n'.join(f\"{e['month']}  {e['kind_label']}  {e['amount_fen'] / 100} yuan\" for e in d['items'][-1:])"
say "Done: the Zhangshu family has its flat."
