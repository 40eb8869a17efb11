import type { Clock, Logger, Secret } from '@cinder-flasharray/common';
import type { HostPersonality } from '@cinder-flasharray/flasharray';
import {
  type ArrayError,
  type ChapCredentials,
  type FlashArray,
  type Host,
  isArrayError,
} from '@cinder-flasharray/flasharray';
import { DriverError } from '../contract/driver-error.ts';
import { isOurHost } from '../names/host-name.ts';
import { generateChapSecret, type InitiatorSecrets } from './chap.ts';
import type { HostConnector } from './connector.ts';
import type { Protocol } from './protocol.ts';

export interface AttachHostDependencies {
  readonly array: FlashArray;
  readonly protocol: Protocol;
  readonly hostPersonality: HostPersonality | null;
  readonly secrets: InitiatorSecrets;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomInteger: (below: number) => number;
  readonly randomUuid: () => string;
}

/** The array's host for a connector, ready to be connected to. */
export interface AttachHost {
  readonly name: string;
  /** Made by this call: to be removed when the attach fails. */
  readonly created: boolean;
  readonly chap: ChapCredentials | null;
}

/** A race with somebody else's change of the host: the caller looks it up again. */
export interface LookAgain {
  readonly kind: 'look-again';
  readonly cause: ArrayError;
}

/**
 * Makes the found host fit the configuration, or makes a host. Any host that holds the initiator is used as it is,
 * ours or the administrator's; only hosts of ours get credentials.
 */
export async function attachHost(
  dependencies: AttachHostDependencies,
  connector: HostConnector,
  found: Host | null,
): Promise<AttachHost | LookAgain> {
  try {
    return found === null
      ? await makeHost(dependencies, connector)
      : await reuseHost(dependencies, connector, found);
  } catch (error) {
    if (isArrayError(error, 'already-exists', 'initiator-in-use') || isArrayError(error, 'not-found')) {
      return { kind: 'look-again', cause: error };
    }
    throw error;
  }
}

async function reuseHost(
  { array, protocol, secrets, randomInteger }: AttachHostDependencies,
  connector: HostConnector,
  host: Host,
): Promise<AttachHost> {
  if (!protocol.chap) {
    return { name: host.name, created: false, chap: null };
  }
  if (!isOurHost(host.name)) {
    throw new DriverError(
      'driver',
      `Unable to re-use a host that is not managed by Cinder with use_chap_auth=True: host ${host.name} on array ` +
        `${array.identity.name} holds the initiator ${initiatorOf(connector)}. Remove it from that host, or the host.`,
    );
  }
  const initiator = initiatorOf(connector);
  const stored = await secrets.get(initiator);
  if (host.chapUser !== null && stored === null) {
    throw new DriverError(
      'driver',
      `Unable to re-use host with unknown CHAP credentials configured: ${host.name} on array ${array.identity.name}.`,
    );
  }
  const password = stored ?? (await secrets.insertIfAbsent(initiator, generateChapSecret(randomInteger)));
  const chap: ChapCredentials = { user: connector.host, password };
  if (host.chapUser !== chap.user) {
    await array.hosts.update(host.name, { chap });
  }
  return { name: host.name, created: false, chap };
}

async function makeHost(dependencies: AttachHostDependencies, connector: HostConnector): Promise<AttachHost> {
  const { array, protocol, hostPersonality, logger, randomUuid } = dependencies;
  const chap = protocol.chap
    ? { user: connector.host, password: await secretFor(dependencies, initiatorOf(connector)) }
    : null;
  const host = {
    name: protocol.hostName(connector.host, connector.systemUuid ?? randomUuid()),
    initiators: connector.initiators,
    ...(hostPersonality !== null && array.capabilities.hostPersonality
      ? { personality: hostPersonality }
      : {}),
    ...(chap === null ? {} : { chap }),
  };
  if (hostPersonality !== null && !array.capabilities.hostPersonality) {
    logger.warn(
      { host: host.name },
      'this array has no host personalities: pure_host_personality is not applied',
    );
  }
  try {
    await array.hosts.create(host);
    return { name: host.name, created: true, chap };
  } catch (error) {
    if (!isArrayError(error, 'already-exists')) {
      throw error;
    }
    return await joinHost(array, host.name, connector, chap, error);
  }
}

/** The name is fixed by the machine's UUID: a host of that name is this machine, with another initiator so far. */
async function joinHost(
  array: FlashArray,
  name: string,
  connector: HostConnector,
  chap: ChapCredentials | null,
  refusal: ArrayError,
): Promise<AttachHost> {
  const existing = await array.hosts.find(name);
  if (existing === null) {
    throw refusal;
  }
  const { kind, names } = connector.initiators;
  const held = new Set(
    { iqn: existing.iqns, wwn: existing.wwns, nqn: existing.nqns }[kind].map((text) => text.toLowerCase()),
  );
  const missing = names.filter((text) => !held.has(text.toLowerCase()));
  if (missing.length === 0) {
    throw refusal;
  }
  await array.hosts.update(name, {
    addInitiators: { kind, names: missing },
    ...(chap === null ? {} : { chap }),
  });
  return { name, created: false, chap };
}

function secretFor({ secrets, randomInteger }: AttachHostDependencies, initiator: string): Promise<Secret> {
  return secrets.insertIfAbsent(initiator, generateChapSecret(randomInteger));
}

/** CHAP is for iSCSI, whose connectors have exactly one initiator. */
function initiatorOf(connector: HostConnector): string {
  return connector.spelling[0] ?? '';
}
