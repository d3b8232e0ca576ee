/** What may be logged, the gravest first. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
