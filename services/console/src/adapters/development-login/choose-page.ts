import { escaped } from '../http/page.ts';
import type { DevelopmentPerson } from './people.ts';

/** The page on which somebody says who they are; it sends the choice to its own address. */
export function choosePage(people: readonly DevelopmentPerson[]): string {
  const buttons = people.map(
    ({ email, name, roles }) =>
      `<p><button name="person" value="${escaped(email)}">${escaped(name)} (${escaped(roles.join(', '))})</button></p>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Who are you?</title></head>
<body><main>
<h1>Who are you?</h1>
<p>This is the development login of the Waybill console. It asks for no password and never starts in production.</p>
<form method="post">
${buttons.join('\n')}
</form>
</main></body>
</html>
`;
}
