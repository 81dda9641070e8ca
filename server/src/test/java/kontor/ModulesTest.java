package kontor;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModulesTest {
    @Test
    void modulesCallOnlyWhomTheyDeclare() {
        ApplicationModules.of(Kontor.class).verify();
    }
}
