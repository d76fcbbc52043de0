#!/bin/sh
# Tells what lies on a machine of a running cluster: certificates, what files are there and their checksums, settings of
# docker, and the kubelet. begin.sh stands before it, and what sets `tool` and `sums`. Reads only, and never a private key:
# of files that hold one, the certificates alone are told.
# shellcheck disable=SC2154 # what is used here is set by begin.sh and by the functions for checksums

say user "$(id -u 2>/dev/null)"
say tool "$tool"
if has docker; then
  start kubelet docker inspect --format '{{.State.Running}} {{.State.StartedAt}} {{.Config.Image}} {{index .Config.Labels "pai-tui"}}' kubelet
fi

certificates_in() {
  sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p'
}
number=0
find /etc/kubernetes/pki -type f -name '*.crt' 2>/dev/null | while IFS= read -r file; do
  number=$((number + 1))
  say "certificate-file" "c$number $file"
  certificates_in <"$file" 2>/dev/null | tell "c$number" 400
done
# A kubeconfig holds its certificate in one line.
for file in /etc/kubernetes/*.conf; do
  [ -r "$file" ] && grep -q 'client-certificate-data:' "$file" || continue
  number=$((number + 1))
  say "certificate-file" "k$number $file"
  sed -n 's/^ *client-certificate-data: *//p' "$file" | base64 -d 2>/dev/null | certificates_in | tell "k$number" 400
done

find /etc/kubernetes /etc/pai-tui -exec stat -c '%f %u %g %n' {} + 2>/dev/null | tell stat 4000
find /etc/kubernetes /etc/pai-tui -path /etc/kubernetes/pki -prune -o -type f -print 2>/dev/null | while IFS= read -r file; do
  # A checksum of something with a key in it is of no use.
  grep -q 'client-key-data:' "$file" 2>/dev/null || sums "$file" 2>/dev/null
done | tell sum 4000
# How etcd began says nothing of how it is: another member finds other words there than the first ones.
if [ -r /etc/kubernetes/manifests/etcd.yaml ]; then
  say etcd-sum "$(sed -e '/--initial-cluster\(-state\)\{0,1\}=/d' -e '/pai-tui\/joined:/d' /etc/kubernetes/manifests/etcd.yaml | sums)"
fi
tell_file daemon /etc/docker/daemon.json 1000
sed -n '/^# pai-tui begin/,/^# pai-tui end/p' /etc/hosts 2>/dev/null | tell hosts 8000

finish kubelet 1
say end ended
