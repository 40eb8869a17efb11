import { edit, type Proof } from '../proof.ts';

const rest1 = 'packages/simulator/src/rest1';
const rest2 = 'packages/simulator/src/rest2';
const tests = 'packages/simulator/test';

const versions = `${tests}/rest2-versions.test.ts`;
const rest1Members = `${tests}/rest1-protection-group-members.test.ts`;
const rest1Lists = `${tests}/rest1-lists.test.ts`;
const subResources = `${tests}/rest2-sub-resources.test.ts`;
const volumes = `${tests}/rest2-volumes.test.ts`;

/** What the simulated array answers, by REST generation and version. */
export const simulatorRestProofs: readonly Proof[] = [
  // What REST 2 versions brought
  {
    claims: ['the simulated array knows replicate_now from REST 2.4 on'],
    edits: [edit(`${rest2}/protection-group-snapshots.ts`, 'replicate_now: 4,', 'replicate_now: 0,')],
    test: {
      file: versions,
      title: 'POST protection-group-snapshots?source_names=pg takes replicate_now from 2.4 on',
    },
  },
  {
    claims: ['the simulated array knows continuation tokens of transfers from REST 2.29 on'],
    edits: [edit(`${rest2}/transfers.ts`, 'continuation_token: 29,', 'continuation_token: 28,')],
    test: { file: versions, title: 'GET volume-snapshots/transfer takes continuation_token from 2.29 on' },
  },
  {
    claims: ['the simulated array knows continuation tokens of members of pods from REST 2.38 on'],
    edits: [edit(`${rest2}/pods.ts`, 'continuation_token: 38, ...pair', 'continuation_token: 37, ...pair')],
    test: { file: versions, title: 'GET pods/members takes continuation_token from 2.38 on' },
  },
  {
    claims: ['the simulated array knows continuation tokens of tags from REST 2.3 on'],
    edits: [edit(`${rest2}/tags.ts`, 'continuation_token: 3,', 'continuation_token: 2,')],
    test: { file: versions, title: 'GET volumes/tags takes continuation_token from 2.3 on' },
  },
  {
    claims: ['the simulated array knows expose_public_key from REST 2.32 on'],
    edits: [edit(`${rest2}/admins.ts`, 'expose_public_key: 32,', 'expose_public_key: 31,')],
    test: { file: versions, title: 'GET admins takes expose_public_key from 2.32 on' },
  },
  {
    claims: ['the simulated array knows context_names of administrators from REST 2.54 on'],
    edits: [
      edit(
        `${rest2}/admins.ts`,
        '...fleetReadSince(54),\n          continuation_token',
        '...fleetReadSince(53),\n          continuation_token',
      ),
    ],
    test: { file: versions, title: 'GET admins takes context_names from 2.54 on' },
  },
  {
    claims: ['the simulated array knows context_names of API tokens from REST 2.54 on'],
    edits: [
      edit(
        `${rest2}/admins.ts`,
        'context_names: 54, names: 0, timeout: 0',
        'context_names: 53, names: 0, timeout: 0',
      ),
    ],
    test: { file: versions, title: 'POST admins/api-tokens?names=other takes context_names from 2.54 on' },
  },
  {
    claims: ['the simulated array knows context_names of connection keys from REST 2.55 on'],
    edits: [edit(`${rest2}/array-connections.ts`, 'fleetReadSince(55)', 'fleetReadSince(54)')],
    test: { file: versions, title: 'GET array-connections/connection-key takes context_names from 2.55 on' },
  },
  {
    claims: ['the simulated array knows context_names of paths from REST 2.50 on'],
    edits: [edit(`${rest2}/array-connections.ts`, 'fleetReadSince(50)', 'fleetReadSince(49)')],
    test: { file: versions, title: 'GET array-connections/path takes context_names from 2.50 on' },
  },
  {
    claims: ['the simulated array knows context_names of subnets from REST 2.55 on'],
    edits: [edit(`${rest2}/network.ts`, 'fleetReadSince(55)', 'fleetReadSince(54)')],
    test: { file: versions, title: 'GET subnets takes context_names from 2.55 on' },
  },
  {
    claims: ['the lists of volumes and groups of the simulated array know no include_remote'],
    edits: [
      edit(
        `${rest2}/protection-group-members.ts`,
        "path === 'protection-groups/volumes' ?",
        "path.includes('volumes') ?",
      ),
    ],
    test: { file: versions, title: 'the lists of volumes and groups know no include_remote' },
  },
  {
    claims: ['tags of the simulated array name their resource from REST 2.42 on'],
    edits: [edit(`${rest2}/tags.ts`, 'resource: { since: 42', 'resource: { since: 41')],
    test: { file: versions, title: 'a tag names its resource from 2.42 on' },
  },
  {
    claims: ['volumes of the simulated array tell their promotion from REST 2.2 on'],
    edits: [
      edit(`${rest2}/volumes.ts`, 'since(call, 2, { promotion_status', 'since(call, 1, { promotion_status'),
    ],
    test: { file: versions, title: 'fields are shown from the version on that brought them' },
  },
  {
    claims: ['pods of the simulated array tell their replication space from REST 2.2 on'],
    edits: [
      edit(`${rest2}/pods.ts`, 'since(call, 2, { replication: 0 })', 'since(call, 1, { replication: 0 })'),
    ],
    test: { file: versions, title: 'fields are shown from the version on that brought them' },
  },
  {
    claims: ['kinds of hardware of the simulated array have other words from REST 2.51 on'],
    edits: [edit(`${rest2}/health.ts`, 'call.minor >= 51 ? component', 'call.minor >= 50 ? component')],
    test: { file: versions, title: 'fields are shown from the version on that brought them' },
  },

  // REST 1
  {
    claims: ['members join groups of the simulated array by a path of their own from REST 1.7 on'],
    edits: [edit(`${rest1}/protection-group-members.ts`, 'if (minor < 7)', 'if (minor < 6)')],
    test: { file: rest1Members, title: 'a volume joins and leaves a protection group by a path of its own' },
  },
  {
    claims: ['a protection group of the simulated array holds members of one kind'],
    edits: [
      edit('packages/simulator/src/model/rules/protection-groups.ts', 'kinds.length > 1', 'kinds.length > 2'),
    ],
    test: { file: rest1Members, title: 'hosts and host groups are added and taken out as volumes are' },
  },
  {
    claims: ['REST 1 of the simulated array tells whether the array phones home'],
    edits: [edit(`${rest1}/array.ts`, "    phonehome: 'disabled',\n", '')],
    test: { file: rest1Lists, title: 'an array tells its settings one by one' },
  },
  {
    claims: ['REST 1 of the simulated array tells the banner of the array'],
    edits: [edit(`${rest1}/array.ts`, 'banner: model.settings.banner', "banner: ''")],
    test: { file: rest1Lists, title: 'an array tells its settings one by one' },
  },
  {
    claims: ['REST 1 of the simulated array tells the time servers of the array'],
    edits: [edit(`${rest1}/array.ts`, '    ntpserver: [],\n', '')],
    test: { file: rest1Lists, title: 'an array tells its settings one by one' },
  },
  {
    claims: ['REST 1 of the simulated array lists NVMe initiators from 1.16 on'],
    edits: [edit(`${rest1}/array.ts`, 'minor >= 16 ? nqns.map', 'minor >= 15 ? nqns.map')],
    test: { file: rest1Lists, title: 'initiators that an array knows are listed' },
  },
  {
    claims: ['REST 1 of the simulated array tells the lockout of administrators from 1.16 on'],
    edits: [
      edit(
        `${rest1}/array.ts`,
        "parameters.flag('lockout') && minor >= 16",
        "parameters.flag('lockout') && minor >= 15",
      ),
    ],
    test: { file: rest1Lists, title: 'administrators are listed with their keys' },
  },
  {
    claims: ['REST 1 of the simulated array tells the public keys of administrators'],
    edits: [edit(`${rest1}/array.ts`, "flag('publickey')", "flag('public_key')")],
    test: { file: rest1Lists, title: 'administrators are listed with their keys' },
  },
  {
    claims: ['REST 1 of the simulated array counts volumes of its host group in the space of a host'],
    edits: [
      edit(
        `${rest1}/hosts.ts`,
        'spaceOf(model, hostConnections(model, host))',
        'spaceOf(model, hostConnections(model, host).filter(({ hostGroupId }) => hostGroupId === null))',
      ),
    ],
    test: { file: rest1Lists, title: 'the space of a host, and of a host group, is that of its volumes' },
  },
  {
    claims: ['REST 1 of the simulated array monitors all volumes'],
    edits: [
      edit(
        `${rest1}/volumes.ts`,
        'list(volumes.flatMap((volume) => volumeMonitorRows(call, volume)))',
        'list(volumes.slice(0, 1).flatMap((volume) => volumeMonitorRows(call, volume)))',
      ),
    ],
    test: { file: rest1Lists, title: 'all volumes are monitored, or one' },
  },
  {
    claims: ['REST 1 of the simulated array tells no queue depth of volumes'],
    edits: [edit(`${rest1}/monitor.ts`, '({ queue_depth: _queueDepth, ...row }) =>', '(row) =>')],
    test: { file: rest1Lists, title: 'all volumes are monitored, or one' },
  },

  // REST 2
  {
    claims: ['the simulated array gives a request without an id one, also with a refusal'],
    edits: [
      edit(
        `${rest2}/front-end.ts`,
        '...(id === undefined ? {}',
        '...(id === undefined || status >= 400 ? {}',
      ),
    ],
    test: { file: `${tests}/rest2.test.ts`, title: 'a request without an id is given one' },
  },
  {
    claims: ['REST 2 of the simulated array refuses a volume of 512 bytes'],
    edits: [
      edit(
        `${rest2}/volumes.ts`,
        "{ size: parseVolumeSize(provisioned, name, 'refused') }",
        "{ size: parseVolumeSize(provisioned, name, 'rounded-up') }",
      ),
    ],
    test: { file: volumes, title: 'less than 1 MiB is refused' },
  },
  {
    claims: ['REST 2 of the simulated array refuses a change of nothing but the source of a volume'],
    edits: [
      edit(
        `${rest2}/volumes.ts`,
        'if (!groupsChanged && changes.every(',
        "if (!groupsChanged && !body.has('source') && changes.every(",
      ),
    ],
    test: { file: volumes, title: 'less than 1 MiB is refused' },
  },
  {
    claims: ['the simulated array lists the hosts of protection groups'],
    edits: [
      edit(
        `${rest2}/protection-group-members.ts`,
        'group.hostIds.flatMap((id) => alive(',
        'group.hostGroupIds.flatMap((id) => alive(',
      ),
    ],
    test: { file: subResources, title: 'protection-groups/hosts says what is there' },
  },
  {
    claims: ['the simulated array lists the volume groups of volumes'],
    edits: [edit(`${rest2}/volume-group-members.ts`, "  'volumes/volume-groups',\n", '')],
    test: { file: subResources, title: 'volumes/volume-groups says what is there' },
  },
  {
    claims: ['the simulated array lists the volumes of a volume group that are asked for'],
    edits: [
      edit(
        `${rest2}/volume-group-members.ts`,
        'members === undefined || members.includes(member.id)',
        'members === undefined || !members.includes(member.id)',
      ),
    ],
    test: { file: subResources, title: 'rows of members are chosen by either side' },
  },
  {
    claims: ['the simulated array lists the initiators that it knows'],
    edits: [edit(`${rest2}/network.ts`, "call.query.has('names') ? []", "!call.query.has('names') ? []")],
    test: { file: subResources, title: 'ports/initiators says what is there' },
  },
  {
    claims: ['REST 2 of the simulated array counts volumes of its host group in the space of a host'],
    edits: [
      edit(
        `${rest2}/space.ts`,
        'connectedVolumes(model, hostConnections(model, host))',
        'connectedVolumes(model, hostConnections(model, host).filter((own) => own.hostGroupId === null))',
      ),
    ],
    test: { file: subResources, title: 'hosts/space says what is there' },
  },
  {
    claims: ['the simulated array counts the volumes of a pod in its space'],
    edits: [
      edit(
        `${rest2}/space.ts`,
        'spaceOf(model, volumesInPod(model, pod))',
        'spaceOf(model, volumesInPod(model, pod).slice(1))',
      ),
    ],
    test: { file: subResources, title: 'pods/space says what is there' },
  },
];
