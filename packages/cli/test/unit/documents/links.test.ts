import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** A page without its code, in which nothing is a link or a heading. */
function prose(markdown: string): string {
  return markdown
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ''));
}

function read(path: string): string {
  return prose(readFileSync(path, 'utf8'));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(path: string): ReadonlySet<string> {
  const headings = [...read(path).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function problemOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, page) : resolve(root, dirname(page), path);
  if (!existsSync(target)) return `${page}: ${link} is not there`;
  if (anchor === undefined) return undefined;
  return anchors(target).has(anchor) ? undefined : `${page}: ${link} has no such heading`;
}

function linksOf(page: string): readonly string[] {
  return [...read(join(root, page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/i.test(link));
}

describe('the pages', () => {
  it('link to what is there', () => {
    expect(pages.length).toBeGreaterThan(10);
    expect(pages.flatMap((page) => linksOf(page).flatMap((link) => problemOf(page, link) ?? []))).toEqual([]);
  });

  it('are each linked from another page', () => {
    const linked = new Set(
      pages.flatMap((page) => linksOf(page).map((link) => resolve(root, dirname(page), link.split('#')[0] ?? ''))),
    );
    const reachable = (page: string) => [page, dirname(page)].some((path) => linked.has(join(root, path)));
    expect(pages.filter((page) => page.startsWith('docs/') && !reachable(page))).toEqual([]);
  });

  it('name tests that there are, where they promise something', () => {
    const page = 'docs/guarantees.md';
    const titles = quotedTitles(readFileSync(join(root, page), 'utf8'));
    expect(titles.length).toBeGreaterThan(20);
    const isThere = ({ link, title }: QuotedTitle) =>
      existsSync(resolve(root, dirname(page), link)) &&
      readFileSync(resolve(root, dirname(page), link), 'utf8').includes(title);
    expect(titles.filter((title) => !isThere(title))).toEqual([]);
  });
});

interface QuotedTitle {
  readonly link: string;
  readonly title: string;
}

/** What stands in quotes, each with the link before it, whose file must hold it. */
function quotedTitles(markdown: string): readonly QuotedTitle[] {
  const titles: QuotedTitle[] = [];
  let last: string | undefined;
  for (const [, link, title] of markdown.replaceAll(/\s+/g, ' ').matchAll(/\]\(([^)\s]+)\)|“([^”]+)”/g)) {
    if (link !== undefined) last = link;
    else if (last !== undefined && title !== undefined) titles.push({ link: last, title });
  }
  return titles;
}
