#!/bin/sh
# Make sure that what the tests start is here: install it from Debian's packages where we may, else say
# what to install and fail. Usage: tests/ensure.sh chromium postgresql redis
set -eu

# Not named like the program: `command -v` would find the function itself.
has_chromium() {
  if [ -n "${CHROMIUM:-}" ]; then command -v "$CHROMIUM" >/dev/null && return; fi
  for name in chromium-headless-shell chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    command -v "$name" >/dev/null 2>&1 && return
  done
  return 1
}

has_postgresql() {
  command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_redis() {
  command -v redis-server >/dev/null 2>&1
}

# The first that there is.
packages_of() {
  case "$1" in
    chromium) echo chromium-headless-shell chromium ;;
    redis) echo redis-server ;;
    *) echo "$1" ;;
  esac
}

for what in "$@"; do
  if "has_$what"; then continue; fi
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing $what …"
    apt-get update -qq >/dev/null 2>&1 || true
    for package in $(packages_of "$what"); do
      if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null; then break; fi
    done
  fi
  "has_$what" || { echo "The tests need $what. On Debian: sudo apt install $what. On macOS: brew install $what." >&2; exit 1; }
done
