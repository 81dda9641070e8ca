package kontor.accounts.roles;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;

/** The permissions that there are: every one that the code asks for, and no other. A test compares them with the code. */
public final class Permissions {
    /** Stands for all of them. Only the role {@code admin} holds it. */
    public static final String EVERYTHING = "*";

    private static final List<Permission> ALL = List.of(
            of("api-keys:read", "See everybody's API keys, without the keys themselves"),
            of("api-keys:write", "Revoke anybody's API key"),
            of("audit:read", "Check whether books, stock and orders fit together"),
            of("catalog:write", "Edit products, variants and prices, and see what is off sale"),
            of("finance:read", "Read the books, their seals, and how they compare with the gateways'"),
            of("finance:write", "Post by hand, add accounts, compare with the gateways, explain differences"),
            of("inventory:read", "See what lies where, and how it came there"),
            of("inventory:write", "Move stock by hand, and add places where it lies"),
            of("oauth-clients:read", "See which programs of others may ask to be let in"),
            of("oauth-clients:write", "Register, change and shut out programs of others"),
            of("orders:cancel", "Cancel anybody's order"),
            of("orders:capture", "Take what is held for an order, and place orders whose money is only held"),
            of("orders:import", "Import orders of an earlier shop"),
            of("orders:place", "Place and pay orders by an OAuth client; people need no permission for it"),
            of("orders:read", "See everybody's orders, payments and refunds"),
            of("orders:refund", "Give money back"),
            of("payments:read", "Read what was said between Kontor and the gateways, and what buyers dispute"),
            of("payments:record", "Write down payments that came another way, and refunds that went one"),
            of("payments:review", "Close work items, and act on a gateway's message again"),
            of("refunds:approve", "Decide whether refunds above a limit that others ask for are carried out"),
            of("roles:read", "See roles, permissions, and who has which role"),
            of("roles:write", "Create, change and delete roles, within one's own permissions"),
            of("sessions:end", "End anybody's sessions"),
            of("signing-keys:read", "See which keys access tokens are signed with, without their private halves"),
            of("signing-keys:write", "Have new signing keys made, and take leaked ones away"),
            of("users:delete", "Erase users who may do no more than oneself"),
            of("users:factors", "Remove the second factors of users who have lost them"),
            of("users:read", "Find users and see their record; with orders:read, export it"),
            of("users:roles", "Give and take roles, within one's own permissions"),
            of("users:write", "Invite users, and change and disable those who may do no more than oneself"));
    private static final Set<String> NAMES = ALL.stream().map(Permission::name).collect(Collectors.toUnmodifiableSet());

    private Permissions() {}

    private static Permission of(String name, String description) {
        return new Permission(name, description);
    }

    /** In alphabetical order. */
    public static List<Permission> all() {
        return ALL;
    }

    /**
     * The permissions of a role that somebody writes, each once and in alphabetical order.
     *
     * @throws Refusal 422 naming every one that there is not
     */
    static Set<String> checked(List<String> given) {
        var errors = new ArrayList<FieldError>();
        for (var i = 0; i < given.size(); i++)
            if (!NAMES.contains(given.get(i)))
                errors.add(new FieldError(
                        "permissions[" + i + "]",
                        "unknown",
                        given.get(i).equals(EVERYTHING)
                                ? "is held by the role admin only"
                                : "is no permission; GET /permissions lists them"));
        if (!errors.isEmpty()) throw Refusal.ofFields(errors);
        return new TreeSet<>(given);
    }
}
