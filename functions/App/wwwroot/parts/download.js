import { file } from '../api.js';
import { announce, el, replace } from '../dom.js';
import { asDate } from '../words.js';
import { field, form, lacks } from './form.js';

/** The forms of docs/formats.md: name, what it is, whether it holds the private key. */
export const formats = [
  ['nginx', 'nginx: files and a server block', true],
  ['apache', 'Apache: files and a virtual host', true],
  ['haproxy', 'HAProxy: one file and a front end', true],
  ['tomcat', 'Tomcat: a keystore and a connector', true],
  ['tengine', 'Tengine: both certificates of an SM2 pair, and a server block', true],
  ['iis', 'IIS: a PFX file and a script', true],
  ['k8s', 'Kubernetes: a Secret', true],
  ['pem', 'PEM: leaf, intermediates and key in one text', true],
  ['pfx', 'PKCS#12 (PFX)', true],
  ['pfx-legacy', 'PKCS#12 for older systems', true],
  ['jks', 'Java keystore (JKS)', true],
  ['key', 'The private key alone', true],
  ['cert', 'The leaf alone', false],
  ['chain', 'The intermediates', false],
  ['p7b', 'PKCS#7: leaf and intermediates', false],
  ['root', 'The root, and how it is installed', false],
  ['truststore', 'The root for Java clients', false],
];

/** Hands a version out as a file, for which somebody answers with a reason. */
export function downloadForm(certificate, versions, signal) {
  const isPair = versions.some((one) => one.encryption);
  const open = formats.filter(([name, , key]) => (!key || certificate.exportable) && (name !== 'tengine' || isPair));
  const format = el('select', {}, open.map(([name, what]) => el('option', { value: name }, what)));
  const version = el('select', {}, versions.map((one) => el('option', { value: one.sequence }, `${one.sequence}, until ${asDate(one.notAfter)}`)));
  version.value = `${certificate.current?.sequence}`;
  const reason = el('input', { type: 'text', autocomplete: 'off', required: true, maxlength: '500' });
  const outcome = el('div', { role: 'status' });

  async function submit() {
    outcome.replaceChildren();
    if (!reason.value.trim()) {
      lacks(reason, 'Say why: the reason goes into the audit trail.');
      return;
    }
    const path = `api/certificates/${encodeURIComponent(certificate.name)}/download`;
    const { name, blob, passphrase } = await file(path, { format: format.value, version: version.value, reason: reason.value.trim() }, signal);
    hand(name, blob);
    replace(outcome,
      el('p', {}, `${name} was handed to the browser.`),
      passphrase ? el('p', {}, 'It opens with the passphrase ', el('code', { class: 'long' }, passphrase), '. It is shown here and nowhere else.') : null);
    announce(`${name} was handed to the browser.`);
  }

  return form({ submit, label: 'Download' },
    field('Form', format, certificate.exportable ? 'Keystores get a passphrase, which is shown here once.' : 'Its key may not be downloaded; these forms are without it.'),
    versions.length > 1 ? field('Version', version) : null,
    field('Reason', reason, 'Goes into the audit trail.'),
    el('button', { type: 'submit' }, 'Download'),
    outcome);
}

function hand(name, blob) {
  const address = URL.createObjectURL(blob);
  el('a', { href: address, download: name }).click();
  // Nothing of a key stays behind in the page.
  URL.revokeObjectURL(address);
}
