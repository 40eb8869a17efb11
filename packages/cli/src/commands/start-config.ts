import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectControl } from '@cinder-flasharray/simulator';
import { systemCode } from '../exit-code.ts';
import type { SimulatorAddresses } from './simulate.ts';

/** What `npm start` finds of an earlier one in its state folder. */
export interface EarlierStart {
  readonly configFile: string;
  /** The whole of `cinder.conf`, which its owner may have changed. */
  readonly text: string;
  readonly replication: string | null;
  /** `127.0.0.1:8443` by name, where it looks for the arrays; those that it does not name are missing. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly arrayPorts: ReadonlyMap<string, number>;
}

/** How the configuration of a first start is made. */
interface ConfigOptions {
  readonly state: string;
  readonly port: number | null;
  readonly replication: 'async' | 'sync' | null;
}

/** User of the simulated arrays whose token the service uses. */
const arrayUser = 'pureuser';
const defaultPort = 8776;
const portLine = /^osapi_volume_listen_port *=.*$/m;

const configOf = (state: string): string => join(state, 'cinder.conf');

/** @returns null: there was none in this folder */
export async function earlierStart(state: string): Promise<EarlierStart | null> {
  const configFile = configOf(state);
  let text: string;
  try {
    text = await readFile(configFile, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') {
      return null;
    }
    throw error;
  }
  const addresses = addressesOf(text);
  return {
    configFile,
    text,
    replication: /^replication_device *=.*\btype:(\w+)/m.exec(text)?.[1] ?? null,
    addresses,
    arrayPorts: new Map([...addresses].map(([name, address]) => [name, Number(address.split(':').at(-1))])),
  };
}

function addressesOf(text: string): ReadonlyMap<string, string> {
  const sections = text.matchAll(/^\[(fa\d)\]$[^[]*?^san_ip *= *([\w.]+:\d+) *$/gm);
  const targets = text.matchAll(/\bbackend_id:(fa\d),san_ip:([\w.]+:\d+)/g);
  return new Map([...sections, ...targets].map(([, name = '', address = '']) => [name, address]));
}

/**
 * What is there is kept, but for the ports: of the API where another one is asked for, and of the arrays where they listen
 * somewhere else now.
 * @returns the configuration file
 */
export async function movePorts(
  { configFile, text, addresses: before }: EarlierStart,
  { port }: Pick<ConfigOptions, 'port'>,
  { arrays }: SimulatorAddresses,
): Promise<string> {
  const moved = new Map(arrays.map(({ name, address }) => [before.get(name) ?? address, address]));
  // All at once: one array may have the port now that the other one had.
  const withArrays = text.replaceAll(/\b127\.0\.0\.1:\d+\b/g, (old) => moved.get(old) ?? old);
  const line = `osapi_volume_listen_port = ${port}`;
  const result =
    port === null
      ? withArrays
      : portLine.test(withArrays)
        ? withArrays.replace(portLine, line)
        : withArrays.replace(/^\[DEFAULT\]$/m, `[DEFAULT]\n${line}`);
  if (result !== text) {
    await writeFile(configFile, result, { mode: 0o600 });
  }
  return configFile;
}

/** The configuration of a first start, with a token made as an operator would. @returns the configuration file */
export async function writeConfig(options: ConfigOptions, addresses: SimulatorAddresses): Promise<string> {
  const control = connectControl(addresses.controlUrl);
  const found = [];
  for (const { name, address } of addresses.arrays) {
    const existing = await control.listApiTokens(name, { user: arrayUser, expose: true });
    const token = existing[0]?.token ?? (await control.createApiToken(name, arrayUser)).token;
    found.push({ name, address, token });
  }
  const { replication } = options;
  const primaries = replication === null ? found : found.slice(0, 1);
  const targets = replication === null ? [] : found.slice(1);
  const sections = primaries.map(({ name, address, token }) =>
    [
      `[${name}]`,
      `volume_backend_name = ${name}`,
      'volume_driver = cinder.volume.drivers.pure.PureISCSIDriver',
      `san_ip = ${address}`,
      `pure_api_token = ${token}`,
      'driver_ssl_cert_verify = True',
      `driver_ssl_cert_path = ${addresses.caFile}`,
      'use_chap_auth = True',
      'use_multipath_for_image_xfer = True',
      ...targets.map(
        (target) =>
          `replication_device = backend_id:${target.name},san_ip:${target.address},api_token:${target.token},type:${replication},uniform:${replication === 'sync'},ssl_cert_verify:true,ssl_cert_path:${addresses.caFile}`,
      ),
    ].join('\n'),
  );
  const text = `${[
    [
      '[DEFAULT]',
      `enabled_backends = ${primaries.map(({ name }) => name).join(',')}`,
      `default_volume_type = ${addresses.arrays[0]?.name ?? ''}`,
      'osapi_volume_listen = 127.0.0.1',
      `osapi_volume_listen_port = ${options.port ?? defaultPort}`,
      'host = standalone',
      `state_path = ${options.state}`,
    ].join('\n'),
    ...sections,
  ].join('\n\n')}\n`;
  const file = configOf(options.state);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
