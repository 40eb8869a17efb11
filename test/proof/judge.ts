import { z } from 'zod';

/** What vitest's JSON reporter writes of a file that was run; other fields are left alone. */
const report = z.object({
  testResults: z.array(
    z.object({
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          title: z.string(),
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).default([]),
        }),
      ),
    }),
  ),
});

/** So many others may fail beside the named test, by title. */
export const mostOthers = 5;

export interface Verdict {
  /** The named test failed on an assertion, and few others beside it. */
  readonly isRed: boolean;
  /** Why it is not, or what failed. */
  readonly reason: string;
}

/**
 * Whether a broken promise was seen by the test that is named for it.
 * @param json what vitest has written; null: nothing
 * @param title beginning of the test's title
 */
export function judge(json: unknown, title: string): Verdict {
  const parsed = report.safeParse(json);
  if (!parsed.success) {
    return notRed('vitest has reported nothing');
  }
  const tests = parsed.data.testResults.flatMap(({ assertionResults }) => assertionResults);
  if (tests.length === 0) {
    const [message = ''] = parsed.data.testResults.map((file) => file.message);
    return notRed(`the file does not load: ${firstLine(message)}`);
  }
  const isNamed = (test: (typeof tests)[number]): boolean =>
    test.title.startsWith(title) || test.fullName.startsWith(title);
  const named = tests.filter(isNamed);
  if (named.length === 0) {
    return notRed(`no test begins with: ${title}`);
  }
  const failed = named.filter(({ status }) => status === 'failed');
  const [first] = failed;
  if (first === undefined) {
    return notRed('the named test passes');
  }
  const asserted = failed.filter(({ failureMessages }) => failureMessages.some(isAssertion));
  if (asserted.length === 0) {
    return notRed(`no assertion fails, but: ${firstLine(first.failureMessages[0] ?? '')}`);
  }
  const others = new Set(
    tests.filter((test) => test.status === 'failed' && !isNamed(test)).map((test) => test.title),
  );
  if (others.size > mostOthers) {
    return notRed(`${others.size} other tests fail too: ${[...others].slice(0, 3).join('; ')}; ...`);
  }
  return { isRed: true, reason: firstLine(asserted[0]?.failureMessages.find(isAssertion) ?? '') };
}

/** A failed `.resolves` or `.rejects` has the stack of another error, and so its name. */
const isAssertion = (message: string): boolean =>
  /^(AssertionError|Error: (Snapshot |expected |promise (resolved|rejected) ))/.test(message);
const notRed = (reason: string): Verdict => ({ isRed: false, reason });
const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 160) ?? '';
