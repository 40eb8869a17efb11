import { edit, type Proof } from '../proof.ts';

const start = 'packages/driver/test/acceptance/start.test.ts';

/** How a back end starts, and what an array that does not answer may cost. */
export const startingProofs: readonly Proof[] = [
  {
    claims: ['case 67'],
    edits: [
      edit(
        'packages/driver/src/backend/backend-life.ts',
        "throw new DriverError('not-initialized', failure.message, { cause: failure.cause });",
        "throw new DriverError('not-initialized', failure.message);",
      ),
    ],
    test: { file: start, title: 'case 67: a wrong token, an untrusted certificate' },
  },
  {
    claims: ['case 68'],
    edits: [
      edit(
        'packages/flasharray/src/http/trust.ts',
        'rejectUnauthorized: true,\n        ca: [',
        'rejectUnauthorized: false,\n        ca: [',
      ),
    ],
    test: { file: start, title: 'case 68: ' },
  },
  {
    claims: ['case 95'],
    edits: [
      edit(
        'packages/flasharray/src/http/array-http.ts',
        "return fail('timed-out',",
        "return fail('cancelled',",
      ),
    ],
    test: { file: start, title: 'case 95: ' },
  },
];
