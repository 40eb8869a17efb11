import { edit, type Proof } from '../proof.ts';

const acceptance = 'packages/driver/test/acceptance/connections.test.ts';
const defects = 'packages/driver/test/defects.test.ts';
const driver = 'packages/driver/src/connections';
const source = 'packages/driver/src';
const client = 'packages/flasharray/src';

/** Hosts, connections, and what is told to os-brick. */
export const connectionProofs: readonly Proof[] = [
  // Hosts.
  {
    claims: ['case 32'],
    edits: [
      edit(
        `${driver}/iscsi.ts`,
        'target_iqns: targets.map(({ name }) => name)',
        'target_iqns: [...new Set(targets.map(({ name }) => name))]',
      ),
    ],
    test: { file: acceptance, title: 'case 32: ' },
  },
  {
    claims: ['case 33'],
    edits: [
      edit(
        `${driver}/volume-connections.ts`,
        "isArrayError(error, 'already-exists')",
        "isArrayError(error, 'connected')",
      ),
    ],
    test: { file: acceptance, title: 'case 33: ' },
  },
  {
    claims: ['case 34'],
    edits: [
      edit(`${driver}/disconnect-host.ts`, 'if (!unused || !isOurHost(host.name)) {', 'if (!unused) {'),
    ],
    test: { file: acceptance, title: 'case 34: ' },
  },
  {
    claims: ['case 38'],
    edits: [
      edit(
        `${driver}/attach-host.ts`,
        'connector.systemUuid ?? randomUuid()',
        'made.size > 0 ? randomUuid() : (connector.systemUuid ?? randomUuid())',
      ),
    ],
    test: { file: acceptance, title: 'case 38: ' },
  },
  {
    claims: ['case 39'],
    edits: [
      edit(
        `${driver}/attach-host.ts`,
        "'already-exists', 'initiator-in-use')",
        "'already-exists', 'initiator-in-use', 'limit-reached')",
      ),
    ],
    test: { file: acceptance, title: 'case 39: ' },
  },
  {
    claims: ['D33'],
    edits: [
      edit(
        `${client}/http/refusal.ts`,
        'entries.length === 0 ? undefined',
        'entries.length <= 1 ? undefined',
      ),
    ],
    test: { file: acceptance, title: 'case 39: ' },
  },
  {
    claims: ['case 52'],
    edits: [
      edit(`${driver}/connector.ts`, "uuid.replaceAll('-', '').toLowerCase()", "uuid.replaceAll('-', '')"),
    ],
    test: { file: acceptance, title: 'case 52: a host of a machine with a UUID in capitals' },
  },
  // CHAP, and what is logged.
  {
    claims: ['case 35'],
    edits: [
      edit(
        `${driver}/attach-host.ts`,
        'if (!isOurHost(host.name)) {',
        'if (!isOurHost(host.name) && host.chapUser !== null) {',
      ),
    ],
    test: { file: acceptance, title: 'case 35: ' },
  },
  {
    claims: ['case 36'],
    edits: [edit(`${driver}/attach-host.ts`, 'stored ?? (await secrets.insertIfAbsent(initiator, ', '((')],
    test: { file: acceptance, title: 'case 36: ' },
  },
  {
    claims: ['D42'],
    edits: [
      edit(
        `${driver}/attach-host.ts`,
        'if (host.chapUser !== chap.user) {',
        'if (host.chapUser !== null && host.chapUser !== chap.user) {',
      ),
    ],
    test: { file: defects, title: 'a host made before CHAP was turned on' },
  },
  {
    claims: ['D16', 'case 37'],
    edits: [
      edit(
        `${client}/http/array-http.ts`,
        'ms: clock.elapsed() - started,',
        'ms: clock.elapsed() - started,\n        body: request.body ?? null,',
      ),
    ],
    test: { file: acceptance, title: 'case 37: ' },
  },
  {
    claims: ['D16', 'a traced call tells nothing of its arguments'],
    edits: [
      edit(
        `${source}/backend/debug-trace.ts`,
        '[]): unknown => {\n        logger.debug({}',
        '[]): unknown => {\n        logger.debug({ given: String(given) }',
      ),
    ],
    test: { file: `${source}/backend/debug-trace.test.ts`, title: 'every method is traced' },
  },
  // Portals.
  {
    claims: ['case 40'],
    edits: [
      edit(
        `${driver}/portals.ts`,
        'all.filter(({ address }) => cidrs.some((cidr) => cidr.contains(address)))',
        'cidrs.flatMap((cidr) => all.filter(({ address }) => cidr.contains(address)))',
      ),
    ],
    test: { file: acceptance, title: 'case 40: ' },
  },
  {
    claims: ['case 41'],
    edits: [
      edit(`${driver}/volume-connections.ts`, 'const [hosts, paths, volume]', 'const [hosts, volume]'),
      edit(`${driver}/volume-connections.ts`, 'protocol.paths(array, connector),\n      ', ''),
      edit(`${driver}/volume-connections.ts`, 'const usable = paths.through(host.initiators);\n    ', ''),
      edit(
        `${driver}/volume-connections.ts`,
        'info: usable.info(',
        'info: (await protocol.paths(array, connector)).through(host.initiators).info(',
      ),
    ],
    test: { file: acceptance, title: 'case 41: ' },
  },
  {
    claims: ['case 42'],
    edits: [edit(`${driver}/portals.ts`, "address.includes(':')", "address.startsWith(':')")],
    test: { file: acceptance, title: 'case 42: ' },
  },
  {
    claims: ['case 43'],
    edits: [edit(`${source}/config/cidr.ts`, 'if ((addressBits(', 'if (family === 6 && (addressBits(')],
    test: { file: `${source}/config/read-backend-config.test.ts`, title: 'case 43: ' },
  },
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
      file: `${driver}/portals.test.ts`,
      title: 'case 44: of the ports that an array lists one whose interface has the service, and is down',
    },
  },
  {
    claims: ['case 45'],
    edits: [
      edit(
        `${driver}/iscsi.ts`,
        'return connection.lun;',
        'return connection.lun > 255 ? connection.lun + 16_384 : connection.lun;',
      ),
    ],
    test: { file: acceptance, title: 'case 45: ' },
  },
  // Detaching.
  {
    claims: ['case 53'],
    edits: [
      edit(
        'packages/volume-manager/src/operations/connections/end-attachment.ts',
        'sharesHost(volume.attachments, connector, id)',
        'sharesHost([attachment], connector, id)',
      ),
    ],
    test: { file: 'packages/volume-manager/test/multiattach.test.ts', title: 'case 53: ' },
  },
  {
    claims: ['D21', 'case 54'],
    edits: [
      edit(
        `${driver}/volume-connections.ts`,
        'await this.disconnectFrom(volume, hosts);',
        'await this.disconnectFrom(volume, hosts.slice(0, 1));',
      ),
    ],
    test: { file: acceptance, title: 'case 54: ' },
  },
  {
    claims: ['D29'],
    edits: [edit(`${source}/tags/volume-tags.ts`, "['VmId']", "['VolType']")],
    test: { file: defects, title: 'a detached volume belongs to no instance' },
  },
  {
    claims: ['D44'],
    edits: [
      edit(
        `${driver}/volume-connections.ts`,
        'no host of the array holds the initiator: nothing',
        'no host of the array holds %s: nothing',
      ),
    ],
    test: { file: defects, title: 'log lines name what they are about' },
  },
  {
    claims: ['case 55'],
    edits: [
      edit(
        `${driver}/volume-connections.ts`,
        'if (hosts.length === 0) {\n          logger[absent](',
        "if (hosts.length === 0) {\n          throw new TypeError('no host');\n        }\n        if (hosts.length === 0) {\n          logger[absent](",
      ),
    ],
    test: { file: acceptance, title: 'case 55: ' },
  },
  {
    claims: ['case 56'],
    edits: [
      edit(
        `${driver}/volume-connections.ts`,
        'return await locks.run(initiators.names, async () => {',
        'return await locks.run([], async () => {',
      ),
    ],
    test: { file: acceptance, title: 'case 56: a detach waits for an attach' },
  },
  {
    claims: ['D19'],
    edits: [
      edit(
        `${source}/arrays/backend-arrays.ts`,
        'return [...this.#places.values()];',
        'return [...this.#places.values(), ...this.#places.values()];',
      ),
    ],
    test: { file: 'packages/driver/test/opened-again.test.ts', title: 'a driver that is set up once more' },
  },
];
