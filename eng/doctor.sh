# shellcheck shell=bash
# ./cx doctor: what this machine has and lacks for running and testing the platform

ailing=0

well() { printf '  ok    %s\n' "$*"; }
note() { printf '  -     %s\n' "$1"; shift; printf '          %s\n' "$@"; }
ill() { printf '  MEND  %s\n' "$1"; shift; printf '          %s\n' "$@"; ailing=$((ailing + 1)); }

check_feed() {
  if feed_is_restricted; then
    note "the package feed has no Aspire: ./cx up runs everything in one process" \
      "with another feed: delete eng/.restricted-feed, unset CX_RESTRICTED_FEED, and ask again"
  else
    well "the package feed has everything"
  fi
}

check_engine() {
  local engine
  if engine=$(container_engine); then
    well "container engine: $engine"
  else
    note "no container engine answers: ./cx up runs everything in one process" "start or install docker or podman for the five services with RabbitMQ, PostgreSQL and Redis"
  fi
}

check_test_needs() {
  local missing
  # shellcheck source=eng/test.sh
  source eng/test.sh
  missing=$(needs | tr '\n' ' ')
  if [ -z "$missing" ]; then well "the tests' needs: PostgreSQL, RabbitMQ, Redis, Chromium, Node, Python, swaks, Dovecot"; else
    note "for the tests only: $missing" "./cx test installs them on Debian and Ubuntu as root"
  fi
}

check_port() {
  if listening "$1"; then
    note "port $1 ($2) is taken: the platform may be running already" "otherwise end what listens there (ss -ltnp | grep $1), or set ASPNETCORE_URLS=http://127.0.0.1:PORT"
  else
    well "port $1 ($2) is free"
  fi
}

check_data() {
  local data=${Cx__Data__Path:-.data} parent
  parent=$data
  while [ ! -e "$parent" ]; do parent=$(dirname "$parent"); done
  if [ -d "$parent" ] && [ -w "$parent" ]; then
    well "data directory $data is writable, $(df -hP "$parent" | awk 'NR == 2 { print $4 }') free"
  else
    ill "data directory $data cannot be written" "chown it to $(id -un), or set Cx__Data__Path to another"
  fi
}

check_connections() {
  local name value host port
  while IFS='=' read -r name value; do
    case $value in
      amqp*://*)
        host=$(sed -E 's#^amqps?://([^@/]*@)?([^:/]+).*#\2#' <<<"$value")
        port=$(sed -nE 's#^amqps?://([^@/]*@)?[^:/]+:([0-9]+).*#\2#p' <<<"$value")
        port=${port:-5672}
        ;;
      *[Hh]ost=*)
        host=$(sed -E 's/.*[Hh]ost=([^;]+).*/\1/' <<<"$value")
        port=$(sed -nE 's/.*[Pp]ort=([0-9]+).*/\1/p' <<<"$value")
        port=${port:-5432}
        ;;
      *)
        host=$(sed -E 's/[:,].*//' <<<"$value")
        port=$(sed -nE 's/^[^:,]+:([0-9]+).*/\1/p' <<<"$value")
        port=${port:-6379}
        ;;
    esac
    if timeout 3 bash -c "exec 3<>/dev/tcp/$host/$port" 2>/dev/null; then
      well "$name: $host:$port answers"
    else
      ill "$name: nothing answers at $host:$port" "start the server, or correct or unset $name"
    fi
  done < <(env | grep '^ConnectionStrings__' | sort)
}

cx_doctor() {
  well ".NET SDK $(dotnet --version)"
  check_feed
  check_engine
  check_test_needs
  if aspire_cli >/dev/null; then well "Aspire CLI: $(aspire_cli)"; else
    note "no Aspire CLI: ./cx up --dashboard needs it" "npm install @microsoft/aspire-cli-linux-x64"
  fi
  check_port 5080 "the platform"
  check_data
  check_connections
  if [ $ailing = 0 ]; then echo "Nothing to mend."; else echo "To mend: $ailing."; return 1; fi
}
