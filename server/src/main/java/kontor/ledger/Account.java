package kontor.ledger;

import java.util.Locale;

/** The accounts that Kontor itself posts to; what each is for stands in {@code ledger.accounts}. */
public enum Account {
    BANK,
    GATEWAY_CLEARING,
    RECEIVABLES,
    CUSTOMER_CREDIT,
    TAX_PAYABLE,
    REVENUE,
    SHIPPING_REVENUE,
    REFUNDS,
    GATEWAY_FEES,
    DISPUTED,
    DISPUTE_LOSSES,
    WRITE_OFFS,
    SUSPENSE;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** As it stands in the database: {@code gateway_clearing}. */
    public String code() {
        return code;
    }
}
