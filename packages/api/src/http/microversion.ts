import { ApiError } from './api-error.ts';

/** The range this service answers in; only the minor number changes. */
export const lowestMinor = 0;
export const highestMinor = 70;

/** Request header that asks for a microversion, and response header that names the one used. */
export const microversionHeader = 'OpenStack-API-Version';

const versionPattern = /^(\d+)\.(\d+)$/;

/** A microversion that is asked for and not there. */
export class UnsupportedMicroversion extends ApiError {
  /** What the response header names, as Cinder does for 3.x; null for other majors. */
  readonly shownMinor: number | null;

  constructor(major: number, minor: number) {
    super(
      406,
      `Version ${major}.${minor} is not supported by the API. ` +
        `Minimum is 3.${lowestMinor} and maximum is 3.${highestMinor}.`,
    );
    this.shownMinor = major === 3 ? minor : null;
  }
}

/**
 * Minor number of the microversion a request asks for (`volume 3.27`, `volume latest`); 3.0 when it asks for none, or
 * only for other services'.
 * @throws UnsupportedMicroversion (406) outside the range
 * @throws ApiError 400 when it is not a version
 */
export function requestedMinor(header: string | undefined): number {
  const version = header
    ?.split(',')
    .map((part) => part.trim().split(/\s+/))
    .find(([service]) => service?.toLowerCase() === 'volume')
    ?.slice(1)
    .join(' ');
  if (version === undefined) {
    return lowestMinor;
  }
  if (version === 'latest') {
    return highestMinor;
  }
  const [, major, minor] = versionPattern.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    throw new ApiError(
      400,
      `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  if (Number(major) !== 3 || Number(minor) > highestMinor) {
    throw new UnsupportedMicroversion(Number(major), Number(minor));
  }
  return Number(minor);
}
