// The cart: its products, and quantities that may change until the payment begins.

import { at, element, money } from './elements.js';

export function showCart(order) {
  const { cart } = order;
  const before = document.activeElement;
  const fixed = order.paymentId !== null;
  at('order-id').textContent = order.orderId;
  at('lines').replaceChildren(...cart.lineItems.map((line, index) => row(line, index, fixed)));
  at('sums').replaceChildren(
    sum('Shipping', cart.shippingAmount, cart.currency),
    sum('Tax', cart.taxAmount, cart.currency),
    sum('Discount', `-${cart.discountAmount}`, cart.currency),
    sum('Total', cart.total, cart.currency),
  );
  at('sums').lastChild.className = 'total';
  const same = before.id && at(before.id);
  if (same && same !== before) {
    // What is being typed is kept, as is the focus.
    same.value = before.value;
    same.focus();
  }
}

function row(line, index, fixed) {
  const { currency, value } = line.price;
  const quantity = fixed ? String(line.quantity) : input(line, index);
  return element('tr', {},
    element('td', {}, line.product.name, element('small', {}, `${money(value, currency)} each`)),
    element('td', {}, quantity),
    element('td', { className: 'amount' }, money(times(value, line.quantity), currency)),
  );
}

function input(line, index) {
  return element('input', {
    id: `quantity-${index}`, type: 'number', min: 1, max: 999, value: line.quantity, 'aria-label': `Quantity of ${line.product.name}`,
  });
}

function sum(label, amount, currency) {
  return element('tr', {},
    element('th', { scope: 'row', colSpan: 2 }, label),
    element('td', { className: 'amount' }, money(amount, currency)),
  );
}

// A price with two decimals, times a whole number, without floats.
function times(price, quantity) {
  const cents = BigInt(price.replace('.', '')) * BigInt(quantity);
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

// The quantities as the inputs have them; what is no whole number is refused by the backend.
export function quantities() {
  return Array.from(at('lines').querySelectorAll('input'), (input) => Number(input.value));
}
