package kontor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import kontor.database.CannotStart;
import kontor.demo.Demo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * What {@code ./kontor start} asks of its settings, as a server for real money; {@code demo} does not. Each refusal is one
 * sentence that says what to do. What only the thing itself can tell is refused there: a database that may forget, its
 * superuser and its clock by {@code kontor.database}, gateways over plain HTTP by their settings, and sealing keys that
 * were not drawn at random, or are missing beside an external database, by {@code kontor.secrets}.
 */
final class Production {
    private static final Logger log = LoggerFactory.getLogger(Production.class);
    private static final List<String> SECRETS = List.of(
            "kontor.accounts.ldap.manager-password",
            "kontor.admin.password",
            "kontor.db.password",
            "kontor.db.owner-password",
            "kontor.payments.stripe.secret-key",
            "kontor.payments.stripe.webhook-secrets",
            "kontor.payments.adyen.api-key",
            "kontor.payments.adyen.hmac-keys",
            "kontor.payments.adyen.webhook-password");
    /** What documents write for secrets, ours and others'. */
    private static final Set<String> SAMPLES = Set.of(
            "four fine lanterns",
            "admin",
            "change-me",
            "change_me",
            "changeit",
            "changeme",
            "default",
            "example",
            "kontor",
            "kontor_app",
            "kontor_owner",
            "kontor_server",
            "password",
            "postgres",
            "replace-me",
            "root",
            "sample",
            "secret",
            "test",
            "user:pass",
            "xxx");

    private static final Pattern PLACEHOLDER =
            Pattern.compile("<.*>|(?:sk_|sk_test_|sk_live_|whsec_)?(?:…|\\.\\.\\.|[xX*]*)");
    /** System properties that end the check of the other side's certificate, and what they end it for. */
    private static final Map<String, String> UNCHECKED = Map.of(
            "jdk.internal.httpclient.disableHostnameVerification", "calls over HTTPS",
            "com.sun.jndi.ldap.object.disableEndpointIdentification", "LDAP");

    private static final Pattern SSL_MODE = Pattern.compile("[?&]sslmode=([^&]*)");

    private static final Pattern ON_THIS_MACHINE =
            Pattern.compile("jdbc:postgresql:(?://(?:localhost|127\\.[0-9.]*|\\[::1])(?:[:/?].*)?|(?!//).*)");

    private static final Duration LONGEST_TOKEN = Duration.ofMinutes(15);
    private static final Duration LONGEST_RECHECK = Duration.ofMillis(4500);
    private static final Duration SHORTEST_RECHECK = Duration.ofMillis(100);
    private static final DataSize LEAST_MEMORY = DataSize.ofMegabytes(19);
    private static final int LEAST_PASSES = 2;
    private static final int MOST_TRIES = 20;

    private Production() {}

    /** @throws CannotStart with the first thing that has to be mended */
    static void check(Environment settings) {
        for (var refusal : refusals(settings, System.getProperties())) throw new CannotStart(refusal);
        for (var warning : warnings(settings)) log.warn("{}", warning);
    }

    static List<String> refusals(Environment settings, Properties system) {
        var refusals = new ArrayList<String>();
        for (var name : SECRETS)
            if (values(settings, name).stream().anyMatch(Production::isSample))
                refusals.add("%s (%s) is a sample from a document, which everybody knows. Set one of your own."
                        .formatted(name, variable(name)));
        if (isForwardedByAnybody(settings))
            refusals.add(
                    "SERVER_FORWARD_HEADERS_STRATEGY takes the word of whoever comes from a private address on who calls."
                            + " Take it out, and name your reverse proxies in KONTOR_WEB_TRUSTED_PROXIES.");
        if (databaseUrl(settings).contains("NonValidatingFactory"))
            refusals.add("KONTOR_DB_URL switches the check of the database's certificate off (NonValidatingFactory)."
                    + " Use sslmode=verify-full and sslrootcert.");
        refusals.addAll(weakLogins(settings));
        UNCHECKED.forEach((name, what) -> {
            if (isOn(system.getProperty(name)))
                refusals.add(
                        "The check of certificates is switched off for %s (-D%s). Take that out of KONTOR_JAVA_OPTS."
                                .formatted(what, name));
        });
        if (settings.getProperty("kontor.db.url", "").isBlank() && Demo.ownsWhatIsIn(dataFolder(settings)))
            refusals.add(
                    "The data in %s are the demo's, with passwords that its screen shows. Choose another folder with --data."
                            .formatted(dataFolder(settings)));
        return refusals;
    }

    /** Bounds that documents promise: how long a token outlives its session, and what a guess costs. */
    private static List<String> weakLogins(Environment settings) {
        var weak = new ArrayList<String>();
        var binder = Binder.get(settings);
        var lifetime =
                binder.bind("kontor.accounts.token-lifetime", Duration.class).orElse(LONGEST_TOKEN);
        if (lifetime.compareTo(LONGEST_TOKEN) > 0)
            weak.add("KONTOR_ACCOUNTS_TOKEN_LIFETIME is longer than 15 minutes. Refresh tokens are for that.");
        var recheck =
                binder.bind("kontor.accounts.token-recheck", Duration.class).orElse(LONGEST_RECHECK);
        if (recheck.compareTo(LONGEST_RECHECK) > 0 || recheck.compareTo(SHORTEST_RECHECK) < 0)
            weak.add(
                    "KONTOR_ACCOUNTS_TOKEN_RECHECK must be from 100 ms to 4.5 s: so soon a login that was ended is over.");
        var most = binder.bind("kontor.accounts.tries.most", Integer.class).orElse(MOST_TRIES);
        var free = binder.bind("kontor.accounts.tries.free", Integer.class).orElse(1);
        if (most > MOST_TRIES || free > MOST_TRIES)
            weak.add("KONTOR_ACCOUNTS_TRIES_FREE and KONTOR_ACCOUNTS_TRIES_MOST must be at most 20.");
        return weak;
    }

    static List<String> warnings(Environment settings) {
        var warnings = new ArrayList<String>();
        var binder = Binder.get(settings);
        var memory =
                binder.bind("kontor.accounts.argon2-memory", DataSize.class).orElse(LEAST_MEMORY);
        var passes = binder.bind("kontor.accounts.argon2-passes", Integer.class).orElse(LEAST_PASSES);
        if (memory.compareTo(LEAST_MEMORY) < 0 || passes < LEAST_PASSES)
            warnings.add("Stolen hashes of passwords are soon guessed: KONTOR_ACCOUNTS_ARGON2_MEMORY is below 19MB, or"
                    + " KONTOR_ACCOUNTS_ARGON2_PASSES below 2.");
        if (!settings.getProperty("kontor.accounts.public-url", "").strip().startsWith("https://"))
            warnings.add("Links in mails and logins by other programs lead to this machine alone: set"
                    + " KONTOR_ACCOUNTS_PUBLIC_URL to the https address of this server.");
        if (settings.getProperty("kontor.web.requests-per-second", "").strip().equals("0"))
            warnings.add("Nobody's requests are limited: KONTOR_WEB_REQUESTS_PER_SECOND is 0.");
        if (settings.getProperty("kontor.db.require-durable", "").strip().equalsIgnoreCase("false"))
            warnings.add(
                    "The database is not asked whether it keeps what it confirms: KONTOR_DB_REQUIRE_DURABLE is false.");
        for (var gateway : List.of("stripe", "adyen"))
            if (settings.getProperty("kontor.payments.%s.plain-http".formatted(gateway), "")
                    .strip()
                    .equalsIgnoreCase("true"))
                warnings.add("The gateway %s may be spoken with over plain HTTP, which is for simulators: %s is true."
                        .formatted(gateway, variable("kontor.payments.%s.plain-http".formatted(gateway))));
        if (isUnverified(databaseUrl(settings)))
            warnings.add("The database's certificate is not checked on the way to another machine: give KONTOR_DB_URL"
                    + " sslmode=verify-full.");
        return warnings;
    }

    /** One, or those of a list. */
    private static List<String> values(Environment settings, String name) {
        return Binder.get(settings).bind(name, Bindable.listOf(String.class)).orElse(List.of());
    }

    private static boolean isSample(String secret) {
        var plain = secret.strip().toLowerCase(Locale.ROOT);
        return !plain.isEmpty()
                && (SAMPLES.contains(plain) || PLACEHOLDER.matcher(plain).matches());
    }

    /** Spring Boot's own ways, which trust every private network or everybody. */
    private static boolean isForwardedByAnybody(Environment settings) {
        var strategy =
                settings.getProperty("server.forward-headers-strategy", "none").strip();
        return (!strategy.isEmpty() && !strategy.equalsIgnoreCase("none"))
                || !settings.getProperty("server.tomcat.remoteip.remote-ip-header", "")
                        .isBlank()
                || !settings.getProperty("server.tomcat.remoteip.protocol-header", "")
                        .isBlank();
    }

    private static boolean isUnverified(String url) {
        if (url.isEmpty() || ON_THIS_MACHINE.matcher(url).matches()) return false;
        var mode = SSL_MODE.matcher(url);
        return !mode.find() || !mode.group(1).startsWith("verify-");
    }

    private static String databaseUrl(Environment settings) {
        return settings.getProperty("kontor.db.url", "").strip();
    }

    private static boolean isOn(@Nullable String value) {
        return value != null && (value.isEmpty() || value.equalsIgnoreCase("true"));
    }

    private static Path dataFolder(Environment settings) {
        return Path.of(settings.getProperty("kontor.data", ".kontor"));
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
