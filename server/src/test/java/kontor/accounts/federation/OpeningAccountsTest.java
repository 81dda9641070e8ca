package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kontor.accounts.RegistrationMode;
import kontor.accounts.UserSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class OpeningAccountsTest {
    private static final String[] ELSEWHERE = {
        "ldap.urls=ldap://localhost",
        "oidc.acme.issuer=https://id.example",
        "oidc.acme.client-id=kontor",
        "oidc.acme.redirect-uri=https://shop.example/login/oidc/acme/callback"
    };

    @Test
    void areNamedAtTheStartWhereRegistrationIsClosed(CapturedOutput log) {
        at(RegistrationMode.CLOSED, ELSEWHERE).say();
        assertThat(log.getOut()).contains("Registration is closed, and a first login at ldap, oidc.acme still opens");
    }

    @Test
    void areNotNamedWhereNobodyWondersOrThereAreNone(CapturedOutput log) {
        at(RegistrationMode.OPEN, ELSEWHERE).say();
        at(RegistrationMode.VERIFIED, ELSEWHERE).say();
        at(RegistrationMode.CLOSED, "ldap.connections=1").say();
        var staffOnly = Stream.concat(
                Stream.of(ELSEWHERE), Stream.of("ldap.create-users=false", "oidc.acme.create-users=false"));
        at(RegistrationMode.CLOSED, staffOnly.toArray(String[]::new)).say();
        assertThat(log.getOut()).doesNotContain("Registration is closed");
    }

    private static OpeningAccounts at(RegistrationMode mode, String... settings) {
        Map<String, String> all = Stream.of(settings)
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> "kontor.accounts." + each[0], each -> each[1]));
        var binder = new Binder(new MapConfigurationPropertySource(all));
        return new OpeningAccounts(
                new UserSettings(mode),
                binder.bindOrCreate("kontor.accounts.ldap", LdapSettings.class),
                binder.bindOrCreate("kontor.accounts", OidcSettings.class));
    }
}
