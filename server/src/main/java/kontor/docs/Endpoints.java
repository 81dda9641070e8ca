package kontor.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The operations of the API, read from its own description. */
final class Endpoints {
    private static final Pattern PERMISSION = Pattern.compile("\\b[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*\\b");
    private final List<Operation> operations = new ArrayList<>();

    Endpoints(JsonNode openApi) {
        for (var path : openApi.get("paths").properties())
            for (var operation : path.getValue().properties())
                operations.add(new Operation(operation.getKey(), path.getKey(), operation.getValue()));
    }

    private record Operation(String method, String path, JsonNode described) {
        String call() {
            return Grid.code(method.toUpperCase(Locale.ROOT) + " " + path);
        }

        String summary() {
            return described.path("summary").asString("");
        }

        String tag() {
            return described.at("/tags/0").asString("");
        }

        /** {@code {}} among the security requirements means that nobody need sign in. */
        boolean isOpen() {
            return described.path("security").valueStream().anyMatch(JsonNode::isEmpty);
        }

        /** What the caller needs; "" for nothing, or for being signed in. */
        String permission() {
            return described.at("/security/0/bearer/0").asString("");
        }

        /** The permission that opens more than the caller's own things, as the summary says it; "" for none. */
        String wider() {
            var named = PERMISSION.matcher(summary());
            return !isOpen() && permission().isEmpty() && named.find() ? named.group() : "";
        }

        String who() {
            if (isOpen()) return "anyone";
            return permission().isEmpty() ? "signed in" : Grid.code(permission());
        }

        String answers() {
            return described.path("responses").properties().stream()
                    .map(response -> response.getKey())
                    .filter(status -> !status.equals("default"))
                    .collect(Collectors.joining(", "));
        }

        String headers() {
            return described
                    .path("parameters")
                    .valueStream()
                    .filter(parameter -> parameter.path("in").asString("").equals("header"))
                    .map(parameter -> Grid.code(parameter.path("name").asString(""))
                            + (parameter.path("required").asBoolean(false) ? "" : " (optional)"))
                    .collect(Collectors.joining(", "));
        }
    }

    String table() {
        var text = new StringBuilder();
        var byTag =
                operations.stream().collect(Collectors.groupingBy(Operation::tag, TreeMap::new, Collectors.toList()));
        byTag.forEach((tag, operationsOfTag) -> {
            var grid = new Grid("Call", "What it does", "Who", "Headers", "Answers");
            for (var each : operationsOfTag)
                grid.row(each.call(), each.summary(), each.who(), each.headers(), each.answers());
            text.append("**").append(tag).append("**\n\n").append(grid).append('\n');
        });
        return text.toString();
    }

    /**
     * Which operation is for whom: a column for each permission. Where signed-in callers find their own things only, the
     * summary names the permission that lets one find everybody's.
     */
    String permissions() {
        var permissions = operations.stream()
                .flatMap(each -> Stream.of(each.permission(), each.wider()))
                .filter(permission -> !permission.isEmpty())
                .distinct()
                .sorted()
                .toList();
        var headings = new ArrayList<>(List.of("Call", "anyone", "signed in"));
        permissions.forEach(permission -> headings.add(Grid.code(permission)));
        var grid = new Grid(headings.toArray(String[]::new));
        for (var each : operations) {
            var row = new ArrayList<>(List.of(
                    each.call(),
                    each.isOpen() ? "✓" : "",
                    each.isOpen() || !each.permission().isEmpty()
                            ? ""
                            : each.wider().isEmpty() ? "✓" : "own"));
            for (var permission : permissions)
                row.add(permission.equals(each.permission()) ? "✓" : permission.equals(each.wider()) ? "all" : "");
            grid.row(row.toArray(String[]::new));
        }
        return grid.toString();
    }
}
