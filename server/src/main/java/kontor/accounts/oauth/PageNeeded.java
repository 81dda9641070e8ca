package kontor.accounts.oauth;

import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;

/** A request that is in order, but the user has to do something first. */
final class PageNeeded extends OAuth2AuthenticationException {
    enum Page {
        LOGIN,
        CONSENT
    }

    private final Page page;
    private final String question;

    private PageNeeded(Page page, String question) {
        super(OAuth2ErrorCodes.ACCESS_DENIED);
        this.page = page;
        this.question = question;
    }

    static PageNeeded login() {
        return new PageNeeded(Page.LOGIN, "");
    }

    /** @param question what the form sends along */
    static PageNeeded consent(String question) {
        return new PageNeeded(Page.CONSENT, question);
    }

    Page page() {
        return page;
    }

    String question() {
        return question;
    }
}
