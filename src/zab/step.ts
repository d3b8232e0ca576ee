/** Both sides must speak the same version; another one is refused at the first message. */
export const protocolVersion = 5;

/**
 * What handling an input may ask for besides outputs. `violation`: the other side broke the protocol, its connection is
 * closed and counted, never ignored (brief A3, D9). Undefined: carry on.
 */
export type StepResult =
  { readonly goLooking: string } | { readonly violation: string } | undefined;

export function violation(detail: string): StepResult {
  return { violation: detail };
}
