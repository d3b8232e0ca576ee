/** A door of any kind, as the peer that it belongs to sees it. */
export interface Door {
  /** Port 0 takes a free one; the answer says which. */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no new connections; what is in flight is answered, within the door's grace. */
  stop(): Promise<void>;
  /** Ends every connection at once, whatever was asked on it. */
  abort(): Promise<void>;
}
