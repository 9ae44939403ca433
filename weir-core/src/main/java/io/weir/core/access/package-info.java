/**
 * Who may do what: conditions, policies made of them, and what rules decide. Pure: what a subject is and how it is
 * looked at is known elsewhere, for requests as for connections.
 */
@NullMarked
package io.weir.core.access;

import org.jspecify.annotations.NullMarked;
