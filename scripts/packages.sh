# Sourced by ./quickstart and ./test: `need_packages NAME…` installs the Debian packages that are
# missing, after saying so. On other systems it names what is missing and stops.

need_packages() {
  missing=
  for package in "$@"; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
      *'ok installed') ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "testudo: these Debian packages are needed and cannot be installed from here (not root, or no apt-get):$missing" >&2
    return 3
  fi
  echo "testudo: installing Debian packages:$missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  # One try with the package lists at hand, one with fresh ones.
  # shellcheck disable=SC2086
  if apt-get install -y -q --no-install-recommends $missing >"$log" 2>&1 ||
    { apt-get update -q >>"$log" 2>&1 && apt-get install -y -q --no-install-recommends $missing >>"$log" 2>&1; }; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    echo "testudo: apt-get could not install:$missing" >&2
    return 3
  fi
}
