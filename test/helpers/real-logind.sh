# A systemd with its logind on a copy of this computer that takes every change and keeps none: namespaces of its own
# for processes, mounts, names and control groups. Ends with its input, and leaves nothing.
#   real-logind.sh FOLDER PROJECT SHARED
# FOLDER gets init.pid, and boot.log with what went wrong; PROJECT is there as /project, SHARED under its own name.
set -eu
folder=$1 project=$2 shared=$3

# What runs inside, before it becomes systemd.
boot() {
  read -r pid _ < /proc/self/stat
  over=$folder/over
  root=$over/root
  mkdir "$over"
  mount -t tmpfs -o mode=755 tmpfs "$over"
  mkdir "$over/upper" "$over/work" "$root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$over/upper,workdir=$over/work" "$root"
  mount -t proc proc "$root/proc"
  mount -o bind,ro "$root/proc/sys" "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  for path in run var/lib/systemd dev; do mount -t tmpfs -o mode=755 tmpfs "$root/$path"; done
  for node in null zero full random urandom tty; do
    : > "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
  done
  mkdir "$root/dev/pts" "$root/dev/shm" "$root/project"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  mount --rbind "$project" "$root/project"
  mkdir -p "$root$shared"
  mount --bind "$shared" "$root$shared"

  # Of all units only those of logind: nothing else of this computer is to start a second time.
  units=$root/run/units
  mkdir "$units" "$units/systemd-logind.service.d"
  for unit in dbus.socket dbus.service systemd-logind.service dbus-org.freedesktop.login1.service user@.service \
    user-runtime-dir@.service user.slice; do
    cp "$root/lib/systemd/system/$unit" "$units/"
  done
  printf '[Unit]\nDescription=Nothing to set up\n' > "$units/sysinit.target"
  cp "$units/sysinit.target" "$units/basic.target"
  cp "$units/sysinit.target" "$units/shutdown.target"
  printf '[Unit]\nRequires=dbus.socket systemd-logind.service\nAfter=dbus.socket systemd-logind.service\n' \
    > "$units/logins.target"
  printf '[Service]\nPrivateTmp=no\nProtectSystem=no\nProtectHome=no\n' > "$units/systemd-logind.service.d/plain.conf"
  printf '[Login]\nKillUserProcesses=yes\nUserStopDelaySec=0\n' > "$root/etc/systemd/logind.conf"
  rm -rf "$root/etc/systemd/logind.conf.d"
  echo 'operator:x:4711:4711::/run/home:/bin/sh' >> "$root/etc/passwd"
  echo 'operator:x:4711:' >> "$root/etc/group"
  mkdir -m 777 "$root/run/home"
  pam='auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_systemd.so'
  printf "$pam class=user type=tty\n" > "$root/etc/pam.d/login-for-tests"
  printf "$pam\n" > "$root/etc/pam.d/systemd-user"
  hostname logins
  echo "$pid" > "$folder/init.pid"
  exec chroot "$root" /usr/bin/env -i container=tests PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    SYSTEMD_UNIT_PATH=/run/units /lib/systemd/systemd --unit=logins.target --log-target=null --show-status=no < /dev/null
}

if [ "${4:-}" = boot ]; then boot; fi

# A control group of its own, which is all of them to those inside.
cgroups=$(while read -r _ path kind _; do [ "$kind" = cgroup2 ] && echo "$path" && break; done < /proc/mounts || true)
[ -n "$cgroups" ] || { echo 'there is no cgroup2 here' >&2; exit 1; }
cgroup=$cgroups/$(basename "$folder")
mkdir "$cgroup"
sh -c 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"' sh "$cgroup" \
  unshare --fork --pid --mount --uts --ipc --cgroup --kill-child --propagation private \
  sh "$0" "$folder" "$project" "$shared" boot > "$folder/boot.log" 2>&1 &
child=$!
exec 3<&0
( read -r _ <&3 || kill -KILL $child ) &
reader=$!
wait $child || true
# Whoever ended by itself leaves its log.
kill $reader 2> /dev/null || rm -rf "$folder"
tries=0
until rmdir "$cgroup" 2> /dev/null || [ $tries -gt 100 ]; do
  find "$cgroup" -mindepth 1 -depth -type d -exec rmdir {} \; 2> /dev/null || true
  sleep 0.1
  tries=$((tries + 1))
done
[ ! -e "$cgroup" ]
