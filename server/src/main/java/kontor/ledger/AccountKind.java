package kontor.ledger;

import java.util.Locale;

/** What the balance of an account stands for: what is had, what is owed, what was earned, what was spent. */
enum AccountKind {
    ASSET,
    LIABILITY,
    INCOME,
    EXPENSE;

    /** As it stands in the database. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AccountKind of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
