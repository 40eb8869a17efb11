import { edit, type Proof } from '../proof.ts';

const driver = 'packages/driver/src/connections';

/** Hosts, connections, and what is told to os-brick. */
export const connectionProofs: readonly Proof[] = [
  {
    claims: ['D13', 'case 44'],
    edits: [
      edit(
        `${driver}/portals.ts`,
        'own.enabled && own.services.includes(service)',
        'own.enabled || own.services.includes(service)',
      ),
    ],
    test: {
      file: 'packages/driver/src/connections/portals.test.ts',
      title: 'case 44: of the ports that an array lists one whose interface has the service, and is down',
    },
  },
];
