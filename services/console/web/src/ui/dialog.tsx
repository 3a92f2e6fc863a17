import { Modal } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

interface DialogProps {
  readonly title: string;
  readonly size?: 'sm' | 'lg';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const transition = { duration: 100 };

/** A dialog over the page: takes the focus, gives it back, and closes by Escape. */
export function Dialog({ title, size = 'lg', onClose, children }: DialogProps): ReactElement {
  return (
    <Modal.Root opened onClose={onClose} size={size} transitionProps={transition}>
      <Modal.Overlay backgroundOpacity={0.5} />
      <Modal.Content className="dialog">
        <div className="dialog-head">
          <Modal.Title className="dialog-title">{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
