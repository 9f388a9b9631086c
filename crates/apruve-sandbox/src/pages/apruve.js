// A stand-in for Apruve's script: the same object, with a lightbox in which a person plays the buyer.
//
// The order and its hash go to the server, which opens the lightbox only where they belong together. COMPLETE carries the
// id of the order; CLOSED comes when the lightbox is shut without one. Nothing comes after either.
(function () {
  'use strict';

  var origin = new URL(document.currentScript.src).origin;
  var callbacks = {};
  var order = null;
  var secureHash = null;
  var shopper = null;
  var lightbox = null;
  // While a request is under way, further clicks do nothing.
  var busy = false;

  var apruve = window.apruve = {
    APRUVE_LAUNCHED_EVENT: 'APRUVE_LAUNCHED_EVENT',
    APRUVE_COMPLETE_EVENT: 'APRUVE_COMPLETE_EVENT',
    APRUVE_CLOSED_EVENT: 'APRUVE_CLOSED_EVENT',
    errors: [],
    setOrder: function (newOrder, newHash) {
      order = newOrder;
      secureHash = newHash;
    },
    setShopper: function (email) {
      shopper = email;
    },
    registerApruveCallback: function (event, callback) {
      (callbacks[event] = callbacks[event] || []).push(callback);
    },
    startCheckout: startCheckout,
    loadButton: loadButton
  };

  function tell(event, argument) {
    (callbacks[event] || []).forEach(function (callback) {
      callback(argument);
    });
  }

  // Text of no declared kind: a browser sends it to another origin without asking first.
  function post(path, body, then) {
    if (busy) {
      return;
    }
    busy = true;
    fetch(origin + path, { method: 'POST', body: JSON.stringify(body) })
      .then(function (response) {
        return response.json().then(function (answer) {
          if (!response.ok) {
            throw new Error(answer.error);
          }
          return answer;
        });
      })
      .finally(function () {
        busy = false;
      })
      .then(then)
      .catch(function (error) {
        apruve.errors.push(error.message);
        console.error('apruve: ' + error.message);
      });
  }

  function startCheckout() {
    if (!lightbox) {
      post('/js/v4/checkouts', { order: order, secure_hash: secureHash }, show);
    }
  }

  function show(checkout) {
    lightbox = document.createElement('div');
    lightbox.id = 'apruve-lightbox';
    lightbox.style.cssText = 'position:fixed;inset:0;background:rgba(0,0,0,.5);z-index:2147483647';
    var box = document.createElement('div');
    box.style.cssText = 'background:#fff;color:#000;font:16px sans-serif;margin:15vh auto;padding:2em;width:28em';
    lightbox.appendChild(box);

    var title = document.createElement('p');
    var amount = (checkout.amount_cents / 100).toFixed(2) + ' ' + (checkout.currency || 'USD');
    title.textContent = 'Pay ' + amount + ' to ' + checkout.merchant + ' on terms';
    box.appendChild(title);

    var buyers = document.createElement('select');
    buyers.id = 'apruve-buyer';
    checkout.buyers.forEach(function (buyer) {
      var option = document.createElement('option');
      option.value = buyer.id;
      option.textContent = buyer.name + ' <' + buyer.email + '>, ' + buyer.account;
      option.selected = shopper !== null && buyer.email.toLowerCase() === String(shopper).toLowerCase();
      buyers.appendChild(option);
    });
    box.appendChild(buyers);

    function place(approve) {
      return function () {
        var choice = { shopper_id: buyers.value, approve: approve };
        post('/js/v4/checkouts/' + checkout.id + '/place', choice, function (placed) {
          close();
          tell(apruve.APRUVE_COMPLETE_EVENT, placed.order_id);
        });
      };
    }

    button(box, 'apruve-approve', 'Confirm and approve', place(true));
    button(box, 'apruve-submit', 'Ask the account holder', place(false));
    button(box, 'apruve-decline', 'Not now', function () {
      close();
      tell(apruve.APRUVE_CLOSED_EVENT);
    });
    document.body.appendChild(lightbox);
    tell(apruve.APRUVE_LAUNCHED_EVENT);
  }

  function button(parent, id, text, action) {
    var made = document.createElement('button');
    made.id = id;
    made.type = 'button';
    made.textContent = text;
    made.style.cssText = 'margin:1em 1em 0 0';
    made.addEventListener('click', action);
    parent.appendChild(made);
  }

  function close() {
    lightbox.remove();
    lightbox = null;
  }

  function loadButton() {
    var place = document.getElementById('apruveDiv');
    if (place) {
      place.textContent = '';
      button(place, 'apruve-button', 'Buy with Apruve', startCheckout);
    }
  }

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', loadButton);
  } else {
    loadButton();
  }
})();
