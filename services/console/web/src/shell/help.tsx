import type { ReactElement } from 'react';
import { Dialog } from '../ui/dialog.tsx';

const keys: readonly (readonly [string, string])[] = [
  ['/', 'search for any id'],
  ['j', 'next row'],
  ['k', 'previous row'],
  ['enter', 'open the row'],
  ['x', 'select the row'],
  ['r', 'redrive what is shown or selected'],
  ['e', 'edit the entry'],
  ['n', 'write a note on the entry'],
  ['?', 'this list'],
];

/** The keys of the console. */
export function Help({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog onClose={onClose} title="Keys" size="sm">
      <table className="keys">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Key</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {keys.map(([key, what]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
