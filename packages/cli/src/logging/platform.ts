import { readFileSync } from 'node:fs';
import { release, type } from 'node:os';

/** Name of the operating system for the user agent: `Debian GNU/Linux 12 (bookworm)`. */
export function platformName(osRelease = '/etc/os-release'): string {
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readFileSync(osRelease, 'utf8')) ?? [];
    if (name !== undefined) {
      return name;
    }
  } catch {
    // Not a system that has the file: the kernel's name does.
  }
  return `${type()} ${release()}`;
}
