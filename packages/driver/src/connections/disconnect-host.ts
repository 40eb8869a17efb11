import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, type Host, isArrayError } from '@cinder-flasharray/flasharray';
import { isTransient } from '../contract/driver-error.ts';
import { isOurHost } from '../names/host-name.ts';
import type { HostLocks } from './host-locks.ts';

/** Ends connections, and removes hosts of ours that have none left. */
export class HostDisconnector {
  readonly #array: FlashArray;
  readonly #locks: HostLocks;
  readonly #logger: Logger;

  constructor(array: FlashArray, locks: HostLocks, logger: Logger) {
    this.#array = array;
    this.#locks = locks;
    this.#logger = logger;
  }

  /** Reads the host again, under its lock. Hosts and connections that are gone are fine. */
  async disconnect(volume: string, { name, iqns, wwns, nqns }: Host): Promise<void> {
    await this.#locks.run([...iqns, ...wwns, ...nqns], async () => {
      const host = await this.#array.hosts.find(name);
      if (host !== null) {
        await this.disconnectLocked(volume, host);
      }
    });
  }

  /**
   * For callers that hold the host's lock and have just read the host. One round, a second one when it was the
   * host's last connection.
   * @returns whether the host has no connection left
   */
  async disconnectLocked(volume: string, host: Host): Promise<boolean> {
    const ended = await this.#endConnection(volume, host.name);
    const unused = await this.#isUnused(host, ended);
    if (!unused || !isOurHost(host.name)) {
      return unused;
    }
    try {
      return await this.#removeHost(host.name);
    } catch (error) {
      if (!isTransient(error)) {
        throw error;
      }
      // Who ends the connections of a volume again finds none, and never hears of this host: it is asked once more.
      return await this.#removeHost(host.name);
    }
  }

  /** For callers that hold the host's lock and have just read it: it goes when it is ours and has no connection. */
  async releaseLocked(host: Host): Promise<void> {
    if (isOurHost(host.name) && (await this.#isUnused(host, 'absent'))) {
      await this.#removeHost(host.name);
    }
  }

  /**
   * After an attach that failed: a host that it made has no connection, unless somebody else uses it. Trouble with that
   * is only logged: the attach has failed anyway, and its caller undoes it with a detach, which does the same.
   */
  async removeUnusedHost(name: string): Promise<void> {
    try {
      await this.#removeHost(name);
    } catch (error) {
      if (!isArrayError(error)) {
        throw error;
      }
      this.#logger.warn(
        { host: name, code: error.code, error },
        'could not remove the host of a failed attach',
      );
    }
  }

  /** @returns whether it was there, and this call has ended it; `unknown`: one before it may have, whose reply was lost */
  async #endConnection(volume: string, host: string): Promise<'ended' | 'absent' | 'unknown'> {
    try {
      return await this.#tryToEnd(volume, host);
    } catch (error) {
      // One that is silent would be waited for twice.
      if (!isTransient(error) || isArrayError(error, 'timed-out')) {
        throw error;
      }
      // Whoever does it again may find no connection, and never hear of a host that has none left: it is asked once more.
      const outcome = await this.#tryToEnd(volume, host);
      return outcome === 'absent' ? 'unknown' : outcome;
    }
  }

  async #tryToEnd(volume: string, host: string): Promise<'ended' | 'absent'> {
    try {
      await this.#array.connections.delete(volume, host);
      return 'ended';
    } catch (error) {
      if (!isArrayError(error, 'not-found', 'destroyed')) {
        throw error;
      }
      this.#logger.info({ volume, host, code: error.code }, 'the connection to end is not on the array');
      return 'absent';
    }
  }

  async #isUnused({ name, connections }: Host, end: 'ended' | 'absent' | 'unknown'): Promise<boolean> {
    if (connections.kind === 'counted' && end !== 'unknown') {
      return connections.count - (end === 'ended' ? 1 : 0) <= 0;
    }
    return (await this.#array.connections.list({ host: name })).length === 0;
  }

  /**
   * @returns false when the array says that somebody has connected to it meanwhile
   * @throws ArrayError about trouble that may pass: the connection is gone already when the caller does the same again
   */
  async #removeHost(name: string): Promise<boolean> {
    try {
      await this.#array.hosts.delete(name);
      return true;
    } catch (error) {
      if (!isArrayError(error) || isTransient(error)) {
        throw error;
      }
      const { code } = error;
      if (code === 'not-found' || code === 'connected') {
        this.#logger.info({ host: name, code }, 'the host stays or is gone already');
        return code === 'not-found';
      }
      // In a host group, say: it shows nothing any more, and whoever put it there takes it away.
      this.#logger.warn(
        { host: name, code, error },
        'the array does not let a host go that has no connection left',
      );
      return true;
    }
  }
}
