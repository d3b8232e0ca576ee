import type { Refusal } from '../model/error-code.ts';

/** Carries a refusal on its way to a door through a promise. The door maps `refusal.code` with its own total table. */
export class ServiceError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.name = 'ServiceError';
    this.refusal = refusal;
  }
}
