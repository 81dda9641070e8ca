package kontor;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModulesTest {
    @Test
    void modulesCallOnlyWhomTheyDeclare() {
        ApplicationModules.of(Kontor.class, writtenByTheBuild()).verify();
    }

    /** The wiring, decided when it is built, which calls whatever there is. */
    private static DescribedPredicate<JavaClass> writtenByTheBuild() {
        return DescribedPredicate.describe(
                "written by the build", type -> type.getName().contains("__"));
    }
}
