import type { Clock, Logger, Secret } from '@cinder-flasharray/common';
import {
  type ArrayError,
  type ChapCredentials,
  type FlashArray,
  type Host,
  type HostPersonality,
  type Initiators,
  isArrayError,
} from '@cinder-flasharray/flasharray';
import { DriverError, isTransient } from '../contract/driver-error.ts';
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
  /** Those of the connector's initiators that it holds: paths lead through no others. */
  readonly initiators: readonly string[];
  readonly chap: ChapCredentials | null;
}

/** A race with somebody else's change of the host: the caller looks it up again. */
export interface LookAgain {
  readonly kind: 'look-again';
  readonly cause: ArrayError;
}

/**
 * Makes the found host fit the configuration, or makes a host. Any host that holds one of the initiators is used, ours
 * or the administrator's; only hosts of ours get credentials, and the initiators that they lack.
 * @param found every host of the array that holds one of the initiators
 * @param made gets the name of a host that this call makes, or may have made: to be removed when the attach fails
 */
export async function attachHost(
  dependencies: AttachHostDependencies,
  connector: HostConnector,
  found: readonly Host[],
  made: Set<string>,
): Promise<AttachHost | LookAgain> {
  const [host, ...others] = found;
  try {
    return host === undefined
      ? await makeHost(dependencies, connector, made)
      : await reuseHost(dependencies, connector, host, others);
  } catch (error) {
    if (isArrayError(error, 'already-exists', 'initiator-in-use') || isArrayError(error, 'not-found')) {
      return { kind: 'look-again', cause: error };
    }
    throw error;
  }
}

async function reuseHost(
  dependencies: AttachHostDependencies,
  connector: HostConnector,
  host: Host,
  others: readonly Host[],
): Promise<AttachHost> {
  const chap = dependencies.protocol.chap ? await credentialsOf(dependencies, connector, host) : null;
  const { kind, names } = connector.initiators;
  const lacking = names.filter((initiator) => !holds(host, kind, initiator));
  if (lacking.length === 0) {
    return { name: host.name, initiators: names, chap };
  }
  const holders = others.filter((other) => lacking.some((initiator) => holds(other, kind, initiator)));
  const free = lacking.filter((initiator) => !holders.some((other) => holds(other, kind, initiator)));
  const added = isOurHost(host.name)
    ? await addInitiators(dependencies, host.name, { kind, names: free })
    : [];
  const left = lacking.filter((initiator) => !added.includes(initiator));
  if (left.length > 0) {
    dependencies.logger.warn(
      {
        host: host.name,
        array: dependencies.array.identity.name,
        initiators: left.join(', '),
        heldBy: holders.map(({ name }) => name).join(', '),
      },
      'the array’s host lacks initiators of the machine: no path leads through them',
    );
  }
  return { name: host.name, initiators: names.filter((initiator) => !left.includes(initiator)), chap };
}

/** A refusal costs the paths of the initiators, and not the attach. @returns those that were added */
async function addInitiators(
  { array, logger }: AttachHostDependencies,
  host: string,
  initiators: Initiators,
): Promise<readonly string[]> {
  if (initiators.names.length === 0) {
    return [];
  }
  try {
    await array.hosts.update(host, { addInitiators: initiators });
    return initiators.names;
  } catch (error) {
    if (!isArrayError(error) || error.code === 'not-found' || isTransient(error)) {
      throw error;
    }
    logger.warn({ host, array: array.identity.name, error }, 'the array does not add initiators to a host');
    return [];
  }
}

/** Of a host that is there already. */
async function credentialsOf(
  { array, secrets, randomInteger }: AttachHostDependencies,
  connector: HostConnector,
  host: Host,
): Promise<ChapCredentials> {
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
  return chap;
}

async function makeHost(
  dependencies: AttachHostDependencies,
  connector: HostConnector,
  made: Set<string>,
): Promise<AttachHost> {
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
  made.add(host.name);
  try {
    await array.hosts.create(host);
    return { name: host.name, initiators: connector.initiators.names, chap };
  } catch (error) {
    if (isArrayError(error) && error.applied === 'no') {
      made.delete(host.name);
    }
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
  const missing = names.filter((initiator) => !holds(existing, kind, initiator));
  if (missing.length === 0) {
    throw refusal;
  }
  await array.hosts.update(name, {
    addInitiators: { kind, names: missing },
    ...(chap === null ? {} : { chap }),
  });
  return { name, initiators: names, chap };
}

function holds({ iqns, wwns, nqns }: Host, kind: Initiators['kind'], initiator: string): boolean {
  const held = { iqn: iqns, wwn: wwns, nqn: nqns }[kind];
  return held.some((name) => name.toLowerCase() === initiator.toLowerCase());
}

function secretFor({ secrets, randomInteger }: AttachHostDependencies, initiator: string): Promise<Secret> {
  return secrets.insertIfAbsent(initiator, generateChapSecret(randomInteger));
}

/** CHAP is for iSCSI, whose connectors have exactly one initiator. */
function initiatorOf(connector: HostConnector): string {
  return connector.spelling[0] ?? '';
}
