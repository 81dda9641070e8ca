package kontor.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;

/** What is wrong with an imported file: all of it counted, the first of it kept. */
final class RowErrors {
    static final int KEPT = 1_000;
    private final List<RowError> first = new ArrayList<>();
    private long count;

    void add(long line, String field, String code, String message) {
        add(new RowError(line, field, code, message));
    }

    void add(RowError error) {
        count++;
        if (first.size() < KEPT) first.add(error);
    }

    /** Counts what was found but not fetched. */
    void addUnseen(long more) {
        count += more;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** 422 with the report: nothing of the file was taken. */
    Refusal refusal(long rows) {
        var where = first.getFirst();
        return new Refusal(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "import_refused",
                "Nothing was imported: the file has %d %s, the first on line %d: %s%s."
                        .formatted(
                                count,
                                count == 1 ? "error" : "errors",
                                where.line(),
                                where.field().isEmpty() ? "it " : where.field() + " ",
                                where.message()),
                Map.of("rows", rows, "error_count", count, "errors", List.copyOf(first)),
                List.of());
    }
}
