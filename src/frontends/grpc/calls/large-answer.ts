import type { ReadResult } from '../../../model/read.ts';
import type { Step, Work } from '../../../service/budget/work.ts';
import type { IncomingCall } from '../connection/incoming-call.ts';

/** Answers of less than this are made at once and not counted: whoever asks for little is never behind others. */
export const smallAnswerBytes = 16_384;

/** A stat, and what is around it, in an answer. */
const statBytes = 96;

/** Children that are encoded at a time. */
const childrenAtOnce = 64;

/** Says about how large a read's answer will be. */
export function answerBytes(result: ReadResult): number {
  if (result.read === 'data') return result.data?.length ?? 0;
  if (!('children' in result)) return 0;
  let bytes = 0;
  for (const child of result.children) {
    // Letters of several bytes are rare, and the sum is for counting.
    bytes += child.name.length + statBytes + (child.znode?.data?.length ?? 0);
  }
  return bytes;
}

/** Gives the parts in which an answer is encoded: fields of protobuf may come in pieces, and a list is a field. */
export function answerParts<Response extends object>(response: Response): Response[] {
  const { children } = response as { readonly children?: readonly unknown[] };
  if (!Array.isArray(children) || children.length <= childrenAtOnce) return [response];
  const parts: Response[] = [];
  for (let at = 0; at < children.length; at += childrenAtOnce) {
    const some = { children: children.slice(at, at + childrenAtOnce) };
    parts.push((at === 0 ? { ...response, ...some } : some) as Response);
  }
  return parts;
}

/**
 * Makes a large answer in slices, a part at a time, and hands it over whole. It is counted as owed already; of a call that
 * ends meanwhile nothing more is made.
 */
export function makeLarge<Response extends object>(
  { work, call }: { readonly work: Work; readonly call: IncomingCall },
  parts: readonly Response[],
  steps: {
    encode(part: Response): Buffer;
    done(bytes: Buffer): void;
    failed(error: unknown): void;
  },
): void {
  const made: Buffer[] = [];
  const step: Step = () => {
    const part = parts[made.length];
    if (call.isOver || part === undefined) return true;
    try {
      made.push(steps.encode(part));
      if (made.length < parts.length) return false;
      const [only] = made;
      steps.done(made.length === 1 && only !== undefined ? only : Buffer.concat(made));
    } catch (error) {
      steps.failed(error);
    }
    return true;
  };
  work.addLarge(call.connection.account.holder, step);
}
