package kontor.orders.imports;

import java.util.Locale;

/** Why a line of the source was set aside. */
public enum Reason {
    // The line cannot be read, and nothing of the sale or credit that it belongs to is imported.
    WRONG_COLUMN_COUNT("The row has another number of columns than the header."),
    UNBALANCED_QUOTES("A quotation mark is opened and never closed, or closed in the middle of a value."),
    NOT_UTF8("The line is not UTF-8 text."),
    LINE_TOO_LONG("The line is longer than any order can be."),
    MISSING_VALUE("A value is missing."),
    BAD_TEXT("A text is too long, holds control characters or looks like a card number."),
    BAD_NUMBER("A number cannot be read."),
    BAD_TIME("A time cannot be read."),
    NOT_AN_ORDER("The line is not an order as JSON."),

    // The whole sale or credit is set aside.
    BROKEN_DOCUMENT("Another line of the same invoice cannot be read, and an invoice is imported whole or not at all."),
    REPEATED_EXTERNAL_ID("An earlier line of this file has the same external id."),
    MIXED_CUSTOMERS("Lines of the same invoice name different customers."),
    TOO_MANY_LINES("The invoice has more lines than an order can have."),
    DIFFERS("What is there under this external id is not the same."),

    // The line is left out of what is imported.
    FRACTION_OF_MINOR_UNIT("The price has fractions of the currency's smallest unit."),
    NEGATIVE_PRICE("The price is below zero."),
    AMOUNT_TOO_LARGE("The amount is larger than any that is kept here."),
    NO_QUANTITY("The quantity is zero."),
    STOCK_WRITE_OFF("A quantity below zero at no price, on a sale: stock that was written off, and no sale."),
    STOCK_NOTE("Nothing on the invoice has a price, and it names no customer: a note about stock, and no sale."),
    NEGATIVE_ON_SALE("A quantity below zero at a price, on a sale: whose credit it is cannot be told."),
    NOT_A_SALE("The shop's own bookkeeping, and nobody's order."),
    NOTHING_SOLD("The invoice sells nothing that this could be part of."),
    NOT_A_DISCOUNT("A discount that adds to the price."),
    DISCOUNT_ABOVE_SALE("The discount is larger than what was sold."),
    NOT_A_CREDIT("On a credit, but it gives nothing back."),
    CREDIT_FOR_NOBODY("A credit that names no customer: neither the order nor the one to pay can be told.");

    private final String code = name().toLowerCase(Locale.ROOT);
    private final String sentence;

    Reason(String sentence) {
        this.sentence = sentence;
    }

    /** As it stands in the database and in answers. */
    public String code() {
        return code;
    }

    /** For people. */
    public String sentence() {
        return sentence;
    }

    static Reason ofCode(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
