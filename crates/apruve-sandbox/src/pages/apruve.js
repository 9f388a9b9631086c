// A stand-in for Apruve's script: the same object, with a dialog in which a person plays the buyer.
//
// The order and its hash go to the server, which opens the checkout only where they belong together. COMPLETE carries the id of
// the order; CLOSED comes when the dialog is closed without one. Nothing comes after either.
(function () {
  'use strict';

  var origin = new URL(document.currentScript.src).origin;
  var callbacks = {};
  var order = null;
  var secureHash = null;
  var shopper = null;
  var dialog = null;

  // In a sheet of its own: the policy of a page may forbid style elements and attributes.
  var STYLE = [
    '#apruve-lightbox { --ground: #fff; --ink: #17211e; --soft: #4a5753; --edge: #75827e; --bad: #a3121f; --accent: #1d5c4d; --on-accent: #fff;',
    ' box-sizing: border-box; width: min(30rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); margin: auto; padding: 1.5rem;',
    ' overflow: auto; border: 0; border-radius: 12px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;',
    ' box-shadow: 0 12px 48px rgba(0,0,0,.35) }',
    '@media (prefers-color-scheme: dark) { #apruve-lightbox { --ground: #18211e; --ink: #e6edea; --soft: #a9b7b1; --edge: #7b8a84;',
    ' --bad: #ffa9ab; --accent: #7fd1b9; --on-accent: #06231b; color-scheme: dark } }',
    '#apruve-lightbox::backdrop { background: rgba(8,16,14,.6) }',
    '#apruve-lightbox h2 { margin: 0 0 .25rem; font: 600 1.25rem/1.3 system-ui, sans-serif; color: inherit }',
    '#apruve-lightbox p { margin: 0 0 1rem; color: var(--soft) }',
    '#apruve-lightbox label { display: block; margin-bottom: .25rem; font-weight: 600; color: inherit }',
    '#apruve-lightbox :is(select, button) { box-sizing: border-box; width: 100%; min-height: 2.75rem; padding: .5rem 1rem; cursor: pointer;',
    ' border: 1px solid var(--edge); border-radius: 8px; background: var(--ground); color: var(--ink); font: 400 1rem/1.3 system-ui, sans-serif }',
    '#apruve-lightbox .apruve-buttons { display: flex; flex-direction: column; gap: .5rem; margin-top: 1.25rem }',
    '#apruve-lightbox button { font-weight: 600 }',
    '#apruve-lightbox #apruve-approve { border-color: var(--accent); background: var(--accent); color: var(--on-accent) }',
    '#apruve-lightbox :focus-visible { outline: 3px solid #1f6feb; outline-offset: 2px }',
    '#apruve-lightbox .apruve-error { margin: .75rem 0 0; color: var(--bad); font-weight: 600 }',
    '#apruve-lightbox .apruve-error:empty { display: none }'
  ].join('\n');

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
  function post(path, body) {
    return fetch(origin + path, { method: 'POST', body: JSON.stringify(body) })
      .then(function (response) {
        return response.json().then(function (answer) {
          if (!response.ok) {
            throw new Error(answer.error);
          }
          return answer;
        });
      })
      .catch(function (error) {
        apruve.errors.push(error.message);
        throw error;
      });
  }

  function element(parent, name, text, id) {
    var made = document.createElement(name);
    made.textContent = text;
    if (id) {
      made.id = id;
    }
    parent.appendChild(made);
    return made;
  }

  function button(parent, id, text, action) {
    var made = element(parent, 'button', text, id);
    made.type = 'button';
    made.addEventListener('click', action);
    return made;
  }

  function money(cents, currency) {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency: currency || 'USD' }).format(cents / 100);
  }

  function startCheckout() {
    if (dialog) {
      return;
    }
    open();
    post('/js/v4/checkouts', { order: order, secure_hash: secureHash }).then(dialog.ask, dialog.refuse);
  }

  // Opens the dialog, empty until the server knows the order.
  function open() {
    var outcome = null;
    var placing = false;
    var checkout = null;
    styleOnce();
    var box = document.createElement('dialog');
    box.id = 'apruve-lightbox';
    box.setAttribute('aria-labelledby', 'apruve-title');
    box.setAttribute('aria-describedby', 'apruve-about');
    element(box, 'h2', 'Pay on terms with Apruve', 'apruve-title');
    var about = element(box, 'p', 'Opening …', 'apruve-about');
    var form = element(box, 'div', '');
    var buttons = element(box, 'div', '');
    buttons.className = 'apruve-buttons';
    var decline = button(buttons, 'apruve-decline', 'Not now', function () {
      box.close();
    });
    var error = element(box, 'p', '', 'apruve-error');
    error.className = 'apruve-error';
    error.setAttribute('role', 'alert');

    // Every way out ends here: a button, Escape, an answer. While an order is being placed the answer decides.
    box.addEventListener('close', function () {
      if (!placing) {
        finish();
      }
    });

    function finish() {
      box.remove();
      dialog = null;
      if (outcome) {
        tell(apruve.APRUVE_COMPLETE_EVENT, outcome);
      } else {
        tell(apruve.APRUVE_CLOSED_EVENT);
      }
    }

    function place(approve) {
      return function (event) {
        if (placing) {
          return;
        }
        placing = true;
        error.textContent = '';
        var choice = { shopper_id: document.getElementById('apruve-buyer').value, approve: approve };
        post('/js/v4/checkouts/' + checkout.id + '/place', choice).then(function (placed) {
          outcome = placed.order_id;
        }, refuse(event.target)).then(function () {
          placing = false;
          if (!box.open) {
            finish();
          } else if (outcome) {
            box.close();
          }
        });
      };
    }

    function refuse(cause) {
      return function (refused) {
        about.textContent = checkout ? about.textContent : 'Apruve cannot take this order.';
        error.textContent = refused.message;
        cause.setAttribute('aria-describedby', 'apruve-error');
      };
    }

    dialog = {
      refuse: refuse(decline),
      ask: function (opened) {
        checkout = opened;
        about.textContent = checkout.merchant + ' asks for ' + money(checkout.amount_cents, checkout.currency) +
          (checkout.merchant_order_id ? ' for order ' + checkout.merchant_order_id : '') + '.';
        element(form, 'label', 'Who buys').htmlFor = 'apruve-buyer';
        var buyers = element(form, 'select', '', 'apruve-buyer');
        checkout.buyers.forEach(function (buyer) {
          var option = element(buyers, 'option', buyer.name + ' <' + buyer.email + '>, ' + buyer.account);
          option.value = buyer.id;
          option.selected = shopper !== null && buyer.email.toLowerCase() === String(shopper).toLowerCase();
        });
        button(buttons, 'apruve-approve', 'Confirm and approve', place(true));
        button(buttons, 'apruve-submit', 'Ask the account holder', place(false));
        buttons.appendChild(decline);
        if (box.open) {
          buyers.focus();
        }
      }
    };
    document.body.appendChild(box);
    box.showModal();
    tell(apruve.APRUVE_LAUNCHED_EVENT);
  }

  var styled = false;
  function styleOnce() {
    if (!styled) {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      document.adoptedStyleSheets = document.adoptedStyleSheets.concat(sheet);
      styled = true;
    }
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
