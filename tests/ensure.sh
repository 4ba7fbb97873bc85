#!/bin/sh
# Make sure that what the tests start is here: install it from Debian's packages where we may, else say
# what to install and fail. Usage: tests/ensure.sh chromium firefox postgresql redis
set -eu

# Not named like the program: `command -v` would find the function itself.
has_chromium() {
  if [ -n "${CHROMIUM:-}" ]; then command -v "$CHROMIUM" >/dev/null && return; fi
  for name in chromium-headless-shell chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    command -v "$name" >/dev/null 2>&1 && return
  done
  return 1
}

# Debian's Firefox decodes H.264 with the system's libavcodec, which it only recommends.
has_firefox() {
  if [ "$(uname)" = Linux ] && ! ldconfig -p | grep -q 'libavcodec\.so'; then return 1; fi
  if [ -n "${FIREFOX:-}" ]; then command -v "$FIREFOX" >/dev/null && return; fi
  for name in firefox-esr firefox /Applications/Firefox.app/Contents/MacOS/firefox; do
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

# The first of a line that there is; of every line one.
packages_of() {
  case "$1" in
    chromium) echo chromium-headless-shell chromium ;;
    firefox)
      echo firefox-esr firefox
      apt-cache search --names-only '^libavcodec[0-9]+$' | cut -d' ' -f1 | sort -r | tr '\n' ' '
      echo
      ;;
    redis) echo redis-server ;;
    *) echo "$1" ;;
  esac
}

how_to_get() {
  case "$1" in
    firefox) echo "On Debian: sudo apt install firefox-esr, with its libavcodec. On macOS: brew install --cask firefox." ;;
    *) echo "On Debian: sudo apt install $1. On macOS: brew install $1." ;;
  esac
}

for what in "$@"; do
  if "has_$what"; then continue; fi
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing $what …"
    apt-get update -qq >/dev/null 2>&1 || true
    packages_of "$what" | while read -r packages; do
      for package in $packages; do
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null </dev/null; then break; fi
      done
    done
  fi
  "has_$what" || { echo "The tests need $what. $(how_to_get "$what")" >&2; exit 1; }
done
