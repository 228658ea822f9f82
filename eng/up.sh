# shellcheck shell=bash
# ./cx up [--dashboard]
# shellcheck disable=SC2154

cx_up() {
  local dashboard='' engine why
  while [ $# -gt 0 ]; do
    case $1 in
      --dashboard) dashboard=yes ;;
      *) fail "./cx up does not know '$1'; it knows --dashboard." ;;
    esac
    shift
  done

  # Whoever tries it out wants to see the survey now; ten minutes are for customers.
  export Cx__Feedback__SurveyDelay=${Cx__Feedback__SurveyDelay:-00:00:00}

  if feed_is_restricted; then
    why='the package feed has no Aspire'
  elif ! engine=$(container_engine); then
    why='no container engine answers (docker, podman)'
  else
    say "Topology: five services, RabbitMQ, PostgreSQL and Redis in containers ($engine), through Aspire, with its dashboard."
    if [ "$engine" = podman ]; then export ASPIRE_CONTAINER_RUNTIME=podman; fi
    exec dotnet run --project CxPlatform.AppHost
  fi

  say "Topology: one process, SQLite and in-process messaging, because $why."
  build_all_in_one
  if [ -z "$dashboard" ]; then exec dotnet "$all_in_one"; fi
  up_with_dashboard
}

up_with_dashboard() {
  local cli frontend=18888 app dashboard log ended=0
  cli=$(aspire_cli) || fail "The Aspire CLI is neither on PATH nor in node_modules: npm install @microsoft/aspire-cli-linux-x64"
  while listening $frontend || listening $((frontend + 1)); do frontend=$((frontend + 10)); done
  log=$(mktemp)
  "$cli" dashboard run --allow-anonymous --frontend-url "http://127.0.0.1:$frontend" \
    --otlp-grpc-url "http://127.0.0.1:$((frontend + 1))" </dev/null >"$log" 2>&1 &
  dashboard=$!
  # shellcheck disable=SC2064
  trap "kill $dashboard 2>/dev/null || true; rm -f '$log'" EXIT
  for _ in {1..300}; do
    if listening $frontend; then break; fi
    kill -0 $dashboard 2>/dev/null || break
    sleep 0.1
  done
  listening $frontend || fail "The dashboard did not start: $(tail -n 20 "$log")"
  say "Dashboard: http://127.0.0.1:$frontend"

  # As Aspire sets them for what it runs: seconds rather than a minute until something is seen.
  export OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$((frontend + 1))" OTEL_EXPORTER_OTLP_PROTOCOL=grpc \
    OTEL_METRIC_EXPORT_INTERVAL=1000 OTEL_BSP_SCHEDULE_DELAY=1000 OTEL_BLRP_SCHEDULE_DELAY=1000
  dotnet "$all_in_one" &
  app=$!
  # The shell's background jobs ignore Ctrl-C, so it is passed on; the second wait is for the end that it brings.
  # shellcheck disable=SC2064
  trap "kill -TERM $app 2>/dev/null || true" INT TERM
  wait $app || ended=$?
  while kill -0 $app 2>/dev/null; do wait $app || ended=$?; done
  return $ended
}
