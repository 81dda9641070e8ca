/** Adyen behind the gateway interface, through its official SDK. The payment simulator is reached by the same way. */
@NullMarked
package kontor.payments.adyen;

import org.jspecify.annotations.NullMarked;
