#!/usr/bin/env bash
# ./subscriber.sh feed                    prints the events since it last ran; the platform keeps the cursor, as the checkpoint "curl"
# ./subscriber.sh live                    prints events as they happen, until Ctrl-C
# ./subscriber.sh subscribe URL           subscribes the URL to everything; prints the id and the secret, which is told this once
# ./subscriber.sh activate ID             sends the URL a test event, and deliveries begin when it answers 2xx
# ./subscriber.sh verify SECRET ID TIMESTAMP SIGNATURE <body     says whether a webhook is genuine
# CX_URL and CX_KEY (scope: events) say where and who. Needs curl, jq and openssl.
set -euo pipefail

cx=${CX_URL:-http://127.0.0.1:5080}

ask() { # ask METHOD PATH [JSON]
  curl -sS --fail-with-body -X "$1" "$cx$2" -H "Authorization: Bearer $CX_KEY" -H 'Content-Type: application/json' ${3:+--data "$3"}
}

feed() {
  local page more=true
  while [ "$more" = true ]; do
    page=$(ask GET '/v1/events?checkpoint=curl')
    jq -r '.events[] | "\(.type) \(.subject)"' <<<"$page"
    # When the page is handled: after a crash it comes again, and the ids say what is known.
    ask PUT /v1/events/checkpoints/curl "$(jq '{cursor: .next}' <<<"$page")" >/dev/null
    more=$(jq .more <<<"$page")
  done
}

live() {
  curl -sSN "$cx/v1/events/stream" -H "Authorization: Bearer $CX_KEY" | sed -un 's/^data: //p' | jq -r --unbuffered '"\(.type) \(.subject)"'
}

subscribe() {
  ask POST /v1/subscriptions "$(jq -n --arg url "$1" '{url: $url, types: ["*"]}')" | jq -r '"\(.subscription.id) \(.secret)"'
}

activate() { ask POST "/v1/subscriptions/$1/activate" '{}' >/dev/null; }

verify() { # Standard Webhooks: HMAC-SHA256 over id.timestamp.body
  local key expected signature age
  age=$(($(date +%s) - $3))
  if [ "${age#-}" -gt 300 ]; then echo "not genuine: too old or in the future"; return 1; fi
  key=$(base64 -d <<<"${1#whsec_}" | od -An -v -tx1 | tr -d ' \n')
  expected=$({ printf '%s.%s.' "$2" "$3"; cat; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
  for signature in $4; do # during a rotation there are several
    if [ "$signature" = "v1,$expected" ]; then echo genuine; return 0; fi
  done
  echo "not genuine: no signature is right"
  return 1
}

case ${1:-} in
  feed | live | subscribe | activate | verify) "$@" ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
