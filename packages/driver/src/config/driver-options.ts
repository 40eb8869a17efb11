import { driverClassPaths } from './driver-class.ts';

/** One option of the driver, as its documentation and its misspelling check know it. */
export interface DriverOption {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'integer' | 'float' | 'list' | 'choice' | 'dict' | 'multi-dict';
  /** As it would be written in the file; empty when there is none. */
  readonly default: string;
  /** Its value is never shown. */
  readonly secret: boolean;
  readonly meaning: string;
}

function option(
  name: string,
  type: DriverOption['type'],
  defaultText: string,
  meaning: string,
  secret = false,
): DriverOption {
  return { name, type, default: defaultText, secret, meaning };
}

/** Every option that a back end's section may hold for this driver. */
export const driverOptions: readonly DriverOption[] = [
  option('volume_driver', 'choice', '', `One of ${driverClassPaths.join(', ')}`),
  option('volume_backend_name', 'string', "the driver's class name", 'Name that volume types refer to'),
  option(
    'san_ip',
    'string',
    '',
    'Management address of the array: a name or address, with a port if it is not 443',
  ),
  option(
    'pure_api_token',
    'string',
    '',
    "API token of the array user that the array's audit log shows",
    true,
  ),
  option('use_chap_auth', 'boolean', 'False', 'iSCSI: one-way CHAP, with a random secret for each initiator'),
  option('driver_ssl_cert_verify', 'boolean', 'False', "Verify the array's certificate"),
  option(
    'driver_ssl_cert_path',
    'string',
    '',
    'CA bundle file or directory to verify against; needs driver_ssl_cert_verify',
  ),
  option(
    'driver_data_namespace',
    'string',
    '',
    'Where CHAP secrets are kept; volume_backend_name unless set',
  ),
  option(
    'reserved_percentage',
    'integer',
    '0',
    'Percent of the capacity that the scheduler leaves free (0 to 100)',
  ),
  option(
    'max_over_subscription_ratio',
    'float',
    '20.0',
    'How often the capacity may be promised: auto, or a number from 1',
  ),
  option(
    'pure_automatic_max_oversubscription_ratio',
    'boolean',
    'True',
    "Use the array's own reduction ratio instead",
  ),
  option('pure_eradicate_on_delete', 'boolean', 'False', 'Deleting cannot be undone on the array'),
  option(
    'pure_safemode_enabled',
    'boolean',
    'False',
    "New volumes join the array's default protection; nothing is eradicated",
  ),
  option('pure_host_personality', 'choice', '', 'Set on hosts that the driver makes'),
  option('pure_iscsi_cidr', 'string', '0.0.0.0/0', 'Only portals inside this network are shown to hosts'),
  option('pure_iscsi_cidr_list', 'list', '', 'Several such networks; takes the place of pure_iscsi_cidr'),
  option('pure_nvme_transport', 'choice', 'roce', 'NVMe: roce or tcp'),
  option('pure_nvme_cidr', 'string', '0.0.0.0/0', 'As pure_iscsi_cidr, for NVMe'),
  option('pure_nvme_cidr_list', 'list', '', 'Several such networks; takes the place of pure_nvme_cidr'),
  option(
    'pure_fc_fabrics',
    'dict',
    '',
    'Fibre Channel: which WWNs share a fabric, `NAME:WWN WWN,NAME:WWN WWN`; without it every host port gets every port of the array',
  ),
  option('filter_function', 'string', '', "Passed on to the scheduler's driver filter"),
  option('goodness_function', 'string', '', "Passed on to the scheduler's goodness weigher"),
  option(
    'replication_device',
    'multi-dict',
    '',
    'An array to replicate to; may be given several times: `backend_id:NAME,san_ip:ADDRESS,api_token:TOKEN,type:async`, with `type:sync`, `uniform:true`, `ssl_cert_verify`, `ssl_cert_path`',
    true,
  ),
  option(
    'pure_replication_pg_name',
    'string',
    'cinder-group',
    'Protection group of asynchronous replication; keep it once volumes exist',
  ),
  option(
    'pure_replication_pod_name',
    'string',
    'cinder-pod',
    'Pod of synchronous replication; keep it once volumes exist',
  ),
  option(
    'pure_replica_interval_default',
    'integer',
    '3600',
    'Seconds between two asynchronous copies (300 to 34560000)',
  ),
  option(
    'pure_replica_retention_short_term_default',
    'integer',
    '14400',
    'Seconds for which the target keeps every copy',
  ),
  option(
    'pure_replica_retention_long_term_per_day_default',
    'integer',
    '3',
    'Copies a day that it keeps after that',
  ),
  option('pure_replica_retention_long_term_default', 'integer', '7', 'Days for which it keeps those'),
  option(
    'pure_ghost_pod_name',
    'string',
    'cinder-ghost-pod',
    'Beginning of the names of temporary pods that a retype uses',
  ),
  option(
    'pure_trisync_enabled',
    'boolean',
    'False',
    'Three sites: one sync and one async replication_device',
  ),
  option(
    'pure_trisync_pg_name',
    'string',
    'cinder-trisync',
    'Protection group in the pod that goes to the third site',
  ),
];

/** Options that belong to other protocols or to Cinder: read by nobody here. */
export const ignoredBackendOptions: readonly string[] = [
  'backend_host',
  'backend_availability_zone',
  'use_multipath_for_image_xfer',
  'enforce_multipath_for_image_xfer',
  'image_volume_cache_enabled',
  'image_volume_cache_max_size_gb',
  'image_volume_cache_max_count',
  'image_upload_use_cinder_backend',
  'image_upload_use_internal_tenant',
  'report_discard_supported',
  'suppress_requests_ssl_warnings',
  'disk_geometry',
  'zoning_mode',
  'extra_capabilities',
  'san_login',
  'san_password',
  'san_private_key',
  'san_ssh_port',
  'san_thin_provision',
  'target_protocol',
  'target_helper',
  'target_ip_address',
  'target_port',
  'target_prefix',
  'iscsi_secondary_ip_addresses',
  'num_volume_device_scan_tries',
  'max_luns_per_storage_group',
  'volume_clear',
  'volume_dd_blocksize',
  'volume_copy_bps_limit',
  'volumes_dir',
  'driver_client_cert',
  'driver_client_cert_key',
  'driver_use_ssl',
  'storage_protocol',
  'unmanaged_snapshot_suffix',
];
