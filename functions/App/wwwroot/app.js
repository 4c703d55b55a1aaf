import { Refusal } from './api.js';
import { announce, el } from './dom.js';
import { problem } from './parts/problem.js';
import { leave, token } from './session.js';
import { certificate } from './views/certificate.js';
import { certificates } from './views/certificates.js';
import { overview } from './views/overview.js';
import { rollout } from './views/rollout.js';
import { rollouts } from './views/rollouts.js';
import { signIn } from './views/signin.js';
import { upload } from './views/upload.js';

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const out = document.getElementById('leave');
let shown = new AbortController();

/** The view of an address: "#/certificates/shop?find=x" is the view of a certificate with "shop", and its query. */
function find() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [first, second] = path.split('/').map(decodeURIComponent);
  const given = { name: second, query: new URLSearchParams(query) };
  switch (first) {
    case '': return [overview, given];
    case 'upload': return [upload, given];
    case 'certificates': return [second ? certificate : certificates, given];
    case 'rollouts': return [second ? rollout : rollouts, given];
    default: return [nothing, given];
  }
}

const nothing = () => ({ title: 'Nothing here', node: el('p', {}, 'There is no such page. ', el('a', { href: '#/' }, 'Go to the overview'), '.') });

/** Shows the view of the address; on the first view of a visit the focus stays where the browser has it. */
async function show({ first = false, why = '' } = {}) {
  shown.abort();
  const { signal } = shown = new AbortController();
  nav.hidden = out.hidden = !token();
  main.setAttribute('aria-busy', 'true');
  try {
    const [view, given] = token() ? find() : [signIn, { why, entered: () => show() }];
    put(await view({ ...given, signal }), signal, first);
  } catch (fault) {
    if (!signal.aborted) {
      put({ title: fault instanceof Refusal && fault.status === 404 ? 'Not found' : 'This cannot be shown', node: problem(fault) }, signal, first);
    }
  }
}

function put({ title, heading = title, node, focus, begin }, signal, first) {
  if (signal.aborted) {
    return;
  }
  document.title = `${title} · Certrelay`;
  const top = el('h1', { tabindex: '-1' }, heading);
  main.replaceChildren(top, ...[node].flat());
  main.removeAttribute('aria-busy');
  for (const link of nav.querySelectorAll('a')) {
    const at = location.hash || '#/';
    const here = link.hash === '#/' ? at === '#/' : at.startsWith(link.hash);
    here ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  }
  if (focus) {
    focus.focus();
  } else if (!first) {
    scrollTo(0, 0);
    top.focus();
  }
  begin?.();
}

document.getElementById('skip').addEventListener('click', (event) => {
  // The address says which view is shown; going there would leave it.
  event.preventDefault();
  main.focus();
});
out.addEventListener('click', () => leave('You are signed out.'));
addEventListener('left', (event) => {
  announce(event.detail);
  show({ why: event.detail });
});
addEventListener('hashchange', () => show());
show({ first: true });
