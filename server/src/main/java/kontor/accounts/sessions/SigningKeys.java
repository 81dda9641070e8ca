package kontor.accounts.sessions;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import kontor.accounts.sessions.SigningKeyStore.Kept;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The key pairs that access tokens are signed with, kept in the database, so that all nodes share them and a restart ends
 * no login. The newest whose time has come signs, all of them verify. From time to time a new one is made: it is published
 * for a while before it signs, so that everybody who verifies tokens has seen it, and its predecessor goes when the last
 * token that it signed is over. Every node looks for changes every few seconds.
 */
@Component
public class SigningKeys {
    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
    private static final int BITS = 2048;
    private static final long SOON = Duration.ofSeconds(1).toNanos();
    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{43}"); // an RFC 7638 thumbprint
    private final SigningKeyStore store;
    private final SessionSettings settings;
    private final TransactionTemplate transaction;
    private final AtomicLong looked = new AtomicLong(System.nanoTime());
    private volatile Ring ring;

    SigningKeys(SigningKeyStore store, SessionSettings settings, TransactionTemplate transaction) {
        this.store = store;
        this.settings = settings;
        this.transaction = transaction;
        store.sealAll();
        this.ring = Ring.of(loadOrMake());
    }

    /** The key that signs now. */
    record Signing(String id, JWSSigner signer, RSAKey key) {}

    Signing signing() {
        return ring.signing();
    }

    @Nullable
    JWSVerifier verifier(@Nullable String keyId) {
        return keyId == null ? null : ring.verifiers().get(keyId);
    }

    /** The same for a token that is seen for the first time: another server may have made its key just now. */
    @Nullable
    JWSVerifier verifierOfNew(@Nullable String keyId) {
        var known = verifier(keyId);
        if (known != null || keyId == null || !KEY_ID.matcher(keyId).matches()) return known;
        var last = looked.get();
        var now = System.nanoTime();
        if (now - last >= SOON && looked.compareAndSet(last, now)) refresh();
        return verifier(keyId);
    }

    /** The public halves, as RFC 7517 writes a set of keys. */
    public Map<String, Object> published() {
        return ring.published();
    }

    /** All of them with their private halves, the one that signs first. */
    public List<JWK> all() {
        return ring.keys();
    }

    /** Without their private halves, the newest first. */
    List<SigningKeyView> list() {
        var signing = ring.signing().id();
        return store.keys().stream()
                .map(kept ->
                        new SigningKeyView(kept.id(), kept.id().equals(signing), kept.createdAt(), kept.signsFrom()))
                .toList();
    }

    /**
     * Has a new key made, which signs after the notice.
     *
     * @return its id
     */
    String rotate() {
        var made = make();
        transaction.executeWithoutResult(_ -> {
            store.awaitTurn();
            store.insert(made.getKeyID(), made.toJSONString(), settings.signingKeyNotice());
        });
        refresh();
        return made.getKeyID();
    }

    /**
     * Takes a key away that somebody else may have: what it signed is good no more. When it is the one that signs, a new
     * one does so at once.
     *
     * @return false when there is no such key
     */
    boolean revoke(String id) {
        var successor = make();
        var revoked = Objects.requireNonNull(transaction.execute(_ -> {
            store.awaitTurn();
            if (!store.delete(id)) return false;
            if (store.keys().stream().noneMatch(Kept::signs))
                store.insert(successor.getKeyID(), successor.toJSONString(), Duration.ZERO);
            return true;
        }));
        if (revoked) refresh();
        return revoked;
    }

    /** Reads the keys again, makes the next one when it is time, and takes away what is no more needed. */
    @Scheduled(fixedDelayString = "${kontor.accounts.token-recheck:4s}")
    void refresh() {
        try {
            if (store.hasKeysToChange(settings)) {
                var made = make();
                transaction.executeWithoutResult(_ -> {
                    store.awaitTurn();
                    store.insertWhenDue(made.getKeyID(), made.toJSONString(), settings);
                    store.deleteSuperseded(SigningKeyStore.longestGood(settings));
                });
            }
            var kept = store.keys();
            if (!kept.isEmpty() && !ring.isOf(kept)) ring = Ring.of(kept);
        } catch (DataAccessException e) {
            log.debug("The signing keys could not be read again; the last ones stay", e);
        }
    }

    private List<Kept> loadOrMake() {
        var kept = store.keys();
        if (!kept.isEmpty()) return kept;
        var made = make();
        return Objects.requireNonNull(transaction.execute(_ -> {
            store.awaitTurn(); // unless another node is faster; then that one's counts
            if (store.keys().isEmpty()) store.insert(made.getKeyID(), made.toJSONString(), Duration.ZERO);
            return store.keys();
        }));
    }

    private static RSAKey make() {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java makes RSA keys", e);
        }
    }

    /** The keys of one moment. */
    private record Ring(
            List<Kept> kept,
            Signing signing,
            Map<String, JWSVerifier> verifiers,
            List<JWK> keys,
            Map<String, Object> published) {
        static Ring of(List<Kept> kept) {
            try {
                var verifiers = new HashMap<String, JWSVerifier>();
                var keys = new java.util.ArrayList<JWK>();
                Signing signing = null;
                for (var one : kept) {
                    var key = RSAKey.parse(one.jwk());
                    verifiers.put(one.id(), new RSASSAVerifier(key));
                    if (signing == null && one.signs()) {
                        signing = new Signing(one.id(), new RSASSASigner(key), key);
                        keys.addFirst(key);
                    } else keys.add(key);
                }
                if (signing == null) { // the clock was set back: the one whose time comes first does not wait for it
                    var first = RSAKey.parse(kept.getLast().jwk());
                    signing = new Signing(kept.getLast().id(), new RSASSASigner(first), first);
                }
                return new Ring(
                        kept,
                        signing,
                        Map.copyOf(verifiers),
                        List.copyOf(keys),
                        new JWKSet(List.copyOf(keys)).toJSONObject(true));
            } catch (JOSEException | ParseException e) {
                throw new IllegalStateException("The signing keys in the database cannot be used", e);
            }
        }

        boolean isOf(List<Kept> others) {
            return kept.equals(others);
        }
    }
}
