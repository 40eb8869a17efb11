/** `npm run vendor-clients`: the vendor's own clients, where a developer has them, against simulated arrays. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSimulator } from '@cinder-flasharray/simulator';

const usage = `npm run vendor-clients -- [--sdk FOLDER] [--toolkit FOLDER] [options]

Runs the vendor's clients against a simulated array each: volumes, snapshots, hosts and connections, protection groups,
refusals. Nothing of theirs is part of this project: get them yourself, and what they need (docs/simulator.md).

  --sdk FOLDER              folder that holds \`pypureclient\`, the Python SDK for REST 2.x
  --sdk-versions A,B        REST versions to speak with it (default: 2.4,2.26)
  --toolkit FOLDER          folder that holds \`purestorage\`, the toolkit for REST 1.x
  --toolkit-versions A,B    REST versions to speak with it (default: 1.5,1.19)
  --python COMMAND          Python 3 (default: python3); PYTHONPATH is kept
  --help
`;

interface Client {
  readonly script: string;
  /** Put before PYTHONPATH. */
  readonly folder: string;
  readonly versions: string;
}

/** @returns whether every step went well */
async function run(python: string, { script, folder, versions }: Client): Promise<boolean> {
  const place = await mkdtemp(join(tmpdir(), 'vendor-clients-'));
  const simulator = await startSimulator({ arrays: [{ name: 'fa1' }], tlsDirectory: join(place, 'tls') });
  try {
    const [array] = simulator.arrays;
    const child = spawn(python, [join(import.meta.dirname, script)], {
      stdio: 'inherit',
      env: {
        ...process.env,
        PYTHONPATH: [folder, process.env.PYTHONPATH ?? ''].filter((part) => part !== '').join(delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
        ARRAY_ADDRESS: array?.address ?? '',
        ARRAY_TOKEN: array?.apiTokens.pureuser ?? '',
        ARRAY_CA: simulator.caFile ?? '',
        // Every release of the SDK has an option of its own for it.
        SSL_CERT_FILE: simulator.caFile ?? '',
        ARRAY_VERSIONS: versions,
      },
    });
    const [code] = await once(child, 'exit');
    return code === 0;
  } finally {
    await simulator.close();
    await rm(place, { recursive: true, force: true });
  }
}

/** @throws Error that says what to do when the folder does not hold the package */
async function requirePackage(option: string, folder: string, name: string): Promise<void> {
  const isThere = await stat(join(folder, name)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) {
    throw new Error(`${option} ${folder}: there is no folder ${name} in it; see docs/simulator.md`);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      sdk: { type: 'string' },
      'sdk-versions': { type: 'string', default: '2.4,2.26' },
      toolkit: { type: 'string' },
      'toolkit-versions': { type: 'string', default: '1.5,1.19' },
      python: { type: 'string', default: 'python3' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { sdk, toolkit } = values;
  if (values.help || (sdk === undefined && toolkit === undefined)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const clients: Client[] = [];
  if (sdk !== undefined) {
    await requirePackage('--sdk', sdk, 'pypureclient');
    clients.push({ script: 'sdk.py', folder: sdk, versions: values['sdk-versions'] });
  }
  if (toolkit !== undefined) {
    await requirePackage('--toolkit', toolkit, 'purestorage');
    clients.push({ script: 'toolkit.py', folder: toolkit, versions: values['toolkit-versions'] });
  }
  let isGood = true;
  for (const client of clients) {
    console.log(`== ${client.folder}, REST ${client.versions}`);
    isGood = (await run(values.python, client)) && isGood;
  }
  return isGood ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
