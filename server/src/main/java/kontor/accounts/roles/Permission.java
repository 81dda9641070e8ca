package kontor.accounts.roles;

/**
 * Something that an operation asks for.
 *
 * @param name resource and action: {@code orders:read}
 * @param description what it lets one do
 */
public record Permission(String name, String description) {}
