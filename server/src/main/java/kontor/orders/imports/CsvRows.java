package kontor.orders.imports;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import kontor.orders.imports.TextLines.TextLine;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV (RFC 4180) row by row. A quotation mark that is opened and never closed spoils its own line and not the rest
 * of the file: a value goes on in the next lines only where that makes a whole row.
 */
final class CsvRows {
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int MOST_LINES_IN_A_ROW = 16;

    private final TextLines lines;
    private final Deque<TextLine> putBack = new ArrayDeque<>();

    CsvRows(InputStream stream) {
        this.lines = new TextLines(stream, LONGEST_LINE);
    }

    /**
     * @param line where it begins in the file, from 1
     * @param cells what could be read of it: for a faulty row perhaps only the first
     */
    record Row(long line, List<String> cells, @Nullable Reason fault) {}

    /**
     * @param columns how many cells a row has that goes on over several lines
     * @return null behind the last row; blank lines are no rows
     */
    @Nullable
    Row next(int columns) throws IOException {
        TextLine first;
        do {
            first = take();
            if (first == null) return null;
        } while (first.fault() == null && first.text().isBlank());
        if (first.fault() != null) return new Row(first.number(), List.of(), first.fault());
        var cells = new ArrayList<String>(columns);
        return switch (split(first.text(), cells)) {
            case WHOLE -> new Row(first.number(), cells, null);
            case MALFORMED -> new Row(first.number(), cells, Reason.UNBALANCED_QUOTES);
            case OPEN -> {
                var joined = joined(first, columns);
                yield joined != null ? joined : new Row(first.number(), cells, Reason.UNBALANCED_QUOTES);
            }
        };
    }

    /** The row that a value with line breaks makes, or null: then its other lines are read again, each for itself. */
    private @Nullable Row joined(TextLine first, int columns) throws IOException {
        var text = new StringBuilder(first.text());
        var others = new ArrayList<TextLine>();
        while (others.size() < MOST_LINES_IN_A_ROW - 1) {
            var next = take();
            if (next == null) break;
            others.add(next);
            if (next.fault() != null || text.length() + next.text().length() > LONGEST_LINE) break;
            text.append('\n').append(next.text());
            var cells = new ArrayList<String>(columns);
            var form = split(text.toString(), cells);
            if (form == Form.WHOLE && cells.size() == columns) return new Row(first.number(), cells, null);
            if (form != Form.OPEN) break;
        }
        for (var other : others.reversed()) putBack.addFirst(other);
        return null;
    }

    private @Nullable TextLine take() throws IOException {
        var again = putBack.pollFirst();
        return again != null ? again : lines.next();
    }

    private enum Form {
        WHOLE,
        /** Ends inside quotation marks. */
        OPEN,
        /** Something stands behind a closing quotation mark. */
        MALFORMED
    }

    /** Adds the cells of a row up to where it stops being one. */
    private static Form split(String row, List<String> cells) {
        var at = 0;
        while (true) {
            if (at < row.length() && row.charAt(at) == '"') {
                var cell = new StringBuilder();
                at++;
                while (true) {
                    var end = row.indexOf('"', at);
                    if (end < 0) return Form.OPEN;
                    cell.append(row, at, end);
                    at = end + 1;
                    if (at >= row.length() || row.charAt(at) != '"') break;
                    cell.append('"');
                    at++;
                }
                cells.add(cell.toString());
                if (at == row.length()) return Form.WHOLE;
                if (row.charAt(at) != ',') return Form.MALFORMED;
            } else {
                var comma = row.indexOf(',', at);
                cells.add(comma < 0 ? row.substring(at) : row.substring(at, comma));
                if (comma < 0) return Form.WHOLE;
                at = comma;
            }
            at++;
        }
    }
}
