/** `host@backend` of a `host@backend#pool`. */
export function backendHostOf(host: string): string {
  const [backend = host] = host.split('#');
  return backend;
}
