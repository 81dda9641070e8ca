/** Security notices: mails that tell users what has changed about the ways into their accounts. */
@NullMarked
package kontor.accounts.notices;

import org.jspecify.annotations.NullMarked;
