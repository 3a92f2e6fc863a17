import type { ParkedEntry } from '@waybill/service/operations';
import { useMemo, useState, type ReactElement } from 'react';
import { avroToJsonSchema } from '../schema/avro-to-json-schema.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { withMasks, withoutMasked } from '../words/masked.ts';
import { CopyButton } from '../ui/ids.tsx';
import { Icon } from '../ui/icon.tsx';
import { DataValue } from './data-value.tsx';

type EntryData = Pick<ParkedEntry, 'data' | 'schema' | 'masked' | 'unreadable'>;

/** An event's data: by its schema, or raw when asked for. Always text, whatever it holds. */
export function EventData({ entry }: { readonly entry: EntryData }): ReactElement {
  const [isRaw, setRaw] = useState(false);
  const schema = useMemo(() => schemaOf(entry.schema), [entry.schema]);
  if (entry.data === undefined) {
    return (
      <p className="notice notice-retrying">
        <Icon name="alert" />
        <span>The event cannot be shown: {entry.unreadable?.replace(/\.$/u, '') ?? 'its data was not given'}.</span>
      </p>
    );
  }
  return (
    <div className="stack">
      <div className="actions">
        <div className="toggle" role="group" aria-label="How the event is shown">
          <button type="button" aria-pressed={!isRaw} onClick={() => setRaw(false)}>
            Fields
          </button>
          <button type="button" aria-pressed={isRaw} onClick={() => setRaw(true)}>
            Raw
          </button>
        </div>
        <CopyButton
          text={pretty(withoutMasked(entry.data, entry.masked))}
          what="event as JSON, without masked values"
        />
      </div>
      {isRaw ? (
        // Scrolls by itself, so it can be focused.
        <pre className="pre" tabIndex={0} aria-label="The event as JSON">
          {pretty(withMasks(entry.data, entry.masked))}
        </pre>
      ) : (
        <DataValue value={entry.data} schema={schema} root={schema} path="" masked={entry.masked} />
      )}
    </div>
  );
}

function schemaOf(text: string | undefined): JsonSchema {
  if (text === undefined) return {};
  try {
    return avroToJsonSchema(text);
  } catch {
    return {};
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
