package kontor.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param freshLogin how long ago somebody may have shown who they are when they change roles, second factors or staff's
 *     view of an address, make API keys or clients, erase somebody, or give much money back
 */
@ConfigurationProperties("kontor.web")
record FreshLoginSettings(@DefaultValue("5m") Duration freshLogin) {
    FreshLoginSettings {
        if (freshLogin.toSeconds() < 1)
            throw new IllegalArgumentException("kontor.web.fresh-login must be at least a second");
    }
}
