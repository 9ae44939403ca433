/**
 * Tests on values of JSON-like documents, which dynamic metadata are: text, numbers, booleans, lists, maps. Where they
 * come from is known elsewhere.
 */
@NullMarked
package io.weir.core.value;

import org.jspecify.annotations.NullMarked;
