@NullMarked
package io.weir.core.chain;

import org.jspecify.annotations.NullMarked;
