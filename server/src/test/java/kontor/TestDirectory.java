package kontor;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** The directory that the server under test takes its people from: a real LDAP server, in memory. */
public final class TestDirectory {
    public static final String PASSWORD = "known to the directory alone";
    /** At which people of it could log in if it were an Active Directory. */
    public static final String DOMAIN = "works.example";

    private static final String BASE = "dc=example,dc=org";
    private static final String MANAGER = "cn=manager," + BASE;
    private static final String MANAGER_PASSWORD = "the manager of all tests";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final List<String> BINDS = new CopyOnWriteArrayList<>();
    private static final AtomicInteger SEARCHES = new AtomicInteger();

    private TestDirectory() {}

    /** Somebody in the directory, with {@link #PASSWORD}. */
    public record Entry(String name, String dn, String mail) {}

    /** @param groups that there are none of yet are made */
    public static Entry somebody(String... groups) {
        var name = "worker" + COUNT.incrementAndGet();
        return with(name, name + "@works.example", groups);
    }

    public static Entry with(String name, String mail, String... groups) {
        var dn = "uid=" + name + ",ou=people," + BASE;
        run(server -> server.add(
                dn,
                new Attribute("objectClass", "inetOrgPerson"),
                new Attribute("cn", "Worker " + name),
                new Attribute("sn", name),
                new Attribute("mail", mail),
                new Attribute("objectCategory", "person"),
                new Attribute("sAMAccountName", name),
                new Attribute("userPrincipalName", name + "@" + DOMAIN),
                new Attribute("userPassword", PASSWORD)));
        for (var group : groups) join(dn, group);
        return new Entry(name, dn, mail);
    }

    /** An entry that lies in another directory. */
    public static void elsewhere(String name, String url) {
        run(server -> server.add(
                "uid=" + name + ",ou=people," + BASE,
                new Attribute("objectClass", "referral", "extensibleObject"),
                new Attribute("uid", name),
                new Attribute("ref", url)));
    }

    public static void join(String dn, String group) {
        var groupDn = "cn=" + group + ",ou=groups," + BASE;
        run(server -> {
            if (server.getEntry(groupDn) == null)
                server.add(
                        groupDn,
                        new Attribute("objectClass", "groupOfNames"),
                        new Attribute("cn", group),
                        new Attribute("member", MANAGER));
            server.modify(groupDn, new Modification(ModificationType.ADD, "member", dn));
        });
    }

    public static void leave(String dn, String group) {
        run(server -> server.modify(
                "cn=" + group + ",ou=groups," + BASE, new Modification(ModificationType.DELETE, "member", dn)));
    }

    /** How many logins with name and password the directory has been asked for; those of its manager are none. */
    public static int logins() {
        return Math.toIntExact(BINDS.stream().filter(dn -> !dn.equals(MANAGER)).count());
    }

    /** How many questions of any kind. */
    public static int questions() {
        return BINDS.size() + SEARCHES.get();
    }

    /** Does something while nobody answers at the directory's address. */
    public static void whileItIsDown(Runnable what) {
        run(server -> {
            server.shutDown(true);
            try {
                what.run();
            } finally {
                server.startListening();
            }
        });
    }

    private interface Work {
        void on(InMemoryDirectoryServer server) throws LDAPException;
    }

    private static void run(Work work) {
        try {
            work.on(Holder.SERVER);
        } catch (LDAPException e) {
            throw new AssertionError(e);
        }
    }

    /** The settings of the server under test. */
    public static List<String> settings() {
        return Stream.of(
                        "urls=ldap://127.0.0.1:" + Holder.PORT,
                        "manager-dn=" + MANAGER,
                        "manager-password=" + MANAGER_PASSWORD,
                        "user-base=ou=people," + BASE,
                        "group-base=ou=groups," + BASE,
                        "roles.clerk=Clerks,Back Office",
                        "roles.admin=Directors",
                        "pause=0s")
                .map(setting -> "kontor.accounts.ldap." + setting)
                .toList();
    }

    private static final class Counting extends InMemoryOperationInterceptor {
        @Override
        public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) {
            var as = request.getRequest().getBindDN();
            BINDS.add(as);
            if (as.endsWith("@" + DOMAIN))
                request.setRequest(new SimpleBindRequest(
                        "uid=" + as.substring(0, as.indexOf('@')) + ",ou=people," + BASE,
                        request.getRequest().getPassword().getValue()));
        }

        @Override
        public void processSearchRequest(InMemoryInterceptedSearchRequest request) {
            SEARCHES.incrementAndGet();
        }
    }

    private static final class Holder {
        static final int PORT = freePort();
        static final InMemoryDirectoryServer SERVER = start();

        private static InMemoryDirectoryServer start() {
            try {
                var config = new InMemoryDirectoryServerConfig(BASE);
                config.setSchema(null); // the one that it brings along does not know Active Directory's attributes
                config.addAdditionalBindCredentials(MANAGER, MANAGER_PASSWORD);
                config.addInMemoryOperationInterceptor(new Counting());
                config.setListenerConfigs(
                        InMemoryListenerConfig.createLDAPConfig("plain", InetAddress.getLoopbackAddress(), PORT, null));
                var server = new InMemoryDirectoryServer(config);
                server.add(BASE, new Attribute("objectClass", "domain"), new Attribute("dc", "example"));
                for (var unit : List.of("people", "groups"))
                    server.add(
                            "ou=" + unit + "," + BASE,
                            new Attribute("objectClass", "organizationalUnit"),
                            new Attribute("ou", unit));
                server.startListening();
                return server;
            } catch (LDAPException e) {
                throw new AssertionError(e);
            }
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Tells the server under test where its directory is. */
    static class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            run(server -> {});
            TestPropertyValues.of(settings()).applyTo(context);
        }
    }
}
