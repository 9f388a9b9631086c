// The page of the sandbox's shop: what a storefront's script does, and a desk for the shop's office.
//
// Every click that makes or moves something has an Idempotency-Key of its own. The page knows no token and no prices: it asks
// its own server, which asks the service.
(function () {
  'use strict';

  var order = null;
  var payment = null;

  function at(id) {
    return document.getElementById(id);
  }

  function element(name, text, id) {
    var made = document.createElement(name);
    if (text !== undefined && text !== null) {
      made.textContent = text;
    }
    if (id) {
      made.id = id;
    }
    return made;
  }

  function row(table, cells) {
    var made = element('tr');
    cells.forEach(function (cell) {
      made.appendChild(element('td', cell));
    });
    table.appendChild(made);
  }

  function say(text) {
    at('message').textContent = text || '';
  }

  function tell(error) {
    say(error.message);
  }

  // What a problem says, field by field where it does.
  function problem(answer, status) {
    var errors = (answer.errors || []).map(function (error) {
      return error.message;
    });
    return errors.join(' ') || answer.detail || answer.error || 'Status ' + status;
  }

  function call(method, path, body) {
    var options = { method: method };
    if (method === 'POST') {
      options.headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
      options.body = JSON.stringify(body || {});
    }
    return fetch(path, options).then(function (response) {
      return response.text().then(function (text) {
        var answer = text ? JSON.parse(text) : {};
        if (!response.ok) {
          throw new Error(problem(answer, response.status));
        }
        return answer;
      });
    });
  }

  function ask(method, path, body) {
    return call(method, '/shop/api/' + path, body);
  }

  // Two clicks at once would be two operations.
  function setBusy(now) {
    document.querySelectorAll('fieldset').forEach(function (desk) {
      desk.disabled = now;
    });
  }

  // Runs one step of work after a click, and shows what becomes of it.
  function working(work) {
    return function () {
      setBusy(true);
      say('');
      work()
        .catch(tell)
        .then(function () {
          setBusy(false);
        });
    };
  }

  function newOrder() {
    return ask('POST', 'orders').then(function (made) {
      order = made;
      payment = null;
      showOrder();
      return ask('POST', 'checkout/payment-methods').then(showMethods);
    });
  }

  function showOrder() {
    at('order-id').textContent = order.orderId;
    ['payment', 'office', 'apruve'].forEach(function (id) {
      at(id).hidden = true;
    });
    var cart = at('cart');
    cart.textContent = '';
    order.cart.lineItems.forEach(function (line) {
      row(cart, [line.product.name, line.quantity + ' × ' + line.price.value]);
    });
    row(cart, ['Shipping', order.cart.shippingAmount]);
    row(cart, ['Tax', order.cart.taxAmount]);
    row(cart, ['Discount', '−' + order.cart.discountAmount]);
    row(cart, ['Total', order.cart.total + ' ' + order.cart.currency]);
  }

  function showMethods(answer) {
    var methods = at('methods');
    methods.textContent = '';
    answer.offered.forEach(function (method, index) {
      var choice = element('input', null, 'method-' + method.type);
      choice.type = 'radio';
      choice.name = 'method';
      choice.value = method.id;
      choice.checked = index === 0;
      var label = element('label');
      label.append(choice, ' ' + method.label);
      var line = element('p');
      line.appendChild(label);
      methods.appendChild(line);
    });
    var refused = at('not-offered');
    refused.textContent = '';
    (answer.notOffered || []).forEach(function (method) {
      var why = (method.reasons || []).map(function (reason) {
        return reason.message;
      });
      refused.appendChild(element('li', method.type + ': ' + why.join('; ')));
    });
    at('pay').disabled = answer.offered.length === 0;
  }

  function pay() {
    var chosen = document.querySelector('input[name=method]:checked');
    var body = { paymentMethodId: chosen.value, orderId: order.orderId, website: order.cart.website };
    return ask('POST', 'payments', body).then(function (made) {
      show(made);
      var next = made.nextAction;
      if (next && next.type === 'apruve_checkout') {
        return load(next.scriptUrl).then(function (apruve) {
          apruve.setOrder(next.order, next.secureHash);
          apruve.startCheckout();
        });
      }
    });
  }

  // Loads Apruve's script once, and listens to it.
  var script = null;
  function load(url) {
    script = script || new Promise(function (resolve, reject) {
      var tag = element('script');
      tag.src = url;
      tag.onload = function () {
        var apruve = window.apruve;
        apruve.registerApruveCallback(apruve.APRUVE_COMPLETE_EVENT, function (apruveOrderId) {
          // Not a click that may be dropped: the buyer has confirmed.
          ask('POST', own('authorize'), { apruveOrderId: apruveOrderId }).then(look).catch(tell);
        });
        apruve.registerApruveCallback(apruve.APRUVE_CLOSED_EVENT, function () {
          say('Nothing was bought. Press Pay to try again.');
        });
        resolve(apruve);
      };
      tag.onerror = function () {
        script = null;
        reject(new Error('Apruve’s script does not load.'));
      };
      document.head.appendChild(tag);
    });
    return script;
  }

  function own(path) {
    return 'payments/' + payment.id + (path ? '/' + path : '');
  }

  function look() {
    return ask('GET', own()).then(show);
  }

  function show(shown) {
    payment = shown;
    ['payment', 'office', 'apruve'].forEach(function (id) {
      at(id).hidden = false;
    });
    at('payment-id').textContent = payment.id;
    at('status').textContent = payment.status + (payment.unsettled ? ' (unsettled)' : '');
    var amounts = at('amounts');
    amounts.textContent = '';
    Object.keys(payment.amounts || {}).forEach(function (name) {
      row(amounts, [name, payment.amounts[name]]);
      amounts.lastChild.lastChild.id = 'amount-' + name;
    });
    var timeline = at('timeline');
    timeline.textContent = '';
    (payment.transactions || []).forEach(function (transaction) {
      row(timeline, [transaction.action, transaction.state, transaction.amount, transaction.createdAt]);
    });
  }

  function lastInvoice() {
    var invoices = payment.invoices || [];
    if (invoices.length === 0) {
      throw new Error('There is no invoice yet.');
    }
    return invoices[invoices.length - 1];
  }

  // Work of the office on this payment.
  function office(path, body) {
    return function () {
      // A promise from the start, so that what it throws is shown, too.
      return Promise.resolve()
        .then(function () {
          return ask('POST', own(typeof path === 'function' ? path() : path), body ? body() : {});
        })
        .then(look);
    };
  }

  function invoice() {
    return at('amount').value ? { amount: at('amount').value } : {};
  }

  function refund() {
    var last = lastInvoice();
    return {
      invoiceId: last.id,
      amount: at('amount').value || last.amount,
      currency: payment.currency,
      reason: 'OTHER',
      refundReference: 'R-' + crypto.randomUUID().slice(0, 8)
    };
  }

  function shipments() {
    return 'invoices/' + lastInvoice().id + '/shipments';
  }

  function fund() {
    return Promise.resolve().then(function () {
      return call('POST', '/control/invoices/' + lastInvoice().providerId + '/fund');
    }).then(look);
  }

  function onClick(id, work) {
    at(id).addEventListener('click', working(work));
  }

  onClick('new-order', newOrder);
  onClick('pay', pay);
  onClick('refresh', look);
  onClick('invoice', office('invoices', invoice));
  onClick('refund', office('refunds', refund));
  onClick('ship', office(shipments));
  onClick('capture', office('capture'));
  onClick('cancel', office('cancel'));
  onClick('sync', office('sync'));
  onClick('fund', fund);
  working(newOrder)();
})();
