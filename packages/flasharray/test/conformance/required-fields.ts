/**
 * Fields that a reply must carry, by request; `items[]` stands for every row. Reviewed against what the
 * port promises; reductions are not among them, because Evergreen//One arrays leave them out.
 */
export const requiredFields: Readonly<Record<string, readonly string[]>> = {
  'GET /api/api_version': ['version'],
  'POST login': ['items[].username'],
  'GET arrays': ['items[].id', 'items[].name', 'items[].version', 'items[].capacity', 'items[].space'],
  'GET arrays/space': [
    'items[].id',
    'items[].name',
    'items[].capacity',
    'items[].space.total_physical',
    'items[].space.total_provisioned',
  ],
  'GET arrays/performance': [
    'items[].time',
    'items[].reads_per_sec',
    'items[].writes_per_sec',
    'items[].read_bytes_per_sec',
    'items[].write_bytes_per_sec',
    'items[].usec_per_read_op',
    'items[].usec_per_write_op',
    'items[].queue_usec_per_read_op',
    'items[].queue_usec_per_write_op',
  ],
  'GET controllers': ['items[].name', 'items[].status', 'items[].mode', 'items[].version'],
  'GET ports': ['items[].name', 'items[].iqn', 'items[].nqn', 'items[].wwn', 'items[].portal'],
  'GET network-interfaces': ['items[].name', 'items[].enabled', 'items[].services', 'items[].eth'],
  'GET volumes': ['items', 'more_items_remaining', 'continuation_token', 'total_item_count', ...volume()],
  'POST volumes': ['items', ...volume()],
  'PATCH volumes': ['items', ...volume()],
  'GET volume-snapshots': ['items', 'more_items_remaining', ...snapshot()],
  'POST volume-snapshots': ['items', ...snapshot()],
  'PATCH volume-snapshots': ['items', ...snapshot()],
  'GET hosts': ['items', 'more_items_remaining', ...host()],
  'POST hosts': ['items', ...host()],
  'PATCH hosts': ['items', ...host()],
  'GET connections': ['items', 'more_items_remaining', ...connection()],
  'POST connections': ['items', ...connection()],
  'GET protection-groups': ['items', 'total_item_count', ...protectionGroup()],
  'PATCH protection-groups': ['items', ...protectionGroup()],
  'GET protection-groups/targets': ['items', ...target()],
  'POST protection-groups/targets': ['items', ...target()],
  'PATCH protection-groups/targets': ['items', ...target()],
  'GET protection-group-snapshots/transfer': [
    'items',
    'items[].name',
    'items[].started',
    'items[].completed',
    'items[].progress',
    'items[].destroyed',
  ],
  'GET pods': ['items', ...pod()],
  'POST pods': ['items', ...pod()],
  'PATCH pods': ['items', ...pod()],
  'GET array-connections': ['items', 'items[].name', 'items[].status', 'items[].type'],
  'GET volumes/tags': ['items', 'items[].key', 'items[].value', 'items[].namespace', 'items[].resource.name'],
  'GET alerts': ['items', 'more_items_remaining', ...alert()],
  'GET hardware': [
    'items',
    'items[].name',
    'items[].type',
    'items[].status',
    'items[].details',
    'items[].slot',
  ],
  'GET drives': ['items', 'items[].name', 'items[].status', 'items[].details', 'items[].type'],
  'GET admins': [
    'items[].name',
    'items[].role.name',
    'items[].api_token.created_at',
    'items[].api_token.expires_at',
  ],
  'PUT volumes/tags/batch': ['items', 'items[].key', 'items[].namespace'],
};

function volume(): readonly string[] {
  return ['id', 'name', 'serial', 'provisioned', 'created', 'destroyed', 'connection_count', 'source'].map(
    (field) => `items[].${field}`,
  );
}

function snapshot(): readonly string[] {
  return ['id', 'name', 'serial', 'provisioned', 'created', 'destroyed', 'suffix', 'source.name'].map(
    (field) => `items[].${field}`,
  );
}

function host(): readonly string[] {
  return ['name', 'iqns', 'wwns', 'nqns', 'is_local', 'connection_count', 'chap', 'personality'].map(
    (field) => `items[].${field}`,
  );
}

function alert(): readonly string[] {
  return [
    'name',
    'code',
    'severity',
    'state',
    'component_type',
    'component_name',
    'summary',
    'description',
    'created',
    'closed',
  ].map((field) => `items[].${field}`);
}

function connection(): readonly string[] {
  return ['volume.name', 'host', 'host_group', 'lun'].map((field) => `items[].${field}`);
}

function protectionGroup(): readonly string[] {
  return ['name', 'destroyed', 'is_local', 'replication_schedule', 'target_retention'].map(
    (field) => `items[].${field}`,
  );
}

function target(): readonly string[] {
  return ['allowed', 'group.name', 'member.name'].map((field) => `items[].${field}`);
}

function pod(): readonly string[] {
  return [
    'id',
    'name',
    'destroyed',
    'array_count',
    'arrays[].id',
    'arrays[].name',
    'arrays[].status',
    'link_source_count',
    'link_target_count',
  ].map((field) => `items[].${field}`);
}
