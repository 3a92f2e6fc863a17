import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Opens text in the person's editor (`VISUAL`, `EDITOR`, or vi) and resolves to what was saved. The file lies in a
 * directory that only this user may enter, and is removed whatever happens, since it may hold personal data.
 * @throws Error when the editor cannot be started, or ends with another status than 0.
 */
export async function editedText(text: string, variables = process.env): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'waybill-edit-'));
  const file = join(directory, 'data.json');
  try {
    await writeFile(file, text, { mode: 0o600 });
    await runEditor(variables['VISUAL'] || variables['EDITOR'] || 'vi', file);
    return await readFile(file, 'utf8');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** By the shell, since the variable may hold arguments: `code --wait`. */
async function runEditor(editor: string, file: string): Promise<void> {
  const child = spawn('sh', ['-c', `${editor} "$@"`, editor, file], { stdio: 'inherit' });
  const status = await new Promise<string | number | null>((settle, fail) => {
    child.once('error', fail).once('exit', (code, signal) => settle(code ?? signal));
  });
  if (status !== 0) throw new Error(`The editor (${editor}) ended with ${status ?? 'nothing'}; nothing was changed.`);
}
