/**
 * What balancing policies remember of hosts: shared by all workers, lock-free, allocating nothing. Nothing is chosen
 * here.
 */
@NullMarked
package io.weir.core.memory;

import org.jspecify.annotations.NullMarked;
