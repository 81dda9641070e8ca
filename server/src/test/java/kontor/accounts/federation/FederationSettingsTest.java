package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class FederationSettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "urls=ldap://directory.example.org",
                "urls=ldap://10.0.0.1",
                "urls=http://127.0.0.1",
                "urls=ldaps:directory",
                "urls=ldaps://a.example.org,ldap://127.0.0.1",
                "manager-dn=cn=manager",
                "manager-dn=cn=manager;manager-password= ",
                "user-dn-pattern=uid={0};domain=corp.example",
                "connections=0",
                "timeout=0s"
            })
    void aDirectoryThatCouldNotBeAskedSafelyIsRefused(String settings) {
        assertThatThrownBy(() -> ldap(settings)).hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urls=ldaps://directory.example.org",
                "urls=ldap://directory.example.org;start-tls=true",
                "urls=ldap://127.0.0.1:1389,ldap://[::1]:1389",
                "urls=ldap://localhost"
            })
    void aDirectoryIsAskedOverTlsOrOnThisMachine(String settings) {
        assertThat(ldap(settings).isSet()).isTrue();
    }

    @Test
    void withoutSettingsThereIsNoDirectory() {
        assertThat(ldap("connections=1").isSet()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "issuer=http://id.example",
                "issuer=https://id.example?x=y",
                "issuer=https://id.example#x",
                "issuer=https://user@id.example",
                "issuer=id.example",
                "redirect-uri=http://shop.example/callback",
                "scopes=email",
                "client-id="
            })
    void aProviderThatCouldNotBeAskedSafelyIsRefused(String setting) {
        assertThatThrownBy(() -> oidc("acme", setting)).hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Acme", "a.b", "a_b", "-a"})
    void aProvidersNameFitsIntoAnAddress(String name) {
        assertThatThrownBy(() -> oidc("[" + name + "]", "scopes=openid"))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settingsTellNoSecrets() {
        assertThat(oidc("acme", "client-secret=hush").toString()).doesNotContain("hush");
        assertThat(ldap("manager-dn=cn=m;manager-password=hush").toString()).doesNotContain("hush");
    }

    @Test
    void allOfItCanBeSaidInTheEnvironment() {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        "systemEnvironment",
                        new SystemEnvironmentPropertySource(
                                "systemEnvironment",
                                Map.of(
                                        "KONTOR_ACCOUNTS_OIDC_ACME_ISSUER", "https://id.example.org/realms/acme",
                                        "KONTOR_ACCOUNTS_OIDC_ACME_CLIENTID", "kontor",
                                        "KONTOR_ACCOUNTS_OIDC_ACME_REDIRECTURI",
                                                "https://shop.example.org/login/oidc/acme/callback",
                                        "KONTOR_ACCOUNTS_OIDC_ACME_ROLES_SUPPORT", "helpdesk,second-level",
                                        "KONTOR_ACCOUNTS_LDAP_URLS", "ldaps://a.example.org,ldaps://b.example.org",
                                        "KONTOR_ACCOUNTS_LDAP_USER_DN_PATTERN", "uid={0},dc=example",
                                        "KONTOR_ACCOUNTS_LDAP_ROLES_SUPPORT", "Helpdesk,Second Level")));
        ConfigurationPropertySources.attach(environment);
        var binder = Binder.get(environment);
        var acme = Objects.requireNonNull(
                binder.bind("kontor.accounts", OidcSettings.class).get().oidc().get("acme"));
        assertThat(acme.clientId()).isEqualTo("kontor");
        assertThat(acme.roles().get("support")).containsExactlyInAnyOrder("helpdesk", "second-level");
        var ldap = binder.bind("kontor.accounts.ldap", LdapSettings.class).get();
        assertThat(ldap.urls()).hasSize(2);
        assertThat(ldap.userDnPattern()).isEqualTo("uid={0},dc=example");
        assertThat(ldap.roles().get("support")).containsExactlyInAnyOrder("Helpdesk", "Second Level");
    }

    private static LdapSettings ldap(String settings) {
        var all = new HashMap<String, String>();
        for (var setting : settings.split(";", -1)) put(all, "kontor.accounts.ldap.", setting);
        return new Binder(new MapConfigurationPropertySource(all))
                .bind("kontor.accounts.ldap", LdapSettings.class)
                .get();
    }

    private static OidcSettings oidc(String name, String setting) {
        var here = "kontor.accounts.oidc" + (name.startsWith("[") ? "" : ".") + name + ".";
        var all = new HashMap<String, String>();
        put(all, here, "issuer=https://id.example");
        put(all, here, "client-id=kontor");
        put(all, here, "redirect-uri=https://shop.example/callback");
        put(all, here, setting);
        return new Binder(new MapConfigurationPropertySource(all))
                .bind("kontor.accounts", OidcSettings.class)
                .get();
    }

    private static void put(Map<String, String> all, String prefix, String setting) {
        var parts = setting.split("=", 2);
        all.put(prefix + parts[0], parts[1]);
    }
}
