import { Link } from '@tanstack/react-router';
import { useState, type ClipboardEvent, type ReactElement } from 'react';
import { shortId } from '../words/names.ts';
import { Icon } from './icon.tsx';

/** An id: shown short, copied whole, and a link to its journey. */
export function IdLink({ id }: { readonly id: string }): ReactElement {
  return (
    <Link to="/journey/$id" params={{ id }} className="mono id" title={id} onCopy={(event) => copyWhole(event, id)}>
      {shortId(id)}
    </Link>
  );
}

/** A button that copies a text, and says that it did. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): ReactElement {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <button
      type="button"
      className="quiet-button"
      aria-label={copied ? `${what} copied` : `Copy ${what}`}
      title={copied ? 'Copied' : `Copy ${what}`}
      onClick={() => void copy().catch(() => undefined)}
    >
      <Icon name={copied ? 'done' : 'copy'} />
    </button>
  );
}

function copyWhole(event: ClipboardEvent, id: string): void {
  event.preventDefault();
  event.clipboardData.setData('text/plain', id);
}
