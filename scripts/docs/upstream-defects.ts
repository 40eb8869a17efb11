import type { TestReference } from './seed-coverage.ts';

export interface DefectRow {
  /** `D1`, as the list of defects of Cinder's Python driver numbers them. */
  readonly id: string;
  /** What goes wrong there. */
  readonly upstream: string;
  /** What users of this driver see instead. */
  readonly here: string;
  readonly tests: readonly TestReference[];
}

const acceptance = 'packages/driver/test/acceptance';
const at = (file: string, ...titles: readonly string[]): readonly TestReference[] =>
  titles.map((title) => ({ file, title }));
const volumes = (...titles: readonly string[]) => at(`${acceptance}/volumes.test.ts`, ...titles);
const snapshots = (...titles: readonly string[]) => at(`${acceptance}/snapshots.test.ts`, ...titles);
const connections = (...titles: readonly string[]) => at(`${acceptance}/connections.test.ts`, ...titles);
const types = (...titles: readonly string[]) => at(`${acceptance}/types.test.ts`, ...titles);
const groups = (...titles: readonly string[]) => at(`${acceptance}/groups.test.ts`, ...titles);
const manage = (...titles: readonly string[]) => at(`${acceptance}/manage.test.ts`, ...titles);
const protocols = (...titles: readonly string[]) => at(`${acceptance}/protocols.test.ts`, ...titles);
const start = (...titles: readonly string[]) => at(`${acceptance}/start.test.ts`, ...titles);
const stats = (...titles: readonly string[]) => at(`${acceptance}/stats.test.ts`, ...titles);
const others = (...titles: readonly string[]) => at('packages/driver/test/defects.test.ts', ...titles);
const asynchronous = (...titles: readonly string[]) =>
  at(`${acceptance}/async-replication.test.ts`, ...titles);
const synchronous = (...titles: readonly string[]) => at(`${acceptance}/sync-replication.test.ts`, ...titles);
const safety = (...titles: readonly string[]) =>
  at('packages/driver/test/replication-safety.test.ts', ...titles);
const away = (...titles: readonly string[]) => at('packages/driver/test/replication-away.test.ts', ...titles);

/** Defects of the Python driver (Cinder, August 2026), and what became of them here. */
export const defects: readonly DefectRow[] = [
  {
    id: 'D1',
    upstream:
      'A revert names snapshot and volume the wrong way round; the refusal goes unseen and the old data stays.',
    here: 'The volume is overwritten with the snapshot, under its recorded name, and the array’s answer decides.',
    tests: snapshots('revert puts the snapshot', 'a refused revert fails with the array'),
  },
  {
    id: 'D2',
    upstream: 'Failover copies are refused by newer arrays, and reported as done.',
    here: 'A volume that exists on the target is overwritten without that flag, one that does not is copied; each is checked, and one that fails is in error.',
    tests: asynchronous(
      'a target whose default protection covers everything',
      'one volume that the target refuses',
    ),
  },
  {
    id: 'D3',
    upstream: 'A failed step of leaving a stretched pod erases the volume.',
    here: 'Each step is checked; a temporary pod is only destroyed when it is empty, and never with its contents. The error says where the volume is.',
    tests: [...synchronous('a ghost pod that cannot be unstretched'), ...safety('retyping ')],
  },
  {
    id: 'D4',
    upstream: 'Errors of the array are not looked at: objects are reported that do not exist.',
    here: 'Every call succeeds or fails with the array’s words; the record’s status is true.',
    tests: [
      ...volumes('a read-only token makes create fail'),
      ...groups('a group copy whose third volume fails', 'a group cannot hold replicated types'),
      ...snapshots('a refused revert fails with the array'),
    ],
  },
  {
    id: 'D5',
    upstream: 'With the primary array dead, a service that failed over cannot start.',
    here: 'Only the array that work is done on has to answer; the service starts on the array it failed over to.',
    tests: asynchronous('with the primary lost the driver starts'),
  },
  {
    id: 'D6',
    upstream: 'A wrong token or certificate ends in an attribute error, outside of the set-up.',
    here: 'The back end is not initialised, says why, and is tried again.',
    tests: start('a wrong token, an untrusted certificate'),
  },
  {
    id: 'D7',
    upstream: 'A volume that could not be replicated is eradicated and reported as replicated.',
    here: 'Creating fails; the volume is destroyed, not eradicated. `enabled` is reported for confirmed membership only, and types that cannot be had are refused.',
    tests: [
      ...asynchronous('a volume that cannot join the group', 'a sync type on a back end'),
      ...types('a volume group and replication together are refused'),
    ],
  },
  {
    id: 'D8',
    upstream: 'Waiting for a protection group doubles its delay until it takes centuries.',
    here: 'Looked at every five seconds, for three minutes at most; the error names what was awaited.',
    tests: asynchronous('a target that never shows the group'),
  },
  {
    id: 'D9',
    upstream: 'A volume made of one member of a group snapshot asks for a name that does not exist.',
    here: 'The snapshot’s record says what it is part of, and its name is on record.',
    tests: groups('a member of a group snapshot is a source by itself'),
  },
  {
    id: 'D10',
    upstream: 'Deleting a volume without a name deletes the array’s volume `None`.',
    here: 'A volume that never got a name was never tried: no call is made.',
    tests: volumes('deleting a volume that never got a name makes no call'),
  },
  {
    id: 'D11',
    upstream: 'After an extend a limit per GB is computed with bytes: the limit is gone.',
    here: 'Limits per GB follow the size in GiB; volumes of a volume group have none of their own.',
    tests: types('a limit per GiB grows with the volume'),
  },
  {
    id: 'D12',
    upstream: 'Failover and failback leave the lists of targets wrong.',
    here: 'The lists follow from the configuration and the current array each time; volumes of the pod survive the failback.',
    tests: synchronous('after failover and failback everything', 'the third site has the volumes'),
  },
  {
    id: 'D13',
    upstream: 'A management interface of subtype vif makes every attach fail.',
    here: 'Interfaces are chosen by the service they carry.',
    tests: [
      ...connections('a LACP data port is used'),
      ...at('packages/driver/src/connections/portals.test.ts', 'one whose interface %s counts for iSCSI'),
    ],
  },
  {
    id: 'D14',
    upstream: 'Managing into a volume group or from a pod reports a name that the array does not have.',
    here: 'The name on record is the array’s; everything is checked before the volume is renamed.',
    tests: manage('the name reported is the name on the array', 'what must not be managed keeps its name'),
  },
  {
    id: 'D15',
    upstream: 'Two protocols on one machine clash; a UUID in capitals makes hosts nobody cleans up.',
    here: 'UUIDs are lower-cased, NVMe has a host of its own, an initiator joins the machine’s host.',
    tests: [
      ...protocols('one machine uses iSCSI and NVMe'),
      ...connections('a host of a machine with a UUID in capitals'),
    ],
  },
  {
    id: 'D16',
    upstream: 'Debug logging writes CHAP passwords; the API token is printed with the options.',
    here: 'Secrets are wrapped; neither arguments nor results are logged.',
    tests: [
      ...connections('neither the CHAP secret nor the API token'),
      ...at('packages/driver/src/backend/debug-trace.test.ts', 'every method is traced'),
    ],
  },
  {
    id: 'D17',
    upstream: 'A failover to a named target without a snapshot crashes.',
    here: 'The failover is refused in words, and nothing changes.',
    tests: asynchronous('a target without a copy is refused'),
  },
  {
    id: 'D18',
    upstream: 'A failed listing shows an empty list.',
    here: 'The listing fails, with the array’s words.',
    tests: manage('an array error is no empty list'),
  },
  {
    id: 'D19',
    upstream: 'A second set-up of the same driver object adds its targets twice.',
    here: 'Set-up starts from nothing each time.',
    tests: at(
      'packages/driver/test/opened-again.test.ts',
      'a driver that is set up once more has its targets once',
    ),
  },
  {
    id: 'D20',
    upstream: 'driver_ssl_cert_path has no effect.',
    here: 'It is the trust anchor.',
    tests: start('a private CA is trusted'),
  },
  {
    id: 'D21',
    upstream: 'Force detach names a nonsense host and never works.',
    here: 'Every host of the volume is disconnected by its name.',
    tests: connections('without a connector every host is disconnected'),
  },
  {
    id: 'D22',
    upstream: 'Uniform NVMe gives portals of two arrays under the NQN of one.',
    here: 'Only portals of the NQN that is given are listed; the other array has its own NQN and portals in `uniform_targets`.',
    tests: [
      ...protocols('an NVMe-TCP host gets the NQN'),
      ...at('packages/driver/src/connections/joined-info.test.ts', 'NVMe: each array with its own NQN'),
    ],
  },
  {
    id: 'D23',
    upstream: 'A limit per GB is a fraction and refused; small volumes are refused.',
    here: 'Limits are integers, raised to the least that the array takes.',
    tests: types('a limit per GiB is an integer', 'a small volume gets the least'),
  },
  {
    id: 'D24',
    upstream: 'vg_maxBWS takes bytes where MB/s is documented; explicit limits make retype and manage fail.',
    here: 'Both units are taken; limits are integers everywhere.',
    tests: [
      ...types('the first volume of a type makes its volume group'),
      ...at(`${acceptance}/retype.test.ts`, 'every cell without replication'),
    ],
  },
  {
    id: 'D25',
    upstream:
      'Clones join the array’s default protection though SafeMode is off, and ignore the volume group.',
    here: 'One way of creation for new volumes, clones, copies of snapshots and of groups.',
    tests: types('no volume joins the default protection'),
  },
  {
    id: 'D26',
    upstream: 'Performance is an hour old.',
    here: 'The newest sample counts.',
    tests: at(
      'packages/flasharray/test/contract/array-cases.ts',
      'array > tells the newest performance sample',
    ),
  },
  {
    id: 'D27',
    upstream: 'Statistics list every object; listings ask once a volume.',
    here: 'Counts only, in one round; pods and hosts are asked for together.',
    tests: stats('50,000 volumes cost as many requests as none'),
  },
  {
    id: 'D28',
    upstream: 'With ActiveCluster on, a failing pod query fails everything.',
    here: 'No pod is asked for on the way: only attaching and deleting volumes of the pod touch the other array, and they go on without it.',
    tests: away('volumes of the pod are made, attached'),
  },
  {
    id: 'D29',
    upstream: 'A detached volume still belongs to a VM in the array’s tags.',
    here: 'The tag goes with the attachment; tags are written after the connection.',
    tests: others('a detached volume belongs to no instance'),
  },
  {
    id: 'D30',
    upstream: 'Only the last WWPN decides which host a machine is.',
    here: 'Any WWPN, in any spelling, with one query. A host of ours gets those it lacks; the map has only those that the host has.',
    tests: [
      ...protocols('a host that any of the WWPNs'),
      ...at('packages/driver/test/hosts.test.ts', 'a host of ours gets the initiators that it lacks'),
    ],
  },
  {
    id: 'D31',
    upstream: 'Detaching over FC leaves the connection on the second array.',
    here: 'The connection is ended on every array, and the WWNs of each are told.',
    tests: [
      ...at(`${acceptance}/uniform.test.ts`, 'over Fibre Channel a host has the paths of both arrays'),
      ...at('packages/driver/src/connections/joined-info.test.ts', 'Fibre Channel: what a detach tells'),
    ],
  },
  {
    id: 'D32',
    upstream: 'One unreachable array of a pair fails attach and detach.',
    here: 'Each array is asked for itself. The current array decides about an attach: with it away the attach fails, and a failover is the way on. A peer that is away costs its paths; what it did not hear of, a connection or its end, is made up for when it is back.',
    tests: [
      ...synchronous('with the other array away'),
      ...away('volumes of the pod are made, attached'),
      ...at('packages/driver/test/hosts.test.ts', 'with the current array away an attach fails'),
      ...at('packages/volume-manager/test/connections.test.ts', 'is shown by an array that was away'),
    ],
  },
  {
    id: 'D33',
    upstream: 'The array’s reason is lost on the way to the user.',
    here: 'The array’s words and the object are in the error and in the log.',
    tests: connections('a host limit fails the attach at once'),
  },
  {
    id: 'D34',
    upstream: 'Refusals other than 400 count as success.',
    here: 'Whatever is not 200 is an error with a code.',
    tests: [
      ...volumes('a read-only token makes create fail'),
      ...at('packages/flasharray/test/transport/failures.test.ts', 'a read is repeated after 503'),
    ],
  },
  {
    id: 'D35',
    upstream: 'No timeouts: a hung management port blocks for ever.',
    here: 'Every call has deadlines, and frees the host when they pass.',
    tests: start('a management port that hangs'),
  },
  {
    id: 'D36',
    upstream: 'A volume of a volume group that is larger than its snapshot is not extended.',
    here: 'Size is put right whatever the container.',
    tests: volumes('a volume larger than its snapshot is extended'),
  },
  {
    id: 'D37',
    upstream: 'Replicated consistency groups are not waited for.',
    here: `Every target is waited for under the group's right name, and allowed, before replication is enabled.`,
    tests: asynchronous(
      'a replicated group is allowed on every target',
      'a target that is added is waited for',
      'a second target that never shows the group',
    ),
  },
  {
    id: 'D38',
    upstream: 'Failover takes the limits of a volume group from another volume.',
    here: `Each volume's own type decides.`,
    tests: asynchronous(
      'every volume gets the limits of its own type',
      'every volume group gets the limits of the type',
    ),
  },
  {
    id: 'D39',
    upstream: 'Retype sets limits on a name that the volume no longer has.',
    here: 'Limits are set on the new name, and checked.',
    tests: at(`${acceptance}/retype.test.ts`, 'every cell without replication'),
  },
  {
    id: 'D40',
    upstream: 'Connections of host groups crash delete and listing.',
    here: 'Delete says which host group has the volume; the listing shows it.',
    tests: types('a host group’s connection is the administrator’s to end'),
  },
  {
    id: 'D41',
    upstream: 'A missing snapshot, or a reference without a dot, crashes manage.',
    here: 'ManageExistingInvalidReference, with the reason.',
    tests: manage('a snapshot must be of the volume'),
  },
  {
    id: 'D42',
    upstream: 'Hosts made before CHAP was turned on stay open.',
    here: 'Hosts of ours get credentials with the next attach.',
    tests: others('a host made before CHAP was turned on'),
  },
  {
    id: 'D43',
    upstream: 'A destroyed group of the same name is eradicated and made anew.',
    here: 'It is taken back; nothing is eradicated on the way.',
    tests: others('a destroyed group of ours is taken back'),
  },
  {
    id: 'D44',
    upstream: 'Log lines with placeholders and without causes.',
    here: 'Fields beside the message, with the error.',
    tests: others('log lines name what they are about'),
  },
  {
    id: 'D45',
    upstream: 'Managing a volume of the configured pod is refused though promised.',
    here: 'A volume of the configured pod is taken over.',
    tests: synchronous('a volume of the configured pod'),
  },
  {
    id: 'D46',
    upstream: 'No failover to the third site; wrong devices are only logged.',
    here: 'The third site can be failed over to; devices that do not fit are refused at the start.',
    tests: [
      ...synchronous('the third site has the volumes'),
      ...at('packages/driver/src/config/read-replication-config.test.ts', 'with %s is refused'),
    ],
  },
  {
    id: 'D47',
    upstream: 'The last synchronous target is chosen, online or not.',
    here: 'The first one whose side of the pod is online.',
    tests: synchronous('the first target whose side', 'fa2 is chosen with fa4 away'),
  },
  {
    id: 'D48',
    upstream: 'Destroyed volumes count as survivors of a failover.',
    here: 'Only live volumes of the pod count.',
    tests: synchronous('a destroyed volume of the pod is no survivor'),
  },
  {
    id: 'D49',
    upstream: 'A volume group vanishes between its last delete and the next create.',
    here: 'One lock a group, and another try when it vanished all the same.',
    tests: types('the last volume of a volume group takes it along'),
  },
  {
    id: 'D50',
    upstream: 'Copies of a group are paired by position and may be made of the wrong volume.',
    here: 'Each copy names its own source.',
    tests: others('copies of a group are paired with their sources'),
  },
];
