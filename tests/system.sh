# Sourced by the scripts of this folder: packages of the system, through apt.

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Installs those of the named packages that are missing, as root or with sudo.
system() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  command -v apt-get >/dev/null || fail "needs ${missing[*]}, and there is no apt-get to install it with"
  local as=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || fail "needs ${missing[*]}: install it as root, then run this again"
    as=(sudo)
  fi
  echo "installing ${missing[*]} with apt-get"
  mkdir -p target
  # Two of our own may want it at once; of others' only the lock of dpkg can be waited for by apt itself.
  (
    flock 9
    "${as[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300 ||
      { sleep 10; "${as[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300; }
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
  ) 9>target/apt.lock || fail "apt-get could not install ${missing[*]}"
}
