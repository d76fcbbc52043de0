# shellcheck shell=sh disable=SC2034
# Every path that the scripts beside this file change, and names of what is no file. Sourced by common.sh.
hosts_file=/etc/hosts
fstab_file=/etc/fstab
fstab_kept=/etc/fstab.before-pai-tui
sysctl_file=/etc/sysctl.d/90-pai-tui.conf
modules_file=/etc/modules-load.d/pai-tui.conf
apt_file=/etc/apt/sources.list.d/pai-tui-docker.list
docker_settings=/etc/docker/daemon.json
kubernetes=/etc/kubernetes
manifests=/etc/kubernetes/manifests
kubelet_data=/var/lib/kubelet
pod_logs=/var/log/pods
container_logs=/var/log/containers
cni_settings=/etc/cni/net.d
cni_data=/var/lib/cni
cni_devices='cni0 flannel.1 kube-bridge weave'
own=/etc/pai-tui
routes_file=/etc/pai-tui/pod-routes
routes_script=/etc/pai-tui/pod-routes.sh
routes_unit=/etc/systemd/system/pai-tui-pod-routes.service
rc_file=/etc/rc.local
kubelet_container=kubelet
# Of docker inspect: who started a container of that name. Tools of old gave no label, but always this kubeconfig.
# Empty: somebody else, who may call theirs so as well (RKE does).
kubelet_maker='{{if index .Config.Labels "pai-tui"}}pai-tui{{else}}{{range .Args}}{{if eq . "--kubeconfig=/etc/kubernetes/config" "/etc/kubernetes/config"}}older{{end}}{{end}}{{end}}'
