import { announce, el } from '../dom.js';
import { find } from '../inventory.js';
import { certificateList } from '../parts/certificates.js';
import { searchForm } from '../parts/search.js';
import { count } from '../words.js';

const shown = 100;

/** The certificates whose name or domain was asked for; all when nothing was. */
export async function certificates({ query, signal }) {
  const text = query.get('find') ?? '';
  const { items, more } = await find(text, signal);
  const sentence = `${count(items.length, 'certificate')}${more ? ' so far' : ''}${text ? ` for “${text}”` : ''}`;
  const node = [
    searchForm(text),
    el('p', {}, items.length > 0 ? `${sentence}.` : ['Nothing found. ', el('a', { href: '#/upload' }, 'Upload a certificate'), '.']),
    certificateList(items.slice(0, shown)),
    items.length > shown || more ? el('p', { class: 'small' }, `The first ${Math.min(shown, items.length)} are shown. Narrow the search to see others.`) : null,
  ].filter(Boolean);
  return { title: text ? `Search: ${text}` : 'Certificates', heading: 'Certificates', node, begin: () => announce(sentence) };
}
