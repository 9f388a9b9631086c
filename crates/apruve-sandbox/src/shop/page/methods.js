// The methods that the cart may use, and why it may not use the others.

import { at, element } from './elements.js';
import { methodOf } from './words.js';

export function showMethods(answer) {
  const chosen = chosenMethod();
  const offered = answer.offered.map((method, index) => {
    const choice = element('input', {
      type: 'radio', name: 'method', id: `method-${method.type}`, value: method.id,
      checked: chosen ? method.id === chosen : index === 0,
    });
    return element('label', { className: 'method' }, choice, element('span', {}, method.label, detail(method)));
  });
  if (offered.length === 0) {
    offered.push(element('p', { className: 'empty' }, 'No method is offered for this order.'));
  }
  at('methods').replaceChildren(...offered);
  if (!chosenMethod() && answer.offered.length > 0) {
    at('methods').querySelector('input').checked = true;
  }
  const refused = (answer.notOffered ?? []).map(refusal);
  at('not-offered').replaceChildren(...refused);
  at('refused').hidden = refused.length === 0;
  at('pay').disabled = answer.offered.length === 0;
}

function detail(method) {
  const texts = [method.paymentTerm?.label, method.rule && `by the rule “${method.rule.name}”`];
  const text = texts.filter(Boolean).join(', ');
  return text ? element('small', {}, text) : null;
}

function refusal(method) {
  const reasons = (method.reasons ?? []).map((reason) => reason.message.replace(/\.$/, ''));
  return element('li', {}, element('strong', {}, method.label ?? methodOf(method.type)), `: ${reasons.join('; ')}`);
}

// The id of the chosen method.
export function chosenMethod() {
  return at('methods').querySelector('input:checked')?.value;
}
