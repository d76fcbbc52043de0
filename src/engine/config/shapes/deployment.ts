import {anything, type Field, list, map, needed, optional, type Shape, table} from '../shape.ts';
import {oneOf, path, port, strictFlag, text, truth} from '../shape-scalars.ts';

const each = (shape: Shape, ...keys: readonly string[]): Readonly<Record<string, Field>> =>
  Object.fromEntries(keys.map((key) => [key, optional(shape)]));

/** config.yaml of H, with which Kubernetes and the services are first set up (behaviour 2.10). */
export const deployment: Shape = map(
  {
    user: needed(text, 'user: NAME, who logs in to the machines and may use sudo', ['username']),
    password: needed(text, 'password: SECRET'),
    docker_image_tag: needed(text, 'docker_image_tag: v1.8.0'),
    ...each(path, 'ssh_key_file_path', 'docker_data_root', 'docker_config_file_path', 'docker_cache_fs_mount_path'),
    ...each(
      truth,
      'enable_hived_scheduler',
      'enable_docker_cache',
      'docker_check',
      'resource_check',
      'docker_iptables_enabled',
    ),
    ...each(strictFlag, 'enable_marketplace', 'qos-switch'),
    docker_cache_storage_backend: optional(oneOf('azure', 'filesystem')),
    ...each(
      text,
      'docker_cache_azure_account_name',
      'docker_cache_azure_account_key',
      'docker_cache_azure_container_name',
      'docker_cache_remote_url',
      'docker_cache_htpasswd',
      'docker_cache_registry_htpasswd',
      'docker_registry_domain',
      'docker_registry_namespace',
      'docker_registry_username',
      'docker_registry_password',
      'gcr_image_repo',
      'kube_image_repo',
      'quay_image_repo',
      'docker_image_repo',
      'etcd_image_repo',
      'pod_infra_image_repo',
      'kubeadm_download_url',
      'hyperkube_download_url',
      'openpai_kube_network_plugin',
    ),
    ...each(list(text), 'openpai_docker_insecure_registries', 'openpai_docker_registry_mirrors'),
    openpai_kubespray_extra_var: optional(table(anything)),
    ...each(port, 'host_daemon_port_start', 'host_daemon_port_end'),
  },
  'warning',
);
