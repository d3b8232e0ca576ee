/** What to show of a data directory whose peer is not running: asked by the command line, answered by `compose/`. */
export interface InspectRequest {
  readonly dataDir: string;
  readonly showLog: boolean;
  readonly showZnodes: boolean;
}
