package kontor.orders.imports;

import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kontor.orders.imports.OrderImportReport.Count;
import kontor.orders.imports.OrderImportReport.Sum;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes order history into the shop. A file is read in first, because the lines of an invoice may lie scattered over it;
 * then its sales become orders, the oldest first, and then its credits are credited. Every sale and every credit is taken
 * whole or not at all, a page of them in a transaction, so that an import which was cut off can simply be repeated: what
 * is there already stays as it is.
 */
@Service
public class Imports {
    private static final Logger log = LoggerFactory.getLogger(Imports.class);
    private static final int LINES_AT_ONCE = 2_000;
    private static final int DOCUMENTS_AT_ONCE = 200;
    private static final long LINES_BETWEEN_WORDS = 100_000;
    private static final int SHOWN = 50;

    private final ImportTurns turns;
    private final ImportStore store;
    private final SaleTaker sales;
    private final CreditTaker credits;
    private final TransactionTemplate transaction;
    private final TransactionTemplate ownTransaction;
    private final JsonMapper json;
    private final Validator validator;

    Imports(
            ImportTurns turns,
            ImportStore store,
            SaleTaker sales,
            CreditTaker credits,
            PlatformTransactionManager transactions,
            JsonMapper json,
            Validator validator) {
        this.turns = turns;
        this.store = store;
        this.sales = sales;
        this.credits = credits;
        this.transaction = new TransactionTemplate(transactions);
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.json = json;
        this.validator = validator;
    }

    /**
     * Imports a file. Lines that cannot be imported are part of the report and no reason to stop.
     *
     * @param actor who imports: {@code user:17}
     * @throws Refusal 409 when another import is running, 422 for a CSV file without the right header; nothing was imported
     * @throws IOException when the file cannot be read to its end; nothing was imported
     */
    public OrderImportReport run(InputStream file, ImportOptions options, String actor) throws IOException {
        try (var _ = turns.take()) {
            store.endInterrupted();
            var run = new ImportRun(store.begin(options, actor), options, actor);
            try {
                var source = stage(run, file);
                store.group(run.id(), options.format());
                var counts = options.dryRun() ? rehearse(run, source) : takeAll(run, source);
                store.keepTotals(run.id(), counts);
                store.end(run.id(), ImportState.COMPLETED, null);
            } catch (RuntimeException | IOException e) {
                fail(run, e);
                throw e;
            }
            log.info("Import {} is complete", run.id());
            return find(run.id()).orElseThrow();
        }
    }

    private void fail(ImportRun run, Exception e) {
        log.warn("Import {} has failed: {}", run.id(), e.toString());
        try {
            var problem = e instanceof Refusal ? e.getMessage() : "It could not be carried through.";
            store.end(run.id(), ImportState.FAILED, problem);
        } catch (RuntimeException again) {
            log.warn("Nor could it be written down that import {} has failed", run.id(), again);
        }
    }

    /** Reads the file in. @return what it comes to, by currency, as counted while reading */
    private Map<String, Sum> stage(ImportRun run, InputStream file) throws IOException {
        var source = run.options().format() == ImportFormat.CSV
                ? new CsvSource(file, run.options())
                : new JsonSource(file, json, validator);
        var sums = new HashMap<String, Sum>();
        var staged = 0L;
        var waiting = new ArrayList<SourceLine>(LINES_AT_ONCE);
        while (true) {
            var lines = source.next();
            if (lines != null) waiting.addAll(lines);
            if (waiting.isEmpty() && lines == null) return sums;
            if (waiting.size() < LINES_AT_ONCE && lines != null) continue;
            store.stage(run.id(), staged + 1, waiting);
            for (var line : waiting)
                if (line instanceof SourceLine.Read readable)
                    sums.merge(readable.head().currency().getCurrencyCode(), new Sum(1, readable.amount()), Sum::plus);
            if (crosses(staged, waiting.size()))
                log.info("Import {}: {} lines read", run.id(), staged + waiting.size());
            staged += waiting.size();
            waiting.clear();
        }
    }

    /** Does it all, for the report, and takes it back. */
    private List<Count> rehearse(ImportRun run, Map<String, Sum> source) {
        var counts = transaction.execute(status -> {
            status.setRollbackOnly();
            return takeAll(run, source);
        });
        if (counts == null) throw new IllegalStateException("a transaction without a result");
        return counts;
    }

    private List<Count> takeAll(ImportRun run, Map<String, Sum> source) {
        take(run, false);
        take(run, true);
        var counts = store.count(run.id());
        prove(run, source, counts);
        return counts;
    }

    private void take(ImportRun run, boolean ofCredits) {
        var after = 0;
        var lines = 0L;
        while (true) {
            var page = page(store.documents(run.id(), ofCredits, after, DOCUMENTS_AT_ONCE));
            if (page.isEmpty()) return;
            after = page.getLast().number();
            transaction.executeWithoutResult(_ -> take(run, page, ofCredits));
            var before = lines;
            for (var document : page) lines += document.lines();
            if (crosses(before, lines - before))
                log.info("Import {}: {} lines of {} taken", run.id(), lines, ofCredits ? "credits" : "sales");
        }
    }

    /** As many as make up a transaction of bounded size: at least one. */
    private static List<Document> page(List<Document> documents) {
        var lines = 0L;
        for (var i = 0; i < documents.size(); i++) {
            lines += documents.get(i).lines();
            if (lines > LINES_AT_ONCE && i > 0) return documents.subList(0, i);
        }
        return documents;
    }

    private void take(ImportRun run, List<Document> page, boolean ofCredits) {
        var staged = store.lines(run.id(), page);
        var byDocument = staged.stream().collect(Collectors.groupingBy(StagedLine::document));
        var taken = ofCredits ? credits.take(run, page, byDocument) : sales.take(run, page, byDocument);
        taken.prove(staged);
        // Of a rehearsal, what was decided is all that stays.
        if (run.options().dryRun()) ownTransaction.executeWithoutResult(_ -> record(run, taken));
        else record(run, taken);
    }

    private void record(ImportRun run, Taken taken) {
        store.decide(run.id(), taken.decisions());
        store.conclude(run.id(), taken.conclusions());
    }

    private static boolean crosses(long before, long more) {
        return before / LINES_BETWEEN_WORDS < (before + more) / LINES_BETWEEN_WORDS;
    }

    /**
     * Imported, already there and set aside must come to what was read, and what is in the shop now to what is called
     * imported.
     */
    private void prove(ImportRun run, Map<String, Sum> source, List<Count> counts) {
        for (var total : totals(counts)) {
            if (total.currency() == null) continue; // lines of which no amount can be read
            var read = source.getOrDefault(total.currency(), OrderImportReport.NOTHING);
            if (total.source().amount().compareTo(read.amount()) != 0
                    || total.source().lines() != read.lines())
                throw new IllegalStateException(
                        "import %d has read %s and accounts for %s".formatted(run.id(), read, total));
            var written = store.written(run.id(), total.currency());
            if (written.compareTo(total.imported().amount()) != 0)
                throw new IllegalStateException("import %d has written %s of %s".formatted(run.id(), written, total));
        }
    }

    private static List<OrderImportReport.Totals> totals(List<Count> counts) {
        var currencies = new ArrayList<@Nullable String>();
        for (var count : counts) if (!currencies.contains(count.currency())) currencies.add(count.currency());
        return currencies.stream()
                .map(currency -> {
                    var imported = OrderImportReport.NOTHING;
                    var alreadyThere = OrderImportReport.NOTHING;
                    var setAside = OrderImportReport.NOTHING;
                    for (var count : counts) {
                        if (!java.util.Objects.equals(currency, count.currency())) continue;
                        var sum = new Sum(count.lines(), count.amount());
                        switch (count.outcome()) {
                            case ALREADY_THERE -> alreadyThere = alreadyThere.plus(sum);
                            case SET_ASIDE -> setAside = setAside.plus(sum);
                            default -> imported = imported.plus(sum);
                        }
                    }
                    var source = imported.plus(alreadyThere).plus(setAside);
                    return new OrderImportReport.Totals(currency, source, imported, alreadyThere, setAside);
                })
                .toList();
    }

    /** Whether an import of this actor has come to its end, and was no dry run. */
    public boolean hasCompleted(String actor) {
        return store.hasCompleted(actor);
    }

    public Optional<OrderImportReport> find(long importId) {
        return store.find(importId).map(this::report);
    }

    /** Newest first. */
    public Page<OrderImportReport> list(PageRequest page) {
        var found = store.list(page.after(Long.MAX_VALUE), page.limit() + 1).stream()
                .map(this::report)
                .toList();
        return Page.of(found, page.limit(), report -> PageRequest.cursor(report.id()));
    }

    private OrderImportReport report(ImportStore.Row row) {
        var counts = store.totals(row.id());
        return new OrderImportReport(
                row.id(),
                row.state(),
                row.format(),
                row.dryRun(),
                row.settled(),
                row.startedAt(),
                row.finishedAt(),
                row.problem(),
                store.countDocuments(row.id()),
                totals(counts),
                counts,
                store.reportLines(row.id(), Outcome.SET_ASIDE, 0, SHOWN).stream()
                        .map(ImportStore.NumberedLine::line)
                        .toList(),
                "/orders/imports/" + row.id() + "/lines");
    }

    /**
     * The lines of an import in the order of its file.
     *
     * @param outcome only those that became this; null for all
     * @throws Refusal 404 when there is no such import
     */
    public Page<ImportedLine> lines(long importId, @Nullable Outcome outcome, PageRequest page) {
        if (store.find(importId).isEmpty()) throw Refusal.notFound("import");
        var found = store.reportLines(importId, outcome, page.after(0), page.limit() + 1);
        var shown = Page.of(found, page.limit(), line -> PageRequest.cursor(line.n()));
        return new Page<>(
                shown.items().stream().map(ImportStore.NumberedLine::line).toList(), shown.nextCursor());
    }
}
