package kontor.accounts.federation;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kontor.accounts.Issuers;
import org.springframework.stereotype.Component;

/** The providers and the directory that the settings name. */
@Component
class PresentIssuers implements Issuers {
    private final Set<String> present;

    PresentIssuers(OidcSettings oidc, LdapSettings ldap) {
        this.present = Stream.concat(
                        oidc.oidc().values().stream()
                                .map(provider -> provider.issuer().toString()),
                        ldap.isSet() ? Stream.of(LdapDirectory.ISSUER) : Stream.empty())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<String> present() {
        return present;
    }
}
