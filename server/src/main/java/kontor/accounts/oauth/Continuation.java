package kontor.accounts.oauth;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import kontor.accounts.ReturnPath;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Where a user goes on after the login: a client's request, and never another site. */
@Component
class Continuation {
    static final String NAME = "continue";
    static final String AUTHORIZE = "/oauth2/authorize";
    private static final Pattern FORM = Pattern.compile("/oauth2/authorize\\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]{1,6000}");
    private final RegisteredClients clients;

    Continuation(RegisteredClients clients) {
        this.clients = clients;
    }

    /** @return null when there is none, or one that we have not made */
    @Nullable
    String checked(@Nullable String given) {
        return given != null && FORM.matcher(given).matches() ? given : null;
    }

    /** The same in the form of the second step, which nobody but us has filled in: any path on this host. */
    @Nullable
    String checkedBehindFirstStep(@Nullable String given) {
        return given != null && ReturnPath.isOne(given) ? given : checked(given);
    }

    /** The site that the client's answer will go to, which a form's policy has to name; null when it is not the client's. */
    @Nullable
    String originOf(@Nullable String next) {
        var checked = checked(next);
        if (checked == null) return null;
        var parameters = UriComponentsBuilder.fromUriString(checked).build().getQueryParams();
        var clientId = parameters.getFirst("client_id");
        var given = parameters.getFirst("redirect_uri");
        if (clientId == null || given == null) return null;
        var client = clients.findByClientId(clientId);
        String redirectUri;
        try {
            redirectUri = UriUtils.decode(given, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return client != null && client.getRedirectUris().contains(redirectUri)
                ? RedirectUri.originOf(redirectUri)
                : null;
    }
}
