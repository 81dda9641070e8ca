package kontor.database;

import java.lang.reflect.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Many rows in one statement, one array for each column:
 *
 * <pre>{@code
 * Rows.of(lines)
 *         .bigint(Line::orderId)
 *         .text(Line::sku)
 *         .integer(Line::quantity)
 *         .update(jdbc, "INSERT INTO orders.lines (order_id, sku, quantity) SELECT * FROM unnest(?, ?, ?)");
 * }</pre>
 *
 * The statement's text does not depend on the number of rows, so that it is planned once. Runs on the connection of the
 * surrounding transaction, in which nothing else than JdbcTemplate takes part.
 */
public final class Rows<T> {
    private final List<T> items;
    private final List<Column> columns;

    private Rows(List<T> items, List<Column> columns) {
        this.items = items;
        this.columns = columns;
    }

    /** @param items one for each row; read when the statement runs */
    public static <T> Rows<T> of(List<T> items) {
        return new Rows<>(items, new ArrayList<>());
    }

    public Rows<T> bigint(ToLongFunction<T> value) {
        return with(new Longs<>(items, value));
    }

    public Rows<T> integer(ToIntFunction<T> value) {
        return with(new Ints<>(items, value));
    }

    public Rows<T> bool(Predicate<T> value) {
        return with(new Booleans<>(items, value));
    }

    public Rows<T> nullableBigint(Function<T, @Nullable Long> value) {
        return with(new Objects<>("int8", Long.class, items, value));
    }

    public Rows<T> text(Function<T, @Nullable String> value) {
        return with(new Objects<>("text", String.class, items, value));
    }

    public Rows<T> bytea(Function<T, byte @Nullable []> value) {
        return with(new Objects<>("bytea", byte[].class, items, value));
    }

    public Rows<T> timestamptz(Function<T, @Nullable Instant> value) {
        return written("timestamptz", value);
    }

    public Rows<T> date(Function<T, @Nullable LocalDate> value) {
        return written("date", value);
    }

    /** @param json the document as text */
    public Rows<T> jsonb(Function<T, @Nullable String> json) {
        return with(new Objects<>("jsonb", String.class, items, json));
    }

    /** Adds the columns of other rows, as many or fewer or more, for a statement that fills several tables at once. */
    public Rows<T> and(Rows<?> others) {
        columns.addAll(others.columns);
        return this;
    }

    /** Executes with one array for each question mark, in the order in which the columns were added. */
    public int update(JdbcTemplate jdbc, String sql) {
        return jdbc.update(sql, this::bind);
    }

    /** The same for a statement that answers, such as {@code INSERT … RETURNING}. */
    public <R extends @Nullable Object> List<R> query(JdbcTemplate jdbc, String sql, RowMapper<R> mapper) {
        return jdbc.query(sql, this::bind, mapper);
    }

    private void bind(PreparedStatement statement) throws SQLException {
        var index = 1;
        for (var column : columns) column.bind(statement, index++);
    }

    private Rows<T> written(String type, Function<T, ? extends @Nullable Object> value) {
        return with(new Objects<>(type, String.class, items, item -> {
            var written = value.apply(item);
            return written == null ? null : written.toString();
        }));
    }

    private Rows<T> with(Column column) {
        columns.add(column);
        return this;
    }

    /**
     * One array of a statement. The loop over the rows stands once for each type here and not in every method that adds a
     * column: the methods with dozens of columns would take the just-in-time compiler seconds otherwise.
     */
    private sealed interface Column {
        void bind(PreparedStatement statement, int index) throws SQLException;
    }

    private record Longs<T>(List<T> items, ToLongFunction<T> value) implements Column {
        @Override
        public void bind(PreparedStatement statement, int index) throws SQLException {
            var values = new long[items.size()];
            for (var i = 0; i < values.length; i++) values[i] = value.applyAsLong(items.get(i));
            statement.setObject(index, values);
        }
    }

    private record Ints<T>(List<T> items, ToIntFunction<T> value) implements Column {
        @Override
        public void bind(PreparedStatement statement, int index) throws SQLException {
            var values = new int[items.size()];
            for (var i = 0; i < values.length; i++) values[i] = value.applyAsInt(items.get(i));
            statement.setObject(index, values);
        }
    }

    private record Booleans<T>(List<T> items, Predicate<T> value) implements Column {
        @Override
        public void bind(PreparedStatement statement, int index) throws SQLException {
            var values = new boolean[items.size()];
            for (var i = 0; i < values.length; i++) values[i] = value.test(items.get(i));
            statement.setObject(index, values);
        }
    }

    /** @param type what PostgreSQL calls the type of an element */
    private record Objects<T, V>(String type, Class<V> element, List<T> items, Function<T, ? extends @Nullable V> value)
            implements Column {
        @Override
        public void bind(PreparedStatement statement, int index) throws SQLException {
            var values = (@Nullable Object[]) Array.newInstance(element, items.size());
            for (var i = 0; i < values.length; i++) values[i] = value.apply(items.get(i));
            statement.setArray(index, statement.getConnection().createArrayOf(type, values));
        }
    }
}
