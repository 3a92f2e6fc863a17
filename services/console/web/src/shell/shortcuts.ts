import { useEffect, useRef } from 'react';

/** Does something when a key is pressed outside of inputs and dialogs. @param key As `KeyboardEvent.key` names it. */
export function useShortcut(key: string, run: (() => void) | undefined): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== key || latest.current === undefined || isElsewhere(event)) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [key]);
}

/** Moves through the rows of the page's lists by `j` and `k`, and selects by `x`. Enter opens, as on any link. */
export function useRowKeys(): void {
  useShortcut('j', () => moveBy(1));
  useShortcut('k', () => moveBy(-1));
  useShortcut('x', () => {
    const row = document.activeElement?.closest('[data-row]');
    row?.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
  });
}

function moveBy(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')].filter(
    (link) => link.offsetParent !== null,
  );
  const row = document.activeElement?.closest('[data-row]');
  const at = links.findIndex((link) => link.closest('[data-row]') === row);
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
  links[next]?.focus();
}

/** Whether the key belongs to an input, to a dialog, or to the browser. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector('[role="dialog"]') !== null) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
