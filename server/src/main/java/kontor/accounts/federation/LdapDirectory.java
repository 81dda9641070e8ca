package kontor.accounts.federation;

import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a directory whether a name has a password, by logging in there with both, and which groups somebody is in.
 * Referrals to other servers are not followed. An unknown name costs the directory a login too, of nobody: otherwise the
 * time would tell which names there are. Every login has a connection of its own, which nobody else goes on with.
 */
final class LdapDirectory {
    /** The issuer of everybody who is known by the directory. */
    static final String ISSUER = "ldap";

    private static final Logger log = LoggerFactory.getLogger(LdapDirectory.class);
    private static final int PLAIN_PORT = 389;
    private static final int TLS_PORT = 636;
    private static final int LONGEST_PASSWORD = 256;
    private static final int MOST_GROUPS = 1000;
    private static final int LONGEST_ID = 255;
    private static final String NOBODY = "cn=nobody-6f1d0c5e9b7a";
    /** What a directory says of logins that it does not let in. Anything else is no word about name and password. */
    private static final Set<ResultCode> NOT_LET_IN = Set.of(
            ResultCode.INVALID_CREDENTIALS,
            ResultCode.NO_SUCH_OBJECT,
            ResultCode.INVALID_DN_SYNTAX,
            ResultCode.INAPPROPRIATE_AUTHENTICATION,
            ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
            ResultCode.AUTHORIZATION_DENIED,
            ResultCode.UNWILLING_TO_PERFORM,
            ResultCode.CONSTRAINT_VIOLATION,
            ResultCode.REFERRAL);

    private final LdapSettings settings;
    private final FailoverServerSet servers;
    private final @Nullable BindRequest manager;
    private final Semaphore connections;
    private volatile long silentSince;
    private volatile boolean isSilent;

    /** Connects to nothing yet. */
    LdapDirectory(LdapSettings settings) {
        this.settings = settings;
        this.servers = servers(settings);
        this.manager = settings.managerDn() == null
                ? null
                : new SimpleBindRequest(settings.managerDn(), settings.managerPassword());
        this.connections = new Semaphore(settings.connections());
    }

    /** Whether a login name is the directory's: no e-mail address, unless it is one at the directory's own domain. */
    boolean knows(String typed) {
        return nameOf(typed).indexOf('@') < 0;
    }

    /** The name of somebody who may have typed it with the directory's domain behind. */
    String nameOf(String typed) {
        if (settings.domain() == null) return typed;
        var atDomain = "@" + settings.domain();
        var length = typed.length() - atDomain.length();
        return length >= 0 && typed.regionMatches(true, length, atDomain, 0, atDomain.length())
                ? typed.substring(0, length)
                : typed;
    }

    /**
     * Who has this name and this password.
     *
     * @param name as {@link #nameOf} gives it
     * @return nothing for every kind of wrong
     * @throws IOException when the directory cannot say
     */
    Optional<Person> find(String name, String password) throws IOException {
        // A login with a name and no password is one of nobody in particular, which directories let in (RFC 4513,
        // 5.1.2).
        if (password.isBlank() || password.length() > LONGEST_PASSWORD || !DirectoryName.isPossible(name))
            return Optional.empty();
        if (isSilent && System.nanoTime() - silentSince < settings.pause().toNanos())
            throw new IOException("the directory did not answer a moment ago");
        awaitTurn();
        try (var connection = servers.getConnection()) {
            var found = find(connection, name, password);
            isSilent = false;
            return found;
        } catch (LDAPException e) {
            if (!e.getResultCode().isConnectionUsable()) { // what one entry is like says nothing of the others
                silentSince = System.nanoTime();
                isSilent = true;
            }
            log.warn("The directory cannot be asked: {}: {}", e.getResultCode(), e.getMessage());
            throw new IOException("the directory cannot be asked", e);
        } finally {
            connections.release();
        }
    }

    private void awaitTurn() throws IOException {
        try {
            if (!connections.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS))
                throw new IOException("too many log in by the directory right now");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Optional<Person> find(LDAPConnection directory, String name, String password) throws LDAPException {
        if (settings.domain() != null) {
            if (!enter(directory, name + "@" + settings.domain(), password)) return Optional.empty();
            var found = search(directory, name);
            // The name may be one's here and another's there: whoever was found has to have this password too.
            if (found.isEmpty() || !enter(directory, found.get().getDN(), password)) return Optional.empty();
            return person(directory, name, found);
        }
        if (settings.userDnPattern() != null) {
            var dn = DirectoryName.inDn(settings.userDnPattern(), name);
            if (!enter(directory, dn, password)) return Optional.empty();
            if (manager != null) directory.bind(manager);
            return person(directory, name, Optional.ofNullable(directory.getEntry(dn, attributes())));
        }
        if (manager != null) directory.bind(manager);
        var found = search(directory, name);
        if (!enter(directory, found.map(Entry::getDN).orElse(NOBODY), password)) return Optional.empty();
        if (manager != null) directory.bind(manager);
        return person(directory, name, found);
    }

    /** @return false when the directory does not let them in */
    private static boolean enter(LDAPConnection directory, String as, String password) throws LDAPException {
        try {
            directory.bind(new SimpleBindRequest(as, password));
            return true;
        } catch (LDAPException e) {
            if (NOT_LET_IN.contains(e.getResultCode())) return false;
            throw e;
        }
    }

    private Optional<Person> person(LDAPConnection directory, String name, Optional<Entry> found) throws LDAPException {
        if (found.isEmpty()) return Optional.empty();
        var entry = found.get();
        var groupBase = settings.groupBase();
        return Optional.of(new Person(
                ISSUER,
                idOf(entry),
                name,
                entry.getAttributeValue(settings.nameAttribute()),
                entry.getAttributeValue(settings.mailAttribute()),
                true,
                groupBase == null ? null : roles(groups(directory, entry.getDN(), groupBase))));
    }

    /** Nothing when several have the name: then nobody knows who is meant. */
    private Optional<Entry> search(LDAPConnection directory, String name) throws LDAPException {
        var request = new SearchRequest(
                settings.userBase(),
                SearchScope.SUB,
                DirectoryName.inFilter(settings.peopleFilter(), name),
                attributes());
        request.setSizeLimit(2);
        var found = directory.search(request).getSearchEntries();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private String[] attributes() {
        return new String[] {settings.idAttribute(), settings.nameAttribute(), settings.mailAttribute()};
    }

    private String idOf(Entry entry) throws LDAPException {
        var attribute = entry.getAttribute(settings.idAttribute());
        if (attribute == null || !attribute.hasValue())
            throw new LDAPException(
                    ResultCode.NO_SUCH_ATTRIBUTE, "no entry without %s can log in".formatted(settings.idAttribute()));
        var bytes = attribute.getValueByteArray();
        var text = attribute.getValue();
        var isText = bytes.length <= LONGEST_ID && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
        return isText
                ? text.toLowerCase(Locale.ROOT)
                : HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, LONGEST_ID / 2));
    }

    private Set<String> groups(LDAPConnection directory, String dn, String base) throws LDAPException {
        var request =
                new SearchRequest(base, SearchScope.SUB, DirectoryName.inFilter(settings.groupFilter(), dn), "cn");
        request.setSizeLimit(MOST_GROUPS);
        var groups = new HashSet<String>();
        for (var group : directory.search(request).getSearchEntries()) {
            var name = group.getAttributeValue("cn");
            if (name != null) groups.add(name.toLowerCase(Locale.ROOT));
        }
        return groups;
    }

    private Set<String> roles(Set<String> groups) {
        return settings.roles().entrySet().stream()
                .filter(role ->
                        role.getValue().stream().anyMatch(group -> groups.contains(group.toLowerCase(Locale.ROOT))))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static FailoverServerSet servers(LdapSettings settings) {
        var isTls = "ldaps".equals(settings.urls().getFirst().getScheme());
        var hosts = settings.urls().stream().map(LdapDirectory::host).toArray(String[]::new);
        var ports = settings.urls().stream()
                .mapToInt(url -> url.getPort() >= 0 ? url.getPort() : isTls ? TLS_PORT : PLAIN_PORT)
                .toArray();
        SocketFactory sockets = isTls ? Trust.in(settings.ca()).getSocketFactory() : SocketFactory.getDefault();
        var options = new LDAPConnectionOptions();
        var patience = Math.toIntExact(settings.timeout().toMillis());
        options.setConnectTimeoutMillis(patience);
        options.setResponseTimeoutMillis(patience);
        options.setFollowReferrals(false);
        options.setUseSynchronousMode(true);
        options.setBindWithDNRequiresPassword(true);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        var tls = settings.startTls() ? new StartTLSPostConnectProcessor(Trust.in(settings.ca())) : null;
        return new FailoverServerSet(hosts, ports, sockets, options, null, tls);
    }

    private static String host(URI url) {
        var host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
