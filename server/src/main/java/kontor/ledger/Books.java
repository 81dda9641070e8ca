package kontor.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;

/** The books as staff read them, and the accounts that they are kept in. */
@Service
class Books {
    private static final Pattern ENTRY_CURSOR = Pattern.compile("([0-9a-z]{1,13})\\.([0-9a-z]{1,6})");

    private static final Pattern KIND = Pattern.compile("[a-z_]{1,40}");
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final BookStore store;

    Books(BookStore store) {
        this.store = store;
    }

    /** By code, with what they come to. */
    List<LedgerAccount> accounts() {
        return store.accounts();
    }

    Optional<LedgerAccount> account(String code) {
        return store.accounts().stream()
                .filter(account -> account.code().equals(code))
                .findFirst();
    }

    /** @throws Refusal 409 when there is one with this code */
    LedgerAccount add(NewAccount account, String actor) {
        if (!store.insertAccount(account, actor))
            throw new Refusal(
                    HttpStatus.CONFLICT, "account_exists", "There is an account with the code " + account.code() + ".");
        return new LedgerAccount(account.code(), account.name(), account.kind(), false, List.of());
    }

    /** The entries of an account, the newest first. */
    Page<AccountStatement.Line> entries(String account, PageRequest page) {
        var transaction = Long.MAX_VALUE;
        var line = Integer.MAX_VALUE;
        if (page.cursor() != null) {
            var cursor = ENTRY_CURSOR.matcher(page.cursor());
            if (!cursor.matches()) throw Refusal.ofField("cursor", "invalid", "is not a cursor that a list handed out");
            transaction = new PageRequest(page.limit(), cursor.group(1)).after(transaction);
            line = Math.toIntExact(Math.min(line, Long.parseLong(cursor.group(2), 36)));
        }
        return Page.of(
                store.entries(account, transaction, line, page.limit() + 1),
                page.limit(),
                entry -> PageRequest.cursor(entry.transactionId()) + "." + PageRequest.cursor(entry.line()));
    }

    /** The newest first. @throws Refusal 422 for an account or a kind that cannot be */
    Page<LedgerTransaction> transactions(TransactionFilter filter, PageRequest page) {
        if (filter.account() != null && account(filter.account()).isEmpty())
            throw Refusal.ofField("account", "unknown", "is not the code of an account");
        if (filter.kind() != null && !KIND.matcher(filter.kind()).matches())
            throw Refusal.ofField("kind", "invalid", "must be a word such as write_off");
        if (filter.from() != null) check("from", filter.from());
        if (filter.to() != null) check("to", filter.to());
        return Page.of(
                store.transactions(filter, page.after(Long.MAX_VALUE), page.limit() + 1),
                page.limit(),
                transaction -> PageRequest.cursor(transaction.id()));
    }

    Optional<LedgerTransaction> transaction(long id) {
        return store.find(id);
    }

    /** @param at what was posted until then, which takes a walk through all entries; null for everything */
    TrialBalance trialBalance(@Nullable Instant at) {
        if (at != null) check("at", at);
        return TrialBalance.of(at, at == null ? store.sums() : store.sumsUntil(at));
    }

    private static void check(String field, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST))
            throw Refusal.ofField(field, "out_of_range", "must be a time in the years 1 to 9999");
    }

    /** The newest first. */
    Page<Seal> seals(PageRequest page) {
        return Page.of(
                store.seals(page.after(Long.MAX_VALUE), page.limit() + 1),
                page.limit(),
                seal -> PageRequest.cursor(seal.seq()));
    }
}
