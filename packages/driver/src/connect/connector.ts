import { DriverError } from '../driver-error.ts';
import type { Connector } from '../volume-driver.ts';

/** The parts of a connector that iSCSI needs. */
export interface IscsiConnector {
  /** Name of the machine. */
  readonly host: string;
  /** Its IQN. */
  readonly initiator: string;
  /** Hex digits of the system's UUID, dashes removed; null when the connector has none that is a UUID. */
  readonly systemUuid: string | null;
}

function text(connector: Connector, key: string): string {
  const value = connector[key];
  if (typeof value !== 'string' || value.trim() === '') {
    throw new DriverError(
      'invalid-connector',
      `The connector lacks "${key}": iSCSI needs the initiator's IQN in "initiator" and the machine's name in "host".`,
      { nothingMade: true },
    );
  }
  return value.trim();
}

/** @throws DriverError `invalid-connector` naming the missing key */
export function parseIscsiConnector(connector: Connector): IscsiConnector {
  const uuid = connector['system uuid'];
  const digits = typeof uuid === 'string' ? uuid.replaceAll('-', '').toLowerCase() : '';
  return {
    initiator: text(connector, 'initiator'),
    host: text(connector, 'host'),
    systemUuid: /^[0-9a-f]{32}$/.test(digits) ? digits : null,
  };
}
