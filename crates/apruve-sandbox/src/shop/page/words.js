// How this page calls what the API names.

const STATUSES = {
  pending: ['Waits for the buyer', 'waiting'],
  authorized: ['Authorized', 'good'],
  partially_authorized: ['Partly authorized', 'good'],
  invoiced: ['Invoiced', 'good'],
  partially_invoiced: ['Partly invoiced', 'good'],
  paid: ['Paid', 'good'],
  partially_paid: ['Partly paid', 'good'],
  refunded: ['Refunded', 'plain'],
  partially_refunded: ['Partly refunded', 'plain'],
  canceled: ['Canceled', 'bad'],
  declined: ['Declined', 'bad'],
  expired: ['Expired', 'bad'],
};

// In this order; the last ones only where there is something.
export const AMOUNTS = [
  ['authorized', 'Authorized', true],
  ['invoiced', 'Invoiced', true],
  ['captured', 'Received', true],
  ['due', 'Still to come', true],
  ['openAuthorized', 'Not invoiced yet', false],
  ['returned', 'Taken off invoices', false],
  ['refunded', 'Refunded', false],
  ['canceled', 'Canceled', false],
];

const ACTIONS = {
  purchase: 'Order begun',
  authorize: 'Authorization',
  invoice: 'Invoice',
  shipment: 'Shipment',
  capture: 'Money received',
  refund: 'Refund',
  cancel: 'Cancellation',
};

const STATES = {
  pending: 'under way',
  succeeded: 'done',
  failed: 'failed',
  unknown: 'not known yet',
};

const METHODS = {
  apruve: 'Pay on terms with Apruve',
  payment_term: 'Pay by invoice',
  check_money_order: 'Check or money order',
};

// A word that is new here is shown as it is, without its underscores.
function plain(word) {
  const text = String(word).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const statusOf = (word) => STATUSES[word] ?? [plain(word), 'plain'];
export const actionOf = (word) => ACTIONS[word] ?? plain(word);
export const stateOf = (word) => STATES[word] ?? plain(word);
export const methodOf = (word) => METHODS[word] ?? plain(word);
