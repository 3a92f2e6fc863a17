import { expect, test } from 'vitest';
import { maskPersonal, personalPathsOf, unmaskPersonal } from '../../src/index.ts';

const personal = { 'waybill.personal': true };
const schema = JSON.stringify({
  type: 'record',
  name: 'Placed',
  namespace: 'shop.v1',
  'waybill.kind': 'event',
  'waybill.aggregate': 'shop.order',
  fields: [
    { name: 'total', type: 'int' },
    { name: 'email', type: ['null', 'string'], ...personal },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: { type: 'record', name: 'Line', fields: [{ name: 'note', type: 'string', ...personal }] },
      },
    },
    {
      name: 'contacts',
      type: {
        type: 'map',
        values: { type: 'record', name: 'Contact', fields: [{ name: 'phone', type: 'string', ...personal }] },
      },
    },
  ],
});
const data = {
  total: 3,
  email: 'ada@example.com',
  lines: [{ note: 'for Ada' }, { note: 'for Bo' }],
  contacts: { home: { phone: '110' }, work: { phone: '112' } },
};
const paths = personalPathsOf(schema);
const masked = {
  total: 3,
  email: '••••',
  lines: [{ note: '••••' }, { note: '••••' }],
  contacts: { home: { phone: '••••' }, work: { phone: '••••' } },
};

test('personal values are masked wherever the schema marks them: in lists and maps too', () => {
  expect(paths).toEqual(['email', 'lines[].note', 'contacts{}.phone']);
  expect(maskPersonal(data, paths)).toEqual(masked);
  expect(maskPersonal({ total: 3, email: null, lines: [], contacts: {} }, paths)).toEqual({
    ...{ total: 3, email: null, lines: [], contacts: {} },
  });
});

test('what was edited while it was masked gets the values back that nobody could see', () => {
  expect(unmaskPersonal({ ...masked, total: 4 }, data, paths)).toEqual({ ...data, total: 4 });
  expect(unmaskPersonal({ ...masked, email: 'bo@example.com' }, data, paths)).toEqual({
    ...data,
    email: 'bo@example.com',
  });
});
