/** Results for people: a table for a terminal, pictures as SVG, and a page that holds both. */
@NullMarked
package io.weir.testkit.sim.page;

import org.jspecify.annotations.NullMarked;
