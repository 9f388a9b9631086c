// The panel beside the shop: each call of the backend, and under it the events that came of it.

import { at, element, secondsOf } from './elements.js';
import { statusOf } from './words.js';

// By number; a stream that connects again sends all of them once more.
let entries = new Map();

export function forgetCalls() {
  entries = new Map();
  at('entries').replaceChildren();
  at('no-calls').hidden = false;
}

// Whether the entry is new.
export function showEntry(entry) {
  if (entries.has(entry.number)) {
    return false;
  }
  const made = entry.kind === 'event' ? event(entry) : callOf(entry);
  made.dataset.number = entry.number;
  entries.set(entry.number, { entry, made });
  place(entry, made);
  at('no-calls').hidden = true;
  if (entry.kind === 'call') {
    // Events are often heard before the call has ended that they came of.
    for (const later of entries.values()) {
      if (later.entry.kind === 'event' && later.entry.number > entry.number) {
        place(later.entry, later.made);
      }
    }
  }
  return true;
}

// Calls are listed from the newest to the oldest. An event stands under the last call before it that changed something.
function place(entry, made) {
  const list = (entry.kind === 'event' && cause(entry)?.querySelector('.came')) || at('entries');
  const newer = Array.from(list.children).filter((each) => Number(each.dataset.number) > entry.number);
  if (list === at('entries')) {
    list.insertBefore(made, newer.at(-1)?.nextSibling ?? list.firstChild);
  } else {
    list.insertBefore(made, newer[0] ?? null);
  }
}

function cause(entry) {
  const before = Array.from(entries.values())
    .filter((it) => it.entry.kind === 'call' && it.entry.method !== 'GET' && it.entry.number < entry.number);
  return before.sort((one, other) => other.entry.number - one.entry.number)[0]?.made;
}

function callOf(entry) {
  const failed = entry.status === null || entry.status >= 400;
  const status = element('span', { className: `code ${failed ? 'bad' : 'good'}` }, entry.status === null ? 'no answer' : String(entry.status));
  const system = entry.system === 'OnTerms' ? null : element('span', { className: 'system' }, `at ${entry.system}`);
  return element('li', { className: 'call' },
    element('details', {},
      element('summary', {},
        element('span', { className: 'method' }, entry.method), ' ', element('code', {}, short(entry.path)), ' ', system, ' ', status, ' ',
        element('span', { className: 'took' }, `${entry.durationMs} ms`),
      ),
      element('div', { className: 'content' },
        part('Request', secondsOf(entry.at), `${headers(entry)}${entry.request ? `\n\n${json(entry.request)}` : ''}`),
        part('Answer', `after ${entry.durationMs} ms`, `${entry.status ?? 'No answer'}\n\n${json(entry.answer)}`),
      ),
    ),
    element('ol', { className: 'came' }),
  );
}

function event(entry) {
  const { data, sequence, type } = entry.event;
  const change = data.previousStatus && data.previousStatus !== data.status
    ? `${statusOf(data.previousStatus)[0]} → ${statusOf(data.status)[0]}` : null;
  return element('li', { className: 'event' },
    element('details', {},
      element('summary', {},
        element('span', { className: 'method' }, 'Event'), ' ', element('code', {}, type), ' ',
        change && element('span', { className: 'took' }, change),
      ),
      element('div', { className: 'content' },
        part('Heard', secondsOf(entry.at), entry.readWith),
        part('Event', `number ${Number(sequence)} of the feed`, json(entry.event)),
      ),
    ),
  );
}

function part(title, about, text) {
  return element('section', {},
    element('h3', {}, title, ' ', element('small', {}, about)),
    element('pre', {}, text),
  );
}

// Ids are long and much alike at the beginning; the whole path is in the request.
function short(path) {
  return path.replace(/_[0-9a-z]{22}([0-9a-z]{4})/g, '_…$1');
}

function headers(entry) {
  const lines = Object.entries(entry.headers).map(([name, value]) => `${name}: ${value}`);
  return [`${entry.method} ${entry.path}`, ...lines].join('\n');
}

function json(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
