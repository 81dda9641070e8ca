package kontor;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** A setting with a value that cannot be taken, told in one sentence. */
final class WrongSetting {
    private WrongSetting() {}

    /** Which setting it is and what it needs; nothing when {@code failure} is not about the value of a setting. */
    static Optional<String> sentence(Throwable failure) {
        return switch (failure) {
            case BindException e
            when e.getProperty() != null ->
                Optional.of(sentence(
                        e.getProperty().getName().toString(), e.getProperty().getValue(), e));
            case BindException e -> refusal(e);
            case InvalidConfigurationPropertyValueException e -> Optional.of(sentence(e.getName(), e.getValue(), e));
            default -> Optional.empty();
        };
    }

    /** What the record of settings itself says, which names the setting. */
    private static Optional<String> refusal(BindException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause())
            if (cause instanceof IllegalArgumentException) return Optional.of(cause.getMessage() + ".");
        return Optional.empty();
    }

    private static String sentence(String name, @Nullable Object value, Throwable failure) {
        return "%s (%s) cannot be \"%s\": it needs %s.".formatted(name, variable(name), value, need(failure));
    }

    /** How the setting is spelled as an environment variable. */
    private static String variable(String name) {
        return name.replace("-", "").replace("]", "").replaceAll("[.\\[]", "_").toUpperCase(Locale.ROOT);
    }

    private static String need(Throwable failure) {
        var last = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConversionFailedException e)
                return need(e.getTargetType().getType());
            if (cause instanceof NumberFormatException) return need(Integer.class);
            if (cause instanceof ConverterNotFoundException e)
                return need(e.getTargetType().getType());
            last = cause;
        }
        return "another value (" + last.getMessage() + ")";
    }

    private static String need(Class<?> wanted) {
        var type = ClassUtils.resolvePrimitiveIfNecessary(wanted);
        if (type == Boolean.class) return "true or false";
        if (type == Integer.class || type == Long.class) return "a whole number";
        if (type == Duration.class) return "a length of time, such as 500ms, 2s or 1h";
        if (type == DataSize.class) return "a size, such as 64KB or 2MB";
        if (type == URI.class) return "an address";
        if (type == Path.class) return "a folder or file";
        if (type.isEnum())
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" or "));
        return "a value of another kind (" + type.getSimpleName() + ")";
    }
}
