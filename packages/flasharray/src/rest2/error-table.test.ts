import { describe, expect, test } from 'vitest';
import { rest2Errors, rest2Refusal } from './error-table.ts';

const refusal = (status: number, text: string) => rest2Refusal({ status, headers: {}, text });
const message = (text: string, context: string | null = 'x') =>
  JSON.stringify({ errors: [{ context, message: text }] });

describe('REST 2.x errors', () => {
  test.each(rest2Errors)('the reply kept with a row means $code', ({ code, example }) => {
    expect(refusal(400, example).code).toBe(code);
  });

  test.each([
    ['Volume does not exist.', 'not-found'],
    ['Host does not exist.', 'not-found'],
    ['Connection does not exist.', 'not-found'],
    ['No such volume or snapshot.', 'not-found'],
    ['No such volume or snapshot. : v1.s1', 'not-found'],
    ['Volume already exists.', 'already-exists'],
    ['Host already exists.', 'already-exists'],
    ['Connection already exists.', 'already-exists'],
    ['Volume has been destroyed.', 'destroyed'],
    ['Volume has been deleted.', 'destroyed'],
    [
      'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.',
      'destroyed',
    ],
    ['Host cannot be deleted due to existing connections.', 'connected'],
    ['Volume cannot be destroyed due to existing connections.', 'connected'],
    ['The specified IQN is already in use.', 'initiator-in-use'],
    ['Eradication is disabled.', 'eradication-disabled'],
    ['Volume limit reached.', 'limit-reached'],
    ['Protection group already includes target fa2.', 'already-exists'],
    ['Protection group is already allowed on fa2.', 'already-exists'],
    ['Pod already exists on array fa2.', 'already-exists'],
    ['Pod array limit reached.', 'limit-reached'],
    ['Array is not connected.', 'not-found'],
    ['Volume could not be found in the protection group.', 'not-found'],
    ['Pod is not empty.', 'invalid'],
    ['Pod is stretched.', 'invalid'],
    ['Cannot eradicate pod.', 'invalid'],
    ['No attribute specified.', 'invalid'],
    ['Invalid combination of parameters specified.', 'invalid'],
  ])('%s is %s', (text, code) => {
    expect(refusal(400, message(text))).toEqual({ code, message: text, context: 'x' });
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'unsupported'],
    [429, 'rate-limited'],
    [500, 'array-failure'],
    [503, 'array-failure'],
    [302, 'malformed-reply'],
    [207, 'malformed-reply'],
  ])('HTTP %i is %s whatever the message says', (status, code) => {
    expect(refusal(status, message('Volume does not exist.')).code).toBe(code);
  });

  test('a body that is not JSON is an error of its status, without a message of the array', () => {
    expect(refusal(502, '<html>Bad gateway</html>')).toEqual({
      code: 'array-failure',
      message: 'The array answered HTTP 502 without a message.',
      context: null,
    });
  });

  test('the words of a gateway are kept', () => {
    expect(refusal(403, '{"message":"Operation not permitted"}')).toEqual({
      code: 'forbidden',
      message: 'Operation not permitted',
      context: null,
    });
  });

  test('several errors keep all messages and the first context', () => {
    const text = JSON.stringify({
      errors: [
        { context: 'v1', message: 'Volume does not exist.' },
        { context: 'v2', message: 'Volume has been destroyed.' },
      ],
    });
    expect(refusal(400, text)).toEqual({
      code: 'not-found',
      message: 'Volume does not exist. Volume has been destroyed.',
      context: 'v1',
    });
  });
});
