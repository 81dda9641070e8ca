/** How requests come in and answers leave: problems, access rules, paging, JSON, request ids. */
@ApplicationModule(
        type = ApplicationModule.Type.OPEN,
        allowedDependencies = {"database", "money"})
@NullMarked
package kontor.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
