import type { ApiRequest } from './route.ts';

/** `2026-11-20T23:58:05.000000`: UTC without a zone, six digits. */
export function isoTime(date: Date): string;
export function isoTime(date: Date | null): string | null;
export function isoTime(date: Date | null): string | null {
  return date === null ? null : date.toISOString().replace('Z', '000');
}

/** `self` and `bookmark` of an object. */
export function linksOf(
  request: ApiRequest,
  collection: string,
  id: string,
): readonly Readonly<Record<string, string>>[] {
  const project = request.pathProject === null ? '' : `/${request.pathProject}`;
  return [
    { rel: 'self', href: `${request.endpoint}/v3${project}/${collection}/${id}` },
    { rel: 'bookmark', href: `${request.endpoint}${project}/${collection}/${id}` },
  ];
}
