import type { AttachmentRecord, JsonObject } from '@cinder-flasharray/store';

/** What tells machines apart in connectors, whatever the protocol. The plurals are those of a host on the array. */
const identities = [['initiator', 'initiators'], ['nqn', 'nqns'], ['wwpns'], ['host']] as const;

/** The first identity that both connectors have decides: one initiator of a machine is no other machine's. */
export function isSameMachine(one: JsonObject, other: JsonObject): boolean {
  for (const keys of identities) {
    const [ours, theirs] = [namesIn(one, keys), namesIn(other, keys)];
    if (ours.length > 0 && theirs.length > 0) {
      return ours.some((name) => theirs.includes(name));
    }
  }
  return false;
}

function namesIn(connector: JsonObject, keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => {
    const value = connector[key];
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return texts.flatMap((text) => (typeof text === 'string' && text !== '' ? [spelling(text, key)] : []));
  });
}

/** WWNs are written with colons or without. */
function spelling(text: string, key: string): string {
  const plain = text.trim().toLowerCase();
  return key === 'wwpns' ? plain.replaceAll(':', '') : plain;
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
