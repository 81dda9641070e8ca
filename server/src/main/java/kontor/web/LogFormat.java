package kontor.web;

import java.util.Set;
import kontor.database.CannotStart;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Refuses a word for the log's format that means none; what each means stands in application.yaml. */
@Component
class LogFormat {
    private static final Set<String> FORMATS = Set.of("text", "json");

    LogFormat(@Value("${kontor.log.format:text}") String format) {
        if (!FORMATS.contains(format))
            throw new CannotStart("KONTOR_LOG_FORMAT is text or json, not \"%s\".".formatted(format));
    }
}
