import { describe, expect, it } from 'vitest';
import { requestedMinor } from './microversion.ts';

describe('requestedMinor', () => {
  it.each([
    [undefined, 0],
    ['volume 3.0', 0],
    ['volume 3.27', 27],
    ['volume 3.70', 70],
    ['volume latest', 70],
    ['Volume  3.44', 44],
    ['compute 2.90, volume 3.59', 59],
    ['compute 2.90', 0],
  ])('reads %s as 3.%i', (header, minor) => {
    expect(requestedMinor(header)).toBe(minor);
  });

  it.each([
    ['volume 3.71', 'Version 3.71 is not supported by the API. Minimum is 3.0 and maximum is 3.70.', 71],
    ['volume 2.0', 'Version 2.0 is not supported by the API. Minimum is 3.0 and maximum is 3.70.', null],
    ['volume 4.1', 'Version 4.1 is not supported by the API. Minimum is 3.0 and maximum is 3.70.', null],
  ])('refuses %s with 406', (header, message, shownMinor) => {
    expect(() => requestedMinor(header)).toThrowError(
      expect.objectContaining({ status: 406, message, shownMinor }),
    );
  });

  it.each(['volume 3', 'volume three', 'volume 3.x', 'volume'])('refuses %s with 400', (header) => {
    expect(() => requestedMinor(header)).toThrowError(
      expect.objectContaining({
        status: 400,
        message: expect.stringContaining('is of invalid format. Must be of format MajorNum.MinorNum.'),
      }),
    );
  });
});
