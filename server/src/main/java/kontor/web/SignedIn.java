package kontor.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * This operation is for every signed-in user; what it finds is narrowed to the caller's own inside the query. A client that
 * a user has let in needs the scope, and may not call it at all where there is none.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface SignedIn {
    String scope() default "";
}
