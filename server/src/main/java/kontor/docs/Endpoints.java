package kontor.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The operations of the API, read from its own description. */
final class Endpoints {
    private static final Pattern PERMISSION = Pattern.compile("\\b[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*\\b");
    static final String MAY = "✓";
    static final String OWN = "own";
    static final String ALL = "all";
    static final String REFUSED = "";
    private final List<Operation> operations = new ArrayList<>();

    Endpoints(JsonNode openApi) {
        for (var path : openApi.get("paths").properties())
            for (var operation : path.getValue().properties())
                operations.add(new Operation(operation.getKey(), path.getKey(), operation.getValue()));
    }

    /** @param method in small letters */
    record Operation(String method, String path, JsonNode described) {
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

        /**
         * How far a signed-in caller with these permissions comes.
         *
         * @return {@link #MAY}, {@link #OWN}, {@link #ALL}; {@link #REFUSED} when they are refused
         */
        String reach(Set<String> permissions) {
            if (isOpen()) return MAY;
            if (!permission().isEmpty()) return holds(permissions, permission()) ? MAY : REFUSED;
            if (wider().isEmpty()) return MAY;
            return holds(permissions, wider()) ? ALL : OWN;
        }

        private static boolean holds(Set<String> permissions, String permission) {
            return permissions.contains(permission) || permissions.contains("*");
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
            var row = new ArrayList<>(
                    List.of(each.call(), each.isOpen() ? MAY : REFUSED, each.isOpen() ? "" : each.reach(Set.of())));
            for (var permission : permissions)
                row.add(permission.equals(each.permission()) ? MAY : permission.equals(each.wider()) ? ALL : "");
            grid.row(row.toArray(String[]::new));
        }
        return grid.toString();
    }

    /** Which operation is for whom: a column for each role. */
    String roles(List<BuiltInRole> roles) {
        var headings = new ArrayList<>(List.of("Call", "no login"));
        roles.forEach(role -> headings.add(Grid.code(role.name())));
        var grid = new Grid(headings.toArray(String[]::new));
        for (var each : operations) {
            var row = new ArrayList<>(List.of(each.call(), each.isOpen() ? MAY : REFUSED));
            for (var role : roles) row.add(each.reach(role.permissions()));
            grid.row(row.toArray(String[]::new));
        }
        return grid.toString();
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }
}
