import { NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactElement } from 'react';
import type { EntryFilter } from '../lists/filters.ts';
import { eventName } from '../words/names.ts';

interface EntryFiltersProps {
  readonly filter: EntryFilter;
  readonly onFilter: (part: EntryFilter) => void;
  /** Types of events that are there. */
  readonly types: readonly string[];
}

/** The filter of a list of entries; it stands in the address, and a bulk action takes exactly what it leaves. */
export function EntryFilters({ filter, onFilter, types }: EntryFiltersProps): ReactElement {
  const known = [...new Set([...types, ...(filter.type === undefined ? [] : [filter.type])])].sort();
  return (
    <div className="filters" role="group" aria-label="Filter of the entries">
      <NativeSelect
        label="State"
        value={filter.state ?? ''}
        data={[{ value: '', label: 'all' }, 'dead', 'retrying', 'waiting']}
        onChange={(event) => onFilter({ state: event.target.value })}
      />
      <NativeSelect
        label="Event"
        value={filter.type ?? ''}
        data={[
          { value: '', label: 'all' },
          ...known.map((type) => ({ value: type, label: `${eventName(type)} (${type})` })),
        ]}
        onChange={(event) => onFilter({ type: event.target.value })}
      />
      <LateInput
        label="Entity"
        placeholder="its id, whole"
        value={filter.aggregateId}
        onChange={(aggregateId) => onFilter({ aggregateId })}
      />
      <LateInput
        label="Assigned to"
        placeholder="anybody"
        value={filter.assignee}
        onChange={(assignee) => onFilter({ assignee })}
      />
      <TimeInput label="Parked since" value={filter.since} onChange={(since) => onFilter({ since })} />
      <TimeInput label="Parked until" value={filter.until} onChange={(until) => onFilter({ until })} />
    </div>
  );
}

interface InputProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Takes effect when one leaves it or presses enter, since half an id finds nothing. */
function LateInput({ label, placeholder, value, onChange }: InputProps): ReactElement {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  return (
    <TextInput
      label={label}
      placeholder={placeholder ?? ''}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onChange(text.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onChange(text.trim());
      }}
    />
  );
}

function TimeInput({ label, value, onChange }: InputProps): ReactElement {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={localTime(value)}
      onChange={(event) => {
        const date = new Date(event.target.value);
        onChange(Number.isNaN(date.getTime()) ? '' : date.toISOString());
      }}
    />
  );
}

/** A time as an input of the reader's zone takes it: `2026-11-27T14:05`. */
function localTime(value: string | undefined): string {
  if (value === undefined) return '';
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
