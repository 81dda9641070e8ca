package kontor.orders.imports;

import jakarta.validation.ValidationException;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import kontor.money.Money;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Reads orders from NDJSON: one {@link ImportedOrder} in each line. */
final class JsonSource implements Source {
    private static final int LONGEST_LINE = 4 * 1024 * 1024;

    private final TextLines lines;
    private final ObjectReader json;
    private final Validator validator;

    JsonSource(InputStream stream, JsonMapper json, Validator validator) {
        this.lines = new TextLines(stream, LONGEST_LINE);
        this.json = json.readerFor(ImportedOrder.class);
        this.validator = validator;
    }

    @Override
    public @Nullable List<SourceLine> next() throws IOException {
        TextLines.TextLine line;
        do {
            line = lines.next();
            if (line == null) return null;
        } while (line.fault() == null && line.text().isBlank());
        return read(line);
    }

    private List<SourceLine> read(TextLines.TextLine line) {
        if (line.fault() != null)
            return List.of(new SourceLine.Broken(
                    line.number(), null, line.fault(), line.fault().sentence()));
        try {
            @Nullable ImportedOrder order = json.readValue(line.text());
            if (order == null) return unreadable(line, "The line is null.");
            var violations = validator.validate(order);
            if (!violations.isEmpty()) {
                var first = violations.iterator().next();
                return unreadable(line, first.getPropertyPath() + ": " + first.getMessage() + ".");
            }
            var fault = order.fault();
            return fault == null ? itemsOf(order, line.number()) : unreadable(line, fault);
        } catch (StreamReadException e) {
            return unreadable(line, "The line is not valid JSON.");
        } catch (JacksonException e) {
            return unreadable(line, "A value is missing, unknown or of the wrong kind: " + pathOf(e) + ".");
        } catch (ValidationException | Refusal e) {
            return unreadable(line, PlainText.Check.CARD_DATA);
        }
    }

    private static List<SourceLine> itemsOf(ImportedOrder order, long line) {
        var sign = order.isCredit() ? -1 : 1;
        var head = new SourceLine.Head(
                order.externalId(),
                order.isCredit(),
                order.placedAt(),
                order.customer(),
                order.country(),
                order.email(),
                order.currency());
        var items = new ArrayList<SourceLine>(order.lines().size() + 3);
        for (var sold : order.lines())
            items.add(new SourceLine.Read(
                    line,
                    items.size() + 1,
                    head,
                    Role.GOODS,
                    sold.sku(),
                    sold.name() == null ? "" : sold.name(),
                    sign * sold.quantity(),
                    BigDecimal.valueOf(sold.unitPrice().minorUnits())));
        addAmount(items, line, head, Role.SHIPPING, order.shipping(), sign);
        addAmount(items, line, head, Role.DISCOUNT, order.discount(), -1);
        addAmount(items, line, head, Role.TAX, order.tax(), sign);
        return items;
    }

    private static void addAmount(
            List<SourceLine> items, long line, SourceLine.Head head, Role role, @Nullable Money amount, int sign) {
        if (amount != null && amount.minorUnits() > 0)
            items.add(new SourceLine.Read(
                    line,
                    items.size() + 1,
                    head,
                    role,
                    role.code(),
                    role.code(),
                    sign,
                    BigDecimal.valueOf(amount.minorUnits())));
    }

    private static List<SourceLine> unreadable(TextLines.TextLine line, String detail) {
        return List.of(new SourceLine.Broken(line.number(), null, Reason.NOT_AN_ORDER, detail));
    }

    private static String pathOf(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null)
                path.append('[').append(step.getIndex()).append(']');
            else path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        }
        return path.isEmpty() ? "the line itself" : path.toString();
    }
}
