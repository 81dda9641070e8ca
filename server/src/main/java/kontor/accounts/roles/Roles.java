package kontor.accounts.roles;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kontor.accounts.Administrators;
import kontor.accounts.OpenAccounts;
import kontor.accounts.OwnRights;
import kontor.web.Caller;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Roles, and who has them. Changes happen one after the other, each judged by what the caller may do at that moment:
 * nobody gets more by their own doing, hands out what they do not have, or takes it from others; and somebody is always
 * left who may do everything.
 */
@Service
public class Roles {
    static final String EDIT = "roles:write";
    static final String GIVE = "users:roles";
    private final RoleStore store;
    private final Administrators administrators;
    private final OpenAccounts open;
    private final OwnRights ofStaff;
    private final RoleActs acts;

    Roles(RoleStore store, Administrators administrators, OpenAccounts open, OwnRights ofStaff, RoleActs acts) {
        this.store = store;
        this.administrators = administrators;
        this.open = open;
        this.ofStaff = ofStaff;
        this.acts = acts;
    }

    /** By name. */
    public List<Role> list() {
        return store.list();
    }

    public Optional<Role> find(String name) {
        return store.find(name);
    }

    /** The roles of a user; nothing when there is no such user. */
    public Optional<UserRoles> ofUser(long userId) {
        return store.ofUser(userId);
    }

    /** @throws Refusal 422 for an unknown permission, 403 {@code beyond_own_rights}, 409 {@code role_taken} */
    @Transactional
    public Role create(NewRole wanted, Caller caller) {
        var permissions = Permissions.checked(wanted.permissions());
        rightsToChange(caller, EDIT).requireAll(permissions);
        var created = store.insert(wanted.name(), wanted.descriptionOrEmpty(), permissions)
                .orElseThrow(() -> new Refusal(
                        HttpStatus.CONFLICT, "role_taken", "There is a role " + wanted.name() + " already."));
        acts.created(created);
        return created;
    }

    /**
     * Changes a role for everybody who has it.
     *
     * @param version the one that the caller has seen; null to change whatever is there
     * @throws Refusal 404, 412 when it is no longer at that version, 409 {@code built_in} for {@code admin} and
     *     {@code customer}, 422 for an unknown permission, 403 {@code own_rights} or {@code beyond_own_rights}
     */
    @Transactional
    public Role change(String name, @Nullable Long version, RoleChange change, Caller caller) {
        var wanted = change.permissions() == null ? null : Permissions.checked(change.permissions());
        var rights = rightsToChange(caller, EDIT);
        var before = find(name, version);
        if (before.isFixed()) throw builtIn("The role " + name + " cannot be changed.");
        var permissions = wanted == null ? Set.copyOf(before.permissions()) : wanted;
        var added = without(permissions, before.permissions());
        if (!rights.mayAll(added) && has(caller, name))
            throw ownRights("You have this role, and would get more by it.");
        rights.requireAll(added);
        rights.requireAll(without(before.permissions(), permissions));
        var after = store.update(name, before.version(), change.description(), new TreeSet<>(permissions))
                .orElseThrow(() -> versionChanged(before));
        acts.changed(before, after);
        return after;
    }

    /**
     * @param version the one that the caller has seen; null to delete whatever is there
     * @throws Refusal 404, 412 when it is no longer at that version, 409 {@code built_in} or {@code role_in_use}, 403
     *     {@code beyond_own_rights}
     */
    @Transactional
    public void delete(String name, @Nullable Long version, Caller caller) {
        var rights = rightsToChange(caller, EDIT);
        var role = find(name, version);
        if (role.builtIn()) throw builtIn("The role " + name + " came with Kontor, and stays.");
        rights.requireAll(role.permissions());
        try {
            if (!store.delete(name, role.version())) throw versionChanged(role);
        } catch (DataIntegrityViolationException e) {
            throw new Refusal(HttpStatus.CONFLICT, "role_in_use", "Somebody has the role " + name + ".");
        }
        acts.deleted(role);
    }

    /**
     * Makes these all the roles that a user has.
     *
     * @param seen the ETag of the roles that the caller has seen; null to change whatever they are
     * @throws Refusal 422 for an unknown role, 404, 412 when the user has other roles meanwhile, 403 {@code own_rights}
     *     or {@code beyond_own_rights}, 409 {@code last_admin} or {@code customer_stays}
     */
    @Transactional
    public UserRoles give(long userId, @Nullable String seen, List<String> roles, Caller caller) {
        var rights = rightsToChange(caller, GIVE);
        var permissionsOf = permissionsOf(roles);
        var before = store.ofUser(userId).orElseThrow(() -> Refusal.notFound("user"));
        if (seen != null && !seen.equals(before.etag())) throw rolesChanged(before);
        var given = without(roles, before.roles());
        var taken = without(before.roles(), roles);
        if (given.isEmpty() && taken.isEmpty()) return before;

        var leavesNoAdmin = taken.contains(Role.ADMIN) && administrators.isLast(userId);
        if (userId == caller.userId())
            throw leavesNoAdmin ? Administrators.lastAdmin() : ownRights("Somebody else has to change your roles.");
        for (var role : given) rights.requireAll(permissionsOf.getOrDefault(role, List.of()));
        for (var role : taken) rights.requireAll(permissionsOf.getOrDefault(role, List.of()));
        if (leavesNoAdmin) throw Administrators.lastAdmin();
        if (taken.contains(Role.CUSTOMER))
            throw new Refusal(HttpStatus.CONFLICT, "customer_stays", "A customer keeps the role customer.");
        if (!open.holdThereAlone(userId)) throw Refusal.notFound("user");
        store.take(userId, taken);
        store.give(userId, given);
        if (!given.isEmpty()) ofStaff.grown(userId);
        var after = store.ofUser(userId).orElseThrow(() -> Refusal.notFound("user"));
        acts.given(before, after);
        return after;
    }

    /** Waits for one's turn first: what the caller may do does not change until this change is made. */
    private Rights rightsToChange(Caller caller, String permission) {
        administrators.awaitTurn();
        var held = store.ofUser(caller.userId()).map(UserRoles::permissions).orElse(List.of());
        var rights = new Rights(caller, Set.copyOf(held));
        rights.require(permission);
        return rights;
    }

    private Role find(String name, @Nullable Long version) {
        var role = store.find(name).orElseThrow(() -> Refusal.notFound("role"));
        if (version != null && version != role.version()) throw versionChanged(role);
        return role;
    }

    private boolean has(Caller caller, String role) {
        return store.ofUser(caller.userId()).stream()
                .anyMatch(own -> own.roles().contains(role));
    }

    /** By role, of every one that there is. @throws Refusal 422 naming those in the list that there are not */
    private Map<String, List<String>> permissionsOf(List<String> wanted) {
        var byRole = new HashMap<String, List<String>>();
        for (var role : store.list()) byRole.put(role.name(), role.permissions());
        var errors = new ArrayList<FieldError>();
        for (var i = 0; i < wanted.size(); i++)
            if (!byRole.containsKey(wanted.get(i)))
                errors.add(new FieldError("roles[" + i + "]", "unknown", "is no role; GET /roles lists them"));
        if (!errors.isEmpty()) throw Refusal.ofFields(errors);
        return byRole;
    }

    private static Set<String> without(Collection<String> these, Collection<String> those) {
        var left = new HashSet<>(these);
        left.removeAll(Set.copyOf(those));
        return left;
    }

    private static Refusal builtIn(String detail) {
        return new Refusal(HttpStatus.CONFLICT, "built_in", detail);
    }

    private static Refusal ownRights(String detail) {
        return new Refusal(HttpStatus.FORBIDDEN, "own_rights", detail);
    }

    private static Refusal versionChanged(Role role) {
        return new Refusal(
                HttpStatus.PRECONDITION_FAILED,
                "version_changed",
                "This role has changed meanwhile. Read it again and repeat your change.",
                Map.of("version", role.version()),
                List.of());
    }

    private static Refusal rolesChanged(UserRoles now) {
        return new Refusal(
                HttpStatus.PRECONDITION_FAILED,
                "version_changed",
                "The roles of this user have changed meanwhile. Read them again and repeat your change.",
                Map.of("roles", now.roles()),
                List.of());
    }
}
