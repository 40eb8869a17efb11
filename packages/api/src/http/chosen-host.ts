import { badRequest } from './api-error.ts';

/**
 * The host a request names. From a microversion on Cinder takes a cluster instead; there are none here.
 * @param clusterSince first microversion that knows clusters; below it the cluster is not looked at
 * @throws ApiError 400 without a host, or with a cluster
 */
export function chosenHost(
  given: { readonly host: string | null | undefined; readonly cluster: string | null | undefined },
  minor: number,
  clusterSince: number,
): string {
  const host = given.host ?? '';
  const cluster = minor >= clusterSince ? (given.cluster ?? '') : '';
  if ((host === '') === (cluster === '')) {
    throw badRequest(
      minor >= clusterSince
        ? 'Invalid input received: One and only one of cluster and host must be set.'
        : 'Invalid input received: Host field is missing.',
    );
  }
  if (cluster !== '') {
    throw badRequest('Invalid input received: cluster is not supported by this service.');
  }
  return host;
}
