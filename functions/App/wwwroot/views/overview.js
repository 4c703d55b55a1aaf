import { get } from '../api.js';
import { announce, el, replace } from '../dom.js';
import { behind, byExpiry } from '../inventory.js';
import { alertList, worthSaying } from '../parts/alerts.js';
import { certificateList } from '../parts/certificates.js';
import { rolloutList } from '../parts/rollouts.js';
import { searchForm } from '../parts/search.js';
import { behindList } from '../parts/targets.js';
import { horizon, timeline } from '../parts/timeline.js';
import { poll } from '../poll.js';
import { asMoment, count } from '../words.js';

/** What expires when, what needs somebody, and what is on its way. */
export async function overview({ signal }) {
  const status = el('div');
  const ends = el('div');
  const alerts = el('div');
  const moving = el('div');
  const parts = [
    part(() => get('api/status', {}, signal), (value) => replace(status, figures(value))),
    part(() => byExpiry(Date.now() + horizon, signal), (value) => replace(ends, expiry(value, signal))),
    part(() => Promise.all([get('api/alerts', { state: 'open', limit: 200 }, signal), behind(signal)]), ([open, late]) => replace(alerts, attention(open, late.items))),
  ];
  const rollouts = part(() => running(signal), (value) => {
    replace(moving, value.length > 0 ? rolloutList(value) : el('p', {}, 'No rollout is running.'));
    say(value);
  });
  await Promise.all([...parts, rollouts].map((look) => look()));

  const node = [
    status, searchForm(),
    section('What needs attention', alerts),
    section('What expires when', ends),
    section('Rollouts in progress', moving),
  ];
  const begin = () => {
    poll(async () => { await quietly(parts.map((look) => look())); return 30_000; }, 30_000, signal);
    poll(async () => { await quietly([rollouts()]); return rollouts.last?.length > 0 ? 2_000 : 10_000; }, 2_000, signal);
  };
  return { title: 'Overview', node, begin };
}

/** Something to look at again: drawn only when it has changed. */
function part(read, draw) {
  let text = '';
  const look = async () => {
    const value = await read();
    look.last = value;
    if (JSON.stringify(value) !== text) {
      text = JSON.stringify(value);
      draw(value);
    }
  };
  return look;
}

// A look that fails is tried again at the next turn; what is shown is still true of the time when it was read.
const quietly = (looks) => Promise.allSettled(looks);

const section = (title, ...children) => el('section', {}, el('h2', {}, title), ...children);

let said = '';

function say(rollouts) {
  const sentence = rollouts.length > 0 ? `${count(rollouts.length, 'rollout')} running` : 'No rollout is running';
  if (said && said !== sentence) {
    announce(sentence);
  }
  said = sentence;
}

async function running(signal) {
  const page = await get('api/rollouts', { limit: 100 }, signal);
  const ids = page.items.filter((item) => item.state === 'running').slice(0, 20).map((item) => item.id);
  return Promise.all(ids.map((id) => get(`api/rollouts/${id}`, {}, signal)));
}

function figures({ counts, countedAt, frozen, failingChannels }) {
  return [
    frozen ? el('p', { class: 'notice' }, 'Rollouts are frozen: no waiting step begins.') : null,
    failingChannels ? el('p', { class: 'notice' }, `Messages do not get through: ${failingChannels.join(', ')}.`) : null,
    counts ? [el('dl', { class: 'figures' },
      figure('Certificates', counts.certificates), figure('Targets', counts.targets)),
    el('p', { class: 'small counted' }, `Counted ${asMoment(countedAt)}.`)] : null,
  ];
}

const figure = (name, number) => el('div', {}, el('dt', {}, name), el('dd', {}, number.toLocaleString('en')));

function expiry({ items, more }, signal) {
  if (items.length === 0) {
    return el('p', {}, 'There is no certificate yet. ', el('a', { href: '#/upload' }, 'Upload one'), '.');
  }
  return [
    timeline(items, signal),
    more ? el('p', { class: 'small' }, `Drawn from ${count(items.length, 'certificate')}; there are more.`) : null,
    el('h3', {}, 'Next to end'),
    certificateList(items.slice(0, 6)),
  ];
}

function attention({ items, next }, late) {
  const open = worthSaying(items);
  return [
    open.length + late.length === 0 ? el('p', {}, 'Nothing: all that shall be served was seen, and no rollout has failed.') : null,
    open.length > 0 ? alertList(open.slice(0, 20)) : null,
    late.length > 0 ? [el('h3', {}, 'Not seen yet where it shall be served'), behindList(late)] : null,
    open.length > 20 || next ? el('p', { class: 'small' }, 'There are more alerts than are shown here.') : null,
  ];
}
