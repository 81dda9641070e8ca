package kontor.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param largestBody the largest body of a request that is no import
 * @param largestImport the largest body of a streamed import
 * @param requestsPerSecond what one caller may ask for in the long run; 0 for no limit
 * @param burst what one caller may ask for at once
 */
@ConfigurationProperties("kontor.web")
record WebSettings(
        @DefaultValue("1MB") DataSize largestBody,
        @DefaultValue("1GB") DataSize largestImport,
        @DefaultValue("100") int requestsPerSecond,
        @DefaultValue("200") int burst) {
    WebSettings {
        if (requestsPerSecond < 0)
            throw new IllegalArgumentException("kontor.web.requests-per-second must be 0, for no limit, or more");
        if (requestsPerSecond > 0 && burst < 1)
            throw new IllegalArgumentException(
                    "kontor.web.burst must be at least 1: with less nobody could ask at all");
    }
}
