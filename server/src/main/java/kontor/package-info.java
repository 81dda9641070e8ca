/** Kontor: an order and payment server. Each package below is a module; its {@code package-info.java} says what it is for. */
@NullMarked
package kontor;

import org.jspecify.annotations.NullMarked;
