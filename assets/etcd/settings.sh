# shellcheck shell=sh disable=SC2034,SC2154 # what is set here is used by what follows
# Which container of a machine is that of etcd, its settings, and how its member is asked. Put before scripts that ask or
# change a member; does nothing alone. `say` is called with what is found.

container=
# Of the environment only what is known below is ever told: there may be passwords in it.
inspect_format='
container {{.Id}}
name {{.Name}}
image {{.Config.Image}}
status {{.State.Status}}
exit {{.State.ExitCode}}
oom {{.State.OOMKilled}}
started {{.State.StartedAt}}
finished {{.State.FinishedAt}}
error {{json .State.Error}}
program {{.Path}}
{{range .Config.Env}}environment {{.}}
{{end}}{{range .Args}}argument {{.}}
{{end}}{{range .Mounts}}mount {{.Destination}} {{.Source}}
{{end}}last'

# The one that runs goes before those that have ended, a static pod of Kubernetes before others.
best=-1
choose() {
  while IFS= read -r line; do
    case $line in
      'container '*) id=${line#* } worth=0 runs=no ;;
      'name /k8s_POD_'*) worth=-9 ;;
      'name /k8s_etcd_'* | 'name /k8s_etcd-container_'*) worth=$((worth + 1)) ;;
      'status running') worth=$((worth + 2)) ;;
      'program etcd' | 'program '*/etcd | 'argument etcd' | 'argument etcd '* | 'argument '*/bin/etcd | 'argument '*'/bin/etcd '*) runs=etcd ;;
      last)
        if [ "$runs" = etcd ] && [ "$worth" -gt "$best" ]; then
          best=$worth
          container=$id
        fi
        ;;
    esac
  done
}

data_dir=
clients=
advertised=
peers=
authority=
certificate=
key=
peer_authority=
peer_certificate=
peer_key=
setting() {
  case $1 in
    name | quota-backend-bytes | initial-cluster-state) ;;
    data-dir) data_dir=$2 ;;
    listen-client-urls) clients=$2 ;;
    advertise-client-urls) advertised=$2 ;;
    listen-peer-urls) peers=$2 ;;
    trusted-ca-file) authority=$2 ;;
    cert-file) certificate=$2 ;;
    key-file) key=$2 ;;
    peer-trusted-ca-file) peer_authority=$2 ;;
    peer-cert-file) peer_certificate=$2 ;;
    peer-key-file) peer_key=$2 ;;
    *) return 0 ;;
  esac
  say setting "$1 $2"
}

# As arguments with = or a word behind them, or all in one line for a shell.
flag=
read_argument() {
  for word in $1; do
    case $word in
      -*=*)
        word=${word#-}
        word=${word#-}
        setting "${word%%=*}" "${word#*=}"
        flag=
        ;;
      -*)
        flag=${word#-}
        flag=${flag#-}
        ;;
      *)
        [ -n "$flag" ] && setting "$flag" "$word"
        flag=
        ;;
    esac
  done
}

mounts='
'
newline='
'
read_container() {
  here=no
  while IFS= read -r line; do
    case $line in
      "container $container") here=yes ;;
      'container '*) here=no ;;
    esac
    [ "$here" = yes ] || continue
    case $line in
      'container '* | 'name '* | 'image '* | 'status '* | 'exit '* | 'oom '* | 'started '* | 'finished '* | 'error '*) say container "$line" ;;
      'environment ETCD_NAME='*) setting name "${line#*=}" ;;
      'environment ETCD_DATA_DIR='*) setting data-dir "${line#*=}" ;;
      'environment ETCD_LISTEN_CLIENT_URLS='*) setting listen-client-urls "${line#*=}" ;;
      'environment ETCD_ADVERTISE_CLIENT_URLS='*) setting advertise-client-urls "${line#*=}" ;;
      'environment ETCD_LISTEN_PEER_URLS='*) setting listen-peer-urls "${line#*=}" ;;
      'environment ETCD_TRUSTED_CA_FILE='*) setting trusted-ca-file "${line#*=}" ;;
      'environment ETCD_CERT_FILE='*) setting cert-file "${line#*=}" ;;
      'environment ETCD_KEY_FILE='*) setting key-file "${line#*=}" ;;
      'environment ETCD_PEER_TRUSTED_CA_FILE='*) setting peer-trusted-ca-file "${line#*=}" ;;
      'environment ETCD_PEER_CERT_FILE='*) setting peer-cert-file "${line#*=}" ;;
      'environment ETCD_PEER_KEY_FILE='*) setting peer-key-file "${line#*=}" ;;
      'environment ETCD_QUOTA_BACKEND_BYTES='*) setting quota-backend-bytes "${line#*=}" ;;
      'argument '*) read_argument "${line#argument }" ;;
      'mount '*) mounts="$mounts${line#mount }$newline" ;;
    esac
  done
}

# A path inside the container → where it is on the machine, by the mount that is nearest to it.
outside=
find_outside() {
  outside=
  nearest=
  while read -r inside source; do
    case $1/ in
      "${inside%/}"/*)
        if [ -n "$inside" ] && [ ${#inside} -gt ${#nearest} ]; then
          nearest=$inside
          rest=${1#"${inside%/}"}
          outside=${source%/}$rest
        fi
        ;;
    esac
  done <<END
$mounts
END
}

# Of the addresses it listens on, the one to ask it at: loopback, else the first.
address=
find_address() {
  address=
  commas=$IFS
  IFS=,
  for url in $1; do
    case $url in
      *://0.0.0.0:* | *'://[::]:'*) url=${url%%://*}://127.0.0.1:${url##*:} ;;
      http://* | https://*) ;;
      *) continue ;;
    esac
    case $url in
      *://127.0.0.1:* | *://localhost:*)
        address=$url
        break
        ;;
    esac
    address=${address:-$url}
  done
  IFS=$commas
}

# member_call HOW WORD…: etcdctl in its container. HOW stands before docker; empty: it is run. By the environment, which goes
# before that of the container; arguments and it would be in conflict. The certificate of the server is one of a client
# too: its own gateway goes by it.
member_call() {
  how=$1
  shift
  set -- "$container" etcdctl "$@"
  case $endpoint in
    https://*)
      if [ -n "$authority" ]; then
        set -- -e ETCDCTL_CACERT="$authority" "$@"
      else
        set -- -e ETCDCTL_INSECURE_SKIP_TLS_VERIFY=true "$@"
      fi
      set -- -e ETCDCTL_CERT="$certificate" -e ETCDCTL_KEY="$key" "$@"
      ;;
  esac
  # shellcheck disable=SC2086
  $how docker exec -e ETCDCTL_API=3 -e ETCDCTL_ENDPOINTS="$endpoint" -e ETCDCTL_DIAL_TIMEOUT=3s \
    -e ETCDCTL_COMMAND_TIMEOUT="${patience:-4s}" "$@"
}
