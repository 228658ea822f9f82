# shellcheck shell=bash
# ./cx test [name...]: every test project, or those whose names contain one of the words

logs=artifacts/test-logs

# What the tests need: how to see it, and Debian's package.
needs() {
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || has initdb || echo postgresql
  ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server >/dev/null 2>&1 || has rabbitmq-server || echo rabbitmq-server
  has redis-server || echo redis-server
  has chromium || has chromium-browser || has google-chrome || echo chromium
  has node || echo nodejs
  has npm || echo npm
  has python3 || echo python3
  has jq || echo jq
  has openssl || echo openssl
  has swaks || echo swaks
  has dovecot || [ -x /usr/sbin/dovecot ] || echo dovecot-imapd
  has postfix || [ -x /usr/sbin/postfix ] || echo postfix
}

install_needs() {
  local missing service
  missing=$(needs)
  [ -n "$missing" ] || return 0
  if ! has apt-get || [ "$(id -u)" != 0 ]; then
    fail "The tests need: $(tr '\n' ' ' <<<"$missing")
  Debian, Ubuntu:  sudo apt-get install $(tr '\n' ' ' <<<"$missing")
  macOS:           brew install postgresql rabbitmq redis node python jq openssl swaks dovecot postfix, and Chrome
  Nothing has to be running: the tests start their own servers on loopback ports."
  fi
  say "Installing: $(tr '\n' ' ' <<<"$missing")"
  apt-get update -qq </dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null ||
    fail "apt-get could not install what the tests need."
  # The tests start their own servers: what the packages have started by themselves only takes memory.
  for service in postgresql rabbitmq-server redis-server dovecot postfix; do
    if grep -q "^$service" <<<"$missing"; then service "$service" stop </dev/null >/dev/null 2>&1 || true; fi
  done
}

tests() { # tests [name...]: the project files
  local project name
  for project in tests/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    if [ $# = 0 ] || matches "$name" "$@"; then echo "$project"; fi
  done
}

matches() {
  local name=$1 word
  shift
  for word in "$@"; do if [[ ${name,,} == *"${word,,}"* ]]; then return 0; fi; done
  return 1
}

run() { # run PROJECT: prints its result, and keeps its counts for the sum
  local name assembly log status=0 summary counts
  name=$(basename "$1" .csproj)
  assembly=$(dirname "$1")/bin/Debug/net10.0/$name.dll
  log=$logs/$name.log
  dotnet test "$assembly" --blame-hang-timeout 10m --blame-hang-dump-type none --results-directory "$logs" \
    </dev/null >"$log" 2>&1 || status=$?
  summary=$(grep -E '^(Passed!|Failed!|Skipped!) +- Failed:' "$log" | tail -n 1 || true)
  if [ -z "$summary" ] && [ $status = 0 ]; then
    echo "        $name has no test"
    return
  fi
  read -r -a counts <<<"$(sed -E 's/.*Failed: *([0-9]+), Passed: *([0-9]+), Skipped: *([0-9]+), Total: *[0-9]+, Duration: (.*) - .*/\1 \2 \3 \4/' <<<"$summary")"
  if [ $status = 0 ]; then
    echo "passed  $name: ${counts[1]} passed, ${counts[2]} skipped, ${counts[*]:3}"
  else
    # A run that ended without a summary, or failed with no failed test (a crash, a hang), is one failure.
    if [ "${counts[0]:-0}" = 0 ]; then counts[0]=1; fi
    echo "FAILED  $name: ${counts[0]} failed, ${counts[1]:-0} passed, ${counts[2]:-0} skipped; its output ($log):
$(sed 's/^/        /' "$log")"
  fi
  echo "${counts[0]} ${counts[1]:-0} ${counts[2]:-0}" >"$logs/$name.counts"
}

lane() { # lane PROJECT...: those that no other lane has taken, on PostgreSQL, RabbitMQ and Redis of its own
  local servers='' addresses line project name
  for project in "$@"; do
    name=$(basename "$project" .csproj)
    mkdir "$logs/$name.taken" 2>/dev/null || continue
    if [ -z "$servers" ]; then
      servers=$(mktemp -d)
      # shellcheck disable=SC2064
      trap "bash eng/servers.sh remove '$servers'" EXIT
      addresses=$(bash eng/servers.sh start "$servers" --owner $$)
      while IFS= read -r line; do export "${line?}"; done <<<"$addresses"
    fi
    run "$project"
    if grep -q '^[1-9]' "$logs/$name.counts" 2>/dev/null; then cp "$servers"/*.log "$logs"/ 2>/dev/null || true; fi
  done
}

format() {
  dotnet format CxPlatform.sln --verify-no-changes --no-restore </dev/null >"$logs/format.log" 2>&1 && echo "passed  format" && return
  echo "FAILED  format: 'dotnet format' puts right what is named here
$(sed 's/^/        /' "$logs/format.log")"
  return 1
}

cx_test() {
  local project chosen failed=0
  chosen=$(tests "$@")
  [ -n "$chosen" ] || fail "No test project's name contains $*; there are: $(tests | xargs -n 1 dirname | xargs -n 1 basename | tr '\n' ' ')"
  rm -rf "$logs"
  mkdir -p "$logs"
  install_needs
  feed_is_known
  if [ $# = 0 ]; then
    say "Building..."
    build CxPlatform.sln
  else
    for project in $chosen; do say "Building $project..."; build "$project"; done
  fi

  # Two side by side, for tests wait more than they compute; the longest first, so that both lanes end at about the same time.
  say "Testing, with PostgreSQL, RabbitMQ and Redis on ports of their own..."
  chosen=$(grep -e EndToEnd -e Notification <<<"$chosen" || true; grep -v -e EndToEnd -e Notification <<<"$chosen" || true)
  local background=() job name counts sums=(0 0 0)
  # A job in the background does not hear of Ctrl-C by itself.
  trap 'trap - INT TERM; kill 0' INT TERM
  # shellcheck disable=SC2086
  (lane $chosen) &
  background+=($!)
  if [ $# = 0 ]; then
    format &
    background+=($!)
  fi
  # shellcheck disable=SC2086
  (lane $chosen) || failed=$((failed + 1))
  for job in "${background[@]}"; do wait "$job" || failed=$((failed + 1)); done
  for project in $chosen; do
    name=$(basename "$project" .csproj)
    [ -f "$logs/$name.counts" ] || continue
    read -r -a counts <"$logs/$name.counts"
    sums=($((sums[0] + counts[0])) $((sums[1] + counts[1])) $((sums[2] + counts[2])))
  done
  failed=$((failed + sums[0]))
  echo "${sums[1]} passed, $failed failed, ${sums[2]} skipped"
  [ $failed = 0 ]
}
