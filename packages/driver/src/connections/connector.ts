import type { Initiators } from '@cinder-flasharray/flasharray';
import { DriverError } from '../contract/driver-error.ts';
import type { Connector } from '../contract/records.ts';

/** The parts of a connector (os-brick) that the driver needs. */
export interface HostConnector {
  /** Name of the machine. */
  readonly host: string;
  /** By which the array knows the machine. WWNs are 16 upper-case hex digits without colons. At least one. */
  readonly initiators: Initiators;
  /** The initiators as the connector spells them. */
  readonly spelling: readonly string[];
  /** Hex digits of the system's UUID, dashes removed; null when the connector has none that is a UUID. */
  readonly systemUuid: string | null;
}

const needs: Readonly<Record<Initiators['kind'], string>> = {
  iqn: 'iSCSI needs the initiator\'s IQN in "initiator"',
  wwn: 'Fibre Channel needs the WWNs of the host\'s ports in "wwpns"',
  nqn: 'NVMe needs the host\'s NQN in "nqn"',
};
const keys: Readonly<Record<Initiators['kind'], string>> = { iqn: 'initiator', wwn: 'wwpns', nqn: 'nqn' };

/** @throws DriverError `invalid-connector` naming the missing key */
export function parseConnector(kind: Initiators['kind'], connector: Connector): HostConnector {
  const spelling = texts(connector[keys[kind]]);
  if (spelling.length === 0 || (kind !== 'wwn' && spelling.length > 1)) {
    throw lacking(kind, keys[kind]);
  }
  const [host] = texts(connector.host);
  if (host === undefined) {
    throw lacking(kind, 'host');
  }
  const uuid = connector['system uuid'];
  const digits = typeof uuid === 'string' ? uuid.replaceAll('-', '').toLowerCase() : '';
  return {
    host,
    initiators: { kind, names: kind === 'wwn' ? spelling.map(plainWwpn) : spelling },
    spelling,
    systemUuid: /^[0-9a-f]{32}$/.test(digits) ? digits : null,
  };
}

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => (typeof item === 'string' && item.trim() !== '' ? [item.trim()] : []));
}

function plainWwpn(text: string): string {
  const digits = text.replaceAll(':', '').toUpperCase();
  if (!/^[0-9A-F]{16}$/.test(digits)) {
    throw new DriverError(
      'invalid-connector',
      `The connector's "wwpns" hold "${text}": a WWN has 16 hexadecimal digits.`,
      { nothingMade: true },
    );
  }
  return digits;
}

function lacking(kind: Initiators['kind'], key: string): DriverError {
  return new DriverError(
    'invalid-connector',
    `The connector lacks "${key}": ${needs[kind]} and the machine's name in "host".`,
    { nothingMade: true },
  );
}
