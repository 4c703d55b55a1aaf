import { get } from './api.js';

const most = 2000;

/** Certificates that end before a moment, the first first, and at least one page however late they end; `more` when there were too many. */
export async function byExpiry(until, signal) {
  const items = [];
  let after;
  do {
    const page = await get('api/certificates', { sort: 'expiry', limit: 500, after }, signal);
    items.push(...page.items);
    after = page.next;
  } while (after && items.length < most && !(items.length > 0 && new Date(items.at(-1).notAfter) > until));
  return { items, more: items.length >= most };
}

/** A page of the certificates whose name begins with a text, or that have a name in a domain when the text is one. */
export async function find(text, after, signal) {
  const wanted = text.toLowerCase();
  const query = wanted.includes('.') || wanted.includes(':') ? { domain: wanted.replace(/^\*\./, '') } : { name: wanted };
  let page = { items: [], next: after };
  // A page may be empty and still have a next one.
  do {
    page = await get('api/certificates', { ...query, limit: 100, after: page.next }, signal);
  } while (page.items.length === 0 && page.next);
  return page;
}

/** Targets that do not show yet what they shall serve. */
export const behind = (signal) => get('api/targets', { state: 'behind', limit: 20 }, signal);
