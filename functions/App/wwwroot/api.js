import { leave, token } from './session.js';

/** A call that was refused; `problem` is the body (RFC 9457), or what stands for it when none came. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title);
    this.status = status;
    this.problem = problem;
  }
}

const unreachable = {
  title: 'The host does not answer.',
  code: 'page.unreachable',
  remedy: 'See whether it runs and whether this device reaches it, then try again.',
};

/** Sends a request and gives status, body and ETag; throws Refusal. 304 has no body. */
export async function send(method, path, options = {}) {
  const answer = await ask(method, path, options);
  const text = await answer.text();
  return { status: answer.status, etag: answer.headers.get('ETag'), value: text ? JSON.parse(text) : null };
}

/** A GET whose answer is a file: its name, its content, and the passphrase that the host drew for it. */
export async function file(path, query, signal) {
  const answer = await ask('GET', withQuery(path, query), { accept: '*/*', signal });
  const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition'))?.[1] ?? 'certificate';
  return { name, blob: await answer.blob(), passphrase: answer.headers.get('Certrelay-Passphrase') };
}

async function ask(method, path, { body, type, headers = {}, accept = 'application/json', signal }) {
  const sent = { ...headers, Accept: accept, Authorization: `Bearer ${token()}` };
  if (type) {
    sent['Content-Type'] = type;
  }
  let answer;
  try {
    answer = await fetch(path, { method, headers: sent, body, signal, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
  } catch (fault) {
    throw signal?.aborted ? fault : new Refusal(0, unreachable);
  }
  if (answer.ok || answer.status === 304) {
    return answer;
  }
  const problem = await answer.json().catch(() => ({ title: `The host answered ${answer.status}.`, code: `http.${answer.status}`, remedy: 'Try again.' }));
  if (answer.status === 401) {
    leave('The token is not taken: it is unknown, or has ended.');
  }
  throw new Refusal(answer.status, problem);
}

/** The body of a GET. */
export async function get(path, query = {}, signal = undefined) {
  return (await send('GET', withQuery(path, query), { signal })).value;
}

/** Posts JSON and gives its answer; safe to repeat, because each call has a key of its own. */
export async function post(path, value, signal = undefined) {
  const headers = { 'Idempotency-Key': oneTimeKey() };
  return (await send('POST', path, { body: JSON.stringify(value), type: 'application/json', headers, signal })).value;
}

/** A path with the parameters that have a value. */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

// crypto.randomUUID is there on secure origins only; a host behind a proxy may be none.
const oneTimeKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
