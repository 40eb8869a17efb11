import { SimulatorError } from '../errors.ts';
import { type ApiRequest, decodeQuery, splitQuery } from '../http/messages.ts';
import { readParameters } from '../rest1/parameters.ts';
import type { RequestMatch } from './faults.ts';

/** Paths that are only matched when a match names them: without them no client could start. */
const aside = new Set(['api_version', 'login', 'auth/session', 'auth/apitoken']);

/** Whether faults, holds and the gate leave a request alone unless it is named. */
export function isAside(request: ApiRequest): boolean {
  return aside.has(request.path);
}

/** Checks a match that came from outside. @throws SimulatorError `invalid` */
export function checkMatch(match: RequestMatch | undefined): void {
  if (match?.path?.startsWith('/') !== true) return;
  if (patternOf(match.path) === null) {
    throw new SimulatorError('invalid', `match.path is not a regular expression: ${match.path}`);
  }
}

/** Whether a request is what a match is about. */
export function matches(match: RequestMatch | undefined, request: ApiRequest): boolean {
  if (isAside(request) && !namesPath(match?.path, request.path)) return false;
  if (match === undefined) return true;
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !pathMatches(match.path, request.path)) return false;
  return match.query === undefined || queryMatches(match.query, request);
}

function namesPath(pattern: string | undefined, path: string): boolean {
  if (pattern === undefined) return false;
  const expression = patternOf(pattern);
  // A regular expression names such a path by its words, not by matching everything.
  return expression === null ? pattern === path : pattern.includes(path) && expression.test(path);
}

function pathMatches(pattern: string, path: string): boolean {
  const expression = patternOf(pattern);
  if (expression !== null) return expression.test(path);
  return path === pattern || path.startsWith(pattern.endsWith('/') ? pattern : `${pattern}/`);
}

function patternOf(pattern: string): RegExp | null {
  const match = /^\/(.*)\/([iu]*)$/s.exec(pattern);
  if (match === null) return null;
  try {
    return new RegExp(match[1] ?? '', match[2]);
  } catch {
    return null;
  }
}

function queryMatches(wanted: Readonly<Record<string, string>>, request: ApiRequest): boolean {
  const given = request.version?.startsWith('1.') === true ? textParameters(request) : queryTexts(request);
  return Object.entries(wanted).every(([key, value]) => given[key] === value);
}

function textParameters(request: ApiRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(readParameters(request)).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.join(',') : String(value),
    ]),
  );
}

/** Query parameters as decoded texts. */
export function queryTexts(request: ApiRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...splitQuery(request.rawQuery)].map(([key, value]) => [key, decodeQuery(value)]),
  );
}
