const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const duration = /^([0-9]{1,12}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)$/;

/** Reads a number with its unit as whole milliseconds; undefined for anything else: a bare number could mean either. */
export function parseDurationMs(text: string): number | undefined {
  const [, number, unit] = duration.exec(text) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const durationMs = Number(number) * (unitMs[unit] ?? NaN);
  return Number.isSafeInteger(Math.round(durationMs)) ? Math.round(durationMs) : undefined;
}
