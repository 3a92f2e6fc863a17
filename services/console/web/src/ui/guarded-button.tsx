import { Button } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

interface GuardedButtonProps {
  /** Why it cannot be pressed; it is then shown disabled, with the reason. */
  readonly whyNot: string | undefined;
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly look?: 'primary' | 'plain' | 'danger';
  /** The key that does the same. */
  readonly shortcut?: string;
  readonly isBusy?: boolean;
}

/** A button that is never hidden: who may not press it sees why. */
export function GuardedButton({
  whyNot,
  onPress,
  children,
  look = 'plain',
  shortcut,
  isBusy,
}: GuardedButtonProps): ReactElement {
  const isOff = whyNot !== undefined;
  return (
    <Button
      variant={look === 'plain' ? 'default' : look === 'danger' ? 'outline' : 'filled'}
      color={look === 'danger' ? 'red' : 'accent'}
      className={look === 'danger' ? 'danger-button' : ''}
      aria-disabled={isOff}
      {...(isOff ? { 'data-disabled': true, title: whyNot } : {})}
      loading={isBusy === true}
      onClick={() => {
        if (!isOff) onPress();
      }}
      {...(shortcut === undefined ? {} : { 'aria-keyshortcuts': shortcut, rightSection: <kbd>{shortcut}</kbd> })}
    >
      {children}
    </Button>
  );
}

/** The reasons why buttons are disabled, each once, to be read without a mouse. */
export function WhyNot({ reasons }: { readonly reasons: readonly (string | undefined)[] }): ReactElement | undefined {
  const own = [...new Set(reasons.filter((reason) => reason !== undefined))];
  if (own.length === 0) return undefined;
  return <p className="why-not muted">{own.join(' ')}</p>;
}
