/** JMH benches of what every request pays: the pick and the head of a message. Run by bench/jmh. */
@NullMarked
package io.weir.bench.micro;

import org.jspecify.annotations.NullMarked;
