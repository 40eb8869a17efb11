import type { Clock } from '@cinder-flasharray/common';
import { type Connection, type Host, isArrayError, type Volume } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError, isTransient } from '../contract/driver-error.ts';
import type { ConnectionInfo, Connector, DisconnectionInfo } from '../contract/records.ts';
import { type AttachHost, type AttachHostDependencies, attachHost, type LookAgain } from './attach-host.ts';
import { type HostConnector, parseConnector } from './connector.ts';
import type { HostDisconnector } from './disconnect-host.ts';
import type { HostLocks } from './host-locks.ts';
import { type VolumeHosts, volumeHosts } from './volume-hosts.ts';

export interface VolumeConnectionsDependencies extends AttachHostDependencies {
  readonly locks: HostLocks;
  readonly disconnector: HostDisconnector;
  readonly clock: Clock;
}

/** Races with changes that somebody else makes to the host are looked at again this often, 1, 2, 4, 8 s apart. */
const attempts = 5;
const firstWait = 1_000;

/** Shows volumes to hosts and takes them away again, over the back end's protocol. */
export class VolumeConnections {
  readonly #dependencies: VolumeConnectionsDependencies;

  constructor(dependencies: VolumeConnectionsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Two rounds when the array knows the host, three when it does not. */
  async connect(volume: string, connector: Connector): Promise<ConnectionInfo> {
    const { locks, protocol } = this.#dependencies;
    const parsed = parseConnector(protocol.initiatorKind, connector);
    try {
      return await locks.run(parsed.initiators.names, () => this.#connectWithRetries(volume, parsed));
    } catch (error) {
      throw arrayFailure(`Connecting volume ${volume} to host ${describe(parsed)}`, error);
    }
  }

  /** Two rounds, three when it was the host's last connection. */
  async disconnect(volume: string, connector: Connector): Promise<DisconnectionInfo | null> {
    return await this.#disconnect(volume, connector, 'warn');
  }

  /** The same, where it is no news that the array has no such host. */
  async disconnectAgain(volume: string, connector: Connector): Promise<void> {
    await this.#disconnect(volume, connector, 'info');
  }

  /** Removes the hosts of a machine that are ours and have no connection. */
  async releaseHost(connector: Connector): Promise<void> {
    const { array, locks, disconnector, protocol } = this.#dependencies;
    const { initiators } = parseConnector(protocol.initiatorKind, connector);
    if ((await array.hosts.findByInitiators(initiators)).length === 0) {
      // Nor is anybody kept waiting for an array that is away.
      return;
    }
    await locks.run(initiators.names, async () => {
      for (const host of await array.hosts.findByInitiators(initiators)) {
        await disconnector.releaseLocked(host);
      }
    });
  }

  /** Ends every private connection of a volume. @throws DriverError `volume-busy` when a host group has it too */
  async disconnectAll(volume: string): Promise<DisconnectionInfo | null> {
    const { array, protocol } = this.#dependencies;
    const { hosts, hostGroup } = await this.hostsOf(volume);
    await this.disconnectFrom(volume, hosts);
    if (hostGroup !== null) {
      throw new DriverError(
        'volume-busy',
        `Volume ${volume} stays connected to host group ${hostGroup} on array ${array.identity.name}; remove it there.`,
      );
    }
    return await protocol.disconnected(array, null, false);
  }

  async hostsOf(volume: string): Promise<VolumeHosts> {
    const { array } = this.#dependencies;
    try {
      try {
        return await volumeHosts(array, volume);
      } catch (error) {
        // One that is silent would be waited for twice.
        if (!isTransient(error) || isArrayError(error, 'timed-out')) {
          throw error;
        }
        // Once the volume has left the array nobody can tell any more: it is asked once more.
        return await volumeHosts(array, volume);
      }
    } catch (error) {
      throw arrayFailure(`Looking for the hosts of volume ${volume}`, error);
    }
  }

  /** Hosts and connections that are gone are fine. */
  async disconnectFrom(volume: string, hosts: readonly Host[]): Promise<void> {
    for (const host of hosts) {
      try {
        await this.#dependencies.disconnector.disconnect(volume, host);
      } catch (error) {
        throw arrayFailure(`Disconnecting volume ${volume} from host ${host.name}`, error);
      }
    }
  }

  /** @param absent how a host that the array does not have is logged */
  async #disconnect(
    volume: string,
    connector: Connector,
    absent: 'warn' | 'info',
  ): Promise<DisconnectionInfo | null> {
    const { array, locks, disconnector, logger, protocol } = this.#dependencies;
    const parsed = parseConnector(protocol.initiatorKind, connector);
    const { host, initiators } = parsed;
    try {
      return await locks.run(initiators.names, async () => {
        const hosts = await array.hosts.findByInitiators(initiators);
        if (hosts.length === 0) {
          logger[absent](
            { volume, host, initiator: initiators.names.join(', ') },
            'no host of the array holds the initiator: nothing to disconnect',
          );
        }
        let unused = hosts.length > 0;
        for (const found of hosts) {
          unused = (await disconnector.disconnectLocked(volume, found)) && unused;
        }
        return await protocol.disconnected(array, parsed, unused);
      });
    } catch (error) {
      throw arrayFailure(`Disconnecting volume ${volume} from host ${describe(parsed)}`, error);
    }
  }

  async #connectWithRetries(volume: string, connector: HostConnector): Promise<ConnectionInfo> {
    const { clock, logger, disconnector } = this.#dependencies;
    const made = new Set<string>();
    try {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await this.#connectOnce(volume, connector, made);
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
    } catch (error) {
      // An attach that failed leaves no host of its own behind, unless somebody has connected to it meanwhile.
      for (const host of made) {
        await disconnector.removeUnusedHost(host);
      }
      throw error;
    }
  }

  async #connectOnce(
    volumeName: string,
    connector: HostConnector,
    made: Set<string>,
  ): Promise<LookAgain | { readonly kind: 'connected'; readonly info: ConnectionInfo }> {
    const { array, protocol } = this.#dependencies;
    const [hosts, paths, volume] = await Promise.all([
      array.hosts.findByInitiators(connector.initiators),
      protocol.paths(array, connector),
      this.#liveVolume(volumeName),
    ]);
    const host = await attachHost(this.#dependencies, connector, hosts, made);
    if ('kind' in host) {
      return host;
    }
    const usable = paths.through(host.initiators);
    const connected = await this.#connectTo(volumeName, host);
    if (connected.kind === 'look-again') {
      return connected;
    }
    return {
      kind: 'connected',
      info: usable.info({ volume, connection: connected.connection, chap: host.chap }),
    };
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
  ): Promise<LookAgain | { readonly kind: 'connected'; readonly connection: Connection }> {
    const { array } = this.#dependencies;
    try {
      return { kind: 'connected', connection: await array.connections.create(volume, host.name) };
    } catch (error) {
      if (isArrayError(error, 'already-exists')) {
        const [connection] = await array.connections.list({ volume, host: host.name });
        return connection === undefined
          ? { kind: 'look-again', cause: error }
          : { kind: 'connected', connection };
      }
      if (isArrayError(error, 'not-found') && (await array.hosts.find(host.name)) === null) {
        return { kind: 'look-again', cause: error };
      }
      throw error;
    }
  }
}

function describe({ host, initiators }: HostConnector): string {
  return `${host} (${initiators.names.join(', ')})`;
}
