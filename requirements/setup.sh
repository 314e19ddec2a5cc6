#!/usr/bin/env bash
# Make the virtual environment of this checkout:  requirements/setup.sh [.venv]
# Everything comes from the lock files of this folder, checked by hash. Where packages are fetched from is the machine's
# own business: pip's settings (files and PIP_* variables) are used, and handed on to uv where UV_* says nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${1:-.venv}
here=$(pwd -P)
fail() { echo "make setup: $*" >&2; exit 1; }

wanted=$(cat requirements/bootstrap.txt requirements/dev.txt pyproject.toml <(echo "$here") | sha256sum | cut -d' ' -f1)
stamp="$venv/.hedui-setup"
if [[ -x "$venv/bin/hedui" && -f "$stamp" && "$(<"$stamp")" == "$wanted" ]]; then
  exit 0
fi

find_python() {
  local candidate
  for candidate in python3.11 python3 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  fail "Python 3.11 is needed (looked for python3.11, python3 and python on PATH)"
}

make_venv() {
  local python
  python=$(find_python)
  if "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null 2>&1; then
    return
  fi
  rm -rf "$venv"
  if "$python" -m venv "$venv" >/dev/null 2>&1; then
    return
  fi
  # Debian keeps ensurepip in python3.11-venv; a pip of the system can still fill the environment.
  rm -rf "$venv"
  "$python" -m venv --without-pip "$venv" || fail "could not create $venv with $python"
  "$python" -m pip --python "$venv/bin/python" install --quiet pip \
    || { rm -rf "$venv"; fail "this Python has neither ensurepip nor pip: apt-get install python3.11-venv"; }
}

# shellcheck source=requirements/uv-settings.sh
source requirements/uv-settings.sh

install_locked() {
  local python="$venv/bin/python"
  hand_settings_to_uv "$venv"
  if "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt \
    && "$venv/bin/uv" pip install --quiet --python "$python" --require-hashes --compile-bytecode -r requirements/dev.txt; then
    return
  fi
  echo "make setup: uv could not install the lock, trying pip (slower)" >&2
  # The lock is complete; older pips would otherwise look for what an extra asks for and find it without a hash.
  "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --compile -r requirements/dev.txt
}

echo "make setup: filling $venv from requirements/dev.txt"
rm -f "$stamp"
make_venv
install_locked || fail "the locked packages could not be installed (see above)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --config-settings editable_mode=compat -e . \
  || fail "the project itself could not be installed"
[[ -x "$venv/bin/hedui" ]] || fail "$venv/bin/hedui was not created"
echo "$wanted" >"$stamp"
