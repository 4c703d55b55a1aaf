// The token, for as long as this tab is open, and nowhere else.

const key = 'certrelay-token';

export const token = () => sessionStorage.getItem(key);

export const keep = (text) => sessionStorage.setItem(key, text);

/** Forgets the token, and has the page ask for one. */
export function leave(why = '') {
  sessionStorage.removeItem(key);
  dispatchEvent(new CustomEvent('left', { detail: why }));
}
