import type { AttachmentRecord, JsonObject } from '@cinder-flasharray/store';

/** What tells machines apart in connectors, whatever the protocol. */
const identities = ['initiator', 'nqn', 'wwpns', 'host'] as const;

/** The first identity that both connectors have decides. */
export function isSameMachine(one: JsonObject, other: JsonObject): boolean {
  const shared = identities.find((key) => isGiven(one[key]) && isGiven(other[key]));
  return shared !== undefined && spelling(one[shared]) === spelling(other[shared]);
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value !== '';
}

function spelling(value: unknown): string {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts
    .map((text) => String(text).toLowerCase())
    .sort()
    .join(' ');
}

/** Whether another attachment of the volume relies on the connection to the same host. */
export function sharesHost(
  attachments: readonly AttachmentRecord[],
  connector: JsonObject,
  except: string | null,
): boolean {
  return attachments.some(
    ({ id, connector: other, attachedHost }) =>
      id !== except &&
      (other === null
        ? attachedHost !== null && attachedHost !== '' && attachedHost === connector.host
        : isSameMachine(other, connector)),
  );
}
