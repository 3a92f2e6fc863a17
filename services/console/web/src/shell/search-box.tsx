import { useNavigate } from '@tanstack/react-router';
import { useRef, useState, type FormEvent, type ReactElement } from 'react';
import { Icon } from '../ui/icon.tsx';
import { useShortcut } from './shortcuts.ts';

/** Takes any id and goes to its journey. */
export function SearchBox(): ReactElement {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', () => input.current?.focus());
  const search = (event: FormEvent) => {
    event.preventDefault();
    const id = text.trim();
    if (id === '') return;
    setText('');
    input.current?.blur();
    void navigate({ to: '/journey/$id', params: { id } });
  };
  return (
    <form role="search" className="search-box" onSubmit={search}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search for an order, a customer, an event, a correlation or a trace id"
        placeholder="Search any id"
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') input.current?.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
