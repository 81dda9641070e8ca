package kontor.simulator;

import java.util.Locale;

/** The page of the 3-D Secure step of a payment in Adyen's form. */
final class AdyenPages {
    private AdyenPages() {}

    static String threeDSecure(AdyenPayment payment) {
        synchronized (payment) {
            if (payment.status != AdyenPayment.Status.WAITING) return Pages.authenticationEnded(word(payment));
        }
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>3-D Secure test page</title>
                </head>
                <body>
                <p>Test page of the payment simulator. No bank, no card, no money.</p>
                <h1>3-D Secure</h1>
                <p>Your bank would now make sure that it is you who pays <b>%d %s</b> (in the smallest unit).</p>
                <form method="post">
                <button name="outcome" value="complete" autofocus>Complete authentication</button>
                <button name="outcome" value="fail">Fail authentication</button>
                </form>
                </body></html>
                """.formatted(payment.value, payment.currency);
    }

    private static String word(AdyenPayment payment) {
        return payment.status.name().toLowerCase(Locale.ROOT);
    }
}
