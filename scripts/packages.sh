# Sourced by ./quickstart and ./test: `need_packages NAME…` announces and installs missing Debian packages. On
# other systems it names the missing packages and stops. `need_kernel` fetches a kernel for cloud machines.

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
    echo "testudo: these Debian packages are missing and cannot be installed (not root, or no apt-get):$missing" >&2
    return 3
  fi
  echo "testudo: installing Debian packages:$missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  # Try with the present package lists, then with updated ones.
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

# Fetches the package of a kernel for VM images to target/kernel. It is not installed: this machine does not run it.
need_kernel() {
  ls target/kernel/*.deb >/dev/null 2>&1 && return 0
  mkdir -p target/kernel
  log=$(mktemp)
  # Try with the present package lists, then with updated ones.
  if fetch_kernel >"$log" 2>&1 || { apt-get update -q >>"$log" 2>&1 && fetch_kernel >>"$log" 2>&1; }; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    echo "testudo: no package linux-image-6.12.*-cloud-amd64 could be fetched; put one into target/kernel" >&2
    return 3
  fi
}

fetch_kernel() {
  kernel=$(apt-cache search --names-only '^linux-image-6\.12\.[0-9+a-z]*-cloud-amd64$' |
    cut -d' ' -f1 | sort -V | tail -n 1)
  [ -n "$kernel" ] && (cd target/kernel && apt-get download "$kernel")
}
