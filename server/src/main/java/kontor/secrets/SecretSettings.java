package kontor.secrets;

import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param keys what secrets in the database are sealed with: 32 random bytes each, in base64, newest first. That one seals,
 *     all of them open. Needed with an external database; beside the embedded one a file is made at the first start
 */
@ConfigurationProperties("kontor.secrets")
record SecretSettings(@DefaultValue List<String> keys) {
    SecretSettings {
        // A file may hold one on each line; an unset variable leaves an empty one behind.
        keys = keys.stream()
                .flatMap(each -> Arrays.stream(each.split("\\s+")))
                .filter(each -> !each.isEmpty())
                .toList();
        try {
            SealingKeys.of(keys);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("kontor.secrets.keys (KONTOR_SECRETS_KEYS): " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "SecretSettings[keys=%d]".formatted(keys.size());
    }
}
