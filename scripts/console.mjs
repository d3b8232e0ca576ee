// What every script says on the terminal, and how it runs another program. Bare Node: nothing is installed yet.
import { spawn } from 'node:child_process';

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * `1.2 s` since `startedAtMs`.
 * @param {number} startedAtMs
 */
export function elapsed(startedAtMs) {
  return `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
}

/**
 * Runs a program without a shell and without stdin. Resolves with its exit code (null when it was killed or could not be
 * started) and all it printed; `live` also shows the output as it comes.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, live?: boolean, timeoutMs?: number }} options
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export function run(program, args, { env = {}, live = false, timeoutMs = 600_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
      if (live) process.stdout.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const limit = setTimeout(() => {
      keep(`\nstopped: no end after ${String(timeoutMs / 1000)} s\n`);
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (cause) => {
      clearTimeout(limit);
      resolve({ code: null, output: `${output}\n${cause.message}\n` });
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, output });
    });
  });
}

/** Shows that a long step is alive: a ticking line on a terminal, a line now and then elsewhere. */
export async function withProgress(what, work) {
  const startedAtMs = Date.now();
  const isTerminal = process.stdout.isTTY === true;
  say(`${what} ...`);
  const ticker = setInterval(
    () => {
      if (isTerminal) process.stdout.write(`\r  ${elapsed(startedAtMs)} `);
      else say(`  still at it, ${elapsed(startedAtMs)}`);
    },
    isTerminal ? 1_000 : 15_000,
  );
  try {
    return await work();
  } finally {
    clearInterval(ticker);
    if (isTerminal) process.stdout.write('\r');
    say(`  done in ${elapsed(startedAtMs)}`);
  }
}
