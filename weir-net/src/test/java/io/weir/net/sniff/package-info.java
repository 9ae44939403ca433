@NullMarked
package io.weir.net.sniff;

import org.jspecify.annotations.NullMarked;
