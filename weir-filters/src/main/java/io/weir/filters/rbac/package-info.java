/**
 * The RBAC filter: which requests may pass, by rules about what they ask and who asks. What rules are is the core's.
 */
@NullMarked
package io.weir.filters.rbac;

import org.jspecify.annotations.NullMarked;
