import { Secret } from '@cinder-flasharray/common';

/**
 * Where the CHAP secret of an initiator is kept; the driver's caller keeps it in `driver_initiator_data`, key
 * `PURE_TARGET_CHAP_SECRET`, in the namespace of the back end.
 */
export interface InitiatorSecrets {
  get(initiator: string): Promise<Secret | null>;
  /** @returns the secret that stands now: the caller's, or one that was stored first */
  insertIfAbsent(initiator: string, secret: Secret): Promise<Secret>;
}

const classes = ['23456789', 'ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz'] as const;
const secretLength = 16;

/**
 * 16 characters that are hard to mistake for one another, at least one of each class.
 * @param randomInteger uniform in 0 to `below` - 1, from a cryptographic source
 */
export function generateChapSecret(randomInteger: (below: number) => number): Secret {
  const pick = (from: string): string => from.charAt(randomInteger(from.length));
  const characters = [
    ...classes.map(pick),
    ...Array.from({ length: secretLength - classes.length }, () => pick(classes.join(''))),
  ];
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInteger(last + 1);
    const [a = '', b = ''] = [characters[last], characters[other]];
    characters[last] = b;
    characters[other] = a;
  }
  return new Secret(characters.join(''));
}
