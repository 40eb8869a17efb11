import { edit, type Proof } from '../proof.ts';

const protocols = 'packages/driver/test/acceptance/protocols.test.ts';
const uniform = 'packages/driver/test/acceptance/uniform.test.ts';
const synchronous = 'packages/driver/test/acceptance/sync-replication.test.ts';
const driver = 'packages/driver/src/connections';

/** Fibre Channel and NVMe, and hosts that reach two arrays. */
export const protocolProofs: readonly Proof[] = [
  // Fibre Channel.
  {
    claims: ['D30', 'case 46'],
    edits: [
      edit(
        `${driver}/connector.ts`,
        'texts(connector[keys[kind]])',
        'texts(connector[keys[kind]]).slice(-1)',
      ),
    ],
    test: { file: protocols, title: 'case 46: ' },
  },
  {
    claims: ['D30'],
    edits: [edit(`${driver}/attach-host.ts`, 'names: free })', 'names: free.slice(1) })')],
    test: {
      file: 'packages/driver/test/hosts.test.ts',
      title: 'a host of ours gets the initiators that it lacks',
    },
  },
  {
    claims: ['case 47'],
    edits: [
      edit(
        `${driver}/fibre-channel.ts`,
        'fabric.initiators.includes(initiator) && fabric',
        'fabric.initiators.includes(initiator) || fabric',
      ),
    ],
    test: { file: protocols, title: 'case 47: ' },
  },
  {
    claims: ['case 48'],
    edits: [
      edit(
        `${driver}/volume-connections.ts`,
        'disconnectLocked(volume, found)) && unused',
        'disconnectLocked(volume, found)) || unused',
      ),
    ],
    test: { file: protocols, title: 'case 48: ' },
  },
  // NVMe.
  {
    claims: ['case 49'],
    edits: [edit('packages/driver/src/names/volume-name.ts', 'serial.slice(0, 14)', 'serial.slice(0, 12)')],
    test: { file: protocols, title: 'case 49: ' },
  },
  {
    claims: ['case 50'],
    edits: [
      edit(
        `${driver}/connector.ts`,
        "spelling.length === 0 || (kind !== 'wwn' && spelling.length > 1)",
        "kind !== 'wwn' && spelling.length > 1",
      ),
    ],
    test: { file: protocols, title: 'case 50: ' },
  },
  {
    claims: ['D15', 'case 51'],
    edits: [
      edit(`${driver}/nvme.ts`, 'import { nvmeHostName }', 'import { hostName }'),
      edit(`${driver}/nvme.ts`, 'hostName: nvmeHostName,', 'hostName,'),
    ],
    test: { file: protocols, title: 'case 51: ' },
  },
  // Two arrays at a time.
  {
    claims: ['case 57'],
    edits: [
      edit(
        `${driver}/joined-info.ts`,
        'target_luns: all.flatMap(({ target_luns }) => target_luns),\n          target_iqns',
        'target_luns: all.flatMap(() => first.data.target_luns),\n          target_iqns',
      ),
    ],
    test: { file: synchronous, title: 'case 57: ' },
  },
  {
    claims: ['case 57'],
    edits: [
      edit(
        `${driver}/joined-info.ts`,
        'target_luns: all.flatMap(({ target_luns }) => target_luns),\n          target_wwn',
        'target_luns: wwns.map(() => first.data.target_lun),\n          target_wwn',
      ),
    ],
    test: { file: uniform, title: 'case 57: over Fibre Channel' },
  },
  {
    claims: ['D22', 'case 57'],
    edits: [
      edit(
        `${driver}/joined-info.ts`,
        'all.map(({ target_nqn, portals }) => ({ target_nqn, portals }))',
        'all.map(({ portals }) => ({ target_nqn: first.data.target_nqn, portals }))',
      ),
    ],
    test: { file: uniform, title: 'case 57: over NVMe' },
  },
  {
    claims: ['case 58'],
    edits: [
      edit(
        `${driver}/backend-connections.ts`,
        'missed({ backendId, volumeName: volume, isTarget });',
        'if (isTarget) {\n            missed({ backendId, volumeName: volume, isTarget });\n          }',
      ),
    ],
    test: { file: synchronous, title: 'case 58: ' },
  },
];
