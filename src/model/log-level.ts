/** What may be logged, the gravest first. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;

/** From which time on a request may be said to be slow: an hour at the most, in milliseconds. */
export const slowRequestMsMax = 3_600_000;
