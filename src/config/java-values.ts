// Values of a zoo.cfg, as Java reads them.

const intMin = -(2 ** 31);
const intMax = 2 ** 31 - 1;

/** Integer.parseInt: undefined where that throws. */
export function javaInt(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? withinInt(Number(text)) : undefined;
}

/** Integer.decode, by which Java reads a number out of a system property: also `0x10`, `#10` and the octal `010`. */
export function javaDecoded(text: string): number | undefined {
  const [, sign = '', hash, octal, decimal] =
    /^([+-]?)(?:(?:0[xX]|#)([0-9a-fA-F]+)|0([0-7]+)|(0|[1-9]\d*))$/.exec(text) ?? [];
  const size =
    hash !== undefined
      ? parseInt(hash, 16)
      : octal !== undefined
        ? parseInt(octal, 8)
        : decimal === undefined
          ? NaN
          : Number(decimal);
  return withinInt(sign === '-' ? 0 - size : size);
}

/** String.split: what is empty at the end is left out. */
export function javaSplit(text: string, separator: string): string[] {
  const parts = text.split(separator);
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

function withinInt(value: number): number | undefined {
  return value >= intMin && value <= intMax ? value : undefined;
}
