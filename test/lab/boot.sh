# Boots one host of a lab. Runs as process 1 of namespaces of its own (processes, mounts, names, network, control
# groups), makes the file system in which it then is the host's init, and says its number, and `up` when sshd listens.
#   boot.sh FOLDER NAME LAB PORT MAC ADDRESS GATEWAY ADDRESS6 DOCKER
# FOLDER holds root/ and, where the host shares /usr with this computer, usr/; LAB is process 1 of the lab; ADDRESS6 may
# be empty, and DOCKER, which is otherwise `docker`, or `installed` where it is started only if it is there.
set -eu
folder=$1 name=$2 lab=$3 port=$4 mac=$5 address=$6 gateway=$7 address6=$8 docker=$9
read -r pid _ < /proc/self/stat
echo "$pid"
exec 3>&1 >&2

# The cable: one end in the switch of the lab, the other here (1 is this process).
nsenter --net="/proc/$lab/ns/net" ip -batch - << END
link add $port type veth peer name eth0 address $mac netns 1
link set $port master switch up
END
ip -batch - << END
link set lo up
addr add $address/24 broadcast + dev eth0
${address6:+addr add $address6/64 dev eth0 nodad}
link set eth0 up
route add default via $gateway
route add unreachable 169.254.0.0/16
END

root=$folder/root
mount --bind "$root" "$root"
if [ -d "$folder/usr" ]; then
  # This computer's own programs, and what the host changes of them.
  mount -t overlay overlay -o "lowerdir=/usr,upperdir=$folder/usr/upper,workdir=$folder/usr/work" "$root/usr"
  mount --bind "$folder/usr/local" "$root/usr/local"
fi
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
for path in run dev; do mount -t tmpfs -o mode=755 tmpfs "$root/$path"; done
mkdir -m 755 "$root/run/lock" "$root/run/sshd"
node() { mknod -m "$2" "$root/dev/$1" c "$3" "$4"; }
node null 666 1 3; node zero 666 1 5; node full 666 1 7; node random 666 1 8; node urandom 666 1 9
node tty 666 5 0; node kmsg 644 1 11; node fuse 666 10 229
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t mqueue mqueue "$root/dev/mqueue"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"; ln -s fd/1 "$root/dev/stdout"; ln -s fd/2 "$root/dev/stderr"

# Control groups as this computer has them, seen from the host's own.
groups=$root/sys/fs/cgroup
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
  mount -t cgroup2 cgroup2 "$groups"
  # A group that hands controllers on may hold no process itself.
  mkdir "$groups/init"
  echo 0 > "$groups/init/cgroup.procs"
  sed 's/[^ ]*/+&/g' "$groups/cgroup.controllers" > "$groups/cgroup.subtree_control"
else
  mount -t tmpfs -o mode=755 tmpfs "$groups"
  for hierarchy in /sys/fs/cgroup/*/cgroup.procs; do
    kind=$(basename "$(dirname "$hierarchy")")
    mkdir "$groups/$kind"
    case $kind in
      unified) mount -t cgroup2 cgroup2 "$groups/$kind" ;;
      systemd) mount -t cgroup -o none,name=systemd cgroup "$groups/$kind" ;;
      *) mount -t cgroup -o "$kind" cgroup "$groups/$kind" ;;
    esac
  done
fi

cd "$root"
mkdir -p mnt/old
pivot_root . mnt/old
umount -l /mnt/old
rmdir /mnt/old
cd /
mount --make-rshared /
hostname "$name"
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
until_there() {
  tries=0
  until "$@" > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 3000 ] || { echo "waited in vain for: $*"; exit 1; }
    sleep 0.02
  done
}
/usr/sbin/sshd 3>&-
if [ "$docker" = docker ]; then
  echo 1 > /proc/sys/net/ipv4/ip_forward
fi
if [ "$docker" = docker ] || { [ "$docker" = installed ] && [ -x /etc/init.d/docker ]; }; then
  service docker start 3>&-
  until_there docker version
fi
[ ! -x /etc/rc.local ] || /etc/rc.local 3>&- || true
until_there test -e /run/sshd.pid
echo up >&3
exec 3>&-
# Init: waits for whoever has lost their parent.
trap : TERM INT HUP
while :; do
  sleep infinity &
  wait $! || true
done
