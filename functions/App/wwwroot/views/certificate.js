import { get } from '../api.js';
import { el } from '../dom.js';
import { downloadForm } from '../parts/download.js';
import { findings } from '../parts/findings.js';
import { orderForm } from '../parts/order.js';
import { requestForm } from '../parts/request.js';
import { rolloutList } from '../parts/rollouts.js';
import { state } from '../parts/state.js';
import { targetList } from '../parts/targets.js';
import { versionTable } from '../parts/versions.js';
import { asDate, left, urgency } from '../words.js';

const shownTargets = 50;

/** One certificate: what it is, what is odd about it, where it is, its versions, and a way to roll it out. */
export async function certificate({ name, signal }) {
  const path = `api/certificates/${encodeURIComponent(name)}`;
  const [one, versions, rollouts] = await Promise.all([
    get(path, {}, signal),
    readVersions(path, signal),
    get('api/rollouts', { certificate: name, limit: 5 }, signal),
  ]);
  const targets = await Promise.all(one.targets.slice(0, shownTargets).map((target) => get(`api/targets/${target}`, {}, signal)));
  const { current } = one;
  const may = (permission) => one.may.includes(permission);
  const requests = may('upload') ? (await get(`${path}/csr`, {}, signal)).items : [];
  const found = [...one.findings, ...current?.findings ?? []];
  const node = [
    current ? el('p', { class: 'where' }, state(left(current.notAfter), urgency(current.notBefore, current.notAfter))) : null,
    facts(one),
    section('Findings', found.length > 0 ? findings(found) : el('p', {}, 'Nothing was found to be wrong with the current version.')),
    section('Targets', targetList(targets, one),
      one.targets.length > shownTargets ? el('p', { class: 'small' }, `${one.targets.length - shownTargets} more are not shown.`) : null),
    section('Roll out', orderForm(one, versions, signal)),
    may('download') && current ? section('Download', downloadForm(one, versions, signal)) : null,
    may('upload') ? section('Request a new one', requestForm(one, requests, signal)) : null,
    section('Versions', versionTable(versions, one.current?.sequence)),
    section('Newest rollouts', rollouts.items.length > 0 ? rolloutList(rollouts.items) : el('p', {}, 'None yet.')),
  ];
  return { title: name, node: node.filter(Boolean) };
}

const section = (title, ...children) => el('section', {}, el('h2', {}, title), ...children);

/** The newest first. */
async function readVersions(path, signal) {
  const all = [];
  let after;
  do {
    const page = await get(`${path}/versions`, { limit: 500, after }, signal);
    all.push(...page.items);
    after = page.next;
  } while (after);
  return all.reverse();
}

function facts({ owner, tags, plannedEnd, current }) {
  const rows = [
    current ? ['Names', current.names.join(', ')] : null,
    current ? ['Valid', `${asDate(current.notBefore)} – ${asDate(current.notAfter)}`] : null,
    current ? ['Issuer', current.issuer] : null,
    current ? ['Key', `${current.keyAlgorithm}${current.hasKey ? ', in the vault' : ', not in the vault: watched only'}`] : null,
    current ? ['Signature', current.signatureAlgorithm] : null,
    current?.trust?.length > 0 ? ['Trusted by', current.trust.filter((store) => store.accepted).map((store) => store.store).join(', ') || 'no store that is known here'] : null,
    current ? ['Fingerprint', el('code', { class: 'long' }, current.fingerprint)] : null,
    ['Owner', owner ?? 'nobody'],
    Object.keys(tags).length > 0 ? ['Tags', Object.entries(tags).map(([key, value]) => `${key}=${value}`).join(', ')] : null,
    plannedEnd ? ['Planned end', asDate(plannedEnd)] : null,
  ];
  return el('dl', { class: 'facts' }, rows.filter(Boolean).map(([term, what]) => el('div', {}, el('dt', {}, term), el('dd', {}, what))));
}
