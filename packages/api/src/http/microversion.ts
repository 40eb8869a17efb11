import { ApiError } from './api-error.ts';

/** The range this service answers in; only the minor number changes. */
export const lowestMinor = 0;
export const highestMinor = 70;

const headerPattern = /^volume\s+(?:(\d+)\.(\d+)|(latest))$/i;

/**
 * Minor number of the microversion a request asks for; 3.0 when it asks for none, or only for other services'.
 * @throws ApiError 406 outside the range, 400 when it is not a version
 */
export function requestedMinor(header: string | undefined): number {
  const own = header
    ?.split(',')
    .map((part) => part.trim())
    .find((part) => /^volume\b/i.test(part));
  if (own === undefined) {
    return lowestMinor;
  }
  const match = headerPattern.exec(own);
  if (match === null) {
    throw new ApiError(
      400,
      `API Version String ${own.replace(/^volume\s*/i, '')} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  const [, major, minor, latest] = match;
  if (latest !== undefined) {
    return highestMinor;
  }
  if (major !== '3' || Number(minor) > highestMinor) {
    throw new ApiError(
      406,
      `Version ${major}.${minor} is not supported by the API. Minimum is 3.${lowestMinor} and maximum is 3.${highestMinor}.`,
    );
  }
  return Number(minor);
}
