#!/bin/bash
# Builds Kubernetes from Debian's source package, with Debian's Go.
#   build.sh FOLDER
# FOLDER is there, whole, when this has ended well; FOLDER.work holds what goes on, FOLDER.log what was said, and whoever
# builds has a lock on FOLDER.lock. Needs root, apt and 3 GB of disk; what is left is some 500 MB. It may be ended at any
# time: the next start goes on from there. Installs nothing, and leaves apt's settings and lists as they are.
set -euo pipefail
folder=$1 work=$1.work
programs='kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl'
is_there() { for program in $programs; do [ -x "$folder/$program" ] || return; done; }

mkdir -p "$(dirname "$folder")"
exec 9> "$folder.lock"
flock 9
# Another one may have built it while this one waited.
is_there && exit
exec > "$folder.log" 2>&1
mkdir -p "$work"/{lists/partial,bin}
cd "$work"

# The sources of this computer's own mirrors, in lists of their own.
if [ ! -e source ]; then
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -e "$list" ] || sed -n 's/^deb /deb-src /p' "$list"
  done | grep -i debian > sources.list || true
  mkdir -p sources.d
  for list in /etc/apt/sources.list.d/*.sources; do
    if [ -e "$list" ] && grep -q 'debian.org\|/debian' "$list"; then
      sed 's/^Types:.*/Types: deb-src/' "$list" > "sources.d/$(basename "$list")"
    fi
  done
  own=(-o "Dir::State::lists=$work/lists" -o "Dir::Etc::sourcelist=$work/sources.list"
    -o "Dir::Etc::sourceparts=$work/sources.d" -o "Dir::Cache::srcpkgcache=" -o "Dir::Cache::pkgcache="
    -o APT::Sandbox::User=root)
  apt-get -q "${own[@]}" update
  rm -rf source.draft ./kubernetes_*
  version=$(apt-cache "${own[@]}" showsrc --only-source kubernetes | sed -n 's/^Version: \(.*really1\.20\.2.*\)/\1/p' | head -n 1)
  [ "$version" ] || { echo 'The sources of this Debian have no Kubernetes 1.20.2.'; exit 3; }
  apt-get -q "${own[@]}" source --download-only "kubernetes=$version"
fi
if [ ! -e source ]; then
  dpkg-source --no-check --extract kubernetes_*.dsc source.draft
  mv source.draft source
fi

mkdir -p path/src/k8s.io
ln -sfn "$work/source" path/src/k8s.io/kubernetes
rm -rf tmp
mkdir tmp
export GOTMPDIR=$work/tmp GOPATH=$work/path GO111MODULE=off CGO_ENABLED=0 GOCACHE=$work/cache HOME=$work
cd path/src/k8s.io/kubernetes

# Models of all types that the API server tells of, which upstream generates at each build: of the packages that say so
# as a whole, and of three in which single types do.
models=pkg/generated/openapi/zz_generated.openapi.go
if [ ! -e "$models" ]; then
  go build -o "$work/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
  packages=$(
    {
      grep -rl --include=doc.go '+k8s:openapi-gen=true' staging/src/k8s.io | sed 's#^staging/src#k8s.io/kubernetes/vendor#'
      grep -rl --include=doc.go '+k8s:openapi-gen=true' pkg | sed 's#^#k8s.io/kubernetes/#'
      for one in api/resource runtime util/intstr; do echo "k8s.io/kubernetes/vendor/k8s.io/apimachinery/pkg/$one/doc.go"; done
    } | sed 's#/doc\.go$##' | sort -u | paste -sd ,
  )
  "$work/openapi-gen" --input-dirs "$packages" --go-header-file /dev/null --report-filename "$work/violations" \
    --output-package k8s.io/kubernetes/pkg/generated/openapi --output-file-base zz_generated.openapi --output-base "$work/models"
  mv "$work/models/k8s.io/kubernetes/$models" "$models"
fi

flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  for value in gitVersion=v1.20.2 gitMajor=1 gitMinor=20; do flags+=" -X k8s.io/kubernetes/vendor/$package.$value"; done
done
# One after the other: what they need of memory and of the disk stays small, and one that is built stays built.
for program in $programs; do
  [ ! -x "$work/bin/$program" ] || continue
  go build -trimpath -ldflags "$flags" -o "$work/bin/$program.draft" "k8s.io/kubernetes/cmd/$program"
  mv "$work/bin/$program.draft" "$work/bin/$program"
done
[ "$("$work/bin/kube-apiserver" --version)" = 'Kubernetes v1.20.2' ]
rm -rf "$folder"
mv "$work/bin" "$folder"
cd /
# Go makes folders that nobody may write to.
chmod -R u+w "$work"
rm -rf "$work"
