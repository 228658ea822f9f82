# shellcheck shell=bash
# ./cx demo [url] [--key KEY]
# shellcheck disable=SC2154

# Beside ./cx up nobody has to look for a key: the story takes one of its own, and gives it back.
cx_demo() {
  local key='' ended=0
  feed_is_known
  if [ $# = 0 ] && [ -z "${CX_ADMIN_KEY:-}" ]; then
    listening 5080 || fail "Nobody answers on http://127.0.0.1:5080. Start the platform with ./cx up, in another terminal."
    if ! feed_is_restricted && container_engine >/dev/null; then
      CX_ADMIN_KEY=$(dotnet user-secrets list --project CxPlatform.AppHost 2>/dev/null | sed -n 's/^Parameters:admin-key = //p')
    elif [ -d .data ] && [ -e "$all_in_one" ]; then
      key=$(dotnet "$all_in_one" key create --name Demo --scope admin 2>/dev/null) || key=''
      CX_ADMIN_KEY=$key
    fi
    export CX_ADMIN_KEY
  fi
  dotnet run --project eng/Demo -- "$@" || ended=$?
  if [ -n "$key" ]; then
    key=${key#cxk_}
    dotnet "$all_in_one" key revoke "${key%%_*}" >/dev/null 2>&1 || true
  fi
  return $ended
}
