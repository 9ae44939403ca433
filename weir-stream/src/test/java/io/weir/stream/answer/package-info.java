@NullMarked
package io.weir.stream.answer;

import org.jspecify.annotations.NullMarked;
