"""The sale from the cart to the refund, with the client that openapi-python-client generates from the document."""

import json
import os
import urllib.request
import uuid
from typing import Any, TypeVar

from onterms_client import AuthenticatedClient
from onterms_client.api.checkout import list_eligible_methods
from onterms_client.api.integrations import get_integration, update_integration
from onterms_client.api.payments import (
    authorize_payment,
    create_invoice,
    create_payment,
    get_payment,
    refund_payment,
)
from onterms_client.models import (
    ApruveIntegration,
    Authorization,
    Cart,
    ChangedApruveIntegration,
    Currency,
    Eligibility,
    IntegrationPatch,
    InvoiceAnswer,
    NewInvoice,
    NewPayment,
    NewRefund,
    NewShipment,
    NotEligibleProblem,
    Payment,
    PaymentNextAction,
    TransactionWithPayment,
)

T = TypeVar("T")
SERVICE, SANDBOX = os.environ["SERVICE"], os.environ["SANDBOX"]

# `giftWrap` and `salesRegion` are attributes of the shop's own.
CART = Cart.from_dict(
    {
        "currency": "USD",
        "website": "us-store",
        "total": "640.50",
        "shippingAmount": "40.50",
        "customer": {"id": 42, "name": "Acme", "salesRegion": "west"},
        "customerUser": {"email": "amanda@acme.example"},
        "billingAddress": {"countryIso2": "US", "regionCode": "CA", "postalCode": "90210"},
        "lineItems": [{"productSku": "1GB82", "quantity": 5, "price": {"value": "120.00", "currency": "USD"}}],
    }
)
CART["giftWrap"] = True


def need(kind: type[T], value: object) -> T:
    assert isinstance(value, kind), value
    return value


def key() -> str:
    return str(uuid.uuid4())


def control(path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(SANDBOX + path, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"{}")  # type: ignore[no-any-return]


def main() -> None:
    shop = AuthenticatedClient(base_url=SERVICE, token=os.environ["SHOP"])
    admin = AuthenticatedClient(base_url=SERVICE, token=os.environ["ADMIN"])

    eligible = need(Eligibility, list_eligible_methods.sync(client=shop, body=CART))
    [method] = [it.id for it in eligible.offered]

    foreign = Cart.from_dict(CART.to_dict())
    foreign.currency = Currency.EUR
    foreign.line_items = []
    foreign.total = "0.00"
    refused = create_payment.sync(
        client=shop,
        idempotency_key=key(),
        body=NewPayment(payment_method_id=method, order_id="python-0", cart=foreign),
    )
    reasons = need(NotEligibleProblem, refused).reasons
    assert [it.code.value for it in reasons] == ["currency_mismatch", "currency_unsupported"], reasons

    payment = need(
        Payment,
        create_payment.sync(
            client=shop,
            idempotency_key=key(),
            body=NewPayment(payment_method_id=method, order_id="python-1", cart=CART),
        ),
    )
    action = need(PaymentNextAction, payment.next_action)
    popup = control("/js/v4/checkouts", {"order": action.order.to_dict(), "secure_hash": action.secure_hash})
    placed = control(f"/js/v4/checkouts/{popup['id']}/place", {"approve": True})

    authorized = authorize_payment.sync(
        payment.id, client=shop, idempotency_key=key(), body=Authorization(apruve_order_id=placed["order_id"])
    )
    assert need(Payment, authorized).status.value == "authorized", authorized

    invoice = need(
        InvoiceAnswer,
        create_invoice.sync(payment.id, client=admin, idempotency_key=key(), body=NewInvoice(shipment=NewShipment())),
    )
    control(f"/control/invoices/{invoice.provider_id}/fund", {})
    control("/control/webhooks/flush", {})
    # The webhook is applied behind its answer; the test's own time limit ends a wait that leads nowhere.
    while need(Payment, now := get_payment.sync(payment.id, client=shop)).status.value != "paid":
        pass
    assert need(Payment, now).amounts.captured == "640.50", now

    refund = refund_payment.sync(
        payment.id,
        client=admin,
        idempotency_key=key(),
        body=NewRefund(invoice_id=invoice.id, amount="40.50", currency=Currency.USD),
    )
    assert need(TransactionWithPayment, refund).payment.amounts.returned == "40.50", refund

    integration_id = os.environ["INTEGRATION"]
    read = get_integration.sync_detailed(integration_id, client=admin)
    assert need(ApruveIntegration, read.parsed).settings.test_mode is True
    renamed = update_integration.sync(
        integration_id, client=admin, if_match=read.headers["etag"], body=IntegrationPatch(name="python")
    )
    assert need(ChangedApruveIntegration, renamed).name == "python", renamed
    print("python: sold and refunded")


main()
