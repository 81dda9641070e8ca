package kontor.accounts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import kontor.accounts.AccessTokens.Verified;
import kontor.web.Caller;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * Who stands behind a bearer token. A token is verified when it first comes in; after that it is found in memory, with
 * its caller ready, until it expires. While it is in use its user's permissions are read again every few seconds.
 */
@Component
class KnownTokens {
    private static final Logger log = LoggerFactory.getLogger(KnownTokens.class);
    private final AccessTokens tokens;
    private final AccountStore store;
    private final long recheck;
    private final Cache<String, Known> known;

    KnownTokens(AccessTokens tokens, AccountStore store, AccountSettings settings) {
        this.tokens = tokens;
        this.store = store;
        this.recheck = settings.tokenRecheck().toNanos();
        this.known = Caffeine.newBuilder()
                .maximumSize(settings.tokensKnown())
                .expireAfterWrite(settings.tokenLifetime().plus(Duration.ofMinutes(1)))
                .build();
    }

    /** @return null for a token that is not good, or whose user is gone */
    @Nullable
    Authentication authentication(String token) {
        var found = known.getIfPresent(token);
        if (found == null) {
            var verified = tokens.verify(token);
            if (verified.isEmpty()) return null;
            found = new Known(verified.get());
            known.put(token, found);
        } else {
            found.recheckWhenDue();
        }
        return found.authentication();
    }

    private final class Known {
        private final Verified token;
        private final AtomicLong checked;
        private volatile @Nullable Authentication authentication;

        Known(Verified token) {
            this.token = token;
            this.checked = new AtomicLong(System.nanoTime());
            this.authentication = read();
        }

        @Nullable
        Authentication authentication() {
            return tokens.isOver(token) ? null : authentication;
        }

        /** One caller reads; whoever comes meanwhile goes on with what was known. */
        void recheckWhenDue() {
            var last = checked.get();
            var now = System.nanoTime();
            if (now - last < recheck || !checked.compareAndSet(last, now)) return;
            try {
                authentication = read();
            } catch (DataAccessException e) {
                log.debug("The permissions of user {} could not be read again; the last ones stay", token.userId(), e);
            }
        }

        private @Nullable Authentication read() {
            return store.permissions(token.userId())
                    .map(permissions -> UsernamePasswordAuthenticationToken.authenticated(
                            new Caller(token.userId(), permissions), null, List.of()))
                    .orElse(null);
        }
    }
}
