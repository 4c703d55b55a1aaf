import { send, withQuery } from '../api.js';
import { announce, el, replace } from '../dom.js';
import { field, form, lacks } from '../parts/form.js';
import { findings } from '../parts/findings.js';
import { state } from '../parts/state.js';
import { asDate, count } from '../words.js';

/** Takes a certificate with its chain and key, and shows everything that is found at once. */
export function upload({ signal }) {
  const files = el('input', { type: 'file', multiple: true, accept: '.pem,.crt,.cer,.der,.key,.txt,.p7b,.p7c,.pfx,.p12,.jks,.zip' });
  const pem = el('textarea', { rows: '7', autocomplete: 'off', spellcheck: 'false', placeholder: '-----BEGIN CERTIFICATE-----' });
  const passphrase = el('input', { type: 'password', autocomplete: 'off' });
  const name = el('input', { type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '63' });
  const owner = el('input', { type: 'text', autocomplete: 'off', maxlength: '200' });
  const selfSigned = el('input', { type: 'checkbox' });
  const check = el('button', { type: 'submit', class: 'quiet', value: 'check' }, 'Check only');
  const outcome = el('section', { class: 'outcome', tabindex: '-1', 'aria-label': 'Outcome', hidden: true });

  async function submit(button) {
    if (files.files.length === 0 && !pem.value.trim()) {
      lacks(pem, 'Choose a file or paste the PEM text.');
      return;
    }
    outcome.hidden = true;
    const path = withQuery('api/certificates', { dryRun: button === check ? 'true' : null });
    const { value } = await send('POST', path, { body: await body(), signal });
    replace(outcome, result(value, button === check));
    outcome.hidden = false;
    outcome.focus();
    announce(outcome.querySelector('h2').textContent);
    if (button !== check) {
      // The key is in the vault; nothing of it stays on the page.
      files.value = '';
      pem.value = '';
      passphrase.value = '';
    }
  }

  async function body() {
    const data = new FormData();
    for (const file of files.files) {
      data.append('file', file, 'file');
    }
    if (pem.value.trim()) {
      data.append('file', new Blob([pem.value], { type: 'application/octet-stream' }), 'file');
    }
    if (passphrase.value) {
      data.set('passphrase', passphrase.value);
    }
    for (const [field, input] of [['name', name], ['owner', owner]]) {
      if (input.value.trim()) {
        data.set(field, input.value.trim());
      }
    }
    if (selfSigned.checked) {
      data.set('allowSelfSigned', 'true');
    }
    return data;
  }

  const node = form({ label: 'Upload', submit },
    el('p', {}, 'Certificate, intermediates and private key, in any order, in files or pasted. The key goes into the vault and never comes back.'),
    field('Files', files, 'PEM, DER, PKCS#7, PKCS#12 (PFX), a Java keystore or a ZIP archive; several at once if they are apart.'),
    field('Or the text', pem),
    field('Passphrase', passphrase, 'Of an encrypted key or keystore.'),
    field('Name', name, 'a-z, 0-9 and hyphens. Made of the first domain when empty.'),
    field('Owner', owner, 'Who is told when something is wrong.'),
    field('Take a self-signed certificate, for a laboratory', selfSigned),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', value: 'upload' }, 'Upload'), check));
  return { title: 'Upload a certificate', node: [node, outcome] };
}

const effects = { newCertificate: 'A new certificate', newVersion: 'A new version', unchanged: 'Already there', keyAdded: 'The key of a watched certificate', chainAdded: 'The intermediates that were missing' };

function result(value, dry) {
  const heading = value.accepted ? `${effects[value.effect]}${dry ? ', if uploaded' : ''}` : `Refused: ${count(value.findings.length, 'finding')}`;
  return [
    el('h2', {}, heading),
    value.name && value.accepted ? el('p', {},
      state(dry ? 'can be taken' : 'stored', 'good'), ' ',
      dry ? value.name : el('a', { href: `#/certificates/${value.name}` }, `${value.name} version ${value.version}`),
      value.notAfter ? `, for ${value.names.join(', ')}, until ${asDate(value.notAfter)}.` : '.') : null,
    value.findings.length > 0 ? findings(value.findings) : el('p', {}, 'Nothing was found to be wrong.'),
  ];
}
