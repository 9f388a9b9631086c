// The page of the demo shop: what a storefront's script does, and a desk for the shop's office.
//
// The address names the order, and the backend keeps it, so the page may be loaded again at any time. What happens elsewhere
// comes as an event; only then is the payment read again.

import { on, run } from './actions.js';
import { checkOut } from './apruve.js';
import { call } from './backend.js';
import { forgetCalls, showEntry } from './calls.js';
import { quantities, showCart } from './cart.js';
import { at } from './elements.js';
import { follow } from './journal.js';
import { chosenMethod, showMethods } from './methods.js';
import { lastInvoice, showPayment } from './payment.js';

let order = null;
let payment = null;
// The newest version of each payment that an event has told of.
const heard = new Map();

const own = (path) => `orders/${encodeURIComponent(order.orderId)}/${path}`;
const ofPayment = (path) => own(`v1/payments/${payment.id}${path ? `/${path}` : ''}`);

async function open(opened) {
  order = opened;
  payment = null;
  history.replaceState(null, '', `?order=${encodeURIComponent(order.orderId)}${location.hash}`);
  forgetCalls();
  follow(order.orderId, take);
  showCart(order);
  showPayment(null);
  say('');
  if (order.serviceUrl) {
    at('docs').href = `${order.serviceUrl}/docs/`;
  }
  if (order.paymentId) {
    show(await call('GET', own(`v1/payments/${order.paymentId}`)));
  }
  if (!at('checkout').hidden) {
    await askMethods();
  }
}

// The order of the address, if the shop still knows it, or else a new one.
async function resume() {
  const number = new URLSearchParams(location.search).get('order');
  if (number) {
    try {
      await open(await call('GET', `orders/${encodeURIComponent(number)}`));
      return;
    } catch (problem) {
      if (problem.status !== 404) {
        throw problem;
      }
    }
  }
  await newOrder();
}

async function newOrder() {
  const { orderId } = await call('POST', 'orders');
  await open(await call('GET', `orders/${encodeURIComponent(orderId)}`));
}

async function askMethods() {
  showMethods(await call('POST', own('v1/checkout/payment-methods')));
}

let changing = false;
let changedAgain = false;
// Sends the quantities; once more where one has changed meanwhile.
function changeCart(event) {
  changedAgain = true;
  if (changing) {
    return;
  }
  changing = true;
  run(event.target, at('lines-error'), async () => {
    try {
      while (changedAgain) {
        changedAgain = false;
        order = { ...order, ...await call('PUT', own('cart'), { quantities: quantities() }) };
      }
    } finally {
      changing = false;
    }
    showCart(order);
    await askMethods();
  });
}

async function pay() {
  say('');
  if (at('lines-error').textContent) {
    // The backend has the quantities of before; the buyer must not pay for those.
    throw new Error('Correct the quantities first.');
  }
  const begun = await call('POST', own('v1/payments'), { paymentMethodId: chosenMethod(), website: order.cart.website });
  order.paymentId = begun.id;
  showCart(order);
  show(begun);
  if (begun.nextAction?.type !== 'apruve_checkout') {
    return;
  }
  const apruveOrderId = await checkOut(begun.nextAction);
  if (apruveOrderId === null) {
    say('Nothing was bought. Press Pay to try again.');
    return;
  }
  await change('authorize', { apruveOrderId });
}

function say(text) {
  at('pay-note').textContent = text;
}

let changes = 0;
// Changes the payment, and shows it as the answer has it. Its own events need no reading then.
async function change(path, body) {
  changes += 1;
  try {
    const answer = await call('POST', ofPayment(path), body);
    show(answer.payment ?? answer);
  } finally {
    changes -= 1;
    catchUp();
  }
}

function show(shown) {
  if (payment?.id === shown.id && payment.version > shown.version) {
    return;
  }
  payment = shown;
  showPayment(payment);
  catchUp();
}

// An entry of the journal.
function take(entry) {
  if (showEntry(entry) && entry.kind === 'event') {
    const { subject, data } = entry.event;
    heard.set(subject, Math.max(data.version, heard.get(subject) ?? 0));
    catchUp();
  }
}

let reading = false;
// Reads the payment once when an event tells of a newer version.
async function catchUp() {
  if (reading || changes > 0 || !payment || !(heard.get(payment.id) > payment.version)) {
    return;
  }
  reading = true;
  try {
    const seen = await call('GET', ofPayment());
    reading = false;
    show(seen);
  } catch {
    // The next event or click reads it again.
    reading = false;
  }
}

// Work of the office on this payment.
function office(id, path, body = () => ({})) {
  on('click', id, () => change(path(), body()));
}

function invoice() {
  const last = lastInvoice(payment);
  if (!last) {
    throw new Error('There is no invoice yet.');
  }
  return last;
}

const amount = () => at('amount').value.trim();

function refund() {
  const last = invoice();
  return {
    invoiceId: last.id,
    amount: amount() || last.amount,
    currency: payment.currency,
    reason: 'OTHER',
    refundReference: `R-${crypto.randomUUID().slice(0, 8)}`,
  };
}

on('click', 'new-order', newOrder);
at('lines').addEventListener('change', changeCart);
on('click', 'pay', pay);
office('invoice', () => 'invoices', () => (amount() ? { amount: amount() } : {}));
office('ship', () => `invoices/${invoice().id}/shipments`);
office('capture', () => 'capture', () => (amount() ? { amount: amount() } : {}));
office('refund', () => 'refunds', refund);
office('cancel', () => 'cancel');
office('sync', () => 'sync');
on('click', 'fund', () => call('POST', own('fund'), { invoiceId: invoice().providerId }));
run(at('new-order'), at('new-order-error'), resume);
