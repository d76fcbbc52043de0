#!/bin/sh
# Tells what a machine is, in one go. begin.sh stands before it.
#
# $3  ask-sudo: try `sudo -n`, which leaves a line in the machine's log; anything else: do not
# shellcheck disable=SC2154 # what is used here is set by begin.sh

sudo=${3:-}

if [ -z "$work" ]; then
  say missing 'df, docker, sudo, nvidia-smi and lspci: no room in /dev/shm, /tmp and /var/tmp for what they say'
fi

# ---------------------------------------------------------------- mounts, for df to be asked of no others
# Network file systems are not asked: a dead server would not let df come back.
set --
devices=' '
if [ -r /proc/self/mounts ]; then
  while read -r device mount type options _; do
    # Spaces are written \040 there.
    case $mount in *\\*) path=$(printf '%b' "$mount") ;; *) path=$mount ;; esac
    if [ "$path" != / ]; then
      case $type in
        ext2 | ext3 | ext4 | xfs | btrfs | zfs | f2fs | jfs | reiserfs | vfat | exfat | ntfs | ntfs3 | fuseblk | bcachefs) ;;
        *) continue ;;
      esac
      # The same disk in many places: bind mounts, volumes of pods. Single files: those of containers.
      case $devices in *" $device "*) continue ;; esac
      [ -d "$path" ] || continue
    elif [ "$type" = rootfs ]; then
      continue
    fi
    devices="$devices$device "
    say mount "$device $type $options $mount"
    set -- "$@" "$path"
  done </proc/self/mounts
fi
[ $# -gt 0 ] || set -- /

# ---------------------------------------------------------------- processes
# One that the kernel does not let die is still there when somebody asks anew: then no second one is started beside it.
is_stuck() {
  stat=
  { read -r stat <"$1/stat"; } 2>/dev/null
  case $stat in *') D '*) return 0 ;; esac
  return 1
}
for process in /proc/[0-9]*; do
  comm=
  { read -r comm <"$process/comm"; } 2>/dev/null
  case $comm in
    dockerd | containerd | docker-containe | kubelet | hyperkube | kube-apiserver | kube-controller | kube-scheduler | kube-proxy | etcd | k3s | k3s-server | k3s-agent)
      say process "$comm"
      ;;
    nvidia-smi | lspci | df)
      # Also one that goes on may wait for a disk just now.
      if is_stuck "$process" && sleep "$nap" && is_stuck "$process"; then stuck="$stuck$comm "; fi
      ;;
  esac
done

# ---------------------------------------------------------------- start them all
start df df -P -k "$@"
start df-inodes df -P -i "$@"
start docker docker info
start docker-version docker --version
start docker-containers docker ps -a --format '{{.Names}}'
start containerd-version containerd --version
start nvidia-smi nvidia-smi --query-gpu=pci.bus_id,memory.total,driver_version,name --format=csv,noheader,nounits
start lspci lspci -D -nn
if [ "$sudo" = ask-sudo ]; then start sudo sudo -n true; fi

# ---------------------------------------------------------------- what files and the shell say
say kernel "$(uname -s 2>/dev/null) $(uname -r 2>/dev/null)"
say architecture "$(uname -m 2>/dev/null)"
say host "$(uname -n 2>/dev/null || hostname 2>/dev/null)"
say user "$(id -u 2>/dev/null) $(id -un 2>/dev/null)"
say groups "$(id -Gn 2>/dev/null)"
has sudo && say has sudo
has docker && say has docker
has containerd && say has containerd
has nvidia-smi && say has nvidia-smi
for file in /etc/machine-id /var/lib/dbus/machine-id; do
  if [ -s "$file" ]; then
    tell_file machine-id "$file" 1
    break
  fi
done
for file in /etc/os-release /usr/lib/os-release; do
  if [ -s "$file" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in PRETTY_NAME=* | NAME=* | VERSION=*) say os-release "$line" ;; esac
    done <"$file"
    break
  fi
done
for file in /etc/redhat-release /etc/alpine-release /etc/debian_version; do
  if [ -s "$file" ]; then
    say os-file "${file#/etc/}"
    tell_file os-text "$file" 1
    break
  fi
done
tell_file uptime /proc/uptime 1
tell_file load /proc/loadavg 1
if [ -r /proc/meminfo ]; then
  while IFS= read -r line; do
    case $line in MemTotal:* | MemFree:* | MemAvailable:* | Buffers:* | Cached:* | SwapTotal:* | SwapFree:*) say memory "$line" ;; esac
  done </proc/meminfo
else
  say missing 'memory: /proc/meminfo cannot be read'
fi
tell_file cpus-online /sys/devices/system/cpu/online 1
if [ -r /proc/cpuinfo ]; then
  # Up to the first that names it: with hundreds of CPUs the whole file is long.
  while IFS= read -r line; do
    case $line in
      'model name'* | 'cpu model'* | 'Model'* | 'Hardware'* | 'cpu	'* | 'uarch'*)
        say cpu-model "$line"
        case $line in 'model name'* | 'cpu model'*) break ;; esac
        ;;
    esac
  done </proc/cpuinfo
fi
if [ ! -r /sys/devices/system/cpu/online ]; then
  say cpus "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo 2>/dev/null)"
fi

if [ -s /etc/timezone ]; then
  tell_file timezone /etc/timezone 1
else
  zone=$(readlink /etc/localtime 2>/dev/null)
  case $zone in
    */zoneinfo/*) say timezone "${zone##*/zoneinfo/}" ;;
    *) say timezone "$(date +%Z 2>/dev/null)" ;;
  esac
fi

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  say cgroup v2
elif [ -e /sys/fs/cgroup/unified/cgroup.controllers ]; then
  say cgroup hybrid
elif grep -q ' cgroup ' /proc/self/mounts 2>/dev/null || [ -d /sys/fs/cgroup/memory ]; then
  say cgroup v1
else
  say cgroup none
fi
if [ -d /run/systemd/system ]; then say init systemd; else tell_file init /proc/1/comm 1; fi

tell_ports

# ---------------------------------------------------------------- addresses
if table=$(ip -o addr show 2>/dev/null) && [ -n "$table" ]; then
  printf '%s\n' "$table" | tell address-ip 2000
elif table=$(ifconfig -a 2>/dev/null) && [ -n "$table" ]; then
  printf '%s\n' "$table" | tell address-ifconfig 4000
else
  say missing 'addresses: neither ip nor ifconfig is there'
fi

# ---------------------------------------------------------------- cards on the PCI bus
for device in /sys/bus/pci/devices/*; do
  if [ ! -r "$device/class" ] || [ ! -r "$device/vendor" ]; then continue; fi
  read -r class <"$device/class"
  case $class in 0x03* | 0x12*) ;; *) continue ;; esac
  read -r vendor <"$device/vendor"
  model=
  read -r model 2>/dev/null <"$device/device"
  driver=$(readlink "$device/driver" 2>/dev/null)
  say pci "${device##*/} $class $vendor ${model:-unknown} ${driver##*/}"
done

# Lines of daemon.json: the whole file may hold passwords of proxies.
if [ -r /etc/docker/daemon.json ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *'"data-root"'*) rest=${line#*'"data-root"'} ;;
      *'"graph"'*) rest=${line#*'"graph"'} ;;
      *) continue ;;
    esac
    rest=${rest#*'"'}
    say docker-root "${rest%%'"'*}"
  done </etc/docker/daemon.json
fi

# ---------------------------------------------------------------- what an earlier Kubernetes left
# A folder counts when something is in it. One that may not be looked into is named all the same.
left() {
  [ -d "$1" ] || return 0
  if [ -r "$1" ]; then
    for inside in "$1"/* "$1"/.[!.]*; do
      if [ -e "$inside" ] || [ -L "$inside" ]; then
        say left "$1"
        return 0
      fi
    done
  else
    say left "$1"
  fi
}
left /etc/kubernetes
for manifest in /etc/kubernetes/manifests/*; do
  [ -e "$manifest" ] && say left "$manifest"
done
left /var/lib/kubelet
left /var/etcd/data
[ -d /var/etcd/data ] || left /var/etcd
left /var/lib/etcd
left /etc/cni/net.d
left /opt/cni/bin
left /var/lib/cni
left /etc/rancher
left /run/containerd/io.containerd.runtime.v2.task/k8s.io
# A unit that came with a package and is not enabled starts nothing.
for unit in kubelet k3s k3s-agent etcd kube-proxy; do
  for file in /etc/systemd/system/"$unit".service /etc/systemd/system/*.wants/"$unit".service; do
    # Enabled is a link, which may point to nowhere by now; one to /dev/null forbids the unit.
    if { [ -e "$file" ] || [ -L "$file" ]; } && [ "$(readlink "$file" 2>/dev/null)" != /dev/null ]; then
      say left-unit "$unit"
    fi
  done
done
for device in cni0 flannel.1 kube-ipvs0 kube-bridge weave; do
  [ -e "/sys/class/net/$device" ] && say left-device "$device"
done

# ---------------------------------------------------------------- what was started
finish df 2000
finish df-inodes 2000
finish docker-version 5
finish containerd-version 5
finish lspci 2000
finish sudo 5
finish nvidia-smi 300
finish docker 300
finish docker-containers 2000
say end ended
exit 0
