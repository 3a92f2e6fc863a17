import type { Program } from '../process/program.ts';
import type { Place } from '../world/place.ts';
import type { EventWriter } from './writer.ts';

/** `ours`, what teams use in its place, or what shows where the limit is. */
export type Role = 'ours' | 'rival' | 'reference';

export interface Contestant {
  readonly name: string;
  readonly role: Role;
  /** What it is and how it is set, for the table's legend. */
  readonly what: string;
  /** Why it cannot take part on this machine; `undefined` when it can. */
  readonly unavailable?: () => Promise<string | undefined>;
}

/** Moves committed rows to the topic; or, as a reference, puts the same records there by a shorter way. */
export interface RelayContestant extends Contestant {
  /** `short` for one that would take minutes for the whole backlog. */
  readonly backlog?: 'short';
  /** For one whose records can only be counted. */
  readonly records?: 'without keys and headers';
  /** Makes its tables in the run's empty database. */
  prepare(place: Place): Promise<void>;
  /** Commits `rows` events, for it to publish. */
  fill(place: Place, rows: number): Promise<void>;
  /** The relay, loaded and not yet started; in a process of its own. */
  relay(place: Place, rows: number): Promise<Program>;
}

/** Applies what lies in the topic to a projection, or, as a reference, only reads it. */
export interface ConsumeContestant extends Contestant {
  prepare(place: Place): Promise<void>;
  /** The consumer, loaded and not yet started; in a process of its own. */
  consumer(place: Place, records: number): Promise<Program>;
  /** Whether it keeps the projection, which then shows how far it is; else its `go` says how long it took. */
  readonly effects: 'projection' | 'none';
}

/** Calls a dependency outside for each event, which is down for a time; its `go` is told where that is. */
export interface OutageContestant extends Contestant {
  consumer(place: Place): Promise<Program>;
}

/** A business process that commits one event per transaction, and the way by which they reach the topic. */
export interface LatencyContestant extends Contestant {
  prepare(place: Place): Promise<void>;
  /** The relay that runs beside the writer, by its name; none when events leave from the writer's own process. */
  readonly relay: string | undefined;
  writer(place: Place): Promise<EventWriter>;
}

/** The settings of a relay's or a consumer's process. */
export interface RunSettings {
  readonly place: Place;
  readonly events: number;
}
