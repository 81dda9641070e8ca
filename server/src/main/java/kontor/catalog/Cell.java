package kontor.catalog;

import java.util.regex.Pattern;

/**
 * A cell of a CSV file that spreadsheets open. One that begins like a formula is written with an apostrophe before it, so
 * that it stays text; the import takes the apostrophe off again.
 */
final class Cell {
    private static final Pattern FORMULA = Pattern.compile("'*[=+\\-@\t\r].*", Pattern.DOTALL);
    private static final Pattern QUOTED_FORMULA = Pattern.compile("'+[=+\\-@\t\r].*", Pattern.DOTALL);

    private Cell() {}

    static String written(String text) {
        return FORMULA.matcher(text).matches() ? "'" + text : text;
    }

    static String read(String cell) {
        return QUOTED_FORMULA.matcher(cell).matches() ? cell.substring(1) : cell;
    }
}
