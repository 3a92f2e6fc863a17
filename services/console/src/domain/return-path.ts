/** Characters of a path to return to, at most: what is longer is no address of this console. */
const longest = 2_000;
const base = 'http://console.invalid';

/**
 * Where a browser goes after the login: the path that was asked for when it leads into this console, `/` otherwise. An
 * address of another site, in whatever spelling a browser takes for one, is never answered.
 */
export function returnPath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > longest || !asked.startsWith('/')) return '/';
  // Browsers take a backslash for a slash, and drop tabs and line ends before they look.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\\\u0000-\u0020\u007f]/.test(asked)) return '/';
  const url = URL.parse(asked, base);
  if (url === null || url.origin !== base || url.pathname.startsWith('//')) return '/';
  // Coming back to these would log in once more, or show what is made for programs.
  if (/^\/(?:login|logout|api)(?:\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
