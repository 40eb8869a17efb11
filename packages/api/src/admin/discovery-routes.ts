import { ok, type Route } from '../http/route.ts';

/** First microversion of `resource_filters`. */
const filtersSince = 33;

/** What lists can be filtered by, of the resources this service has. */
const resourceFilters: Readonly<Record<string, readonly string[]>> = {
  volume: [
    'name',
    'status',
    'metadata',
    'bootable',
    'migration_status',
    'availability_zone',
    'group_id',
    'size',
    'created_at',
    'updated_at',
    'consumes_quota',
  ],
  snapshot: ['name', 'status', 'volume_id', 'metadata', 'consumes_quota'],
  group: ['name'],
  group_snapshot: ['name', 'status', 'group_id'],
  attachment: ['volume_id', 'status', 'instance_id', 'attach_status'],
  message: ['resource_uuid', 'resource_type', 'event_id', 'request_id', 'message_level'],
  pool: ['name'],
  volume_type: ['is_public'],
};

/** Extensions of the API's first generations that are served, by alias. */
const extensions = [
  ['AdminActions', 'os-admin-actions', '2012-08-25T00:00:00+00:00'],
  ['AvailabilityZones', 'os-availability-zone', '2013-06-27T00:00:00+00:00'],
  ['Capabilities', 'capabilities', '2015-08-31T00:00:00+00:00'],
  ['Cgsnapshots', 'cgsnapshots', '2014-08-18T00:00:00+00:00'],
  ['Consistencygroups', 'consistencygroups', '2014-08-18T00:00:00+00:00'],
  ['ExtendedSnapshotAttributes', 'os-extended-snapshot-attributes', '2012-06-19T00:00:00+00:00'],
  ['Hosts', 'os-hosts', '2011-06-29T00:00:00+00:00'],
  ['Qos_specs_manage', 'qos-specs', '2013-08-02T00:00:00+00:00'],
  ['QuotaClasses', 'os-quota-class-sets', '2012-03-12T00:00:00+00:00'],
  ['Quotas', 'os-quota-sets', '2011-08-08T00:00:00+00:00'],
  ['Scheduler_stats', 'scheduler-stats', '2014-09-07T00:00:00+00:00'],
  ['Services', 'os-services', '2012-10-28T00:00:00-00:00'],
  ['SnapshotManage', 'os-snapshot-manage', '2014-12-31T00:00:00+00:00'],
  ['SnapshotUnmanage', 'os-snapshot-unmanage', '2014-12-31T00:00:00+00:00'],
  ['TypesExtraSpecs', 'os-types-extra-specs', '2011-08-24T00:00:00+00:00'],
  ['TypesManage', 'os-types-manage', '2011-08-24T00:00:00+00:00'],
  ['UsedLimits', 'os-used-limits', '2013-10-03T00:00:00+00:00'],
  ['VolumeActions', 'os-volume-actions', '2012-05-31T00:00:00+00:00'],
  ['VolumeHostAttribute', 'os-vol-host-attr', '2011-11-03T00:00:00+00:00'],
  ['VolumeManage', 'os-volume-manage', '2014-02-10T00:00:00+00:00'],
  ['VolumeMigStatusAttribute', 'os-vol-mig-status-attr', '2013-08-08T00:00:00+00:00'],
  ['VolumeTenantAttribute', 'os-vol-tenant-attr', '2011-11-03T00:00:00+00:00'],
  ['VolumeTypeAccess', 'os-volume-type-access', '2014-06-26T00:00:00Z'],
  ['VolumeUnmanage', 'os-volume-unmanage', '2012-05-31T00:00:00+00:00'],
] as const;

/** `extensions` and `resource_filters`: what clients look up before they ask. */
export function discoveryRoutes(): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/extensions',
      handler: async () =>
        ok({
          extensions: extensions.map(([name, alias, updated]) => ({
            name,
            alias,
            description: '',
            updated,
            links: [],
          })),
        }),
    },
    {
      method: 'GET',
      path: '/resource_filters',
      since: filtersSince,
      handler: async ({ query }) => {
        const resource = query.get('resource');
        return ok({
          resource_filters: Object.entries(resourceFilters)
            .filter(([name]) => resource === null || name === resource)
            .map(([name, filters]) => ({ resource: name, filters })),
        });
      },
    },
  ];
}
