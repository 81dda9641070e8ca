package kontor.accounts.federation;

import java.util.List;
import java.util.stream.Stream;
import kontor.accounts.RegistrationMode;
import kontor.accounts.UserSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Who opens accounts where registration is closed: staff, and whoever comes from a provider or the directory for the first
 * time, for the company that runs those has said who they are. Whoever does not expect that reads it in the log.
 */
@Component
class OpeningAccounts {
    private static final Logger log = LoggerFactory.getLogger(OpeningAccounts.class);
    private final UserSettings users;
    private final LdapSettings directory;
    private final OidcSettings providers;

    OpeningAccounts(UserSettings users, LdapSettings directory, OidcSettings providers) {
        this.users = users;
        this.directory = directory;
        this.providers = providers;
    }

    @EventListener(ApplicationReadyEvent.class)
    void say() {
        var open = whoElseOpens();
        if (users.registration() == RegistrationMode.CLOSED && !open.isEmpty())
            log.info(
                    "Registration is closed, and a first login at {} still opens an account. If staff are to open all of"
                            + " them, set create-users=false there",
                    String.join(", ", open));
    }

    private List<String> whoElseOpens() {
        var ldap = directory.isSet() && directory.createUsers() ? Stream.of("ldap") : Stream.<String>empty();
        var oidc = providers.oidc().entrySet().stream()
                .filter(each -> each.getValue().createUsers())
                .map(each -> "oidc." + each.getKey());
        return Stream.concat(ldap, oidc).sorted().toList();
    }
}
