declare const unit: unique symbol;

/** Whole bytes, 0 to 2^53 - 1. The largest FlashArray volume, 4 PiB, is 2^52, so a number is exact. */
export type Bytes = number & { readonly [unit]: 'Bytes' };

/** Whole gibibytes (2^30 bytes), the unit of Cinder's `size`. */
export type Gibibytes = number & { readonly [unit]: 'Gibibytes' };

const bytesPerGibibyte = 2 ** 30;

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isBytes(value: number): value is Bytes {
  return isWhole(value);
}

function isGibibytes(value: number): value is Gibibytes {
  return isWhole(value) && isWhole(value * bytesPerGibibyte);
}

/** @throws RangeError when the value is not a whole number of bytes that a number holds exactly. */
export function bytes(value: number): Bytes {
  if (!isBytes(value)) {
    throw new RangeError(`not a size in bytes: ${value}`);
  }
  return value;
}

/** @throws RangeError when the value is not a whole number of gibibytes. */
export function gibibytes(value: number): Gibibytes {
  if (!isGibibytes(value)) {
    throw new RangeError(`not a size in GiB: ${value}`);
  }
  return value;
}

export function gibibytesToBytes(size: Gibibytes): Bytes {
  return bytes(size * bytesPerGibibyte);
}

/** Rounds up: 2.5 GiB is 3, as Cinder records a size that is not a whole number of GiB. */
export function bytesToGibibytes(size: Bytes): Gibibytes {
  return gibibytes(Math.ceil(size / bytesPerGibibyte));
}
