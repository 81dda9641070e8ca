package kontor.accounts.federation;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"ann", "ann.lee", "o'neil", "svc-1$", "Jörg Straße", "名前", "a_b", "7"})
    void namesThatPeopleHaveArePossible(String name) {
        assertThat(DirectoryName.isPossible(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "a*",
                "a)(uid=*",
                "a\\2a",
                "a\u0000",
                "a,b",
                "a=b",
                "a+b",
                "a/b",
                "a@b",
                " a",
                "a ",
                "",
                "a\n",
                "a\u202eb"
            })
    void signsThatMeanSomethingAreNoNames(String name) {
        assertThat(DirectoryName.isPossible(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "a*)(uid=*", ")(|(uid=*", "\\2a", "a\u0000b", "(&)", "名前", "uid=ann,ou=people"})
    void inAFilterTheyMeanThemselves(String name) throws LDAPException {
        var filter = Filter.create(DirectoryName.inFilter("(&(objectClass=person)(uid={0}))", name));
        assertThat(filter.getComponents()).hasSize(2);
        assertThat(filter.getComponents()[1].getFilterType()).isEqualTo(Filter.FILTER_TYPE_EQUALITY);
        assertThat(filter.getComponents()[1].getAssertionValue()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann,ou=admins", "a+cn=b", "a\\,b", "#6162", " a ", "a\"b<c>;d=e", "a\u0000b", "名前"})
    void inADnTheyMeanThemselves(String name) throws LDAPException {
        var dn = new DN(DirectoryName.inDn("uid={0},ou=people,dc=example", name));
        assertThat(dn.getRDNs()).hasSize(3);
        assertThat(dn.getRDN().isMultiValued()).isFalse();
        assertThat(dn.getRDN().getAttributeValues()).containsExactly(name);
    }
}
