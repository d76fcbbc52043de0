# Makes the images of a Kubernetes cluster out of programs of this computer and gives them to the Docker engine beside it.
#   images.sh REGISTRY KUBERNETES ETCD HAPROXY DASHBOARD
# The words after the registry are versions, which the images get as tags. The programs of Kubernetes are in the folder
# where it runs, which is its to fill.
set -eu
registry=$1 kubernetes=$2 etcd=$3 haproxy=$4 dashboard=$5
programs=$PWD

# A file system with a shell and the usual commands of busybox.
plain() {
  for path in bin etc lib lib64 proc root run sbin sys tmp usr/bin usr/lib usr/lib64 usr/local/bin usr/local/sbin usr/sbin var/lib var/log; do
    case $path in
      bin | sbin | lib | lib64) mkdir -p "$1/usr/$path"; ln -s "usr/$path" "$1/$path" ;;
      *) mkdir -p "$1/$path" ;;
    esac
  done
  ln -s /run "$1/var/run"
  chmod 1777 "$1/tmp"
  cp "$(command -v busybox)" "$1/usr/bin/busybox"
  # It names itself too: a link to itself.
  for applet in $(busybox --list | grep -vx busybox); do ln -s busybox "$1/usr/bin/$applet"; done
  echo 'root:x:0:0:root:/root:/bin/sh' > "$1/etc/passwd"
  echo 'root:x:0:' > "$1/etc/group"
  echo 'hosts: files dns' > "$1/etc/nsswitch.conf"
}

# Puts programs into a file system, in the places where they are, with the libraries that they are linked with.
install_into() {
  root=$1
  shift
  for name; do
    program=$(command -v "$name")
    rm -f "$root$program" "$root/usr/bin/$name" "$root/usr/sbin/$name"
    for file in "$program" $(ldd "$program" 2> /dev/null | grep -o '/[^ ]*'); do
      [ -e "$root$file" ] || cp -L --parents "$file" "$root"
    done
  done
}

# Makes an image of a file system, under the names that follow up to `--`, with the settings after it.
image() {
  root=$1 first=$2
  shift 2
  others=
  while [ $# -gt 0 ] && [ "$1" != -- ]; do others="$others $1"; shift; done
  [ $# -eq 0 ] || shift
  tar -C "$root" -c . | docker import "$@" - "$first" > /dev/null
  for name in $others; do docker tag "$first" "$name"; done
}

plain busybox-root
image busybox-root "$registry/busybox:1.35" -- --change 'CMD ["/bin/sh"]'
# It answers where the dashboard would: the real one cannot be had without the internet.
mkdir -p busybox-root/www
echo '<title>Kubernetes Dashboard</title>' > busybox-root/www/index.html
image busybox-root "$registry/kubernetes-dashboard-amd64:$dashboard" -- \
  --change 'ENTRYPOINT ["/bin/sh", "-c", "exec httpd -f -p 9090 -h /www", "dashboard"]'

# Ends when it is asked to, which a process 1 does only if it cares to.
mkdir pause-root
cp "$(command -v docker-init)" pause-root/pause
cp "$(command -v busybox)" pause-root/sleep
image pause-root "$registry/pause-amd64:3.0" -- --change 'ENTRYPOINT ["/pause", "--", "/sleep", "infinity"]'

plain etcd-root
install_into etcd-root etcd etcdctl
for program in etcd etcdctl; do ln -s "$(command -v $program)" "etcd-root/usr/local/bin/$program"; done
image etcd-root "$registry/etcd:$etcd"

plain haproxy-root
install_into haproxy-root haproxy
mkdir -p haproxy-root/usr/local/etc/haproxy
ln -s "$(command -v haproxy)" haproxy-root/usr/local/sbin/haproxy
image haproxy-root "$registry/haproxy:$haproxy" "haproxy:$haproxy" -- \
  --change 'CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]'

# What kubelet and kube-proxy call is real; dash, since the shell of busybox takes its own commands before the real ones.
plain hyperkube-root
install_into hyperkube-root dash mount umount nsenter find du df blkid losetup ip conntrack socat \
  iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore
rm hyperkube-root/usr/bin/sh
ln -s dash hyperkube-root/usr/bin/sh
cp -r --parents /usr/lib/*/xtables hyperkube-root
for module in /usr/lib/*/xtables/*.so; do
  for file in $(ldd "$module" | grep -o '/[^ ]*'); do [ -e "hyperkube-root$file" ] || cp -L --parents "$file" hyperkube-root; done
done
cp -L /etc/protocols /etc/services /etc/os-release hyperkube-root/etc/
for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
  mv "$programs/$name" hyperkube-root/usr/local/bin/
done
cat > hyperkube-root/hyperkube << 'END'
#!/bin/sh
# The first word names a program, with or without "kube-" before it.
name=$1
shift
[ -x "/usr/local/bin/$name" ] || name=kube-$name
exec "/usr/local/bin/$name" "$@"
END
chmod 755 hyperkube-root/hyperkube
ln -s /hyperkube hyperkube-root/usr/local/bin/hyperkube
image hyperkube-root "$registry/hyperkube:$kubernetes" "$registry/kube-apiserver:$kubernetes" \
  "$registry/kube-controller-manager:$kubernetes" "$registry/kube-scheduler:$kubernetes" "$registry/kube-proxy:$kubernetes"
