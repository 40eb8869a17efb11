import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { optional } from '../http/json-reply.ts';
import type { Portal } from '../port/ports.ts';

/** Reads `10.9.1.10:3260` or `[2001:db8::7]:3260`; null when it is neither. */
export function parsePortal(text: string): Portal | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const [, v6, v4, port] = match ?? [];
  const address = v6 ?? v4 ?? '';
  return (v6 === undefined ? isIPv4(address) : isIPv6(address)) ? { address, port: Number(port) } : null;
}

/** `52:4A:93:70:4E:E5:68:00` as 16 upper-case hex digits. */
export function plainWwn(text: string): string {
  return text.replaceAll(':', '').toUpperCase();
}

/** A text that may be null, absent or empty, which all mean that there is none. */
export const optionalText = optional(z.string()).transform((value) => (value === '' ? null : value));

/** A portal in an array's reply. */
export const optionalPortal = optionalText.transform((text, context): Portal | null => {
  const portal = text === null ? null : parsePortal(text);
  if (text !== null && portal === null) {
    context.addIssue({ code: 'custom', message: `not an address and port: ${text}` });
  }
  return portal;
});
