/** How far something is that counts on is said this often. */
const countEveryMs = 2_000;

/** Says on the standard error how far a long run is, each line with the seconds since it began. */
export class Progress {
  #name = '';
  #begunAtMs = 0;
  #countedAtMs = 0;
  /** The last count, unless it was said. */
  #counted: string | undefined;

  begin(name: string): void {
    this.#name = name;
    this.#begunAtMs = performance.now();
    this.say('…');
  }

  /** Something has happened: how far what was counted before it came is said first. */
  say(text: string): void {
    if (this.#counted !== undefined) this.#write(this.#counted);
    this.#write(text);
    this.#counted = undefined;
    this.#countedAtMs = performance.now();
  }

  /** Something goes on: all but the last of many such are left out. */
  count(text: string): void {
    this.#counted = text;
    if (performance.now() - this.#countedAtMs < countEveryMs) return;
    this.#write(text);
    this.#counted = undefined;
    this.#countedAtMs = performance.now();
  }

  #write(text: string): void {
    const seconds = ((performance.now() - this.#begunAtMs) / 1_000).toFixed(0);
    process.stderr.write(`${this.#name} ${seconds.padStart(4)} s  ${text}\n`);
  }
}
