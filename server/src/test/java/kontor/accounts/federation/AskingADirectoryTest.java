package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What a directory is asked, over which connections, in each of the ways that directories are set up in. */
class AskingADirectoryTest {
    private static final String PASSWORD = "a fine long passphrase";
    private static final List<String> BINDS = new CopyOnWriteArrayList<>();

    @TempDir
    static Path folder;

    private static SelfSigned certificate;
    private static SelfSigned others;
    private static InMemoryDirectoryServer server;

    @BeforeAll
    static void start() throws Exception {
        certificate = SelfSigned.in(folder, "localhost");
        others = SelfSigned.in(folder, "directory.example");
        var tls = certificate.tls();
        var here = InetAddress.getLoopbackAddress();
        var config = new InMemoryDirectoryServerConfig("dc=corp,dc=example");
        config.addInMemoryOperationInterceptor(new AsActiveDirectory());
        config.setSchema(null); // the one that it brings along does not know Active Directory's attributes
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("ldap", here, 0, tls.getSocketFactory()),
                InMemoryListenerConfig.createLDAPSConfig("ldaps", here, 0, tls.getServerSocketFactory(), null),
                InMemoryListenerConfig.createLDAPConfig(
                        "other-ldap", here, 0, others.tls().getSocketFactory()),
                InMemoryListenerConfig.createLDAPSConfig(
                        "other-ldaps", here, 0, others.tls().getServerSocketFactory(), null));
        server = new InMemoryDirectoryServer(config);
        server.addEntries(
                "dn: dc=corp,dc=example",
                "objectClass: domain",
                "dc: corp",
                "",
                "dn: ou=people,dc=corp,dc=example",
                "objectClass: organizationalUnit",
                "ou: people",
                "",
                "dn: uid=ann,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: ann",
                "cn: Ann Lee",
                "objectCategory: person",
                "sAMAccountName: ann",
                "userPrincipalName: ann@corp.example",
                "sn: Lee",
                "mail: ann@corp.example",
                "employeeType: twin",
                "userPassword: " + PASSWORD,
                "",
                "dn: uid=bob,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: bob",
                "cn: Bob",
                "sn: Lee",
                "employeeType: twin",
                "userPassword: " + PASSWORD,
                "",
                "dn: uid=dora,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: dora",
                "cn: Dora May",
                "sn: May",
                "objectCategory: person",
                "sAMAccountName: dora",
                "userPrincipalName: dora.may@corp.example",
                "userPassword: " + PASSWORD,
                "",
                "dn: uid=emil1,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: emil1",
                "cn: Emil",
                "sn: One",
                "objectCategory: person",
                "sAMAccountName: emil",
                "userPassword: " + PASSWORD,
                "",
                "dn: uid=emil2,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: emil2",
                "cn: Emil",
                "sn: Two",
                "objectCategory: person",
                "sAMAccountName: emil2",
                "userPrincipalName: emil@corp.example",
                "userPassword: " + PASSWORD,
                "",
                "dn: uid=fred1,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: fred1",
                "cn: Fred",
                "sn: One",
                "objectCategory: person",
                "sAMAccountName: fred",
                "userPassword: " + PASSWORD,
                "",
                "dn: uid=fred2,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: fred2",
                "cn: Fred",
                "sn: Two",
                "objectCategory: person",
                "sAMAccountName: fred2",
                "userPrincipalName: fred@corp.example",
                "userPassword: the password of fred",
                "",
                "dn: uid=pc7,ou=people,dc=corp,dc=example",
                "objectClass: inetOrgPerson",
                "uid: pc7",
                "cn: PC 7",
                "sn: PC",
                "objectCategory: computer",
                "sAMAccountName: pc7$",
                "userPassword: " + PASSWORD,
                "",
                "dn: cn=Clerks,dc=corp,dc=example",
                "objectClass: groupOfNames",
                "cn: Clerks",
                "member: uid=ann,ou=people,dc=corp,dc=example");
        server.startListening();
    }

    @AfterAll
    static void stop() {
        server.shutDown(true);
    }

    /** Active Directory lets people log in by their principal name, and else by their account name at its domain. */
    private static final class AsActiveDirectory extends InMemoryOperationInterceptor {
        @Override
        public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) throws LDAPException {
            var as = request.getRequest().getBindDN();
            BINDS.add(as);
            if (!as.endsWith("@corp.example")) return;
            var password = request.getRequest().getPassword().getValue();
            request.setRequest(new SimpleBindRequest(dnOf(as), password));
        }

        private static String dnOf(String as) throws LDAPException {
            for (var filter : List.of(
                    Filter.createEqualityFilter("userPrincipalName", as),
                    Filter.createEqualityFilter("sAMAccountName", as.substring(0, as.indexOf('@'))))) {
                var found = server.search("dc=corp,dc=example", SearchScope.SUB, filter);
                if (found.getEntryCount() == 1)
                    return found.getSearchEntries().getFirst().getDN();
            }
            return "uid=nobody,dc=corp,dc=example";
        }
    }

    @Test
    void peopleInOnePlaceNeedNoManager() throws IOException {
        var directory = directory("user-dn-pattern=uid={0},ou=people,dc=corp,dc=example", "ca=" + certificate.pem());
        assertThat(directory.find("ann", PASSWORD)).hasValueSatisfying(ann -> {
            assertThat(ann.name()).isEqualTo("Ann Lee");
            assertThat(ann.email()).isEqualTo("ann@corp.example");
            assertThat(ann.roles()).containsExactly("clerk");
            assertThat(ann.subject()).matches("[0-9a-f-]{36}");
        });
        assertThat(directory.find("ann", "wrong")).isEmpty();
        assertThat(directory.find("carl", PASSWORD)).isEmpty();
    }

    @Test
    void peopleOfActiveDirectoryLogInAtTheirDomain() throws IOException {
        var directory = activeDirectory();
        BINDS.clear();
        assertThat(directory.find("ann", PASSWORD))
                .hasValueSatisfying(ann -> assertThat(ann.roles()).containsExactly("clerk"));
        assertThat(directory.find("ann", "wrong")).isEmpty();
        assertThat(BINDS)
                .containsExactly("ann@corp.example", "uid=ann,ou=people,dc=corp,dc=example", "ann@corp.example");
    }

    @Test
    void eitherNameOfActiveDirectoryFindsTheSamePersonWithOrWithoutTheDomain() throws IOException {
        var directory = activeDirectory();
        for (var typed :
                List.of("dora", "dora@corp.example", "DORA@Corp.Example", "dora.may", "dora.may@corp.example")) {
            assertThat(directory.knows(typed)).as(typed).isTrue();
            assertThat(directory.find(directory.nameOf(typed), PASSWORD))
                    .as(typed)
                    .hasValueSatisfying(dora -> assertThat(dora.name()).isEqualTo("Dora May"));
        }
        for (var address :
                List.of("dora@shop.example", "dora@notcorp.example", "dora@corp.example.evil", "a@b@corp.example"))
            assertThat(directory.knows(address)).as(address).isFalse();
        assertThat(directory.find(directory.nameOf("@corp.example"), PASSWORD)).isEmpty();
    }

    @Test
    void aNameThatIsOnePersonsHereAndAnothersThereOpensNeither() throws IOException {
        assertThat(activeDirectory().find("emil", PASSWORD)).isEmpty();
    }

    @Test
    void whoIsFoundByANameHasToHaveThePasswordThatWasLetInByIt() throws IOException {
        // Fred is let in by his principal name, and lies where nobody is looked for; another has that account name.
        assertThat(activeDirectory().find("fred", "the password of fred")).isEmpty();
    }

    @Test
    void machinesOfActiveDirectoryAreNobody() throws IOException {
        assertThat(activeDirectory().find("pc7$", PASSWORD)).isEmpty();
    }

    private static LdapDirectory activeDirectory() {
        return directory("domain=corp.example", "user-base=ou=people,dc=corp,dc=example", "ca=" + certificate.pem());
    }

    @Test
    void aNameThatSeveralHaveIsNobodys() throws IOException {
        var directory =
                directory("user-base=dc=corp,dc=example", "user-filter=(employeeType={0})", "ca=" + certificate.pem());
        assertThat(directory.find("twin", PASSWORD)).isEmpty();
    }

    @Test
    void someoneWithoutAnIdIsLetInNowhere() {
        var directory = directory(
                "user-dn-pattern=uid={0},ou=people,dc=corp,dc=example",
                "id-attribute=carLicense", "ca=" + certificate.pem());
        assertThatThrownBy(() -> directory.find("ann", PASSWORD)).isInstanceOf(IOException.class);
    }

    @Test
    void aCertificateThatNobodyHasSignedIsNotBelieved() {
        BINDS.clear();
        for (var url : List.of(ldaps("ldaps"), startTls("ldap")))
            assertThatThrownBy(() -> withUrl(url).find("ann", PASSWORD)).isInstanceOf(IOException.class);
        assertThat(BINDS).isEmpty();
    }

    @Test
    void aCertificateIsBelievedUnderItsOwnNameAlone() throws IOException {
        BINDS.clear();
        for (var url : List.of(ldaps("other-ldaps"), startTls("other-ldap")))
            assertThatThrownBy(() -> withUrl(url, "ca=" + others.pem()).find("ann", PASSWORD))
                    .isInstanceOf(IOException.class);
        assertThat(BINDS).isEmpty();
        for (var url : List.of(ldaps("ldaps"), startTls("ldap")))
            assertThat(withUrl(url, "ca=" + certificate.pem()).find("ann", PASSWORD))
                    .isPresent();
    }

    @Test
    void theNextServerIsAskedWhenOneIsDown() throws IOException {
        var urls = "urls=ldaps://localhost:1," + ldaps("ldaps").substring("urls=".length());
        assertThat(withUrl(urls, "ca=" + certificate.pem()).find("ann", PASSWORD))
                .isPresent();
    }

    @Test
    void aDirectoryThatHasNotAnsweredIsLeftAloneForAWhile() throws IOException {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout(10_000);
            var directory = withUrl("urls=ldap://127.0.0.1:" + silent.getLocalPort(), "timeout=200ms", "pause=1h");
            assertThatThrownBy(() -> directory.find("ann", PASSWORD)).isInstanceOf(IOException.class);
            try (Socket asked = silent.accept()) {
                assertThat(asked.isConnected()).isTrue();
            }
            for (var i = 0; i < 3; i++)
                assertThatThrownBy(() -> directory.find("ann", PASSWORD))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("a moment ago");
            silent.setSoTimeout(1);
            assertThatThrownBy(silent::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    private static String ldaps(String listener) {
        return "urls=ldaps://localhost:" + server.getListenPort(listener);
    }

    private static String startTls(String listener) {
        return "urls=ldap://localhost:%d;start-tls=true".formatted(server.getListenPort(listener));
    }

    private static LdapDirectory withUrl(String url, String... more) {
        var all = new HashMap<String, String>();
        for (var setting : url.split(";", -1)) put(all, setting);
        put(all, "user-dn-pattern=uid={0},ou=people,dc=corp,dc=example");
        for (var setting : more) put(all, setting);
        return directory(all);
    }

    private static LdapDirectory directory(String... settings) {
        var all = new HashMap<String, String>();
        put(all, ldaps("ldaps"));
        for (var setting : settings) put(all, setting);
        return directory(all);
    }

    private static void put(Map<String, String> all, String setting) {
        var parts = setting.split("=", 2);
        all.put("kontor.accounts.ldap." + parts[0], parts[1]);
    }

    private static LdapDirectory directory(Map<String, String> settings) {
        settings.putIfAbsent("kontor.accounts.ldap.group-base", "dc=corp,dc=example");
        settings.putIfAbsent("kontor.accounts.ldap.roles.clerk", "clerks");
        return new LdapDirectory(new Binder(new MapConfigurationPropertySource(settings))
                .bind("kontor.accounts.ldap", LdapSettings.class)
                .get());
    }
}
