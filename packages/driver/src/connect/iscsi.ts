import { type Connection, type FlashArray, isArrayError, type Volume } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../driver-error.ts';
import { scsiWwid } from '../naming/volume-name.ts';
import type { ConnectionInfo, Connector } from '../volume-driver.ts';
import { type AttachHost, type AttachHostDependencies, attachHost, type LookAgain } from './attach-host.ts';
import { type IscsiConnector, parseIscsiConnector } from './connector.ts';
import type { HostDisconnector } from './disconnect-host.ts';
import type { HostLocks } from './host-locks.ts';
import { type IscsiTarget, iscsiTargets } from './iscsi-portals.ts';

export interface IscsiDependencies extends AttachHostDependencies {
  readonly locks: HostLocks;
  readonly disconnector: HostDisconnector;
}

/** Races with changes that somebody else makes to the host are looked at again this often, 1, 2, 4, 8 s apart. */
const attempts = 5;
const firstWait = 1_000;

/** How the iSCSI back end shows volumes to hosts. */
export class Iscsi {
  readonly #dependencies: IscsiDependencies;

  constructor(dependencies: IscsiDependencies) {
    this.#dependencies = dependencies;
  }

  /** Two rounds when the array knows the host, three when it does not. */
  async connect(volume: string, connector: Connector): Promise<ConnectionInfo> {
    const parsed = parseIscsiConnector(connector);
    try {
      return await this.#dependencies.locks.run([parsed.initiator], () =>
        this.#connectWithRetries(volume, parsed),
      );
    } catch (error) {
      throw arrayFailure(`Connecting volume ${volume} to host ${parsed.host} (${parsed.initiator})`, error);
    }
  }

  /** Two rounds, three when it was the host's last connection. */
  async disconnect(volume: string, connector: Connector): Promise<void> {
    const { array, locks, disconnector, logger } = this.#dependencies;
    const { host, initiator } = parseIscsiConnector(connector);
    try {
      await locks.run([initiator], async () => {
        const hosts = await array.hosts.findByIqn(initiator);
        if (hosts.length === 0) {
          logger.warn(
            { volume, host, initiator },
            'no host of the array holds the initiator: nothing to disconnect',
          );
        }
        for (const found of hosts) {
          await disconnector.disconnectLocked(volume, found);
        }
      });
    } catch (error) {
      throw arrayFailure(`Disconnecting volume ${volume} from host ${host} (${initiator})`, error);
    }
  }

  async #connectWithRetries(volume: string, connector: IscsiConnector): Promise<ConnectionInfo> {
    const { clock, logger } = this.#dependencies;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#connectOnce(volume, connector);
      if (outcome.kind === 'connected') {
        return outcome.info;
      }
      if (attempt === attempts) {
        throw outcome.cause;
      }
      logger.info(
        { volume, attempt, reason: outcome.cause.message },
        'the host changed meanwhile: looking it up again',
      );
      await clock.wait(firstWait * 2 ** (attempt - 1));
    }
  }

  async #connectOnce(
    volumeName: string,
    connector: IscsiConnector,
  ): Promise<LookAgain | { readonly kind: 'connected'; readonly info: ConnectionInfo }> {
    const { array } = this.#dependencies;
    const [hosts, targets, volume] = await Promise.all([
      array.hosts.findByIqn(connector.initiator),
      this.#targets(),
      this.#liveVolume(volumeName),
    ]);
    const host = await attachHost(this.#dependencies, connector, hosts[0] ?? null);
    if ('kind' in host) {
      return host;
    }
    const connected = await this.#connectTo(volumeName, host);
    if (connected.kind === 'look-again') {
      return connected;
    }
    return { kind: 'connected', info: connectionInfo(volume, targets, connected.lun, host) };
  }

  async #targets(): Promise<readonly IscsiTarget[]> {
    const { array, config } = this.#dependencies;
    const [ports, interfaces, controllers] = await Promise.all([
      array.ports.list(),
      array.networkInterfaces.list(),
      array.arrays.readyControllers(),
    ]);
    const found = iscsiTargets(ports, interfaces, controllers, config.iscsiCidrs);
    switch (found.kind) {
      case 'targets':
        return found.targets;
      case 'no-ports':
        throw new DriverError('driver', `No iSCSI-enabled ports on target array ${array.identity.name}.`);
      case 'none-allowed':
        throw new DriverError(
          'driver',
          `No iSCSI portal of array ${array.identity.name} is inside pure_iscsi_cidr ` +
            `${config.iscsiCidrs.map(({ text }) => text).join(', ')}: it has ${found.portals.join(', ')}.`,
        );
    }
  }

  async #liveVolume(name: string): Promise<Volume> {
    const { array } = this.#dependencies;
    const state = await array.volumes.find(name);
    if (state.kind !== 'live') {
      throw new DriverError('driver', `Volume ${name} is ${state.kind} on array ${array.identity.name}.`);
    }
    return state.volume;
  }

  async #connectTo(
    volume: string,
    host: AttachHost,
  ): Promise<LookAgain | { readonly kind: 'connected'; readonly lun: number }> {
    const { array } = this.#dependencies;
    try {
      return { kind: 'connected', lun: lunOf(await array.connections.create(volume, host.name), array) };
    } catch (error) {
      if (isArrayError(error, 'already-exists')) {
        const existing = await array.connections.list({ volume, host: host.name });
        const [connection] = existing;
        if (connection !== undefined) {
          return { kind: 'connected', lun: lunOf(connection, array) };
        }
        return { kind: 'look-again', cause: error };
      }
      if (isArrayError(error, 'not-found') && (await array.hosts.find(host.name)) === null) {
        return { kind: 'look-again', cause: error };
      }
      await this.#removeUnusedHost(host);
      throw error;
    }
  }

  /** An attach that failed leaves no host of its own behind. */
  async #removeUnusedHost(host: AttachHost): Promise<void> {
    if (!host.created) {
      return;
    }
    const { array, logger } = this.#dependencies;
    try {
      await array.hosts.delete(host.name);
    } catch (error) {
      if (!isArrayError(error)) {
        throw error;
      }
      logger.warn(
        { host: host.name, code: error.code, error },
        'could not remove the host of a failed attach',
      );
    }
  }
}

function lunOf(connection: Connection, array: FlashArray): number {
  if (connection.lun === null) {
    throw new DriverError(
      'driver',
      `Array ${array.identity.name} connected volume ${connection.volume} to host ${connection.host} without a LUN.`,
    );
  }
  return connection.lun;
}

function connectionInfo(
  volume: Volume,
  targets: readonly IscsiTarget[],
  lun: number,
  host: AttachHost,
): ConnectionInfo {
  return {
    driver_volume_type: 'iscsi',
    data: {
      target_discovered: false,
      discard: true,
      addressing_mode: 'SAM2',
      target_luns: targets.map(() => lun),
      target_iqns: targets.map(({ iqn }) => iqn),
      target_portals: targets.map(({ portal }) => portal),
      wwn: scsiWwid(volume.serial),
      ...(host.chap === null
        ? {}
        : {
            auth_method: 'CHAP',
            auth_username: host.chap.user,
            auth_password: host.chap.password.expose(),
          }),
    },
  };
}
