#!/bin/sh
# Installs docker where there is none; one that is there stays as it is. $1: bundle (stdin is a tar of .deb or .rpm files),
# repository (stdin is a line for sources.list), or distribution. $2 and further: packages; absent: as the distribution
# calls docker. Exit 3: nothing here installs packages; 4: docker does not answer.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

[ $# -ge 1 ] || fail 2 'Say where docker comes from: bundle, repository or distribution.'
source=$1
shift
if command -v docker >/dev/null 2>&1 && command -v dockerd >/dev/null 2>&1; then
  docker version >/dev/null 2>&1 || fail 4 'Docker is installed and does not answer; start it, or look into its log.'
  finish
  exit 0
fi
DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
case $source in
  bundle)
    part=$(mktemp -d)
    trap 'rm -rf "$part"' EXIT
    tar -xf - -C "$part"
    if command -v dpkg >/dev/null 2>&1; then find "$part" -name '*.deb' -exec dpkg -i {} +
    elif command -v rpm >/dev/null 2>&1; then find "$part" -name '*.rpm' -exec rpm -U {} +
    else fail 3 'Neither dpkg nor rpm is here to install the bundle with.'; fi
    ;;
  repository | distribution)
    if command -v apt-get >/dev/null 2>&1; then
      if [ "$source" = repository ]; then
        part=$(mktemp)
        trap 'rm -f "$part"' EXIT
        cat >"$part"
        put_file "$part" "$apt_file" 644
      fi
      [ $# -gt 0 ] || set -- docker.io
      apt-get update -q
      apt-get install -y -q --no-install-recommends "$@"
    elif [ "$source" = repository ]; then fail 3 'A repository can be given to machines with apt-get alone; set it up there yourself.'
    else
      [ $# -gt 0 ] || set -- docker
      if command -v dnf >/dev/null 2>&1; then dnf install -y "$@"
      elif command -v yum >/dev/null 2>&1; then yum install -y "$@"
      elif command -v zypper >/dev/null 2>&1; then zypper --non-interactive install "$@"
      else fail 3 'None of apt-get, dnf, yum and zypper is here to install docker with.'; fi
    fi
    ;;
  *) fail 2 "$source is none of bundle, repository and distribution." ;;
esac
if has_systemd; then systemctl enable --now docker; elif ! docker version >/dev/null 2>&1; then service docker start; fi
wait_for_docker installation
changed "docker $(docker version --format '{{.Server.Version}}')"
finish
