package kontor.catalog;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param lookout how often a server looks whether another one has changed the catalogue; orders look for themselves
 * @param cachedAnswers how much memory ready answers to product requests may take
 */
@ConfigurationProperties("kontor.catalog")
record CatalogSettings(
        @DefaultValue("500ms") Duration lookout,
        @DefaultValue("16MB") DataSize cachedAnswers) {}
