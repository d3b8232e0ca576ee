import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Beside `dist`, in a clone and in the package alike. */
const contractFile = fileURLToPath(new URL('../../../../../openapi/quoll.yaml', import.meta.url));

let document: Promise<Buffer> | undefined;

/** Gives `openapi/quoll.yaml` as JSON: read once in a process, when it is first asked for. */
export function openApiDocument(): Promise<Buffer> {
  document ??= readDocument().catch((error: unknown) => {
    document = undefined;
    throw error;
  });
  return document;
}

async function readDocument(): Promise<Buffer> {
  const worker = new Worker(new URL('./openapi-worker.js', import.meta.url), {
    workerData: { file: contractFile },
  });
  worker.unref();
  // An error of the worker rejects this.
  const [text] = (await once(worker, 'message')) as [string];
  return Buffer.from(text, 'utf8');
}
