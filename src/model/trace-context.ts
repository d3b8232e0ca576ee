/** By what a request is followed through several programs (W3C Trace Context): which trace it belongs to, and below which span. */
export interface TraceContext {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero. */
  readonly spanId: string;
  /** Whoever asks keeps spans of it. */
  readonly isSampled: boolean;
}
