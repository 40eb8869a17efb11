import { describe, expect, test } from 'vitest';
import { type Negotiation, negotiate, supportedRestApiVersions } from './negotiate.ts';

const rest1 = (minor: number): Negotiation => ({ kind: 'rest1', version: { major: 1, minor } });
const rest2 = (minor: number): Negotiation => ({ kind: 'rest2', version: { major: 2, minor } });

const cases: readonly { readonly offered: readonly string[]; readonly agreed: Negotiation }[] = [
  { offered: ['1.2'], agreed: rest1(2) },
  { offered: ['1.0', '1.1', '1.2', '1.3', '1.4'], agreed: rest1(4) },
  { offered: ['1.9', '1.10', '1.2'], agreed: rest1(10) },
  { offered: ['1.18', '1.19', '1.20'], agreed: rest1(19) },
  { offered: ['1.19', '2.0', '2.1', '2.2', '2.3', '2.4'], agreed: rest2(4) },
  { offered: ['2.9', '2.10'], agreed: rest2(10) },
  { offered: ['1.19', '2.11', '2.12'], agreed: rest2(11) },
  { offered: ['2.17', '2.18'], agreed: rest2(17) },
  { offered: ['2.26', '2.56', '2.57', '2.100'], agreed: rest2(56) },
  { offered: ['2.56', '3.0'], agreed: rest2(56) },
  { offered: ['1.19', '2.0', '2.1', '2.2'], agreed: rest1(19) },
  { offered: ['2.0', '2.1', '2.2', '2.3'], agreed: rest2(3) },
  { offered: ['2.x', '', '1.5', 'v2.26', '2.26.1'], agreed: rest1(5) },
];

describe('negotiation', () => {
  test.each(cases)('agrees on one version of $offered', ({ offered, agreed }) => {
    expect(negotiate(offered)).toEqual(agreed);
  });

  test('refuses REST 1.0 and 1.1 and names the Purity version that is needed', () => {
    expect(negotiate(['1.0', '1.1'])).toEqual({
      kind: 'refused',
      reason: 'The array offers REST 1.0, 1.1; REST 1.2 or newer is needed, which Purity 4.0.0 or later has.',
    });
  });

  test('refuses versions that are all unknown', () => {
    expect(negotiate(['2.0', '2.1', '3.0'])).toEqual({
      kind: 'refused',
      reason: 'The array offers REST 2.0, 2.1, 3.0; this client speaks REST 1.2 to 1.19 and 2.2 to 2.56.',
    });
  });

  test('refuses an array that names no version', () => {
    expect(negotiate([])).toEqual({ kind: 'refused', reason: 'The array names no REST version.' });
  });
});

test('every supported version is taken when it is the only one offered, and none besides', () => {
  expect(supportedRestApiVersions.slice(0, 3)).toEqual(['1.2', '1.3', '1.4']);
  expect(supportedRestApiVersions).toHaveLength(18 + 53);
  for (const version of supportedRestApiVersions) {
    expect(negotiate([version]).kind).not.toBe('refused');
  }
  for (const version of ['1.0', '1.1', '1.20', '2.0', '2.12', '2.18', '2.57']) {
    expect(supportedRestApiVersions).not.toContain(version);
    expect(negotiate([version]).kind).toBe('refused');
  }
});
