package kontor.orders.imports;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import kontor.database.Rows;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Imports themselves: the lines that were read in, what was decided on them, and what it all came to. */
@Repository
class ImportStore {
    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    ImportStore(JdbcTemplate jdbc, JdbcClient client) {
        this.jdbc = jdbc;
        this.client = client;
    }

    /** An import's row. */
    record Row(
            long id,
            ImportState state,
            ImportFormat format,
            boolean dryRun,
            boolean settled,
            @Nullable String problem,
            Instant startedAt,
            @Nullable Instant finishedAt) {}

    long begin(ImportOptions options, String actor) {
        return client.sql("""
                        INSERT INTO orders.imports (state, format, dry_run, settled, actor)
                        VALUES ('running', :format, :dry, :settled, :actor)
                        RETURNING id
                        """)
                .param("format", options.format().code())
                .param("dry", options.dryRun())
                .param("settled", options.settled())
                .param("actor", actor)
                .query(Long.class)
                .single();
    }

    void end(long importId, ImportState state, @Nullable String problem) {
        client.sql("""
                        UPDATE orders.imports SET state = :state, problem = :problem, finished_at = now() WHERE id = :id
                        """)
                .param("id", importId)
                .param("state", state.code())
                .param("problem", problem)
                .update();
    }

    boolean hasCompleted(String actor) {
        return client.sql("""
                        SELECT EXISTS (SELECT FROM orders.imports
                                       WHERE actor = :actor AND state = 'completed' AND NOT dry_run)
                        """).param("actor", actor).query(Boolean.class).single();
    }

    /** To be called by whoever has the turn: what is running then is not running any more. */
    void endInterrupted() {
        client.sql("UPDATE orders.imports SET state = 'interrupted', finished_at = now() WHERE state = 'running'")
                .update();
    }

    private record Numbered<T extends SourceLine>(long n, T line) {}

    /** @param firstNumber of the first of them; the others follow on */
    void stage(long importId, long firstNumber, List<SourceLine> lines) {
        var read = new ArrayList<Numbered<SourceLine.Read>>(lines.size());
        var broken = new ArrayList<Numbered<SourceLine.Broken>>();
        for (var line : lines) {
            var n = firstNumber + read.size() + broken.size();
            switch (line) {
                case SourceLine.Read each -> read.add(new Numbered<>(n, each));
                case SourceLine.Broken each -> broken.add(new Numbered<>(n, each));
            }
        }
        if (!read.isEmpty()) stageRead(importId, read);
        if (!broken.isEmpty()) stageBroken(importId, broken);
    }

    private void stageRead(long importId, List<Numbered<SourceLine.Read>> lines) {
        Rows.of(lines)
                .bigint(_ -> importId)
                .bigint(Numbered::n)
                .bigint(each -> each.line().line())
                .integer(each -> each.line().item())
                .text(each -> each.line().head().externalId())
                .bool(each -> each.line().head().credit())
                .text(each -> each.line().role().code())
                .text(each -> each.line().sku())
                .text(each -> each.line().name())
                .bigint(each -> each.line().quantity())
                .text(each -> each.line().unitPrice().toPlainString())
                .text(each -> each.line().amount().toPlainString())
                .text(each -> each.line().head().currency().getCurrencyCode())
                .timestamptz(each -> each.line().head().placedAt())
                .text(each -> each.line().head().customer())
                .text(each -> each.line().head().country())
                .text(each -> each.line().head().email())
                .update(jdbc, """
                        INSERT INTO orders.import_lines (import_id, n, line, item, external_id, credit, role, sku, name,
                            quantity, unit_price, amount, currency, placed_at, customer, country, email)
                        SELECT import_id, n, line, item, external_id, credit, role, sku, name, quantity,
                            unit_price::numeric, amount::numeric, currency, placed_at, customer, country, email
                        FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                            AS staged (import_id, n, line, item, external_id, credit, role, sku, name, quantity,
                                unit_price, amount, currency, placed_at, customer, country, email)
                        """);
    }

    private void stageBroken(long importId, List<Numbered<SourceLine.Broken>> lines) {
        Rows.of(lines)
                .bigint(_ -> importId)
                .bigint(Numbered::n)
                .bigint(each -> each.line().line())
                .text(each -> each.line().externalId())
                .text(each -> each.line().reason().code())
                .text(each -> each.line().detail())
                .update(jdbc, """
                        INSERT INTO orders.import_lines (import_id, n, line, item, external_id, reason, detail, outcome)
                        SELECT import_id, n, line, 0, external_id, reason, detail, 'set_aside'
                        FROM unnest(?, ?, ?, ?, ?, ?) AS staged (import_id, n, line, external_id, reason, detail)
                        """);
    }

    /** Finds the sales and credits that the lines make, and sets those aside that cannot be imported as a whole. */
    void group(long importId, ImportFormat format) {
        client.sql("""
                        INSERT INTO orders.import_documents (import_id, document, external_id, credit, first_n, lines,
                            currency, placed_at, customer, country, email, outcome, reason)
                        SELECT :import, row_number() OVER (ORDER BY credit, placed_at, first_n), external_id, credit,
                            first_n, lines, currency, placed_at, customer, country, email,
                            CASE WHEN reason IS NOT NULL THEN 'set_aside' END, reason
                        FROM (
                            SELECT *, CASE
                                    WHEN readable < lines THEN 'broken_document'
                                    WHEN repetition > 1 THEN 'repeated_external_id'
                                    WHEN customer <> last_customer OR named NOT IN (0, lines) THEN 'mixed_customers'
                                    WHEN lines > :most THEN 'too_many_lines'
                                END AS reason
                            FROM (
                                SELECT external_id, coalesce(bool_or(credit), false) AS credit, min(n) AS first_n,
                                    count(*) AS lines, count(role) AS readable, min(currency) AS currency,
                                    min(placed_at) AS placed_at, min(customer) AS customer,
                                    max(customer) AS last_customer, count(customer) AS named, min(country) AS country,
                                    min(email) AS email,
                                    row_number() OVER (PARTITION BY external_id ORDER BY min(n)) AS repetition
                                FROM orders.import_lines
                                WHERE import_id = :import AND external_id IS NOT NULL
                                GROUP BY external_id, CASE WHEN :byline THEN line END
                            ) AS grouped
                        ) AS judged
                        """)
                .param("import", importId)
                .param("byline", format == ImportFormat.NDJSON)
                .param("most", ImportedOrder.MOST_LINES)
                .update();
        client.sql("""
                        UPDATE orders.import_lines AS line
                        SET outcome = 'set_aside', reason = document.reason
                        FROM orders.import_documents AS document
                        WHERE document.import_id = :import AND document.reason IS NOT NULL
                          AND line.import_id = document.import_id AND line.external_id = document.external_id
                          AND line.n BETWEEN document.first_n
                              AND CASE WHEN :byline THEN document.first_n + document.lines - 1 ELSE line.n END
                          AND line.outcome IS NULL
                        """)
                .param("import", importId)
                .param("byline", format == ImportFormat.NDJSON)
                .update();
    }

    /** The next sales, or the next credits, that are still to be decided on. */
    List<Document> documents(long importId, boolean credits, int after, int limit) {
        return client.sql("""
                        SELECT * FROM orders.import_documents
                        WHERE import_id = :import AND credit = :credits AND document > :after AND reason IS NULL
                        ORDER BY document
                        LIMIT :limit
                        """)
                .param("import", importId)
                .param("credits", credits)
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> new Document(
                        row.getInt("document"),
                        row.getString("external_id"),
                        row.getBoolean("credit"),
                        row.getTimestamp("placed_at").toInstant(),
                        row.getString("customer"),
                        row.getString("country"),
                        row.getString("email"),
                        Currency.getInstance(row.getString("currency")),
                        row.getInt("lines")))
                .list();
    }

    /** The lines of the given documents, in the order of the file. */
    List<StagedLine> lines(long importId, List<Document> documents) {
        return Rows.of(documents)
                .integer(Document::number)
                .bigint(_ -> importId)
                .query(
                        jdbc,
                        """
                        SELECT document.document, line.*
                        FROM unnest(?, ?) AS wanted (document, import_id)
                        JOIN orders.import_documents AS document USING (import_id, document)
                        JOIN orders.import_lines AS line USING (import_id, external_id)
                        JOIN orders.imports ON imports.id = import_id
                        WHERE imports.format = 'csv'
                           OR line.n BETWEEN document.first_n AND document.first_n + document.lines - 1
                        ORDER BY line.n
                        """,
                        (row, number) -> new StagedLine(
                                row.getInt("document"),
                                row.getLong("n"),
                                Role.ofCode(row.getString("role")),
                                row.getString("sku"),
                                row.getString("name"),
                                row.getLong("quantity"),
                                row.getBigDecimal("unit_price")));
    }

    void decide(long importId, List<Decision> decisions) {
        Rows.of(decisions)
                .bigint(Decision::n)
                .text(decision -> decision.outcome().code())
                .text(decision ->
                        decision.reason() == null ? null : decision.reason().code())
                .text(Decision::orderExternalId)
                .nullableBigint(decision -> decision.orderLine() == null ? null : Long.valueOf(decision.orderLine()))
                .bigint(_ -> importId)
                .update(jdbc, """
                        UPDATE orders.import_lines AS line
                        SET outcome = decided.outcome, reason = decided.reason,
                            order_external_id = decided.order_external_id, order_line = decided.order_line
                        FROM unnest(?, ?, ?, ?, ?, ?)
                            AS decided (n, outcome, reason, order_external_id, order_line, import_id)
                        WHERE line.import_id = decided.import_id AND line.n = decided.n AND line.outcome IS NULL
                        """);
    }

    /** What became of a document as a whole: it is imported when anything of it is. */
    enum Fate {
        IMPORTED,
        ALREADY_THERE,
        SET_ASIDE
    }

    record Conclusion(int document, Fate fate) {}

    void conclude(long importId, List<Conclusion> conclusions) {
        Rows.of(conclusions)
                .bigint(_ -> importId)
                .integer(Conclusion::document)
                .text(each -> each.fate().name().toLowerCase(Locale.ROOT))
                .update(jdbc, """
                        UPDATE orders.import_documents AS document SET outcome = concluded.outcome
                        FROM unnest(?, ?, ?) AS concluded (import_id, document, outcome)
                        WHERE document.import_id = concluded.import_id AND document.document = concluded.document
                        """);
    }

    /**
     * What came into the shop with this import, in minor units of a currency, as the orders and credits themselves have
     * it.
     */
    BigDecimal written(long importId, String currency) {
        return client.sql("""
                        SELECT (SELECT coalesce(sum(total), 0)
                                FROM orders.import_documents AS document
                                JOIN orders.orders USING (external_id, currency)
                                WHERE document.import_id = :import AND currency = :currency AND NOT credit
                                  AND document.outcome = 'imported')
                             - (SELECT coalesce(sum(total), 0) FROM orders.credits
                                WHERE import_id = :import AND currency = :currency)
                        """)
                .param("import", importId)
                .param("currency", currency)
                .query(BigDecimal.class)
                .single();
    }

    /** Adds up what became of the lines. */
    List<OrderImportReport.Count> count(long importId) {
        return client.sql("""
                        SELECT currency, outcome, reason, count(*) AS lines, coalesce(sum(amount), 0) AS amount
                        FROM orders.import_lines
                        WHERE import_id = :import
                        GROUP BY currency, outcome, reason
                        ORDER BY currency, outcome, reason
                        """)
                .param("import", importId)
                .query((row, number) -> counted(row))
                .list();
    }

    void keepTotals(long importId, List<OrderImportReport.Count> counts) {
        Rows.of(counts)
                .bigint(_ -> importId)
                .text(OrderImportReport.Count::currency)
                .text(count -> count.outcome().code())
                .text(count -> count.reason() == null ? null : count.reason().code())
                .bigint(OrderImportReport.Count::lines)
                .text(count -> count.amount().toPlainString())
                .update(jdbc, """
                        INSERT INTO orders.import_totals (import_id, currency, outcome, reason, lines, amount)
                        SELECT import_id, currency, outcome, reason, lines, amount::numeric
                        FROM unnest(?, ?, ?, ?, ?, ?) AS total (import_id, currency, outcome, reason, lines, amount)
                        """);
    }

    List<OrderImportReport.Count> totals(long importId) {
        return client.sql("""
                        SELECT * FROM orders.import_totals WHERE import_id = :import ORDER BY currency, outcome, reason
                        """)
                .param("import", importId)
                .query((row, number) -> counted(row))
                .list();
    }

    private static OrderImportReport.Count counted(ResultSet row) throws SQLException {
        var outcome = row.getString("outcome");
        if (outcome == null) throw new IllegalStateException(row.getLong("lines") + " lines were not decided on");
        return new OrderImportReport.Count(
                Outcome.ofCode(outcome),
                reasonOf(row),
                row.getString("currency"),
                row.getLong("lines"),
                OrderImportReport.plain(row.getBigDecimal("amount")));
    }

    private static @Nullable Reason reasonOf(ResultSet row) throws SQLException {
        var reason = row.getString("reason");
        return reason == null ? null : Reason.ofCode(reason);
    }

    OrderImportReport.Documents countDocuments(long importId) {
        return client.sql("""
                        SELECT count(*) FILTER (WHERE outcome = 'imported' AND NOT credit) AS orders,
                               count(*) FILTER (WHERE outcome = 'imported' AND credit) AS credits,
                               count(*) FILTER (WHERE outcome = 'already_there') AS already_there,
                               count(*) FILTER (WHERE outcome = 'set_aside') AS set_aside
                        FROM orders.import_documents
                        WHERE import_id = :import
                        """)
                .param("import", importId)
                .query((row, number) -> new OrderImportReport.Documents(
                        row.getLong("orders"),
                        row.getLong("credits"),
                        row.getLong("already_there"),
                        row.getLong("set_aside")))
                .single();
    }

    Optional<Row> find(long importId) {
        return client.sql("SELECT * FROM orders.imports WHERE id = :id")
                .param("id", importId)
                .query((row, number) -> row(row))
                .optional();
    }

    /** Imports with ids below {@code before}, newest first. */
    List<Row> list(long before, int limit) {
        return client.sql("SELECT * FROM orders.imports WHERE id < :before ORDER BY id DESC LIMIT :limit")
                .param("before", before)
                .param("limit", limit)
                .query((row, number) -> row(row))
                .list();
    }

    /** A line with its number in the import, which pages go by. */
    record NumberedLine(long n, ImportedLine line) {}

    /** @param outcome only lines that became this; null for all */
    List<NumberedLine> reportLines(long importId, @Nullable Outcome outcome, long after, int limit) {
        var filter = outcome == null ? "" : "AND line.outcome = :outcome ";
        return client.sql("""
                        SELECT line.*, orders.id AS order_id
                        FROM orders.import_lines AS line
                        JOIN orders.imports ON imports.id = line.import_id
                        LEFT JOIN orders.orders ON orders.external_id = line.order_external_id AND NOT imports.dry_run
                        WHERE line.import_id = :import AND line.n > :after %s
                        ORDER BY line.n
                        LIMIT :limit
                        """.formatted(filter))
                .param("import", importId)
                .param("after", after)
                .param("limit", limit)
                .param("outcome", outcome == null ? null : outcome.code())
                .query((row, number) -> new NumberedLine(row.getLong("n"), importedLine(row)))
                .list();
    }

    private static ImportedLine importedLine(ResultSet row) throws SQLException {
        var outcome = row.getString("outcome");
        var reason = reasonOf(row);
        var detail = row.getString("detail");
        var amount = row.getBigDecimal("amount");
        var item = row.getInt("item");
        return new ImportedLine(
                row.getLong("line"),
                item == 0 ? null : item,
                row.getString("external_id"),
                row.getString("sku"),
                row.getString("name"),
                row.getObject("quantity", Long.class),
                amount == null ? null : OrderImportReport.plain(amount),
                row.getString("currency"),
                outcome == null ? null : Outcome.ofCode(outcome),
                reason,
                detail != null || reason == null ? detail : reason.sentence(),
                row.getObject("order_id", Long.class),
                row.getString("order_external_id"),
                row.getObject("order_line", Integer.class));
    }

    private static Row row(ResultSet row) throws SQLException {
        var finished = row.getTimestamp("finished_at");
        return new Row(
                row.getLong("id"),
                ImportState.ofCode(row.getString("state")),
                ImportFormat.ofCode(row.getString("format")),
                row.getBoolean("dry_run"),
                row.getBoolean("settled"),
                row.getString("problem"),
                row.getTimestamp("started_at").toInstant(),
                finished == null ? null : finished.toInstant());
    }
}
