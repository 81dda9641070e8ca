package kontor.accounts.oauth;

import kontor.web.Caller;
import kontor.web.Login;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** A user who is logged in with a browser, as Spring's authorization server wants to know them. */
final class BrowserLogin extends AbstractAuthenticationToken {
    private final transient Caller caller;
    private final transient Login login;

    BrowserLogin(Caller caller, Login login) {
        super(AuthorityUtils.NO_AUTHORITIES);
        this.caller = caller;
        this.login = login;
        setAuthenticated(true);
    }

    long userId() {
        return caller.userId();
    }

    Login login() {
        return login;
    }

    @Override
    public String getName() {
        return Long.toString(userId());
    }

    @Override
    public Object getPrincipal() {
        return caller;
    }

    @Override
    public String getCredentials() {
        return "";
    }
}
