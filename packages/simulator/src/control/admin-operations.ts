import { z } from 'zod';
import type { NewAlert } from '../model/state/alert.ts';
import type { ArrayConnectionType } from '../model/state/fleet-records.ts';
import type { DriveStatus, HardwareStatus } from '../model/state/hardware.ts';
import type { PerformanceSample } from '../model/state/performance-sample.ts';
import type { AdminRole } from '../model/state/records.ts';

const names = z.array(z.string()).readonly();
const connectionType = z.enum([
  'async-replication',
  'sync-replication',
]) satisfies z.ZodType<ArrayConnectionType>;
const hardwareStatus = z.enum([
  'ok',
  'healthy',
  'unhealthy',
  'critical',
  'identifying',
  'unknown',
  'unused',
  'not_installed',
]) satisfies z.ZodType<HardwareStatus>;
const driveStatus = z.enum([
  'healthy',
  'empty',
  'failed',
  'identifying',
  'missing',
  'recovering',
  'unadmitted',
  'unhealthy',
  'unrecognized',
  'updating',
]) satisfies z.ZodType<DriveStatus>;
const role = z.enum(['array_admin', 'storage_admin', 'ops_admin', 'readonly']) satisfies z.ZodType<AdminRole>;
const rate = z.number().exactOptional();
const performanceSample = z.strictObject({
  time: z.number(),
  readsPerSec: rate,
  writesPerSec: rate,
  readBytesPerSec: rate,
  writeBytesPerSec: rate,
  usecPerReadOp: rate,
  usecPerWriteOp: rate,
  queueUsecPerReadOp: rate,
  queueUsecPerWriteOp: rate,
  queueUsecPerMirroredWriteOp: rate,
  queueDepth: rate,
}) satisfies z.ZodType<PerformanceSample>;
const newAlert = z.strictObject({
  severity: z.enum(['info', 'warning', 'critical', 'hidden']),
  componentType: z.string(),
  componentName: z.string(),
  summary: z.string(),
  code: z.int().exactOptional(),
  category: z.enum(['array', 'hardware', 'software']).exactOptional(),
  description: z.string().exactOptional(),
  expected: z.string().exactOptional(),
  actual: z.string().exactOptional(),
}) satisfies z.ZodType<NewAlert>;

/**
 * Things that somebody does on the array by hand (in its web page or command line), for fixtures and mishaps. The
 * array's own rules hold: a refused operation throws SimulatorError with the array's message.
 */
export const adminOperation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('createVolume'),
    name: z.string(),
    size: z.int(),
    source: z.string().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('destroyVolume'), name: z.string() }),
  z.strictObject({ kind: z.literal('recoverVolume'), name: z.string() }),
  z.strictObject({ kind: z.literal('eradicateVolume'), name: z.string() }),
  z.strictObject({ kind: z.literal('renameVolume'), name: z.string(), newName: z.string() }),
  z.strictObject({ kind: z.literal('resizeVolume'), name: z.string(), size: z.int() }),
  /** Many volumes `<prefix><number><suffix>` counted from 1, quickly. */
  z.strictObject({
    kind: z.literal('seedVolumes'),
    count: z.int(),
    prefix: z.string(),
    /** Numbers get leading zeros up to this many digits. */
    digits: z.int().exactOptional(),
    suffix: z.string().exactOptional(),
    size: z.int().exactOptional(),
    destroyed: z.boolean().exactOptional(),
  }),
  /** So many snapshots `<volume>.<suffix><number>` of each live volume whose name begins with the prefix, quickly. */
  z.strictObject({
    kind: z.literal('seedSnapshots'),
    volumePrefix: z.string(),
    perVolume: z.int(),
    suffix: z.string(),
  }),
  /**
   * Many hosts `<prefix><number>` with one IQN each, quickly; the first volumes by name are connected, `connections`
   * different ones to each host.
   */
  z.strictObject({
    kind: z.literal('seedHosts'),
    count: z.int(),
    prefix: z.string(),
    connections: z.int().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('createSnapshot'),
    volume: z.string(),
    suffix: z.string().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('destroySnapshot'), name: z.string() }),
  z.strictObject({ kind: z.literal('recoverSnapshot'), name: z.string() }),
  z.strictObject({ kind: z.literal('eradicateSnapshot'), name: z.string() }),
  z.strictObject({
    kind: z.literal('createHost'),
    name: z.string(),
    iqns: names.exactOptional(),
    wwns: names.exactOptional(),
    nqns: names.exactOptional(),
    personality: z.string().exactOptional(),
  }),
  /** Deletes the host with its connections. */
  z.strictObject({ kind: z.literal('deleteHost'), name: z.string() }),
  z.strictObject({ kind: z.literal('renameHost'), name: z.string(), newName: z.string() }),
  z.strictObject({ kind: z.literal('setHostIqns'), name: z.string(), iqns: names }),
  z.strictObject({ kind: z.literal('setHostWwns'), name: z.string(), wwns: names }),
  z.strictObject({ kind: z.literal('setHostNqns'), name: z.string(), nqns: names }),
  z.strictObject({
    kind: z.literal('setHostChap'),
    name: z.string(),
    user: z.string().nullable(),
    password: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('createHostGroup'), name: z.string(), hosts: names.exactOptional() }),
  z.strictObject({ kind: z.literal('setHostGroupHosts'), name: z.string(), hosts: names }),
  z.strictObject({ kind: z.literal('deleteHostGroup'), name: z.string() }),
  z.strictObject({
    kind: z.literal('connectVolumeToHost'),
    volume: z.string(),
    host: z.string(),
    lun: z.int().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('connectVolumeToHostGroup'),
    volume: z.string(),
    hostGroup: z.string(),
    lun: z.int().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('disconnect'),
    volume: z.string(),
    host: z.string().exactOptional(),
    hostGroup: z.string().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('createProtectionGroup'),
    name: z.string(),
    volumes: names.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('createProtectionGroupSnapshot'),
    group: z.string(),
    suffix: z.string().exactOptional(),
  }),
  /** SafeMode: retention cannot be lowered any more. */
  z.strictObject({ kind: z.literal('ratchetProtectionGroup'), name: z.string() }),
  /** The groups that new volumes join; made when they do not exist. Empty = no default protection. */
  z.strictObject({ kind: z.literal('setDefaultProtection'), protectionGroups: names }),
  z.strictObject({ kind: z.literal('createVolumeGroup'), name: z.string() }),
  z.strictObject({ kind: z.literal('createPod'), name: z.string() }),
  /** Connects the array to another one of this simulator. Default type `async-replication`. */
  z.strictObject({ kind: z.literal('connectArray'), peer: z.string(), type: connectionType.exactOptional() }),
  z.strictObject({ kind: z.literal('disconnectArray'), peer: z.string() }),
  /** Extends a pod to another array, or takes that array out of it. */
  z.strictObject({ kind: z.literal('stretchPod'), pod: z.string(), array: z.string() }),
  z.strictObject({ kind: z.literal('unstretchPod'), pod: z.string(), array: z.string() }),
  /** The arrays that are to stay online when the arrays of the pod are cut off from one another. */
  z.strictObject({ kind: z.literal('setFailoverPreferences'), pod: z.string(), arrays: names }),
  /** Makes another array a target of the group, and allows it there unless told not to. */
  z.strictObject({
    kind: z.literal('addReplicationTarget'),
    group: z.string(),
    array: z.string(),
    allow: z.boolean().exactOptional(),
  }),
  /** A snapshot of the group that is sent to all its targets at once. */
  z.strictObject({ kind: z.literal('replicateNow'), group: z.string(), suffix: z.string().exactOptional() }),
  z.strictObject({ kind: z.literal('setEvergreenOne'), enabled: z.boolean() }),
  /** SafeMode: eradication by hand is refused while disabled. */
  z.strictObject({ kind: z.literal('setManualEradication'), enabled: z.boolean() }),
  /** Whether destroying a connected volume succeeds, with its connections counted in the reply. */
  z.strictObject({ kind: z.literal('setDestroysConnected'), enabled: z.boolean() }),
  /** null: performance as made up from the model (idle); []: an array that has no sample yet. */
  z.strictObject({
    kind: z.literal('setPerformanceSamples'),
    samples: z.array(performanceSample).readonly().nullable(),
  }),
  z.strictObject({ kind: z.literal('setCapacity'), bytes: z.int() }),
  z.strictObject({ kind: z.literal('setNextLun'), lun: z.int() }),
  z.strictObject({ kind: z.literal('setReadOnly'), user: z.string(), readOnly: z.boolean() }),
  z.strictObject({ kind: z.literal('createAdmin'), user: z.string(), role }),
  z.strictObject({ kind: z.literal('setRole'), user: z.string(), role }),
  /** Ends what the array offers: further on exactly these versions are served (an upgrade, or 450 for a removed one). */
  z.strictObject({ kind: z.literal('setRestVersions'), versions: names }),
  z.strictObject({ kind: z.literal('setPurityVersion'), version: z.string() }),
  /** Alerts are numbered from 1. */
  z.strictObject({ kind: z.literal('raiseAlert'), ...newAlert.shape }),
  /** The cause is gone; the alert is named by its number. */
  z.strictObject({ kind: z.literal('closeAlert'), alert: z.string() }),
  /** Of `CT0`, `CH0.PWR1`, `CT1.ETH4`: `ok` until told otherwise. */
  z.strictObject({
    kind: z.literal('setHardwareStatus'),
    component: z.string(),
    status: hardwareStatus,
    details: z.string().exactOptional(),
  }),
  /** Of `CH0.BAY3`: `healthy` until told otherwise. */
  z.strictObject({
    kind: z.literal('setDriveStatus'),
    drive: z.string(),
    status: driveStatus,
    details: z.string().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('setControllerStatus'),
    controller: z.string(),
    status: z.enum(['ready', 'not ready', 'updating', 'unknown']),
  }),
]);

/** One of these operations. */
export type AdminOperation = z.infer<typeof adminOperation>;
