package kontor.accounts;

import java.util.Set;

/** Who else is asked who somebody is: OpenID providers and the directory. */
public interface Issuers {
    /** Those that logins are taken from at present; an identity of any other is no way in. */
    Set<String> present();
}
