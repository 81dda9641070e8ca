package kontor.accounts.sessions;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/**
 * A key pair that access tokens are signed with.
 *
 * @param signs whether new tokens are signed with it now
 * @param signsFrom when it begins to; until then it is only published
 */
@Schema(name = "SigningKey")
record SigningKeyView(String id, boolean signs, Instant createdAt, Instant signsFrom) {}
