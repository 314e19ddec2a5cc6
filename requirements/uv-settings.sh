# Sourced by the setup scripts: what this machine told pip about where packages come from, handed on to uv where UV_* says nothing.
pip_setting() {
  local python="$1/bin/python"
  "$python" -m pip config get "global.$2" 2>/dev/null || "$python" -m pip config get "install.$2" 2>/dev/null || true
}

hand_settings_to_uv() {
  local venv=$1 index extra links
  index=${PIP_INDEX_URL:-$(pip_setting "$venv" index-url)}
  extra=${PIP_EXTRA_INDEX_URL:-$(pip_setting "$venv" extra-index-url)}
  links=${PIP_FIND_LINKS:-$(pip_setting "$venv" find-links)}
  if [[ -n $index && -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then export UV_DEFAULT_INDEX=$index; fi
  if [[ -n $extra && -z ${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-} ]]; then export UV_INDEX=$extra; fi
  if [[ -n $links && -z ${UV_FIND_LINKS:-} ]]; then UV_FIND_LINKS=$(tr -s ' ' ',' <<<"$links"); export UV_FIND_LINKS; fi
  if [[ -n ${PIP_CERT:-} && -z ${SSL_CERT_FILE:-} ]]; then export SSL_CERT_FILE=$PIP_CERT; fi
  # Every file is pinned by hash, so which index it comes from does not matter.
  export UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match} UV_LINK_MODE=${UV_LINK_MODE:-copy}
}
