package kontor.accounts;

import java.util.Optional;
import kontor.accounts.sessions.Client;
import kontor.accounts.sessions.SessionKind;
import kontor.web.Refusal;

/** Where people are known by a name of their company's, and have their password. */
public interface Directory {
    /**
     * Whether a login under this name is the directory's to check: there is one, and the name is no e-mail address, or one
     * at the directory's own domain.
     */
    boolean answersFor(String name);

    /** The directory's own domain: names there are the directory's. Nothing when it has none, or there is no directory. */
    Optional<String> domain();

    /**
     * By name and password as the directory knows them. An unknown name and a wrong password are told alike.
     *
     * @throws Refusal 429 when there were too many tries without success, 503 when the directory does not answer, 403 or
     *     409 when it knows somebody whom we do not let in
     */
    LoginResult byPassword(String name, String password, SessionKind kind, Client client);
}
