import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { casesElsewhere, driverCases } from '../../packages/driver/test/acceptance/levels.ts';
import { defects } from '../../scripts/docs/upstream-defects.ts';
import type { Proof } from './proof.ts';
import { root } from './scratch-copy.ts';

/** What has to be proved: every defect, every acceptance case, and every line of "What must hold". */
export async function allClaims(): Promise<readonly string[]> {
  const cases = [...driverCases, ...Object.keys(casesElsewhere).map(Number)].toSorted((a, b) => a - b);
  return [
    ...defects.map(({ id }) => id),
    ...cases.map((number) => `case ${number}`),
    ...promisesOf(await readFile(join(root, 'docs', 'reliability.md'), 'utf8')),
  ];
}

/** The lines of the list under "What must hold", without marks and line breaks. */
export function promisesOf(page: string): readonly string[] {
  const [, rest = ''] = page.split('\n## What must hold\n');
  const [section = ''] = rest.split('\n## ');
  return section
    .split('\n\n')
    .filter((paragraph) => paragraph.trimStart().startsWith('- '))
    .flatMap((list) => list.trim().slice(2).split('\n- '))
    .map((line) => line.replaceAll(/\s+/g, ' ').replace(/[;.]$/, ''));
}

/** The claims that no proof stands for. */
export function withoutProof(claims: readonly string[], proofs: readonly Proof[]): readonly string[] {
  const proved = proofs.flatMap((proof) => proof.claims);
  return claims.filter((claim) => !proved.some((one) => isOf(one, claim)));
}

/** Defects and cases by their whole name, promises by their beginning. */
function isOf(proved: string, claim: string): boolean {
  return proved === claim || (/ .* /.test(proved) && claim.startsWith(proved));
}
