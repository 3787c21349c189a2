# Functions for the scripts of this folder: messages, retries, Debian packages. Source this file in the root of the
# checkout.
# shellcheck shell=bash

: "${apt_home:=.cache/apt}" # for apt's lists and downloads

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$@"
  exit 1
}

# retry COMMAND...: runs a network step up to three times.
retry() {
  local try
  for try in 1 2 3; do
    if "$@"; then return 0; fi
    say "try $try of 3 failed: $*"
    sleep $((try * 3))
  done
  return 1
}

# system: prints the system's name and version, such as debian-12.
# shellcheck disable=SC1091 # the system's own file
system() { (. /etc/os-release && printf '%s-%s\n' "$ID" "${VERSION_ID:-unstable}"); }

# apt_install PACKAGE...: installs system-wide as root; for other users, prints the command and exits.
apt_install() {
  local log=.cache/apt.log one=(flock .cache/apt.lock) # scripts of one checkout take turns, because apt does not wait
  command -v apt-get >/dev/null || die "install $* with your system's package manager, then try again"
  [ "$(id -u)" = 0 ] || die "as root, run: apt-get install --no-install-recommends $*"
  mkdir -p .cache
  say "apt-get install $*"
  export DEBIAN_FRONTEND=noninteractive
  if ! "${one[@]}" apt-get install -qq -y --no-install-recommends "$@" >"$log" 2>&1; then
    # Package lists may be missing or outdated. An unreadable list may not be needed.
    "${one[@]}" apt-get update -qq >"$log" 2>&1 || true
    retry "${one[@]}" apt-get install -qq -y --no-install-recommends "$@" >"$log" 2>&1 ||
      die "apt-get could not install $*; $log ends: $(tail -n 3 "$log")"
  fi
}

# own_apt NAME COMMAND...: runs an apt command with its own lists and cache in $apt_home/NAME, without root. A
# sources.list in that folder replaces the machine's.
own_apt() {
  local home=$PWD/$apt_home/$1 options
  options=(-o "Dir::State::Lists=$home/lists" -o "Dir::Cache=$home/cache" -o Debug::NoLocking=true
    -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3)
  if [ -e "$home/sources.list" ]; then
    options+=(-o "Dir::Etc::SourceList=$home/sources.list" -o Dir::Etc::SourceParts=/dev/null)
  fi
  mkdir -p "$home/lists/partial" "$home/cache/archives/partial" "$home/debs"
  (cd "$home/debs" && "$2" "${options[@]}" "${@:3}")
}

# update_lists NAME: reports unreadable lists without failing, because the others may suffice.
update_lists() {
  own_apt "$1" apt-get update -qq || say "$1: some package lists could not be read"
}

# archive DISTRIBUTION [RELEASE]: prints a line "ADDRESS SUITE COMPONENT" for each suite of Debian or Ubuntu that this
# machine uses.
archive() {
  [ -d "$apt_home/native/lists" ] || update_lists native
  # shellcheck disable=SC2016 # the names in $() are apt's, not the shell's
  own_apt native apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)' 'Created-By: Packages' |
    awk -F'|' -v origin="${1^}" -v release="${2:-}" '$1 == origin && $2 ~ /^https?:/ && index($3, release) == 1 { print $2, $3, $4 }'
}

# mirror DISTRIBUTION: prints the address from which this machine reads Debian or Ubuntu, if it does.
mirror() { archive "$1" | awk '$2 !~ /-security$/ && !seen++ { print $1 }'; }

# unpack_debs NAME PACKAGE...: unpacks packages into $apt_home/NAME/root.
unpack_debs() {
  local name=$1 deb
  shift
  retry own_apt "$name" apt-get download -qq "$@"
  for deb in "$apt_home/$name/debs/"*.deb; do dpkg-deb -x "$deb" "$apt_home/$name/root"; done
}

# unpack_release RELEASE PACKAGE...: unpacks packages of another Debian release, on a machine that uses Debian's archive.
unpack_release() {
  local home=$apt_home/$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed=''
  [ ! -e "$keyring" ] || signed="[signed-by=$keyring] "
  if [ ! -d "$home/lists" ]; then # otherwise another part of this set-up has read them
    mkdir -p "$home"
    printf 'deb %s%s %s main\n' "$signed" "$(mirror debian)" "$1" >"$home/sources.list"
    update_lists "$1"
  fi
  unpack_debs "$@"
}
