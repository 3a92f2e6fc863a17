import type { OutboxRow } from './outbox-row.ts';
import type { Held, HeldChanges, HeldKey } from './relay-store.ts';
import { shardOf } from './slot.ts';

/** What is held of the shards owned, and what of that is not yet saved. */
export class HeldBook {
  readonly #held = new Map<string, Held>();
  readonly #unsavedHeld = new Map<string, Held>();
  readonly #unsavedReleased = new Map<string, HeldKey>();

  get size(): number {
    return this.#held.size;
  }

  get unsaved(): boolean {
    return this.#unsavedHeld.size > 0 || this.#unsavedReleased.size > 0;
  }

  /** What the database has. */
  add(held: readonly Held[]): void {
    for (const each of held) this.#held.set(textOf(each), each);
  }

  get(key: HeldKey): Held | undefined {
    return this.#held.get(textOf(key));
  }

  /** Whether a row must stay back: its aggregate is held from its version or an earlier one. */
  keepsBack(row: OutboxRow): boolean {
    if (this.#held.size === 0) return false;
    const held = this.#held.get(textOf(row));
    return held !== undefined && row.aggregateVersion >= held.fromVersion;
  }

  /** Holds a row's aggregate from this row on. */
  hold(row: OutboxRow, fault: { readonly code: string; readonly message: string }): void {
    const { kind, tenant, aggregateType, aggregateId, slot, position, aggregateVersion } = row;
    const held = { kind, tenant, aggregateType, aggregateId, slot, position, fromVersion: aggregateVersion, ...fault };
    const text = textOf(held);
    this.#held.set(text, held);
    this.#unsavedHeld.set(text, held);
    this.#unsavedReleased.delete(text);
  }

  release(key: HeldKey): void {
    const text = textOf(key);
    this.#held.delete(text);
    this.#unsavedHeld.delete(text);
    this.#unsavedReleased.set(text, {
      kind: key.kind,
      tenant: key.tenant,
      aggregateType: key.aggregateType,
      aggregateId: key.aggregateId,
    });
  }

  /** Takes out what is to be saved. */
  takeUnsaved(): HeldChanges {
    const changes = { held: [...this.#unsavedHeld.values()], released: [...this.#unsavedReleased.values()] };
    this.#unsavedHeld.clear();
    this.#unsavedReleased.clear();
    return changes;
  }

  forget(shard: number): void {
    for (const [text, held] of this.#held) {
      if (shardOf(held.slot) !== shard) continue;
      this.#held.delete(text);
      this.#unsavedHeld.delete(text);
    }
  }
}

function textOf(key: HeldKey): string {
  return JSON.stringify([key.kind, key.tenant, key.aggregateType, key.aggregateId]);
}
