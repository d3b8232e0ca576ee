/**
 * Says what a request may be in flight with. `write`: in flight together with other writes, in order. `read`: together
 * with other reads. `alone`: with nothing else, as what changes on whose behalf the following requests are made.
 */
export type RequestKind = 'read' | 'write' | 'alone';

/** A request in a pipeline, to be extended by what is asked: all that is known of it in one object. */
export abstract class PipelinedRequest {
  readonly kind: RequestKind;
  /** Its answer is there, to be sent in its turn. */
  isAnswered = false;

  constructor(kind: RequestKind) {
    this.kind = kind;
  }

  /** Is called once. Leads to one call of the pipeline's `answered`, at any time. Must not throw. */
  abstract start(): void;
  /** Sends the answer; called once, in its turn. */
  abstract give(): void;
}

/** One whose answer is sent by a function that comes with it. */
class CalledRequest extends PipelinedRequest {
  readonly #pipeline: Pipeline;
  readonly #start: (answer: (give: () => void) => void) => void;
  #give: (() => void) | undefined;

  constructor(
    pipeline: Pipeline,
    kind: RequestKind,
    start: (answer: (give: () => void) => void) => void,
  ) {
    super(kind);
    this.#pipeline = pipeline;
    this.#start = start;
  }

  start(): void {
    this.#start((give) => {
      this.#give ??= give;
      this.#pipeline.answered(this);
    });
  }

  give(): void {
    this.#give?.();
  }
}

export interface PipelineOptions {
  /** Requests taken in and not yet answered. The door takes in no more while `isFull`. */
  readonly inFlightMax: number;
  /** It was full and is no longer. */
  readonly onRoom: () => void;
  /**
   * Right before each answer is sent: flush the outlet, so that an event comes before the data it announces. The answer
   * goes out once `passed` is called, at once or later.
   */
  readonly beforeAnswer: (passed: () => void) => void;
  /**
   * Is told what a request threw as it was started or answered, when the pipeline is closed: that is the end of this carrier, and
   * of nobody else. Left out, it is thrown.
   */
  readonly failed?: (cause: unknown) => void;
}

/**
 * Keeps the requests of one carrier in its order (ZooKeeper's per-session FIFO, pipelined). Writes go out together, and
 * the leader keeps their order. A read waits for the answers of all earlier writes, so that it sees them; a write waits
 * for earlier reads, so that they do not see it. Answers leave in the order of the requests. Keeps no clock: what never
 * answers holds up what follows, so every request needs a deadline of its own.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #entries: PipelinedRequest[] = [];
  /** How many of the entries, from the front, were started. */
  #started = 0;
  /** Of these, how many have no answer yet; all of one kind. */
  #running = 0;
  #runningKind: RequestKind = 'read';
  /** Whether what must come before the first entry's answer has been sent. */
  #flush: 'unasked' | 'asked' | 'passed' = 'unasked';
  #isAdvancing = false;
  #isClosed = false;
  readonly #passed = (): void => {
    this.#flush = 'passed';
    this.#advance();
  };

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#entries.length >= this.#options.inFlightMax;
  }

  /** Nothing is unanswered: what is answered at once need not be submitted. */
  get isIdle(): boolean {
    return this.#entries.length === 0;
  }

  /**
   * `start` is called now or later, once. It calls `answer` exactly once, at any time, with what sends the answer; that
   * is called in its turn. `start` must not throw.
   */
  submit(kind: RequestKind, start: (answer: (give: () => void) => void) => void): void {
    this.add(new CalledRequest(this, kind, start));
  }

  /** As `submit`. */
  add(request: PipelinedRequest): void {
    if (this.#isClosed) return;
    this.#entries.push(request);
    this.#advance();
  }

  /** The answer to a request that was started is there: `give` is called in its turn. */
  answered(request: PipelinedRequest): void {
    if (this.#isClosed || request.isAnswered) return;
    request.isAnswered = true;
    this.#running--;
    this.#advance();
  }

  /** Nothing is started or answered any more; what runs is left to its end. */
  close(): void {
    this.#isClosed = true;
    this.#entries.length = 0;
  }

  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#answerNext() || this.#startNext());
    } catch (cause) {
      if (this.#options.failed === undefined) throw cause;
      this.close();
      this.#options.failed(cause);
    } finally {
      this.#isAdvancing = false;
    }
  }

  #answerNext(): boolean {
    const first = this.#entries[0];
    if (first?.isAnswered !== true || !this.#mayAnswer()) return false;
    const { inFlightMax, onRoom } = this.#options;
    const before = this.#entries.length;
    this.#entries.shift();
    this.#started--;
    this.#flush = 'unasked';
    first.give();
    if (before >= inFlightMax && this.#entries.length < inFlightMax) onRoom();
    return true;
  }

  #mayAnswer(): boolean {
    if (this.#flush === 'unasked') {
      this.#flush = 'asked';
      this.#options.beforeAnswer(this.#passed);
    }
    return this.#hasPassed();
  }

  #hasPassed(): boolean {
    return this.#flush === 'passed';
  }

  #startNext(): boolean {
    const entry = this.#entries[this.#started];
    if (entry === undefined) return false;
    const joins = entry.kind === this.#runningKind && entry.kind !== 'alone';
    if (this.#running > 0 && !joins) return false;
    this.#started++;
    this.#running++;
    this.#runningKind = entry.kind;
    entry.start();
    return true;
  }
}
