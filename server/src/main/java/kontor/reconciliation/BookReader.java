package kontor.reconciliation;

import java.time.Clock;
import java.util.List;
import kontor.ledger.Ledger;
import kontor.payments.BalancePage;
import kontor.payments.GatewayBooks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads on in gateways' books from where the last run stopped. A page is asked for outside of any transaction, and kept
 * together with the place where it ends: whoever reads the same page at the same time keeps nothing.
 */
@Component
class BookReader {
    private static final Logger log = LoggerFactory.getLogger(BookReader.class);

    private final GatewayBooks gateways;
    private final LineStore store;
    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final Clock clock;

    BookReader(GatewayBooks gateways, LineStore store, Ledger ledger, TransactionTemplate transaction, Clock clock) {
        this.gateways = gateways;
        this.store = store;
        this.ledger = ledger;
        this.transaction = transaction;
        this.clock = clock;
    }

    /** Reads to the end. @return false when that could not be done now */
    boolean read(String gateway) {
        store.addGateway(gateway);
        while (true) {
            var from = store.cursor(gateway).orElse(null);
            switch (gateways.read(gateway, from)) {
                case BalancePage.Lines(var lines, var more) -> {
                    if (!lines.isEmpty()) keep(gateway, from, lines);
                    if (more && !lines.isEmpty()) continue;
                    store.readToEnd(gateway);
                    return true;
                }
                case BalancePage.Unavailable(var reason) -> {
                    log.warn("The books of {} could not be read: {}", gateway, reason);
                    store.notRead(gateway, "unavailable", reason);
                    return false;
                }
                case BalancePage.NotOffered(var reason) -> {
                    store.notRead(gateway, "not_offered", reason);
                    return true;
                }
            }
        }
    }

    private void keep(String gateway, @Nullable String from, List<BalancePage.Line> lines) {
        var read = lines.stream()
                .map(line -> new LineStore.Read(line, gateways.named(line.operationKey())))
                .toList();
        transaction.executeWithoutResult(_ -> {
            if (!store.moveCursor(gateway, from, lines.getLast())) return; // another run was faster
            for (var line : store.changed(gateway, read))
                log.error("{} lists {} again with other amounts: the first ones count", gateway, line);
            var at = clock.instant();
            ledger.post(store.insert(gateway, read).stream()
                    .flatMap(line -> LinePostings.atOnce(line, at).stream())
                    .toList());
        });
    }
}
