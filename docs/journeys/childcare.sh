#!/usr/bin/env bash
# Two families of Gao'an want the one place of the same centre. A round decides; the first offer is not answered in
# time; both children find a place, and a centre is rated. Against a running `make run`; README.md says what is made up.
#
#   bash docs/journeys/childcare.sh            (DATA_DIR as given to `make run`; var/ by default)
set -euo pipefail
. "$(dirname "$0")/common.sh"
COUNTY=360983
TOWNSHIP=$(place 八景镇); MONTH=$(TZ=Asia/Shanghai date +%Y-%m)
INTAKE=$(staff intake-$COUNTY); REVIEWER=$(staff reviewer-$COUNTY); SUPERVISOR=$(staff supervisor)

say "1. The county opens a round; two centres with one place for each age (invented)"
TAG=${RUN: -7}
# A journey that was broken off may have left a round under way.
for left in $(curl -sS "$WEB/childcare/rounds?district_code=$COUNTY" | pick "' '.join(r['id'] for r in d['items'] if r['name'].startswith('journey-') and r['state'] not in ('published', 'void'))"); do
  call POST "/staff/childcare/rounds/$left/void" "$SUPERVISOR" '{"reason":"上一次演示中断，没有完成。"}' | pick "'an earlier round:', d['state']"
done
ROUND=$(call POST /staff/childcare/rounds "$SUPERVISOR" "{\"name\":\"journey-$TAG\",\"district_code\":\"$COUNTY\",\"month\":\"$MONTH\"}" | pick "d['id']")
OPENED=$(date +%s)
echo "round $ROUND for places from $MONTH"

{
  echo external_id,name,category,longitude,latitude,datum,description,source,places_infant,places_toddler,places_preschool,registration_number,registration_valid_until
  for each in 向日葵 晨光; do
    echo "journey-$TAG-$each,${each}托育中心（虚构$TAG）,childcare_centre,115.48325,28.17719,wgs84,虚构的演示数据，不是真实机构。,demo,1,1,1,DEMO-$TAG,2099-12-31"
  done
} >"$FILES/centres.csv"
flask --app wsgi facilities import "$FILES/centres.csv" 2>/dev/null
centre() {
  curl -sS --get "$WEB/facilities" --data-urlencode "q=$1" -d "category=childcare_centre&district_code=$COUNTY&lat=28.17719&lng=115.48325&limit=50" \
    | pick "next((c['id'] for c in d['items'] if '$TAG' in c['name']), '')"
}
# The web hosts take a new centre over within seconds.
for _ in $(seq 60); do
  POPULAR=$(centre 向日葵); SECOND=$(centre 晨光)
  if [ -n "$POPULAR" ] && [ -n "$SECOND" ]; then break; fi
  sleep 0.5
done

# A family's part: real name, the child, ranked choices, papers, submission; then both offices. Sets CASE.
apply() {
  local token=$1 name=$2 child=$3 choices=$4 claims=$5 born registered draft form
  born=$(date -d '-25 months' +%Y-%m-)$(printf %02d $(( 10#$TAG % 28 + 1 )))
  identify "$token" "$name" "$(number 1992 "$name")"
  registered=$(call POST /me/children "$token" "{\"name\":\"$child\",\"id_number\":\"$(number "${born//-/}" "$child")\",\"relation\":\"mother\",\"consent_version\":1}" | pick "d['id']")
  draft=$(call POST /applications "$token" '{"programme":"childcare_place"}')
  CASE=$(echo "$draft" | pick "d['id']")
  form="{\"applicant_name\":\"$name\",\"applicant_phone\":\"19000000005\",\"relation\":\"mother\",\"child_id\":\"$registered\",\"child_name\":\"$child\",\"child_birth_date\":\"$born\",\"residence\":\"residence_permit\",\"township_id\":\"$TOWNSHIP\",\"start_month\":\"$MONTH\",\"choices\":$choices,\"priority_claims\":$claims}"
  call PATCH "/applications/$CASE" "$token" "{\"version\":$(echo "$draft" | pick "d['version']"),\"form\":$form}" >/dev/null
  for each in residence_proof birth_certificate; do paper "$CASE" "$token" "$each"; done
  if [ "$claims" != '[]' ]; then paper "$CASE" "$token" priority_proof; fi
  call POST "/applications/$CASE/submit" "$token" '{}' | pick "d['state'], '- until', d['next_step']['due_at']"
  staff_step "$CASE" accept "$INTAKE"
  staff_step "$CASE" approve "$REVIEWER"
}
say "2. Ranked choices: a mother of several children names two centres, another family one of them"
XIONG=$(resident "xiong-$RUN"); YI=$(resident "yi-$RUN")
# No two journeys' children have one name.
CHARS=朵川禾雨星晨溪云林竹月岚; WORD=${CHARS:10#$TAG/7%12:1}${CHARS:10#$TAG/91%12:1}
apply "$XIONG" 熊美云 "熊小$WORD" "[\"$POPULAR\",\"$SECOND\"]" '["several_children"]'; MINE=$CASE
apply "$YI" 易桃英 "易小$WORD" "[\"$POPULAR\"]" '[]'; OTHERS=$CASE
call GET "/childcare/placements/$MINE" "$XIONG" | pick "d['state_label'], '-', d['text']"

say "3. The round: a minute after it was opened the list is fixed, then the seed (made up for the demonstration), the result"
WAIT=$(( OPENED + 62 - $(date +%s) )); if [ $WAIT -gt 0 ]; then sleep $WAIT; fi
TODAY=$(TZ=Asia/Shanghai date +%F); SEED=03-07-12-19-25-31-08
step() { call POST "/staff/childcare/rounds/$ROUND/$1" "$2" "$3" | pick "'$1:', d['state']"; }
step commit "$REVIEWER" "{\"seed_source\":\"demonstration\",\"issue\":\"0000001\",\"announced_on\":\"$TODAY\"}"
step seed "$SUPERVISOR" "{\"seed\":\"$SEED\"}"
step run "$REVIEWER" "{\"seed\":\"$SEED\"}"
step publish "$REVIEWER" '{}'
# A job makes the offers within seconds.
offered() { call GET /offers "$XIONG" | pick "len(d['items'])"; }
until_is 1 offered >/dev/null
curl -sS "$WEB/childcare/rounds/$ROUND" | pick "'stable:', d['result']['statement']['stable'], '- placed', d['result']['statement']['placed'], 'of', d['result']['statement']['children']"
call GET "/childcare/rounds/$ROUND/mine?placement_id=$MINE" "$XIONG" | pick "'my number', d['number'], '- choice', d['result']['choice']"

say "4. The first offer is not answered in time (as if the days were over): it goes to the next family"
FIRST=$(call GET /offers "$XIONG")
echo "$FIRST" | pick "d['items'][0]['subject']['centre'], '- answer until', d['items'][0]['expires_at']"
job expire_offers "$(echo "$FIRST" | pick "d['items'][0]['expires_at'].replace(':00:00+', ':01:00+')")"
OFFER=$(call GET /offers "$YI" | pick "d['items'][0]['id']")
call POST "/offers/$OFFER/accept" "$YI" '{}' | pick "'the other child:', d['subject']['centre'], d['state']"
call GET /offers "$XIONG" | pick "'\n'.join(o['subject']['centre'] + ' ' + o['state'] for o in d['items'])"
OFFER=$(call GET /offers "$XIONG" | pick "d['items'][0]['id']")
call POST "/offers/$OFFER/accept" "$XIONG" '{}' | pick "'this child:', d['subject']['centre'], d['state']"

say "5. A place, a message, a rating with the centre's reply"
PLACEMENT="/childcare/placements/$MINE"
BEGINS=$(call GET "$PLACEMENT" "$XIONG" | pick "d['place']['begins']")
call GET "$PLACEMENT" "$XIONG" | pick "d['state'], d['place']['age_group_label'], 'from', d['place']['begins']"
call POST "$PLACEMENT/messages" "$XIONG" '{"text":"明天几点可以来？"}' | pick "'said by the', d['from']"
call POST "/staff$PLACEMENT/messages" "$INTAKE" '{"text":"八点以后都可以。"}' | pick "'answered by the', d['from']"
if [ "$BEGINS" \> "$MONTH" ]; then
  # In a month's last days the offer's days end in the next month, and the stay begins with it.
  echo "the first month begins on $BEGINS-01; from then on the family can rate the centre"
else
  call PUT "$PLACEMENT/rating" "$XIONG" '{"stars":5,"text":"老师很细心。"}' | pick "d['stars'], 'stars'"
  call POST "/staff$PLACEMENT/rating/reply" "$INTAKE" '{"text":"谢谢您，我们会继续努力。"}' | pick "'reply:', d['reply']"
fi
say "Done: both children have a place."
