#!/usr/bin/env bash
# Install the system programs that make test-full needs, where this account may.
# Exit status 0: all there; 3: this account may not install and something is missing; else apt-get's.
set -euo pipefail
packages=(postgresql default-jre-headless chromium libreoffice-calc fonts-noto-cjk poppler-utils)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "make setup-extras: everything is installed"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "make setup-extras: no apt-get here; install by other means: ${missing[*]}" >&2
  exit 3
elif ((EUID == 0)); then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "make setup-extras: needs root or passwordless sudo to install: ${missing[*]}" >&2
  exit 3
fi
echo "make setup-extras: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
