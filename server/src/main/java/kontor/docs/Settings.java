package kontor.docs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The {@code kontor.*} settings, as Spring Boot's annotation processor collects them from their records; those that are
 * read otherwise are added by hand, in the second source.
 */
record Settings(List<Setting> all) {
    private static final List<String> SOURCES = List.of(
            "META-INF/spring-configuration-metadata.json", "META-INF/additional-spring-configuration-metadata.json");
    private static final Pattern CODE = Pattern.compile("\\{@code ([^}]*)}");
    private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");

    /** @param usual the value without the setting; "" when there is none */
    record Setting(String name, String type, String usual, String description) {
        /** Its name as an environment variable: {@code KONTOR_DB_OWNER_USER}. */
        String variable() {
            return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        }
    }

    static Settings onClassPath() throws IOException {
        var byName = new TreeMap<String, Setting>();
        for (var source : SOURCES)
            for (var file : Collections.list(Settings.class.getClassLoader().getResources(source)))
                try (var json = file.openStream()) {
                    for (var property : new JsonMapper().readTree(json).path("properties")) {
                        var setting = setting(property);
                        if (setting.name().startsWith("kontor.")) byName.put(setting.name(), setting);
                    }
                }
        return new Settings(new ArrayList<>(byName.values()));
    }

    private static Setting setting(JsonNode property) {
        return new Setting(
                property.path("name").asString(""),
                property.path("type").asString("").replaceAll("<.*", "").replaceAll(".*\\.", ""),
                property.path("defaultValue").asString(""),
                property.path("description").asString(""));
    }

    String table() {
        var names = all.stream().map(Setting::name).collect(Collectors.toSet());
        var grid = new Grid("Setting", "Environment", "Usual value", "What it is");
        for (var each : all)
            grid.row(
                    Grid.code(each.name()),
                    each.type().equals("Map") ? "" : Grid.code(each.variable()),
                    Grid.code(each.usual()),
                    described(each, names));
        return grid.toString();
    }

    /** In the settings' own names: the description is written beside the record, where they are in camelCase. */
    private static String described(Setting setting, Set<String> names) {
        var group = setting.name().substring(0, setting.name().lastIndexOf('.') + 1);
        return CODE.matcher(setting.description()).replaceAll(found -> {
            var kebab = HUMP.matcher(found.group(1)).replaceAll("$1-$2").toLowerCase(Locale.ROOT);
            return "`" + (names.contains(group + kebab) ? kebab : found.group(1)).replace("$", "\\$") + "`";
        });
    }
}
