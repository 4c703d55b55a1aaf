import { get, send } from '../api.js';
import { announce, el, replace } from '../dom.js';
import { asDate } from '../words.js';
import { field, form } from './form.js';
import { findings } from './findings.js';

const keys = [
  ['p-256', 'P-256, new'], ['p-384', 'P-384, new'], ['rsa-2048', 'RSA 2048, new'], ['rsa-3072', 'RSA 3072, new'], ['rsa-4096', 'RSA 4096, new'],
];

/** Makes a request (CSR) for an authority, whose key is born in the vault, and lists those that wait for their certificate. */
export function requestForm(certificate, open, signal) {
  const path = `api/certificates/${encodeURIComponent(certificate.name)}/csr`;
  const names = el('textarea', { rows: '3', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  names.value = certificate.current?.names.join('\n') ?? '';
  const key = el('select', {},
    keys.map(([value, what]) => el('option', { value }, what)),
    certificate.current?.hasKey ? el('option', { value: '' }, 'The key of the current version') : null);
  const waiting = el('div', {}, list(open));
  const found = el('div', { role: 'status' });

  async function submit() {
    const wanted = names.value.split(/[\s,]+/).filter(Boolean);
    const order = { ...(wanted.length > 0 ? { names: wanted } : {}), ...(key.value ? { key: key.value } : { reuseKey: true }) };
    const { value } = await send('POST', path, { body: JSON.stringify(order), type: 'application/json', signal });
    replace(found, value.findings.length > 0 ? findings(value.findings) : null);
    replace(waiting, list((await get(path, {}, signal)).items));
    announce('The request is made. Give it to the authority, then upload the certificate that it issues.');
  }

  function list(items) {
    return items.map((one) => el('details', { open: items.length === 1 },
      el('summary', {}, `Request for ${one.names.join(', ')}, ${one.key}, made on ${asDate(one.created)}`),
      el('pre', { tabindex: '0', role: 'region', 'aria-label': `Request ${one.spki.slice(0, 8)}` }, one.csr),
      el('p', { class: 'small' }, 'Give this to the authority; upload the certificate that it issues, alone: its key waits in the vault.'),
      el('button', { type: 'button', class: 'quiet', on: { click: () => drop(one) } }, 'Drop the request and its key')));
  }

  async function drop({ spki }) {
    await send('DELETE', `${path}/${spki}`, { signal });
    replace(waiting, list((await get(path, {}, signal)).items));
    announce('The request and its key are gone.');
  }

  return [waiting, form({ submit, label: 'Request' },
    field('Names', names, 'One a line: host names, wildcards, addresses.'),
    field('Key', key, 'It is born in the vault and stays there.'),
    found,
    el('button', { type: 'submit' }, 'Make a request'))];
}
