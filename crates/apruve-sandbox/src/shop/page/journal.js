// Follows what the shop's backend calls and hears, as a stream of server-sent events. Nothing is polled.

import { at } from './elements.js';

let source = null;

export function follow(orderId, onEntry) {
  source?.close();
  source = new EventSource(`/shop/api/orders/${encodeURIComponent(orderId)}/journal`);
  source.addEventListener('open', () => live(true));
  source.addEventListener('error', () => live(false));
  source.addEventListener('message', (message) => onEntry(JSON.parse(message.data)));
}

function live(is) {
  at('live').textContent = is ? 'Live' : 'Connecting …';
  at('live').classList.toggle('on', is);
}
