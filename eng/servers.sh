#!/usr/bin/env bash
# Private PostgreSQL, RabbitMQ and Redis for tests and benchmarks, on free loopback ports, from one directory.
#
#   eng/servers.sh start DIR [--owner PID] [--fsync on|off] [postgres] [rabbitmq] [redis]
#       starts the named servers (all three when none is named) and prints their addresses as CX_TEST_* lines;
#       a server that was stopped starts again on its old port with its old data
#   eng/servers.sh stop DIR [SERVER...]    asks each to finish its work
#   eng/servers.sh kill DIR [SERVER...]    ends each at once, as a crash would
#   eng/servers.sh remove DIR              ends all at once and deletes the directory
#   eng/servers.sh guard DIR --owner PID   waits until the owner is gone, then ends every process that DIR/pids lists
#
# With --owner, everything is removed as soon as that process is gone, however it went.
# Every server has its own process group, so that it can be ended by id with all its children.
set -euo pipefail

self=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/$(basename "${BASH_SOURCE[0]}")

fail() { echo "$*" >&2; exit 1; }

missing() {
  fail "$1 was not found. './cx test' installs it on Debian and Ubuntu (as root: apt-get install $2); elsewhere install $1 and put it on PATH."
}

newest() { # the last of the executables that match, or what PATH has
  local name=$1 found='' candidate
  shift
  for candidate in "$@"; do [ -x "$candidate" ] && found=$candidate; done
  [ -n "$found" ] || found=$(command -v "$name") || return 1
  echo "$found"
}

# Below the range that the system hands out to outgoing connections, so that a stopped server finds its port free again. A block for the whole directory, claimed
# before anybody listens: servers take seconds to start, and others choose their ports meanwhile.
claim_ports() {
  local block port name
  for _ in {1..200}; do
    block=$((20000 + (RANDOM * 32768 + RANDOM) % 1500 * 8))
    mkdir "${TMPDIR:-/tmp}/cx-ports-$block" 2>/dev/null || continue
    echo "${TMPDIR:-/tmp}/cx-ports-$block" >"$dir/ports"
    port=$block
    for name in postgres rabbitmq rabbitmq-api rabbitmq-dist epmd redis; do
      while listening "$port"; do port=$((port + 1)); done
      echo "$port" >"$dir/$name.port"
      port=$((port + 1))
    done
    [ "$port" -gt $((block + 8)) ] || return 0
    rmdir "$(cat "$dir/ports")"
  done
  rm -f "$dir/ports"
  fail "no free ports were found on 127.0.0.1"
}

port() { cat "$dir/$1.port"; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
alive() { [ -s "$dir/$1.pid" ] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null; }

launch() { # launch NAME COMMAND...: in its own session and process group
  local name=$1
  shift
  cd "$dir" # where a crash leaves its dump
  : >"$dir/$name.log" # now, not when the child gets to it: what an earlier run wrote must not be taken for this one's
  setsid "$@" </dev/null >>"$dir/$name.log" 2>&1 &
  echo $! >"$dir/$name.pid"
}

await() { # await SECONDS NAME COMMAND...: until the command succeeds
  local tries=$(($1 * 10)) name=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ $((tries -= 1)) -le 0 ]; then
      echo "$name did not start. The end of $dir/$name.log:" >&2
      tail -n 30 "$dir/$name.log" >&2
      exit 1
    fi
    sleep 0.1
  done
}

start_postgres() {
  local initdb bin as=()
  initdb=$(newest initdb /usr/lib/postgresql/*/bin/initdb) || missing PostgreSQL postgresql
  bin=$(dirname "$(readlink -f "$initdb")")
  if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=postgres --regid=postgres --init-groups); fi # it refuses to run as root
  if [ ! -s "$dir/postgres/PG_VERSION" ]; then
    mkdir -p "$dir/postgres"
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir/postgres"; fi
    "${as[@]}" "$bin/initdb" -D "$dir/postgres" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync \
      </dev/null >"$dir/postgres.log" 2>&1 || fail "initdb failed: $(tail -n 20 "$dir/postgres.log")"
  fi
  launch postgres "${as[@]}" "$bin/postgres" -D "$dir/postgres" -p "$(port postgres)" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c "fsync=$fsync" -c "synchronous_commit=$fsync" -c max_connections=500 -c shared_buffers=256MB
  await 60 postgres "$bin/pg_isready" -q -h 127.0.0.1 -p "$(port postgres)" -d postgres
}

start_rabbitmq() {
  local server epmd home=$dir/rabbitmq
  server=$(newest rabbitmq-server /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server) || missing RabbitMQ rabbitmq-server
  epmd=$(newest epmd /usr/lib/erlang/erts-*/bin/epmd) || missing Erlang rabbitmq-server
  mkdir -p "$home/home"
  echo '[rabbitmq_management].' >"$home/enabled_plugins"
  printf '%s\n' "listeners.tcp.1 = 127.0.0.1:$(port rabbitmq)" 'management.tcp.ip = 127.0.0.1' "management.tcp.port = $(port rabbitmq-api)" \
    'vm_memory_high_watermark.absolute = 2GB' 'disk_free_limit.absolute = 100MB' >"$home/rabbitmq.conf"
  # Erlang would start its port mapper by itself, on every interface, and leave it running.
  alive epmd || launch epmd "$epmd" -port "$(port epmd)" -address 127.0.0.1
  await 10 epmd listening "$(port epmd)"
  launch rabbitmq env HOME="$home/home" LC_ALL=C.UTF-8 RABBITMQ_NODENAME="cx-$(port rabbitmq)@localhost" \
    RABBITMQ_DIST_PORT="$(port rabbitmq-dist)" ERL_EPMD_PORT="$(port epmd)" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" RABBITMQ_CONFIG_FILE="$home/rabbitmq" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_LOGS=- \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none" "$server"
  await 120 rabbitmq grep -q 'Server startup complete' "$dir/rabbitmq.log"
}

start_redis() {
  local server
  server=$(newest redis-server) || missing Redis redis-server
  mkdir -p "$dir/redis"
  launch redis "$server" --bind 127.0.0.1 --port "$(port redis)" --dir "$dir/redis" --daemonize no --appendonly yes --save '' --requirepass cx
  await 20 redis listening "$(port redis)"
}

address() {
  case $1 in
    postgres) echo "CX_TEST_POSTGRES=Host=127.0.0.1;Port=$(port postgres);Username=postgres" ;;
    rabbitmq)
      echo "CX_TEST_RABBITMQ=amqp://guest:guest@127.0.0.1:$(port rabbitmq)"
      echo "CX_TEST_RABBITMQ_API=http://guest:guest@127.0.0.1:$(port rabbitmq-api)"
      ;;
    redis) echo "CX_TEST_REDIS=127.0.0.1:$(port redis),password=cx" ;;
  esac
}

end() { # end SIGNAL NAME: the group, and wait until it is gone
  local signal=$1 name=$2 pid tries=300
  [ -s "$dir/$name.pid" ] || return 0
  pid=$(cat "$dir/$name.pid")
  if [ "$signal" = KILL ]; then kill -KILL -- "-$pid" 2>/dev/null || true; else kill "-$signal" "$pid" 2>/dev/null || true; fi
  while kill -0 -- "-$pid" 2>/dev/null; do
    if [ $((tries -= 1)) -le 0 ]; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
    sleep 0.1
  done
  rm -f "$dir/$name.pid"
}

ensure() { alive "$1" || "start_$1"; }
end_now() { end KILL "$1"; }

stop_one() {
  case $1 in
    postgres) end INT postgres ;; # "fast": disconnects everybody, loses nothing
    rabbitmq) end TERM rabbitmq ;;
    redis) end TERM redis ;;
  esac
}

at_once() { # at_once FUNCTION: for each of the named servers, side by side
  local jobs=() job failed=0
  for name in "${names[@]}"; do
    "$1" "$name" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  return $failed
}

remove() {
  for name in rabbitmq postgres redis epmd; do end KILL "$name"; done
  if [ -s "$dir/ports" ]; then rmdir "$(cat "$dir/ports")" 2>/dev/null || true; fi
  rm -rf "$dir"
}

watch() { # a detached process that outlives its owner just long enough to clean up
  [ ! -e "$dir/watched" ] || return 0
  touch "$dir/watched"
  # shellcheck disable=SC2016
  setsid bash -c 'while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 1; done; [ ! -d "$2" ] || exec bash "$3" remove "$2"' \
    watch "$owner" "$dir" "$self" </dev/null >/dev/null 2>&1 &
}

[ $# -ge 2 ] || fail "usage: eng/servers.sh start|stop|kill|remove|guard DIR [--owner PID] [--fsync on|off] [postgres] [rabbitmq] [redis]"
verb=$1
dir=$2
shift 2
fsync=on
owner=''
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --owner) owner=$2; shift ;;
    --fsync) fsync=$2; shift ;;
    postgres | rabbitmq | redis) names+=("$1") ;;
    *) fail "'$1' is not a server: postgres, rabbitmq, redis" ;;
  esac
  shift
done
if [ ${#names[@]} = 0 ]; then names=(postgres rabbitmq redis); fi

case $verb in
  start)
    mkdir -p "$dir"
    chmod 711 "$dir" # PostgreSQL's own user must be able to pass
    dir=$(cd "$dir" && pwd)
    [ -s "$dir/ports" ] || claim_ports
    if [ -n "$owner" ]; then watch; fi
    at_once ensure
    for name in "${names[@]}"; do address "$name"; done
    ;;
  stop) at_once stop_one ;;
  kill) at_once end_now ;;
  remove) if [ -d "$dir" ]; then remove; fi ;;
  guard)
    while kill -0 "$owner" 2>/dev/null; do sleep 1; done
    while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done <"$dir/pids"
    ;;
  *) fail "'$verb' is not start, stop, kill, remove or guard" ;;
esac
