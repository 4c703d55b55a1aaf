import { get } from '../api.js';
import { el, replace } from '../dom.js';
import { rolloutList } from '../parts/rollouts.js';
import { poll } from '../poll.js';

/** The newest rollouts, page by page. */
export async function rollouts({ signal }) {
  const list = el('div');
  const older = el('button', { type: 'button', class: 'quiet', on: { click: add } }, 'Show older ones');
  let items = [];
  let next;

  async function add() {
    const page = await get('api/rollouts', { limit: 20, after: next }, signal);
    items = [...items, ...page.items];
    draw(page.next);
  }

  function draw(following) {
    next = following;
    replace(list, items.length > 0 ? rolloutList(items) : el('p', {}, 'Nothing was rolled out yet.'));
    older.hidden = !next;
  }

  // Only while one page is shown: a list that somebody reads on in keeps still.
  async function refresh() {
    if (items.length <= 20) {
      const page = await get('api/rollouts', { limit: 20 }, signal).catch(() => null);
      if (page && JSON.stringify(page.items) !== JSON.stringify(items)) {
        items = page.items;
        draw(page.next);
      }
    }
    return 5_000;
  }

  await add();
  return { title: 'Rollouts', node: [list, older], begin: () => poll(refresh, 5_000, signal) };
}
