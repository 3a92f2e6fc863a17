import { deadlockDetected } from './errors.ts';

/** Whoever holds and awaits locks. */
export interface LockOwner {
  /** The one lock that it waits for. */
  waitsFor: Lock | undefined;
}

interface Waiting {
  readonly owner: LockOwner;
  readonly granted: () => void;
  readonly refused: (error: Error) => void;
}

/** An exclusive lock, granted in the order in which it was asked for. */
export class Lock {
  holder: LockOwner | undefined;
  #queue: Waiting[] = [];

  get isFree(): boolean {
    return this.holder === undefined && this.#queue.length === 0;
  }

  /**
   * Takes the lock; undefined when that needs no waiting.
   * @throws {MemoryDatabaseError} 40P01 when waiting for it would never end.
   */
  take(owner: LockOwner): Promise<void> | undefined {
    if (this.holder === owner) return undefined;
    if (this.holder === undefined) {
      this.holder = owner;
      return undefined;
    }
    for (let each: LockOwner | undefined = this.holder; each !== undefined; each = each.waitsFor?.holder) {
      if (each === owner) throw deadlockDetected();
    }
    owner.waitsFor = this;
    return new Promise((granted, refused) => {
      this.#queue.push({ owner, granted, refused });
    });
  }

  release(owner: LockOwner): void {
    if (this.holder !== owner) return;
    const next = this.#queue.shift();
    this.holder = next?.owner;
    if (next === undefined) return;
    next.owner.waitsFor = undefined;
    next.granted();
  }

  /** Ends an owner's wait. */
  withdraw(owner: LockOwner, error: Error): void {
    const waiting = this.#queue.find((each) => each.owner === owner);
    if (waiting === undefined) return;
    this.#queue = this.#queue.filter((each) => each !== waiting);
    owner.waitsFor = undefined;
    waiting.refused(error);
  }
}
