import { createHash } from 'node:crypto';

const longestHostPart = 23;
/** The Python driver takes the system's UUID as it is, and some firmware gives it in capitals. */
const ours = /^.*-([a-f0-9]{32}|[A-F0-9]{32})-cinder$/;

/**
 * The array's name for a host that the driver makes: at most 23 characters of the connector's `host`, then 32 hex
 * digits, then `-cinder`. The digits are the system's UUID where the connector has one, in lower case so that the
 * name is recognised as ours again.
 * @param digits a UUID; dashes are removed
 */
export function hostName(connectorHost: string, digits: string): string {
  const cleaned = connectorHost
    .slice(0, longestHostPart)
    .replaceAll(/[^-a-zA-Z0-9]/g, '-')
    .replace(/^-+/, '');
  const hex = digits.replaceAll('-', '').toLowerCase();
  return `${cleaned === '' ? 'host' : cleaned}-${hex}-cinder`;
}

/**
 * The name of a machine's NVMe host: as `hostName`, with digits that are derived from the machine's and the protocol,
 * so that the same machine's iSCSI or Fibre Channel host keeps its own.
 */
export function nvmeHostName(connectorHost: string, digits: string): string {
  const derived = createHash('sha256')
    .update(`nvme ${digits.replaceAll('-', '').toLowerCase()}`)
    .digest('hex');
  return hostName(connectorHost, derived.slice(0, 32));
}

/** Whether the driver made the host: only such hosts are removed, and only they get CHAP credentials. */
export function isOurHost(name: string): boolean {
  return ours.test(name);
}
