import { get } from './api.js';

const most = 2000;

/** Certificates up to a number that a browser draws at once, the first to expire first; `more` when there are others. */
export async function byExpiry(signal) {
  const { items, more } = await read(signal);
  return { items: items.filter((item) => item.notAfter).sort((one, other) => new Date(one.notAfter) - new Date(other.notAfter)), more };
}

/** Certificates whose name or one of whose domains holds a text. */
export async function find(text, signal) {
  const { items, more } = await read(signal);
  const wanted = text.toLowerCase();
  return { items: items.filter((item) => [item.name, ...(item.names ?? [])].some((name) => name.includes(wanted))), more };
}

async function read(signal) {
  const items = [];
  let after;
  do {
    const page = await get('api/certificates', { limit: 500, after }, signal);
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < most);
  return { items, more: Boolean(after) };
}
