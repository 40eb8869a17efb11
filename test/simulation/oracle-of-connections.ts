import type { ArrayState } from '@cinder-flasharray/simulator';
import { hostNames, initiatorOf, isMachine } from './machines.ts';
import { type Find, isTroubled, type OracleInput, ownVolume } from './oracle-input.ts';

/** Connections are the attachments, neither more nor less. */
export function judgeConnections(
  { rows, site, knowledge, allowances, failovers }: OracleInput,
  states: ReadonlyMap<string, ArrayState>,
  current: string,
  find: Find,
): void {
  // Hosts have to attach again after a failover: what was attached before is not looked for.
  const wanted = new Map<string, { readonly by: string; readonly isLeft: boolean }>();
  const doubtful = new Set<string>();
  for (const row of rows.attachments) {
    const host = hostNames.find((name) => row.connector?.includes(initiatorOf(name)) === true);
    const isMade = row.attach_status === 'attached' || row.attach_status === 'attaching';
    if (host !== undefined && isMade) {
      wanted.set(`${row.volume_id} ${host}`, { by: row.id, isLeft: failovers.sawOne(row) });
    } else if (
      isTroubled(row.attach_status ?? '') &&
      host !== undefined &&
      (allowances.refusals.named(row.volume_id, host) || failovers.sawOne(row))
    ) {
      doubtful.add(`${row.volume_id} ${host}`);
    }
  }
  for (const { volumeId, host, state } of knowledge.connections.values()) {
    if (state === 'connected' && rows.volumes.some(({ id }) => id === volumeId)) {
      wanted.set(`${volumeId} ${host}`, { by: 'the older calls', isLeft: failovers.happened });
    } else if (state === 'unclear') {
      doubtful.add(`${volumeId} ${host}`);
    }
  }
  for (const [name, array] of states) {
    const made = madeConnections(array);
    for (const pair of made) {
      if (!wanted.has(pair) && !doubtful.has(pair)) {
        find('connection-without-attachment', `${name} shows volume ${pair}, and nobody attached it`);
      }
    }
    if (name !== current && !(site.uniform && !failovers.happened)) {
      continue;
    }
    for (const [pair, { by, isLeft }] of wanted) {
      const [volume = ''] = pair.split(' ');
      const row = rows.volumes.find(({ id }) => id === volume);
      const isUsable = row !== undefined && !isTroubled(row.status);
      const isHere =
        name === current ||
        // One that came into the pod while it was attached has its other paths from the next attach on.
        (row?.provider_id?.startsWith('cinder-pod::') === true &&
          knowledge.volumes.get(volume)?.retypes.length === 0);
      if (isUsable && isHere && !made.has(pair) && !isLeft) {
        find(
          'attachment-without-connection',
          `${name} does not show volume ${pair}, which has attachment ${by}`,
        );
      }
    }
  }
}

function madeConnections(array: ArrayState): ReadonlySet<string> {
  const made = new Set<string>();
  for (const { volume, host } of array.connections) {
    const id = ownVolume.exec(volume)?.[2];
    const machine = hostNames.find((name) =>
      array.hosts.some((candidate) => candidate.name === host && isMachine(candidate, name)),
    );
    if (id !== undefined && machine !== undefined) {
      made.add(`${id} ${machine}`);
    }
  }
  return made;
}
