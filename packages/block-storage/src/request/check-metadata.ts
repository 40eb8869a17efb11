import { invalidInput } from './refusals.ts';

const longestMetadata = 255;

/** @throws BlockStorageError `invalid-input` */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(metadata)) {
    if (key.length === 0 || key.length > longestMetadata) {
      throw invalidInput(
        `Metadata property key must be 1 to ${longestMetadata} characters: "${key.slice(0, 40)}".`,
      );
    }
    if (value.length > longestMetadata) {
      throw invalidInput(
        `Metadata property "${key}" must have a value of at most ${longestMetadata} characters.`,
      );
    }
  }
}
