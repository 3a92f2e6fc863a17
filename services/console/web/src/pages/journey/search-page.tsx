import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactElement } from 'react';
import { Panel } from '../../ui/panels.tsx';

const kinds: readonly (readonly [string, string])[] = [
  ['An order or another entity', 'all that happened to it, in every service'],
  ['An event', 'what caused it, and what it caused'],
  ['A correlation id', 'all that began with one request'],
  ['A trace id', 'the same, from what a log or Jaeger shows'],
];

/** One box that takes any id. */
export function SearchPage(): ReactElement {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const search = (event: FormEvent) => {
    event.preventDefault();
    const id = text.trim();
    if (id !== '') void navigate({ to: '/journey/$id', params: { id } });
  };
  return (
    <div className="page">
      <h1>Journey</h1>
      <p className="muted">What happened to one business thing, from its first event to where it stands now.</p>
      <form className="journey-search" onSubmit={search}>
        <TextInput
          label="Any id"
          placeholder="1042, or a UUID"
          value={text}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">Find it</Button>
      </form>
      <Panel title="What can be looked for">
        <dl className="facts">
          {kinds.map(([kind, finds]) => (
            <div key={kind}>
              <dt>{kind}</dt>
              <dd>{finds}</dd>
            </div>
          ))}
        </dl>
      </Panel>
    </div>
  );
}
