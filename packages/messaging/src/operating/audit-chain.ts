import { createHash } from 'node:crypto';

/** What somebody did, before it has its place in the trail. */
export interface AuditRecord {
  readonly at: Date;
  /** Who did it. */
  readonly actor: string;
  /** Who agreed, where that was needed. */
  readonly approvedBy: string | undefined;
  /** `parked.redrive`. */
  readonly action: string;
  /** On what: `parked/42`. */
  readonly target: string;
  readonly reason: string | undefined;
  /** JSON text. Never personal data: the trail is kept for good. */
  readonly details: string;
  readonly result: string;
}

/** An entry in its place. */
export interface AuditEntry extends AuditRecord {
  readonly seq: number;
  /** The hash of the entry before it; of the first, 32 zero bytes. Lower-case hex, as is `hash`. */
  readonly previous: string;
  readonly hash: string;
}

/** Where a trail ends. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** The head of a trail without entries. */
export const emptyTrail: AuditHead = { seq: 0, hash: '0'.repeat(64) };

/** SHA-256 over everything an entry says, its place and the hash before it included. */
export function auditHash(record: AuditRecord, seq: number, previous: string): string {
  const { at, actor, approvedBy, action, target, reason, details, result } = record;
  const said = [seq, at.toISOString(), actor, approvedBy ?? null, action, target, reason ?? null, details, result];
  return createHash('sha256')
    .update(JSON.stringify([...said, previous]))
    .digest('hex');
}

/** The next entry of a trail that ends at `head`. */
export function nextAuditEntry(head: AuditHead, record: AuditRecord): AuditEntry {
  const seq = head.seq + 1;
  return { ...record, seq, previous: head.hash, hash: auditHash(record, seq, head.hash) };
}

/** An entry that does not fit: changed, removed, or in another's place. */
export interface AuditProblem {
  readonly seq: number;
  readonly problem: string;
}

/** Looks at one entry after another, from the first. */
export class AuditVerifier {
  #head: AuditHead = emptyTrail;
  #problem: AuditProblem | undefined;

  /** How far it got, and the first entry that did not fit. */
  get state(): { readonly head: AuditHead; readonly problem: AuditProblem | undefined } {
    return { head: this.#head, problem: this.#problem };
  }

  add(entry: AuditEntry): void {
    this.#problem ??= this.#problemOf(entry);
    this.#head = { seq: entry.seq, hash: entry.hash };
  }

  /**
   * Compares the end with the database's own head, which moves with each entry. Heads that were published are behind it as a
   * rule: see {@link verifyAgainstPublished}.
   */
  end(known: AuditHead): void {
    if (this.#head.seq === known.seq && this.#head.hash === known.hash) return;
    this.#problem ??=
      this.#head.seq < known.seq
        ? { seq: this.#head.seq + 1, problem: `the trail ends before entry ${known.seq}: its tail was removed` }
        : { seq: known.seq, problem: 'the entry is another one than the trail’s head names' };
  }

  #problemOf(entry: AuditEntry): AuditProblem | undefined {
    const { seq } = entry;
    const expected = this.#head.seq + 1;
    if (seq > expected) return { seq: expected, problem: `entry ${expected} is missing` };
    if (seq < expected) return { seq, problem: `entry ${seq} comes twice, or out of its place` };
    if (entry.previous !== this.#head.hash)
      return { seq, problem: `entry ${seq} does not follow the one that is before it` };
    if (auditHash(entry, seq, entry.previous) !== entry.hash) return { seq, problem: `entry ${seq} was changed` };
    return undefined;
  }
}

/**
 * Compares a trail, entry after entry, with heads that were published of it: whoever can change a database cannot change
 * what others were told. Only places and hashes are compared: that they fit what the entries say is {@link AuditVerifier}'s.
 */
export class PublishedComparison {
  readonly #published: ReadonlyMap<number, readonly AuditHead[]>;
  readonly #last: number;
  #seq: number;
  #differing: number | undefined;

  /** @param after the place of the entry before the first that is added; heads up to it are not looked at. */
  constructor(heads: readonly AuditHead[], after = 0) {
    this.#published = Map.groupBy(heads, ({ seq }) => seq);
    this.#last = heads.reduce((furthest, { seq }) => Math.max(furthest, seq), 0);
    this.#seq = after;
  }

  /** Entries come in their order. */
  add({ seq, hash }: AuditHead): void {
    this.#seq = seq;
    if (this.#published.get(seq)?.some((head) => head.hash !== hash) === true) this.#differing ??= seq;
  }

  /** Whether every head lies behind: no further entry can make a difference. */
  get isOver(): boolean {
    return this.#seq >= this.#last;
  }

  /** The first entry that is not as it was published, once all were added. */
  get problem(): AuditProblem | undefined {
    const seq = this.#differing;
    if (seq !== undefined) return { seq, problem: `entry ${seq} is another one than was published` };
    if (this.isOver) return undefined;
    return {
      seq: this.#seq + 1,
      problem: `the trail ends before entry ${this.#last}, which was published: its tail was removed`,
    };
  }
}

/**
 * Checks a trail, from its first entry on, against heads that were published of it: an end that was cut, or a trail that was
 * written anew, shows here. Heads may come in any order, and more than once.
 */
export function verifyAgainstPublished(
  entries: Iterable<AuditEntry>,
  heads: readonly AuditHead[],
): AuditProblem | undefined {
  const verifier = new AuditVerifier();
  const comparison = new PublishedComparison(heads);
  for (const entry of entries) {
    verifier.add(entry);
    comparison.add(entry);
  }
  const { problem } = verifier.state;
  const published = comparison.problem;
  if (problem === undefined || published === undefined) return problem ?? published;
  return problem.seq <= published.seq ? problem : published;
}
