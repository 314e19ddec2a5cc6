#!/usr/bin/env bash
# Put the tools that write the handbook and the bill of materials into an environment of their own:
#   requirements/setup-tools.sh [.venv] [.venv-tools]
# Apart from the first one: what these tools bring along would change how its libraries behave (openpyxl uses lxml where it is).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${1:-.venv} tools=${2:-.venv-tools}
wanted=$(sha256sum requirements/tools.txt | cut -d' ' -f1)
stamp="$tools/.hedui-setup"
if [[ -x "$tools/bin/mkdocs" && -f "$stamp" && "$(<"$stamp")" == "$wanted" ]]; then
  exit 0
fi
# shellcheck source=requirements/uv-settings.sh
source requirements/uv-settings.sh

hand_settings_to_uv "$venv"
"$venv/bin/uv" venv --quiet --clear --python "$venv/bin/python" "$tools"
"$venv/bin/uv" pip install --quiet --python "$tools/bin/python" --require-hashes -r requirements/tools.txt
echo "$wanted" >"$stamp"
