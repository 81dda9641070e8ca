package kontor.accounts.sessions;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param issuer who issues access tokens to the users' own programs: their {@code iss}
 * @param audience whom they are for: their {@code aud}
 * @param tokenLifetime how long an access token is good for
 * @param tokenRecheck how soon a token or cookie that is in use learns that its session has ended, or that its user has
 *     gone or has other roles; and how soon a node learns of new signing keys
 * @param tokensKnown verified tokens kept in memory, so that they need not be verified again
 * @param refreshLifetime how long a refresh token may lie unused
 * @param cookieIdle how long a browser's session may lie unused
 * @param sessionLifetime after that time one logs in again, however much the session is used
 * @param signingKeyLifetime how long one key signs access tokens before the next is made; 0 for ever
 * @param signingKeyNotice how long a new key is published before it signs
 * @param secondFactorRequiredForStaff whether users who have a permission have to have a second factor: without one they
 *     log in to enrol it, and for nothing else
 */
@ConfigurationProperties("kontor.accounts")
public record SessionSettings(
        @DefaultValue("kontor") String issuer,
        @DefaultValue("kontor") String audience,
        @DefaultValue("15m") Duration tokenLifetime,
        @DefaultValue("4s") Duration tokenRecheck,
        @DefaultValue("50000") int tokensKnown,
        @DefaultValue("30d") Duration refreshLifetime,
        @DefaultValue("12h") Duration cookieIdle,
        @DefaultValue("90d") Duration sessionLifetime,
        @DefaultValue("90d") Duration signingKeyLifetime,
        @DefaultValue("10m") Duration signingKeyNotice,
        @DefaultValue("false") boolean secondFactorRequiredForStaff) {}
