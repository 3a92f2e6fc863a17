import { describe, expect, it } from 'vitest';
import { isMasked, mask, memberPath, withMasks, withoutMasked } from '#web/words/masked.ts';

const data = {
  email: 'hidden',
  lines: [{ sku: 'a', note: 'hidden' }],
  contacts: { home: { phone: 'hidden' } },
  total: '1.00',
};
const masked = ['email', 'lines[].note', 'contacts{}.phone'];

describe('masked values', () => {
  it('are known by their path, whichever element or key it goes through', () => {
    expect(isMasked('email', masked)).toBe(true);
    expect(isMasked('lines[12].note', masked)).toBe(true);
    expect(isMasked('contacts.home.phone', masked)).toBe(true);
    expect(isMasked('lines[0].sku', masked)).toBe(false);
    expect(isMasked('emails', masked)).toBe(false);
    expect(isMasked('contacts.phone', masked)).toBe(false);
  });

  it('have the mask in their place when the event is shown raw', () => {
    expect(withMasks(data, masked)).toEqual({
      email: mask,
      lines: [{ sku: 'a', note: mask }],
      contacts: { home: { phone: mask } },
      total: '1.00',
    });
  });

  it('are left out of what is copied', () => {
    expect(JSON.stringify(withoutMasked(data, masked))).toBe(
      '{"lines":[{"sku":"a"}],"contacts":{"home":{}},"total":"1.00"}',
    );
  });

  it('have a path that names elements by index and members by name', () => {
    expect(['lines', 0, 'note'].reduce<string>(memberPath, '')).toBe('lines[0].note');
  });
});
