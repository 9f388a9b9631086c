// The payment: its status, sums and transactions, and what is best done next.

import { at, element, moment, money } from './elements.js';
import { AMOUNTS, actionOf, stateOf, statusOf } from './words.js';

// Statuses in which the buyer may pay, or pay again.
const OPEN = ['pending', 'declined', 'expired', 'canceled'];

export function showPayment(payment) {
  at('payment').hidden = !payment;
  const wasInCheckout = at('checkout').contains(document.activeElement);
  at('checkout').hidden = Boolean(payment) && !OPEN.includes(payment.status);
  if (!payment) {
    return;
  }
  if (wasInCheckout && at('checkout').hidden) {
    // What had the focus is gone.
    at('payment-title').focus();
  }
  const [label, tone] = statusOf(payment.status);
  const status = at('status');
  status.className = `status ${tone}`;
  status.dataset.status = payment.status;
  status.textContent = payment.unsettled ? `${label} (not settled)` : label;
  at('payment-id').textContent = payment.id;
  at('payment-method').textContent = payment.paymentMethod.label;
  at('amounts').replaceChildren(...amounts(payment));
  at('timeline').replaceChildren(...payment.transactions.map((one) => step(one, payment.currency)));
  const byApruve = payment.paymentMethod.type === 'apruve';
  at('apruve').hidden = !byApruve;
  at('capture').closest('.action').hidden = byApruve;
  suggest(payment);
}

function amounts(payment) {
  const shown = AMOUNTS.filter(([name, , always]) => always || Number(payment.amounts[name]) !== 0);
  return shown.map(([name, label]) => element('div', {},
    element('dt', {}, label),
    element('dd', { id: `amount-${name}` }, money(payment.amounts[name], payment.currency)),
  ));
}

function step(transaction, currency) {
  const amount = Number(transaction.amount) === 0 ? null : ` ${money(transaction.amount, currency)}`;
  return element('li', { className: transaction.state },
    element('strong', {}, actionOf(transaction.action)), amount,
    ` – ${stateOf(transaction.state)}`, element('br'), moment(transaction.createdAt),
  );
}

// The last invoice that was made.
export function lastInvoice(payment) {
  const made = (payment.invoices ?? []).filter((invoice) => invoice.state === 'succeeded' && invoice.status !== 'canceled');
  return made.at(-1);
}

function suggest(payment) {
  const [button, text] = next(payment);
  at('hint').textContent = text;
  for (const each of at('payment').querySelectorAll('button')) {
    each.classList.toggle('next', each.id === button);
  }
}

// The button to press next, and why.
function next(payment) {
  const byApruve = payment.paymentMethod.type === 'apruve';
  const invoice = lastInvoice(payment);
  if (OPEN.includes(payment.status)) {
    return payment.status === 'pending' && payment.provider?.orderId
      ? [null, 'The account holder has to approve. The page changes by itself when that is done.']
      : [null, 'Press Pay to confirm the order at Apruve.'];
  }
  if (Number(payment.amounts.refunded) > 0) {
    return [null, 'Money has gone back to the buyer.'];
  }
  if (invoice && byApruve && Number(invoice.captured) < Number(invoice.amount)) {
    return invoice.shipments.length === 0
      ? ['ship', 'Ship the invoiced goods: Apruve pays for what is shipped.']
      : ['fund', 'Let Apruve pay the shop. The page changes by itself when the event comes.'];
  }
  if (Number(payment.amounts.openAuthorized) > 0) {
    return ['invoice', 'Invoice the order, or a part of it.'];
  }
  if (payment.status === 'paid' || payment.status === 'partially_paid') {
    return ['refund', 'The shop has its money. Refund something to see how that works.'];
  }
  return byApruve ? [null, ''] : ['capture', 'Book the money when it has come.'];
}
