// Loads Apruve's script once, and turns a checkout in its dialog into a promise.

import { element } from './elements.js';

let loading = null;
let settle = null;

function load(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = element('script', { src: url });
    script.addEventListener('load', () => {
      const { apruve } = window;
      apruve.registerApruveCallback(apruve.APRUVE_COMPLETE_EVENT, (orderId) => settle?.(orderId));
      apruve.registerApruveCallback(apruve.APRUVE_CLOSED_EVENT, () => settle?.(null));
      resolve(apruve);
    });
    script.addEventListener('error', () => {
      loading = null;
      script.remove();
      reject(new Error('Apruve’s script does not load.'));
    });
    document.head.append(script);
  });
  return loading;
}

// The id of the order at Apruve, or null when the buyer closed the dialog.
export async function checkOut(nextAction) {
  const apruve = await load(nextAction.scriptUrl);
  return new Promise((resolve) => {
    settle = resolve;
    apruve.setOrder(nextAction.order, nextAction.secureHash);
    apruve.startCheckout();
  });
}
