package kontor.accounts.federation;

import com.unboundid.ldap.sdk.Filter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A directory that people log in with, LDAP or Active Directory. Without {@code urls} there is none.
 *
 * @param urls {@code ldaps://host}, or {@code ldap://host} with {@code startTls}, tried in turn; plain {@code ldap} only to
 *     this very machine
 * @param startTls whether connections begin in the clear and go on encrypted
 * @param ca a file of certificates in PEM form that sign the directory's; without one those that Java trusts
 * @param managerDn as whom the directory is searched; without one nobody in particular, or the one who logs in
 * @param managerPassword the password of {@code managerDn}
 * @param userDnPattern where everybody is, {@code uid={0},ou=people,dc=example,dc=org}; or people are searched for
 * @param userBase where people are searched for
 * @param userFilter how; {@code {0}} is the name that was typed. Without one {@code (uid={0})}, and with a {@code domain}
 *     people by their {@code sAMAccountName} and their {@code userPrincipalName}
 * @param domain of an Active Directory: people log in as {@code name} or {@code name@domain} and need no
 *     {@code managerDn}. Every login name at this domain is the directory's
 * @param groupBase where groups are searched for; without it nobody has roles from here
 * @param groupFilter which groups somebody is in; {@code {0}} is their DN
 * @param roles for each role the names ({@code cn}) of the groups whose members have it
 * @param createUsers whether somebody who logs in for the first time becomes a user; otherwise they are linked first
 * @param idAttribute what names an entry for good
 * @param nameAttribute what a new user is called
 * @param mailAttribute a new user's e-mail address, which the directory answers for
 * @param timeout for connecting, and again for each answer
 * @param connections that are open at once; one more login waits for {@code timeout}
 * @param pause how long a directory that has not answered is left alone
 */
@ConfigurationProperties("kontor.accounts.ldap")
record LdapSettings(
        @DefaultValue List<URI> urls,
        @DefaultValue("false") boolean startTls,
        @Nullable Path ca,
        @Nullable String managerDn,
        @Nullable String managerPassword,
        @Nullable String userDnPattern,
        @DefaultValue("") String userBase,
        @Nullable String userFilter,
        @Nullable String domain,
        @Nullable String groupBase,
        @DefaultValue("(member={0})") String groupFilter,
        @DefaultValue Map<String, Set<String>> roles,
        @DefaultValue("true") boolean createUsers,
        @DefaultValue("entryUUID") String idAttribute,
        @DefaultValue("cn") String nameAttribute,
        @DefaultValue("mail") String mailAttribute,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("4") int connections,
        @DefaultValue("5s") Duration pause) {
    private static final String HERE = "kontor.accounts.ldap.";

    LdapSettings {
        for (var url : urls) check(url, startTls);
        if (urls.stream().map(URI::getScheme).distinct().count() > 1)
            throw new IllegalArgumentException(HERE + "urls are either all ldaps or all ldap");
        if (managerDn != null && (managerPassword == null || managerPassword.isBlank()))
            throw new IllegalArgumentException(
                    HERE + "manager-password is missing: without one a directory lets anybody be the manager");
        if (userDnPattern != null && domain != null)
            throw new IllegalArgumentException(HERE + "user-dn-pattern and domain are two ways to log in; set one");
        if (connections < 1) throw new IllegalArgumentException(HERE + "connections is not positive");
        if (timeout.isNegative() || timeout.isZero())
            throw new IllegalArgumentException(HERE + "timeout is not positive: " + timeout);
    }

    private static void check(URI url, boolean startTls) {
        var isPlain = "ldap".equals(url.getScheme());
        if (!(isPlain || "ldaps".equals(url.getScheme())) || url.getHost() == null)
            throw new IllegalArgumentException(HERE + "urls are like ldaps://directory.example.org, not " + url);
        if (isPlain && !startTls && !PublicAddresses.isLoopbackName(url.getHost()))
            throw new IllegalArgumentException(HERE
                    + "urls has %s, where anybody on the way reads the passwords. Use ldaps, or set %sstart-tls=true"
                            .formatted(url, HERE));
    }

    /** Of an Active Directory either name will do: the two are alike for most people, and not for all. */
    String peopleFilter() {
        if (userFilter != null) return userFilter;
        return domain == null
                ? "(uid={0})"
                : "(&(objectCategory=person)(|(sAMAccountName={0})(userPrincipalName={0}@%s)))"
                        .formatted(Filter.encodeValue(domain));
    }

    boolean isSet() {
        return !urls.isEmpty();
    }

    /** Without the password: settings end up in logs. */
    @Override
    public String toString() {
        return "LdapSettings" + urls;
    }
}
