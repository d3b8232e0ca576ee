/** Ranges of `Accept`, a comma in quotes being none between two of them. */
const rangeText = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;

interface MediaRange {
  readonly type: string;
  /** From 0 to 1: how much it is wanted. */
  readonly quality: number;
}

/**
 * Says whether `type` is named in `Accept` and no less wanted than `other`, which is what is sent to those who do not mind
 * (RFC 9110, section 12.5.1: the most specific range counts, in any case).
 */
export function prefers(accept: string | undefined, type: string, other: string): boolean {
  if (accept === undefined || !accept.toLowerCase().includes(type)) return false;
  const ranges = rangesOf(accept.toLowerCase());
  const wanted = ranges.find((range) => range.type === type)?.quality ?? 0;
  return wanted > 0 && wanted >= qualityOf(ranges, other);
}

function rangesOf(accept: string): readonly MediaRange[] {
  return (accept.match(rangeText) ?? []).map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => /^q\s*=/.test(parameter));
    return { type, quality: quality === undefined ? 1 : Number(quality.split('=')[1]) };
  });
}

function qualityOf(ranges: readonly MediaRange[], type: string): number {
  const [kind = ''] = type.split('/', 1);
  for (const candidate of [type, `${kind}/*`, '*/*']) {
    const range = ranges.find((each) => each.type === candidate);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
