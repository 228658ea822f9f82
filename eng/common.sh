# shellcheck shell=bash
# What more than one command of ./cx uses. Sourced with the repository as the working directory.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_CLI_UI_LANGUAGE=en # its answers are read below

# shellcheck disable=SC2034
all_in_one=services/AllInOne/bin/Release/net10.0/CxPlatform.AllInOne.dll

say() { echo "$*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
listening() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

need_sdk() {
  has dotnet || fail "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --version >/dev/null 2>&1 ||
    fail "No .NET SDK here satisfies global.json ($(tr -d '\n' <global.json)); installed: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
}

# Whether the package feed lacks what the public one has. Asked once, by restoring the AppHost; the answer is remembered in
# a git-ignored marker, which the project files read too. CX_RESTRICTED_FEED=true or false answers without asking.
feed_is_restricted() {
  local answer
  case ${CX_RESTRICTED_FEED:-} in
    true) return 0 ;;
    false) rm -f eng/.restricted-feed; return 1 ;;
  esac
  [ ! -e eng/.restricted-feed ] || return 0
  [ ! -e eng/.open-feed ] || return 1
  say "Asking the package feed for Aspire (once)..."
  if answer=$(dotnet restore CxPlatform.AppHost </dev/null 2>&1); then
    touch eng/.open-feed
    return 1
  fi
  if grep -qE 'NU110[123]|No packages exist with this id|Unable to find (a stable )?package' <<<"$answer"; then
    touch eng/.restricted-feed
    say "It has none: building with the substitutions of eng/RestrictedFeed.props from now on (delete eng/.restricted-feed to ask again)."
    return 0
  fi
  say "$answer"
  fail "The packages could not be restored, and not because the feed lacks them: see above."
}

feed_is_known() { if feed_is_restricted; then :; fi; }

container_engine() { # prints docker or podman, whichever answers
  if has docker && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
    echo docker
  elif has podman && timeout 10 podman info >/dev/null 2>&1; then
    echo podman
  else
    return 1
  fi
}

build() { # build PROJECT [OPTION...]: quiet unless it fails
  local output
  output=$(dotnet build "$@" -nologo -v q </dev/null 2>&1) || { say "$output"; fail "The build of $1 failed."; }
}

build_all_in_one() {
  feed_is_known
  say "Building..."
  build services/AllInOne -c Release
}

aspire_cli() { # prints the path of the Aspire CLI
  local candidate
  for candidate in "$(command -v aspire || true)" node_modules/.bin/aspire node_modules/@microsoft/aspire-cli-*/aspire \
    node_modules/@microsoft/aspire-cli-*/bin/aspire; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      echo "$candidate"
      return
    fi
  done
  return 1
}
