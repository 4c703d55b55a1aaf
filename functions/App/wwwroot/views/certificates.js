import { Refusal } from '../api.js';
import { announce, el, replace } from '../dom.js';
import { find } from '../inventory.js';
import { certificateList } from '../parts/certificates.js';
import { problem } from '../parts/problem.js';
import { searchForm } from '../parts/search.js';
import { count } from '../words.js';

/** The certificates that were asked for, page by page; all when nothing was asked for. */
export async function certificates({ query, signal }) {
  const text = (query.get('find') ?? '').trim();
  const list = el('div');
  const further = el('button', { type: 'button', class: 'quiet', on: { click: add } }, 'Show more');
  let items = [];
  let next;

  async function add() {
    const page = await find(text, next, signal);
    items = [...items, ...page.items];
    next = page.next;
    further.hidden = !next;
    replace(list, items.length > 0
      ? [el('p', {}, `${sentence()}.`), certificateList(items)]
      : el('p', {}, 'Nothing found. ', el('a', { href: '#/upload' }, 'Upload a certificate'), '.'));
    announce(sentence());
  }

  const sentence = () => `${count(items.length, 'certificate')}${next ? ' so far' : ''}${text ? ` for “${text}”` : ''}`;

  try {
    await add();
  } catch (fault) {
    // What was typed can be mended; all else is told by the page itself.
    if (!(fault instanceof Refusal && fault.status === 400)) {
      throw fault;
    }
    replace(list, problem(fault));
    further.hidden = true;
  }
  return { title: text ? `Search: ${text}` : 'Certificates', heading: 'Certificates', node: [searchForm(text), list, further] };
}
