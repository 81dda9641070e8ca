package kontor.accounts;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The key pairs that access tokens are signed with. The first start makes one and keeps it in the database, so that all
 * nodes share it and a restart ends no login. The newest signs, all of them verify.
 */
@Component
class SigningKeys {
    private static final int BITS = 2048;
    private final String newest;
    private final JWSSigner signer;
    private final Map<String, JWSVerifier> verifiers = new HashMap<>();
    private final Map<String, Object> published;

    SigningKeys(AccountStore store, TransactionTemplate transaction) {
        try {
            var keys = load(store, transaction);
            this.newest = keys.getFirst().getKeyID();
            this.signer = new RSASSASigner(keys.getFirst());
            for (var key : keys) verifiers.put(key.getKeyID(), new RSASSAVerifier(key));
            this.published = new JWKSet(List.copyOf(keys)).toJSONObject(true);
        } catch (JOSEException | ParseException e) {
            throw new IllegalStateException("The signing keys in the database cannot be used", e);
        }
    }

    private static List<RSAKey> load(AccountStore store, TransactionTemplate transaction)
            throws JOSEException, ParseException {
        var kept = store.signingKeys();
        if (kept.isEmpty()) {
            var made = new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyIDFromThumbprint(true)
                    .generate();
            kept = transaction.execute(_ -> firstOf(store, made));
        }
        var keys = new java.util.ArrayList<RSAKey>();
        for (var key : kept) keys.add(RSAKey.parse(key));
        return keys;
    }

    /** Keeps the key unless another node was faster; then that one's counts. */
    private static List<String> firstOf(AccountStore store, RSAKey made) {
        store.awaitTurnToSetUp();
        if (store.signingKeys().isEmpty()) store.insertSigningKey(made.getKeyID(), made.toJSONString());
        return store.signingKeys();
    }

    String newest() {
        return newest;
    }

    JWSSigner signer() {
        return signer;
    }

    @Nullable
    JWSVerifier verifier(@Nullable String keyId) {
        return keyId == null ? null : verifiers.get(keyId);
    }

    /** The public halves, as RFC 7517 writes a set of keys. */
    Map<String, Object> published() {
        return published;
    }
}
