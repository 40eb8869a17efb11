import { describe, expect, test } from 'vitest';
import { rest1Errors, rest1Refusal } from './error-table.ts';

const refusal = (status: number, text: string) => rest1Refusal({ status, headers: {}, text });
const entry = (msg: string) => ({ pure_err_key: 'err.friendly', code: 0, ctx: 'x', pure_err_code: 1, msg });

describe('REST 1.x errors', () => {
  test.each(rest1Errors)('the reply kept with a row means $code', ({ code, example }) => {
    expect(refusal(400, example).code).toBe(code);
  });

  test.each([
    ['Volume does not exist.', 'not-found'],
    ['Host does not exist.', 'not-found'],
    ['Snapshot does not exist.', 'not-found'],
    ['No such volume or snapshot.', 'not-found'],
    ['Volume is not connected to the host.', 'not-found'],
    ['Volume already exists.', 'already-exists'],
    ['Snapshot s1 already exists for volume v1.', 'already-exists'],
    ['Connection already exists.', 'already-exists'],
    ['Volume has been destroyed.', 'destroyed'],
    ['The specified WWN is already in use.', 'initiator-in-use'],
    ['Host cannot be deleted due to existing connections.', 'connected'],
    ['Volume cannot be destroyed due to existing connections.', 'connected'],
    ['Eradication is disabled.', 'eradication-disabled'],
    ['Volume limit reached.', 'limit-reached'],
    ['Protection group already includes target fa2.', 'already-exists'],
    ['Protection group is already allowed on fa2.', 'already-exists'],
    ['Pod already exists on array fa2.', 'already-exists'],
    ['Pod array limit reached.', 'limit-reached'],
    ['Array is not connected.', 'not-found'],
    ['Pod is not empty.', 'invalid'],
    ['Pod is stretched.', 'invalid'],
    ['Implicit truncation not permitted.', 'invalid'],
    ['Volume is not destroyed.', 'invalid'],
    ['Invalid volume size.', 'invalid'],
  ])('%s is %s', (text, code) => {
    expect(refusal(400, JSON.stringify([entry(text)]))).toEqual({ code, message: text, context: 'x' });
  });

  test('one error without the list around it is read too', () => {
    expect(refusal(400, JSON.stringify(entry('Volume does not exist.'))).code).toBe('not-found');
  });

  test('a version that is not served any more says what to do', () => {
    expect(refusal(450, '')).toEqual({
      code: 'unsupported',
      message: 'The array does not serve this REST version any more: connect again to agree on another.',
      context: null,
    });
  });
});
