import type { Brand } from './contract.ts';
import { InvalidIdError } from './errors.ts';

/**
 * Makes the constructor of a branded id. It takes a text of 1 to 255 characters, well-formed Unicode without control
 * characters, and throws {@link InvalidIdError} otherwise.
 */
export function brand<TName extends string>(name: TName): (text: string) => Brand<TName> {
  return (text) => {
    if (typeof text !== 'string') throw new InvalidIdError(name, `expected a string, got ${typeof text}`);
    if (text.length === 0 || text.length > 255) {
      throw new InvalidIdError(name, `expected 1 to 255 characters, got ${text.length}`);
    }
    if (!text.isWellFormed() || hasControlCharacter(text)) {
      throw new InvalidIdError(name, 'it holds characters that cannot be printed');
    }
    return text as Brand<TName>;
  };
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
