package kontor.accounts.federation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Warns of administrators whom the directory's domain has shut out: their address is there, so it is the directory that is asked
 * for their password from now on, and the account that it knows is not theirs.
 */
@Component
class AdministratorsAtTheDomain {
    private static final Logger log = LoggerFactory.getLogger(AdministratorsAtTheDomain.class);
    private final LdapSettings directory;
    private final IdentityStore store;

    AdministratorsAtTheDomain(LdapSettings directory, IdentityStore store) {
        this.directory = directory;
        this.store = store;
    }

    @EventListener(ApplicationReadyEvent.class)
    void warn() {
        var domain = directory.domain();
        if (!directory.isSet() || domain == null) return;
        var shutOut = store.administratorsAt(domain, LdapDirectory.ISSUER);
        if (shutOut > 0)
            log.warn(
                    "{} administrators have an address at {}, and are nobody in the directory, which is asked for their"
                            + " passwords. Start without kontor.accounts.ldap.domain, and give them other addresses or link them",
                    shutOut,
                    domain);
    }
}
