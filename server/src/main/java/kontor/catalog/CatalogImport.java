package kontor.catalog;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.ToIntFunction;
import kontor.catalog.CatalogImportStore.Slice;
import kontor.web.ReceivedFile;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes over a catalogue file, all of it or nothing. The file is first kept on disk: while it comes in over the network,
 * however slowly, no transaction is open and no other import has to wait. Then one transaction lays it out in tables of its own, checks it, and changes
 * what differs, stock last.
 */
@Component
class CatalogImport {
    private static final int LINES_AT_ONCE = 10_000;
    private static final int COUNTS_AT_ONCE = 5_000;

    private final CatalogImportStore store;
    private final Assortments assortments;
    private final StockCounts stock;
    private final TransactionTemplate transaction;
    private final TransactionTemplate rehearsal;
    private final Semaphore one = new Semaphore(1);

    CatalogImport(
            CatalogImportStore store,
            Assortments assortments,
            StockCounts stock,
            PlatformTransactionManager transactions) {
        this.store = store;
        this.assortments = assortments;
        this.stock = stock;
        this.transaction = new TransactionTemplate(transactions);
        // Within another transaction only up to where that stood: what it has written besides is kept.
        this.rehearsal = new TransactionTemplate(transactions);
        this.rehearsal.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    /**
     * @param actor who imports: {@code user:17}
     * @throws Refusal 422 {@code import_refused} with what is wrong on which line, 409 when another import is running;
     *     nothing was changed
     */
    ImportReport run(InputStream csv, boolean dryRun, String actor) throws IOException {
        try (var file = ReceivedFile.of(csv)) {
            if (!one.tryAcquire())
                throw new Refusal(
                        HttpStatus.CONFLICT,
                        "import_running",
                        "Another import is running. Try again when it is done.",
                        Map.of("retry_after", 5),
                        List.of());
            try {
                return Objects.requireNonNull((dryRun ? rehearsal : transaction).execute(status -> {
                    if (dryRun) status.setRollbackOnly();
                    else assortments.refreshAfterCommit();
                    return takeOver(file, dryRun, actor);
                }));
            } finally {
                one.release();
            }
        }
    }

    private ImportReport takeOver(ReceivedFile file, boolean dryRun, String actor) {
        var errors = new RowErrors();
        store.begin();
        var rows = lay(file, errors);
        refuseIfAny(errors, rows);
        store.group();
        store.check(errors);
        refuseIfAny(errors, rows);

        var lastLine = store.lastLine();
        var productsCreated = inSlices(lastLine, store::insertProducts);
        var productsChanged = inSlices(lastLine, store::updateProducts);
        var variantsCreated = inSlices(lastLine, store::insertVariants);
        var variantsChanged = inSlices(lastLine, store::updateVariants);
        var pricesChanged = inSlices(lastLine, store::putPrices);
        var stockChanged = count(actor, errors);
        refuseIfAny(errors, rows);
        return new ImportReport(
                dryRun,
                rows,
                productsCreated,
                productsChanged,
                variantsCreated,
                variantsChanged,
                pricesChanged,
                stockChanged);
    }

    private long lay(ReceivedFile file, RowErrors errors) {
        try (var csv = new BufferedInputStream(file.open(), 1 << 16)) {
            return CatalogFileReader.read(csv, errors, store::lay);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long inSlices(long lastLine, ToIntFunction<Slice> step) {
        var changed = 0L;
        for (var line = 1L; line <= lastLine; line += LINES_AT_ONCE)
            changed += step.applyAsInt(new Slice(line, line + LINES_AT_ONCE));
        return changed;
    }

    /** Last, because from here on orders of the articles whose stock changes wait until the import is done. */
    private long count(String actor, RowErrors errors) {
        store.sortCounts();
        var moved = 0L;
        var counts = store.countsAfter(0, COUNTS_AT_ONCE);
        while (!counts.isEmpty()) {
            var result = stock.count(counts, "import", actor);
            moved += result.moved();
            if (!result.belowReserved().isEmpty()) store.addBelowReserved(result.belowReserved(), errors);
            counts = store.countsAfter(counts.getLast().variantId(), COUNTS_AT_ONCE);
        }
        return moved;
    }

    private static void refuseIfAny(RowErrors errors, long rows) {
        if (!errors.isEmpty()) throw errors.refusal(rows);
    }
}
