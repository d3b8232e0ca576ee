import type { Complaint, Notice } from './complaint.ts';

/** What was found while reading: collected, so that a reader hears of every mistake in one go. */
export class Findings {
  readonly complaints: Complaint[] = [];
  readonly notices: Notice[] = [];

  complain(where: string, problem: string, fix: string): void {
    this.complaints.push({ where, problem, fix });
  }

  warn(where: string, text: string): void {
    this.notices.push({ level: 'warn', where, text });
  }

  mention(where: string, text: string): void {
    this.notices.push({ level: 'debug', where, text });
  }
}
