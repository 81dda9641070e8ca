package kontor.docs;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown. */
final class Grid {
    private final List<String> lines = new ArrayList<>();

    Grid(String... headings) {
        row(headings);
        lines.add("|" + "---|".repeat(headings.length));
    }

    Grid row(String... cells) {
        var line = new StringBuilder("|");
        for (var cell : cells)
            line.append(' ')
                    .append(cell.replace("|", "\\|").replaceAll("\\s+", " "))
                    .append(" |");
        lines.add(line.toString());
        return this;
    }

    static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
