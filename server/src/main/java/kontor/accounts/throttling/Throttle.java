package kontor.accounts.throttling;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.Opaque;
import kontor.accounts.sessions.Sessions;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Slows down guessing, whichever way in is tried: every password, code, ticket and passkey that is looked at is a try, and
 * counts for the account (whether or not there is one), and for the network that it comes from. A try counts before it is
 * looked at, and no more when it succeeds; so a thousand at once are not let through either. The counts are in the
 * database, which all nodes share.
 *
 * <p>A browser that somebody has logged in with before has a count of its own for their account: strangers who guess
 * cannot lock the owner out of it.
 */
@Component
public class Throttle {
    private static final int AT_ONCE =
            4; // fewer than are free, so that people who log in at once do not wait for nothing
    private static final int PATIENCE_SECONDS = 10;
    private static final int MAILS_AT_ONCE = 4;
    private static final Duration MAIL_REFILL = Duration.ofMinutes(15);
    private static final int IPV6_NETWORK_BYTES = 8; // what a household gets
    private final TryStore store;
    private final Sessions sessions;
    private final ThrottleSettings settings;
    private final TransactionTemplate transaction;
    private final Cache<String, Semaphore> turns =
            Caffeine.newBuilder().weakValues().build();

    Throttle(TryStore store, Sessions sessions, ThrottleSettings settings, TransactionTemplate transaction) {
        this.store = store;
        this.sessions = sessions;
        this.settings = settings;
        this.transaction = transaction;
    }

    /** A try that was let through. To be closed when it has been looked at. */
    public final class Try implements AutoCloseable {
        private final @Nullable String key;
        private final String network;
        private final boolean countsForNetwork;
        private final List<Semaphore> turns;

        private Try(@Nullable String key, String network, boolean countsForNetwork, List<Semaphore> turns) {
            this.key = key;
            this.network = network;
            this.countsForNetwork = countsForNetwork;
            this.turns = turns;
        }

        /** It was no guess: it does not count any more. */
        public void succeeded() {
            if (key != null) store.forget(key);
            if (countsForNetwork) store.giveBack(network);
        }

        /** Nobody could look at it: it does not count, and what was before it does. */
        public void notLookedAt() {
            if (key != null) store.takeBack(key);
            if (countsForNetwork) store.giveBack(network);
        }

        @Override
        public void close() {
            turns.forEach(Semaphore::release);
        }
    }

    /**
     * Lets somebody try to get into an account.
     *
     * @param account the e-mail address or name that they gave, as it is
     * @throws Refusal 429 when there were too many tries that did not succeed
     */
    public Try admit(String account, Client client) {
        var device = knownDevice(account, client);
        return device != null ? admit(device, client, false) : admit(keyOf(account), client, true);
    }

    /**
     * The same where another server looks at it. That may take long, so nobody else of the network waits for it.
     *
     * @param account null when nobody says beforehand whose account it is: then it counts for the network alone
     */
    public Try admitElsewhere(@Nullable String account, Client client) {
        if (account == null) return admit(null, client, true, List.of());
        var device = knownDevice(account, client);
        if (device != null) return admit(device, client, false);
        var key = keyOf(account);
        return admit(key, client, true, List.of(key));
    }

    /** What a try counts for in a browser that the account's owner has used; null for all others. */
    private @Nullable String knownDevice(String account, Client client) {
        var device = client.device();
        return device != null && sessions.isKnownDevice(client, account) ? "device:" + hash(device) : null;
    }

    /**
     * The same for a second step, when it is known whose account it is. A known device has a count of its own for each step:
     * getting through one forgives no guesses at another.
     *
     * @param step such as {@code factor}
     */
    public Try admit(String step, long userId, Client client) {
        var device = client.device();
        return device != null && sessions.isKnownDevice(client, userId)
                ? admit(step + ":device:" + hash(device), client, false)
                : admit(step + ":" + hash(Long.toString(userId)), client, true);
    }

    /**
     * Lets a guest ask for a mail to whatever address they give. It is a try of the network that does not succeed, so that
     * nobody asks for many addresses.
     *
     * @throws Refusal 429 when the network has tried too often
     */
    public void admitMailRequest(Client client) {
        if (!store.countForNetwork(networkKeyOf(client)))
            throw tooMany(Math.toIntExact(Math.max(1, settings.networkRefill().toSeconds())));
    }

    /**
     * Counts a mail that is about to be written because somebody asked for it. An address is sent {@value #MAILS_AT_ONCE} of
     * each kind at once and then one in a quarter of an hour, whoever asks. Counted with what is written in the surrounding
     * transaction; past the budget nothing is counted.
     *
     * @param kind such as {@code reset_password}: those of one kind do not use up the budget of another
     * @return false when nothing is to be sent, of which nobody is told
     */
    public boolean mayMail(String kind, String address) {
        var key = "mail:" + kind + ":" + hash(address.toLowerCase(Locale.ROOT));
        return store.countRunningDown(key, MAILS_AT_ONCE, MAIL_REFILL);
    }

    private Try admit(String key, Client client, boolean countsForNetwork) {
        return admit(
                key, client, countsForNetwork, countsForNetwork ? List.of(networkKeyOf(client), key) : List.of(key));
    }

    private Try admit(@Nullable String key, Client client, boolean countsForNetwork, List<String> inTurn) {
        var network = networkKeyOf(client);
        var taken = takeTurns(inTurn);
        var admitted = false;
        try {
            var refusal = transaction.execute(status -> {
                var network429 = countsForNetwork && !store.countForNetwork(network);
                var account429 = !network429 && key != null && !store.count(key);
                if (!network429 && !account429) return 0;
                status.setRollbackOnly(); // what is not looked at does not count
                return network429 || key == null
                        ? Math.toIntExact(Math.max(1, settings.networkRefill().toSeconds()))
                        : store.secondsToWait(key);
            });
            if (refusal == null || refusal > 0) throw tooMany(refusal == null ? 1 : refusal);
            admitted = true;
            return new Try(key, network, countsForNetwork, taken);
        } finally {
            if (!admitted) taken.forEach(Semaphore::release);
        }
    }

    /** A few at a time are looked at for each account and network; the others wait, so that success of one counts for the next. */
    private List<Semaphore> takeTurns(List<String> keys) {
        var taken = new java.util.ArrayList<Semaphore>();
        for (var key : keys) {
            var turn = turns.get(key, _ -> new Semaphore(AT_ONCE));
            if (!await(turn)) {
                taken.forEach(Semaphore::release);
                throw tooMany(1);
            }
            taken.add(turn);
        }
        return taken;
    }

    private static boolean await(Semaphore turn) {
        try {
            return turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Scheduled(
            initialDelayString = "${kontor.accounts.clearing-interval:1h}",
            fixedDelayString = "${kontor.accounts.clearing-interval:1h}")
    void clear() {
        store.clear(settings.window().multipliedBy(2));
    }

    private static Refusal tooMany(int seconds) {
        return new Refusal(
                HttpStatus.TOO_MANY_REQUESTS,
                "too_many_tries",
                "There were too many tries that did not succeed. Wait, and try again.",
                Map.of("retry_after", seconds),
                List.of());
    }

    private static String keyOf(String account) {
        return "account:" + hash(account.toLowerCase(Locale.ROOT));
    }

    private static String networkKeyOf(Client client) {
        return "network:" + networkOf(client.network());
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(Opaque.hash(text));
    }

    /** Some proxies write the client's port behind its address. */
    private static String withoutPort(String address) {
        if (address.startsWith("[")) return address.substring(1, Math.max(1, address.indexOf(']')));
        var colon = address.indexOf(':');
        return colon > 0 && colon == address.lastIndexOf(':') ? address.substring(0, colon) : address;
    }

    /** An IPv4 address, or the first half of an IPv6 one. */
    static String networkOf(String address) {
        try {
            var parsed = InetAddress.ofLiteral(withoutPort(address));
            return parsed instanceof Inet6Address six
                    ? HexFormat.of().formatHex(six.getAddress(), 0, IPV6_NETWORK_BYTES) + "::/64"
                    : parsed.getHostAddress();
        } catch (IllegalArgumentException e) {
            return "other";
        }
    }
}
