package kontor.secrets;

import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.database.DatabaseSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Finds the sealing keys, and refuses to start when those are missing that something in the database is sealed with. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecretSettings.class)
class SecretsConfiguration {
    @Bean
    Secrets secrets(SecretSettings settings, DatabaseSettings database, DataFolder data, SecretStore store) {
        var used = store.keyIds();
        var keys = keys(settings, database, KeyFile.in(data), used.isEmpty());
        for (var id : used)
            if (keys.called(id).isEmpty())
                throw new CannotStart(
                        ("Secrets in the database are sealed with a key that is not there, %s. Put it %s: without it they"
                                        + " cannot be read.")
                                .formatted(
                                        id,
                                        database.embedded() && settings.keys().isEmpty()
                                                ? "back into "
                                                        + KeyFile.in(data).path()
                                                : "behind the newest in KONTOR_SECRETS_KEYS"));
        store.note(keys.newest().id());
        return new Secrets(keys);
    }

    /** @param fresh nothing is sealed yet: a file that is not there was not lost */
    private static SealingKeys keys(SecretSettings settings, DatabaseSettings database, KeyFile file, boolean fresh) {
        var given = SealingKeys.of(settings.keys());
        if (database.embedded()) {
            var found = given.before(file.read());
            return found.all().isEmpty() && fresh ? file.readOrMake() : found;
        }
        if (given.all().isEmpty())
            throw new CannotStart(
                    "An external database needs a key that its secrets are sealed with: set KONTOR_SECRETS_KEYS to what"
                            + " \"openssl rand -base64 32\" prints, the same for every server, and keep a copy of it apart from"
                            + " the database's backups.");
        return given;
    }
}
