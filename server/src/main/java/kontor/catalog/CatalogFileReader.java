package kontor.catalog;

import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Reads a catalogue file, CSV as RFC 4180 describes it in UTF-8, without ever holding more of it than a batch of lines. */
final class CatalogFileReader {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();
    private static final int BATCH = 2_000;
    private static final int LONGEST_LINE = 1_000_000;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final RowErrors errors;
    private final Consumer<List<CatalogRow>> batches;
    private List<CatalogRow> batch = new ArrayList<>();
    private long rows;

    private CatalogFileReader(RowErrors errors, Consumer<List<CatalogRow>> batches) {
        this.errors = errors;
        this.batches = batches;
    }

    /**
     * @param batches takes the articles as they come; none any more after the first error
     * @return how many articles the file has, as far as it could be read
     */
    static long read(InputStream file, RowErrors errors, Consumer<List<CatalogRow>> batches) throws IOException {
        var utf8 = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var reader = new CatalogFileReader(errors, batches);
        try (var lines = new BoundedLines(new InputStreamReader(file, utf8));
                var parser =
                        CSVParser.builder().setReader(lines).setFormat(FORMAT).get()) {
            reader.read(lines, parser);
        }
        return reader.rows;
    }

    private void read(BoundedLines lines, CSVParser parser) throws IOException {
        var records = parser.iterator();
        CatalogColumns columns = null;
        while (true) {
            var line = parser.getCurrentLineNumber() + 1;
            lines.next();
            var cells = next(records, line);
            if (cells == null) break;
            if (columns == null) {
                columns = CatalogColumns.of(withoutMark(cells), errors);
                if (columns == null) return;
            } else if (cells.size() > 1 || !cells.getFirst().isEmpty()) { // an empty line is no article
                rows++;
                add(columns.read(line, cells, errors));
            }
        }
        if (columns == null && errors.isEmpty()) errors.add(1, "", "empty", "has no columns: the file is empty");
        flush();
    }

    /** @return null at the end, and when the file cannot be read any further, which is in the errors then */
    private @Nullable List<String> next(Iterator<CSVRecord> records, long line) throws IOException {
        try {
            return records.hasNext() ? records.next().toList() : null;
        } catch (UncheckedIOException e) {
            var cause = Objects.requireNonNull(e.getCause());
            switch (cause) {
                case CSVException broken ->
                    errors.add(line, "", "malformed", "has quotes that do not match; nothing behind it was read");
                case CharacterCodingException broken ->
                    errors.add(line, "", "encoding", "or one soon after it is not UTF-8; nothing behind it was read");
                case LineTooLong tooLong ->
                    errors.add(
                            line,
                            "",
                            "too_long",
                            "is too long, perhaps for a missing quote; nothing behind it was read");
                default -> throw cause;
            }
            return null;
        }
    }

    private static List<String> withoutMark(List<String> header) {
        var first = header.getFirst();
        if (first.isEmpty() || first.charAt(0) != BYTE_ORDER_MARK) return header;
        var cells = new ArrayList<>(header);
        cells.set(0, first.substring(1));
        return cells;
    }

    private void add(@Nullable CatalogRow row) {
        if (row == null || !errors.isEmpty()) return;
        batch.add(row);
        if (batch.size() == BATCH) flush();
    }

    private void flush() {
        if (batch.isEmpty() || !errors.isEmpty()) return;
        batches.accept(batch);
        batch = new ArrayList<>();
    }

    private static final class LineTooLong extends IOException {}

    /** Ends a line that does not end: a quote that is never closed would make one of all the rest of the file. */
    private static final class BoundedLines extends FilterReader {
        private int left;

        BoundedLines(Reader file) {
            super(file);
        }

        void next() {
            left = LONGEST_LINE;
        }

        @Override
        public int read() throws IOException {
            var c = super.read();
            if (c >= 0) count(1);
            return c;
        }

        @Override
        public int read(char[] into, int offset, int length) throws IOException {
            var read = super.read(into, offset, length);
            if (read > 0) count(read);
            return read;
        }

        private void count(int read) throws LineTooLong {
            left -= read;
            if (left < 0) throw new LineTooLong();
        }
    }
}
