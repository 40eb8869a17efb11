import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { kill, type Reply, type Running, request, run, until } from '../../packages/cli/test/processes.ts';
import { DatabaseText } from './database-text.ts';
import type { ApiRequest } from './requests.ts';
import { type Json, shortened, type UpgradeSite } from './state-files.ts';

/** All arrays have this release: REST 2.26, and what Purity replicates. */
export const purity = '6.4.10';

const underWay =
  /"(creating|deleting|extending|retyping|reverting|restoring|managing|unmanaging|updating|failing-over)"/;

const arrayNames: Readonly<Record<UpgradeSite, readonly string[]>> = {
  one: ['fa1'],
  sync: ['fa1', 'fa2'],
  async: ['fa1', 'fa2'],
};

/** A service of the older release and its arrays, on a folder that both are kept in. */
export class OldService {
  readonly simulator: RunningSimulator;
  readonly #command: string;
  readonly #folder: string;
  #running: Running | null = null;
  #url = '';

  private constructor(command: string, folder: string, simulator: RunningSimulator) {
    this.#command = command;
    this.#folder = folder;
    this.simulator = simulator;
  }

  /** @param command the file of the older release's command */
  static async start(command: string, site: UpgradeSite, folder: string): Promise<OldService> {
    await mkdir(folder, { recursive: true });
    const simulator = await startSimulator({
      arrays: arrayNames[site].map((name) => ({ name, purityVersion: purity })),
      connections:
        site === 'one'
          ? []
          : [{ from: 'fa1', to: 'fa2', type: site === 'sync' ? 'sync-replication' : 'async-replication' }],
      stateFile: join(folder, 'arrays.json'),
      tlsDirectory: join(folder, 'tls'),
    });
    const service = new OldService(command, folder, simulator);
    await writeFile(service.#config, configuration(site, folder, simulator));
    await service.startAgain();
    return service;
  }

  /** The process must have ended. */
  async startAgain(): Promise<void> {
    this.#running = run(['serve', '--config-file', this.#config], this.#command);
    const { url } = await this.#running.event('listening');
    this.#url = String(url);
    await this.#running.event('ready');
  }

  /** @throws Error when it is refused */
  async ask({ method, path, body }: ApiRequest): Promise<Reply> {
    const reply = await this.try({ method, path, body });
    if (reply.status >= 400) {
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    }
    return reply;
  }

  try({ method, path, body }: ApiRequest): Promise<Reply> {
    return request(this.#url, method, path, body);
  }

  /** Until nothing is under way. */
  async settle(): Promise<void> {
    await until('rest', async () => {
      const lists = await Promise.all(
        [
          '/volumes/detail',
          '/snapshots/detail',
          '/groups/detail',
          '/group_snapshots/detail',
          '/os-services',
        ].map((path) => this.try({ method: 'GET', path })),
      );
      // The scene has attachments that stay as they are.
      const text = JSON.stringify(lists.map(({ body }) => body));
      return underWay.test(text) ? null : true;
    });
  }

  /** As kill -9 ends it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As SIGTERM ends it. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Everything ends. @returns what the arrays have */
  async close(): Promise<Json> {
    await this.kill();
    await this.simulator.close();
    return shortened(await readFile(join(this.#folder, 'arrays.json'), 'utf8'));
  }

  /** The process must be dead. */
  database(): DatabaseText {
    return new DatabaseText(join(this.#folder, 'cinder.sqlite'));
  }

  get #config(): string {
    return join(this.#folder, 'cinder.conf');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#running !== null) {
      await kill(this.#running, signal);
    }
  }
}

/** What an earlier one has left, for another one to begin with. */
export async function copyState(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}

function configuration(site: UpgradeSite, folder: string, { arrays }: RunningSimulator): string {
  const [primary, ...targets] = arrays;
  const lines = [
    '[DEFAULT]',
    'host = node1',
    'enabled_backends = fa',
    'default_volume_type = plain',
    'osapi_volume_listen_port = 0',
    `state_path = ${folder}`,
    '[fa]',
    'volume_driver = cinder.volume.drivers.pure.PureISCSIDriver',
    'volume_backend_name = fa',
    `san_ip = ${primary?.address ?? ''}`,
    `pure_api_token = ${primary?.apiTokens.pureuser ?? ''}`,
    'driver_ssl_cert_verify = False',
    ...(site === 'async' ? ['pure_replica_interval_default = 300'] : []),
    ...targets.map(
      ({ name, address, apiTokens }) =>
        `replication_device = backend_id:${name},san_ip:${address},api_token:${apiTokens.pureuser},type:${site}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
