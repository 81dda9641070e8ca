package kontor.ledger;

import java.util.List;

/**
 * An account of the books.
 *
 * @param system whether Kontor itself posts to it; the others were added by staff
 * @param balances one for each currency that it has entries in
 */
record LedgerAccount(String code, String name, AccountKind kind, boolean system, List<Balance> balances) {}
