package kontor.web;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param largestBody the largest body of a request that is no import
 * @param largestImport the largest body of a streamed import
 * @param requestsPerSecond what one caller may ask for in the long run; 0 for no limit
 * @param burst what one caller may ask for at once
 * @param sharedLimits whether several servers on one database count a caller together; each asks the database about one at
 *     most every 500 ms
 * @param trustedProxies addresses and networks ({@code 192.0.2.7}, {@code 10.1.0.0/16}) of reverse proxies, whose word on
 *     who calls and how is taken: {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}
 * @param corsOrigins whose pages may call from a browser, such as {@code https://shop.example}; none by default
 */
@ConfigurationProperties("kontor.web")
record WebSettings(
        @DefaultValue("1MB") DataSize largestBody,
        @DefaultValue("1GB") DataSize largestImport,
        @DefaultValue("100") int requestsPerSecond,
        @DefaultValue("200") int burst,
        @DefaultValue("false") boolean sharedLimits,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue List<String> corsOrigins) {
    WebSettings {
        if (requestsPerSecond < 0)
            throw new IllegalArgumentException("kontor.web.requests-per-second must be 0, for no limit, or more");
        if (requestsPerSecond > 0 && burst < 1)
            throw new IllegalArgumentException(
                    "kontor.web.burst must be at least 1: with less nobody could ask at all");
        trustedProxies = filled(trustedProxies);
        trustedProxies.forEach(TrustedProxies::network);
        corsOrigins = filled(corsOrigins);
        corsOrigins.forEach(CrossOrigins::check);
    }

    /** An unset variable leaves an empty one behind. */
    private static List<String> filled(List<String> values) {
        return values.stream()
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }
}
