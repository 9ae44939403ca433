/**
 * Small backends inside the process, for trying Weir out; plain blocking Java on virtual threads, never for real
 * traffic.
 */
@NullMarked
package io.weir.app.demo;

import org.jspecify.annotations.NullMarked;
