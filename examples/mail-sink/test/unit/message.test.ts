import { expect, test } from 'vitest';
import { readMessage } from '../../src/message.ts';

test('reads the Message-ID, the subject with its folded lines, and the text', () => {
  const source = 'Message-ID: <1@waybill.example>\r\nSUBJECT: Order 1\r\n is confirmed\r\n\r\nHello,\r\n\r\nbye\r\n';
  expect(readMessage(source)).toEqual({
    messageId: '<1@waybill.example>',
    subject: 'Order 1 is confirmed',
    text: 'Hello,\r\n\r\nbye\r\n',
  });
});

test('a message without a text is read as far as it goes', () => {
  expect(readMessage('Subject: x')).toEqual({ messageId: '', subject: 'x', text: '' });
});
